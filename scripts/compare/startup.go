//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A cost is what a run of a command took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

// A measured is a command and its runs.
type measured struct {
	name  string
	words []string
	times int
	runs  []cost
}

// Goals of a command that only starts, asks and prints.
const (
	mostOfCurl, mostBeyond = 1.3, 10 * time.Millisecond // of curl's CPU time
	leastGain              = 200                        // times less wall time than Python
	mostList, mostAll      = 30 << 20, 60 << 20         // bytes
	hundred, million       = 100, 1_000_000
)

// startUp measures whole processes beside curl and the original, all in turns
// against the same servers, and writes the table into the page.
func startUp(ctx context.Context, o options, folder string) error {
	w := &world{options: o, folder: folder, ax: filepath.Join(folder, "ax"), ids: map[string]string{}}
	if err := errors.Join(w.build(ctx), w.fill(ctx)); err != nil {
		return err
	}
	defer w.close()
	crowd, stop, err := listenCrowd(ctx)
	if err != nil {
		return err
	}
	defer stop()
	s := &slot{world: w, folder: filepath.Join(folder, "s")}
	if err := s.furnish(Case{Note: "start-up"}, w.shared.address); err != nil {
		return err
	}
	python := filepath.Join(o.original, "bin", "ax")
	many := func(words ...string) []string {
		host := "ARIZE_API_HOST=" + crowd
		return append([]string{"env", "ARIZE_API_KEY=k", host, "ARIZE_API_SCHEME=http", w.ax, "users", "list"}, words...)
	}
	curl := []string{"curl", "-s", "-f", "-H", "Authorization: Bearer " + w.key, "http://" + w.shared.address + "/v2/users?limit=50"}
	all := []*measured{
		{name: "curl, the same list", words: curl, times: 60},
		{name: "ax --version", words: []string{w.ax, "--version"}, times: 60},
		{name: "ax users list -o json", words: []string{w.ax, "users", "list", "-o", "json"}, times: 60},
		{name: "the original: ax --version", words: []string{python, "--version"}, times: 3},
		{name: "the original: ax users list -o json", words: []string{python, "users", "list", "-o", "json"}, times: 3},
		{name: "ax users list -l 100 -o json, 100 users", words: many("-l", "100", "-o", "json"), times: 5},
		{name: "ax users list --all -o json, 1,000,000 users", words: many("--all", "-o", "json"), times: 1},
		{name: "ax users list --all -o all.csv, 1,000,000 users", words: many("--all", "-o", "all.csv"), times: 1},
		{name: "ax users list --all -o all.parquet, 1,000,000 users", words: many("--all", "-o", "all.parquet"), times: 1},
	}
	for turn := range 60 {
		for _, m := range all {
			if turn < m.times {
				c, err := s.measure(ctx, m.words)
				if err != nil {
					return fmt.Errorf("%s: %w", m.name, err)
				}
				m.runs = append(m.runs, c)
			}
		}
	}
	text := figures(all)
	fmt.Print(text) //nolint:forbidigo // what the program is for
	return replace(o.page, "<!-- start-up -->\n", "<!-- /start-up -->\n", text)
}

// measure runs a command. A child's peak is never below what its parent has,
// which is a dozen megabytes here.
func (s *slot) measure(ctx context.Context, words []string) (cost, error) {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // written above
	cmd.Dir, cmd.Env = s.work(), environment(s.home())
	var said strings.Builder
	cmd.Stderr = &said
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%w: %s", err, said.String())
	}
	c := cost{wall: time.Since(begun), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.peak = usage.Maxrss << 10
	}
	return c, nil
}

// figures is the table, with the goals and whether they are kept.
func figures(all []*measured) string {
	var out strings.Builder
	out.WriteString("\n| command | runs | wall ms | CPU ms | peak MiB |\n|---|---:|---:|---:|---:|\n")
	middle := make([]cost, len(all))
	for i, m := range all {
		middle[i] = cost{
			wall: median(m.runs, func(c cost) int64 { return int64(c.wall) }), cpu: median(m.runs, func(c cost) int64 { return int64(c.cpu) }),
			peak: int64(median(m.runs, func(c cost) int64 { return c.peak })),
		}
		fmt.Fprintf(&out, "| %s | %d | %.1f | %.1f | %.1f |\n", m.name, len(m.runs),
			float64(middle[i].wall)/1e6, float64(middle[i].cpu)/1e6, float64(middle[i].peak)/(1<<20))
	}
	out.WriteString("\nEach figure is the middle of its runs. The goals:\n\n")
	curl, limit := middle[0], time.Duration(float64(middle[0].cpu)*mostOfCurl)+mostBeyond
	goal := func(kept bool, format string, args ...any) {
		word := "missed"
		if kept {
			word = "kept"
		}
		fmt.Fprintf(&out, "- "+format+": %s\n", append(args, word)...)
	}
	for i := 1; i <= 2; i++ {
		goal(middle[i].cpu <= limit, "`%s`: CPU at most 1.3 times curl's and 10 ms, %.1f ms against %.1f (curl: %.1f)", all[i].name,
			float64(middle[i].cpu)/1e6, float64(limit)/1e6, float64(curl.cpu)/1e6)
		gain := float64(middle[i+2].wall) / float64(middle[i].wall)
		goal(gain >= leastGain, "`%s`: at least %d times less wall time than the original, %.0f times", all[i].name, leastGain, gain)
	}
	goal(middle[5].peak < mostList, "a list of 100 in less than 30 MiB, %.1f MiB", float64(middle[5].peak)/(1<<20))
	for i := 6; i < len(all); i++ {
		goal(middle[i].peak < mostAll, "%s in less than 60 MiB, %.1f MiB", all[i].name, float64(middle[i].peak)/(1<<20))
	}
	return out.String() + "\n"
}

func median(runs []cost, of func(cost) int64) time.Duration {
	var values []int64
	for _, r := range runs {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return time.Duration(values[len(values)/2])
}

// listenCrowd serves a million users, made up as they are asked for.
func listenCrowd(ctx context.Context) (address string, stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: http.HandlerFunc(serveCrowd), ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	return l.Addr().String(), func() { _ = s.Close() }, nil
}

func serveCrowd(w http.ResponseWriter, r *http.Request) {
	from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > hundred {
		limit = hundred
	}
	w.Header().Set("Content-Type", "application/json")
	text := []byte(`{"users":[`)
	for i := range limit {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `{"id":"VXNlcjo%021d","name":"Person Number %d","email":"person%d@example.com","created_at":"2026-01-02T03:04:05.%06dZ",`+
			`"status":"ACTIVE","role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":true}`, from+i, from+i, from+i, (from+i)%million)
	}
	text = append(text, `],"pagination":{`...)
	if to := from + limit; to < million {
		text = fmt.Appendf(text, `"next_cursor":"%d","has_more":true}}`, to)
	} else {
		text = append(text, `"has_more":false}}`...)
	}
	_, _ = w.Write(text)
}
