//go:build linux

package measure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"ax/bench/people"
	"ax/bench/process"
	"ax/bench/report"
	"ax/bench/target"
)

// peer is the Python CLI that ours stands in for.
const peer = "arize-ax-cli==0.39.0"

// CLI measures whole processes: ours, curl and the Python CLI with the same
// request, each against the same server.
func (b *Bench) CLI(ctx context.Context, s *report.Section) error {
	s.Title, s.People = "Commands", b.Plan.People
	if b.Plan.Quick {
		s.People = b.Plan.Few
	}
	a, err := target.NewAx(ctx, b.Nursery, b.Binaries, b.Folder, nil, people.New(s.People), func(string) {})
	if err != nil {
		return err
	}
	home, err := b.home(a.Address, a.Key)
	if err != nil {
		return errors.Join(err, a.Stop())
	}
	env := []string{"HOME=" + home, "AX_DATA_DIR=" + a.Folder}
	curl := []string{"curl", "-s", "-f", "-H", "Authorization: Bearer " + a.Key, "http://" + a.Address + "/v2/users?limit=50"}
	err = errors.Join(
		b.settle(ctx, env, []string{b.Binaries.Ax, "--profile", "local", "users", "list", "-o", "json"}),
		b.fast(ctx, s, env, curl),
		b.initTrace(ctx, s),
		b.python(ctx, s, env),
	)
	return errors.Join(err, a.Stop())
}

func (b *Bench) fast(ctx context.Context, s *report.Section, env, curl []string) error {
	ax := b.Binaries.Ax
	b.Say("ax and curl, %d times", b.Plan.Runs)
	runs, err := b.commands(ctx, b.Plan.Runs, env,
		[]string{ax, "users", "list", "-o", "json"}, curl, []string{ax, "--version"},
		[]string{ax, "--profile", "local", "users", "list", "-o", "json"})
	if err != nil {
		return err
	}
	for i, name := range []string{"ax users list", "curl", "ax version", "ax local list"} {
		addRuns(s, name, i, runs)
	}
	b.Say("ax users list --all")
	if runs, err = b.commands(ctx, b.Plan.Slow, env, []string{ax, "users", "list", "--all", "-o", "json"}); err != nil {
		return err
	}
	addRuns(s, "ax users list --all", 0, runs)
	return nil
}

// initTrace adds what the packages of ax take before main, as the runtime tells it.
func (b *Bench) initTrace(ctx context.Context, s *report.Section) error {
	var sums []float64
	for range b.Plan.Slow {
		cmd := exec.CommandContext(ctx, b.Binaries.Ax, "--version") //nolint:gosec // what we have built
		var trace bytes.Buffer
		cmd.Env, cmd.Stderr = append(process.Environment(), "GODEBUG=inittrace=1"), &trace
		if err := cmd.Run(); err != nil {
			return err
		}
		var sum float64
		for line := range strings.Lines(trace.String()) { // init PACKAGE @0.1 ms, 0.02 ms clock, …
			fields := strings.Fields(line)
			if len(fields) > 4 && fields[0] == "init" {
				ms, err := strconv.ParseFloat(fields[4], 64)
				if err != nil {
					return fmt.Errorf("inittrace: %q: %w", line, err)
				}
				sum += ms
			}
		}
		sums = append(sums, sum)
	}
	s.AddSpread("ax packages", sums, "ms")
	return nil
}

func (b *Bench) python(ctx context.Context, s *report.Section, env []string) error {
	cli, err := b.install(ctx)
	if err != nil {
		s.Note(fmt.Sprintf("The Python CLI was not measured: %v", err))
		return nil
	}
	b.Say("the Python CLI, %d times", b.Plan.Slow)
	ax, list := b.Binaries.Ax, []string{"users", "list", "-o", "json"}
	runs, err := b.commands(ctx, b.Plan.Slow, env, append([]string{cli}, list...), append([]string{ax}, list...), []string{cli, "--version"}, []string{ax, "--version"})
	if err != nil {
		return err
	}
	for i, name := range []string{"python users list", "ax users list, beside python", "python version", "ax version, beside python"} {
		addRuns(s, name, i, runs)
	}
	return nil
}

// install returns the Python CLI, which is installed once, outside the project.
func (b *Bench) install(ctx context.Context) (string, error) {
	folder := filepath.Join(b.Cache, peer)
	cli := filepath.Join(folder, "bin", "ax")
	if _, err := os.Stat(filepath.Join(folder, "complete")); err == nil {
		return cli, nil
	}
	if b.Plan.Quick {
		return "", errors.New("it is not installed yet, and a quick run installs nothing")
	}
	b.Say("install %s into %s", peer, folder)
	for _, command := range [][]string{{"python3", "-m", "venv", folder}, {filepath.Join(folder, "bin", "pip"), "install", "--quiet", peer}} {
		if out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil { //nolint:gosec // as written above
			return "", fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, out)
		}
	}
	return cli, os.WriteFile(filepath.Join(folder, "complete"), nil, 0o600)
}
