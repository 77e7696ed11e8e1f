package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestNoAnswerBeforeTheSync watches the system calls of a server under many writers at a time. Each request carries an id
// that its audit entry and its answer have too, so the trace shows in which order the entry went to the log of the
// database, the log to the disk, and the answer to the socket. AX_TEST_LONG=1 looks at 6,000 answers.
func TestNoAnswerBeforeTheSync(t *testing.T) {
	t.Parallel()
	strace := findStrace(t)
	people := 120
	if os.Getenv("AX_TEST_LONG") == "1" {
		people = 2000
	}
	s := initialized(t, sqlite)
	end, trace := s.startTraced(strace, "-y", "-s", "8192", "-e", "trace=pwrite64,write,fsync,fdatasync")
	s.server.listening()
	seen := make(chan order, 1)
	go func() { seen <- readOrder(trace) }()
	answers := s.comeAndGo(people)
	end()
	o := <-seen
	for id := range answers {
		if !o.answered[id] {
			t.Errorf("the trace does not have the answer of %s", id)
		}
	}
	for _, what := range o.broken {
		t.Error(what)
	}
	if len(answers) != 3*people || o.syncs == 0 {
		t.Errorf("%d writes were acknowledged, of %d, and %d syncs seen", len(answers), 3*people, o.syncs)
	}
	t.Logf("%d writes were acknowledged after %d syncs", len(answers), o.syncs)
}

func findStrace(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err == nil {
		err = exec.CommandContext(t.Context(), path, "-o", os.DevNull, "true").Run() // some places forbid tracing
	}
	if err == nil {
		return path
	}
	why := fmt.Sprintf("THE ORDER OF SYNCS WAS NOT LOOKED AT: strace does not work here: %v. Install it (on Debian: apt-get install strace), or run scripts/needs.sh.", err)
	if os.Getenv("AX_TEST_REQUIRE") == "1" && errors.Is(err, exec.ErrNotFound) {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// startTraced starts the site's server under strace. end ends it, and the trace with it.
func (s *site) startTraced(strace string, options ...string) (end func(), trace io.Reader) {
	s.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	server := s.command("server", "start", "--listen", "127.0.0.1:0", "--mail-dir", s.mail)
	arguments := append([]string{"-f", "--seccomp-bpf", "-qq", "-e", "signal=none", "-o", "/proc/self/fd/3"}, options...)
	cmd := exec.CommandContext(s.t.Context(), strace, append(arguments, server.Args...)...)
	cmd.Env, cmd.Dir, cmd.ExtraFiles = server.Env, server.Dir, []*os.File{w}
	s.server = s.watch(cmd)
	_ = w.Close() // strace has its own
	tracer := s.server
	s.t.Cleanup(func() { tracer.signalChild(syscall.SIGKILL) })
	return func() {
		tracer.signalChild(syscall.SIGTERM)
		tracer.wait()
	}, r
}

// signalChild signals the server that a tracer has started, unless both have ended. Before the server listens the tracer
// has other children, with which it finds out what the system can do.
func (d *daemon) signalChild(signal syscall.Signal) {
	d.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%[1]d/task/%[1]d/children", d.cmd.Process.Pid))
	if err != nil || len(text) == 0 {
		return
	}
	pid, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err == nil {
		err = syscall.Kill(pid, signal)
	}
	if err != nil && !errors.Is(err, syscall.ESRCH) { // it has ended meanwhile
		d.t.Error(err)
	}
}

// comeAndGo creates, renames and deletes people over 32 connections, and returns the ids of the requests that succeeded.
func (s *site) comeAndGo(people int) map[string]bool {
	s.t.Helper()
	const connections = 32
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	answers := map[string]bool{}
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for n := range numbers {
				done, err := s.comesAndGoes(client, n)
				mu.Lock()
				for _, id := range done {
					answers[id] = true
				}
				mu.Unlock()
				if err != nil {
					s.t.Error(err)
				}
			}
		})
	}
	for n := range people {
		numbers <- n
	}
	close(numbers)
	workers.Wait()
	return answers
}

func (s *site) comesAndGoes(client *http.Client, n int) (done []string, err error) {
	target := "/v2/users"
	user := ""
	for _, r := range []struct {
		method, body string
		status       int
	}{
		{http.MethodPost, invitation(fmt.Sprintf("user%d@x.example", n), "EMAIL_LINK"), http.StatusCreated},
		{http.MethodPatch, `{"name":"Renamed"}`, http.StatusOK},
		{http.MethodDelete, "", http.StatusNoContent},
	} {
		id := fmt.Sprintf("write-%d-%s-end", n, strings.ToLower(r.method))
		x := exchange{r.method, target + user, r.body, http.Header{"X-Request-Id": {id}}}
		status, text, err := x.over(s.t.Context(), client, s.server.address, s.key)
		if err != nil || status != r.status {
			return done, fmt.Errorf("%s: status %d: %s: %w", id, status, text, err)
		}
		done = append(done, id)
		if user == "" {
			_, rest, _ := strings.Cut(text, `"id":"`)
			user, _, _ = strings.Cut(rest, `"`)
			user = "/" + user
		}
	}
	return done, nil
}

// An order is what a trace says.
type order struct {
	answered map[string]bool
	syncs    int
	broken   []string
}

// readOrder reads a trace. Strace holds a thread at the beginning and at the end of a call until it has noted it, so an
// answer that is noted behind the end of a sync has left after it.
func readOrder(trace io.Reader) order {
	ids := regexp.MustCompile(`write-\d+-[a-z]+-end`)
	o := order{answered: map[string]bool{}}
	logged := map[string]int{}  // when an id first went to the log
	syncing := map[string]int{} // thread → when it began to sync
	synced := 0                 // when the last sync began that has ended
	lines := bufio.NewReaderSize(trace, 1<<20)
	for now := 1; ; now++ {
		line, err := lines.ReadString('\n')
		thread, call, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
		call = strings.TrimLeft(call, " ")
		toLog := strings.Contains(call[:min(len(call), 400)], "directory.db-wal>")
		switch {
		case strings.HasPrefix(call, "pwrite64(") && toLog:
			for _, id := range ids.FindAllString(call, -1) {
				if logged[id] == 0 {
					logged[id] = now
				}
			}
		case (strings.HasPrefix(call, "fdatasync(") || strings.HasPrefix(call, "fsync(")) && toLog:
			syncing[thread] = now
			if !strings.Contains(call, "<unfinished") {
				o.syncs, synced = o.syncs+1, now
			}
		case strings.HasPrefix(call, "<... fdatasync resumed") || strings.HasPrefix(call, "<... fsync resumed"):
			if syncing[thread] > 0 {
				o.syncs, synced = o.syncs+1, max(synced, syncing[thread])
			}
		case strings.HasPrefix(call, "write(") && strings.Contains(call, `"HTTP/1.1 2`):
			if id := ids.FindString(call); id != "" {
				o.answered[id] = true
				if logged[id] == 0 || logged[id] > synced {
					o.broken = append(o.broken, fmt.Sprintf("%s was answered in line %d; it went to the log in line %d, and the last sync that had ended began in line %d", id, now, logged[id], synced))
				}
			}
		}
		if strings.HasPrefix(call, "<... ") || !strings.Contains(call, "<unfinished") {
			delete(syncing, thread)
		}
		if err != nil {
			return o
		}
	}
}
