package e2e_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A daemon is a running `ax server start`.
type daemon struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string // host:port
	log     *logbook
	ended   chan struct{} // closed when the process and its log are at their end
}

// A logbook keeps what a server says.
type logbook struct {
	mu    sync.Mutex
	text  strings.Builder
	ready chan string // the address, once
}

// listening is the line with which a server tells its address.
type listening struct {
	Message string `json:"msg"`
	Address string `json:"address"`
}

func (l *logbook) read(r io.Reader) {
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadString('\n')
		l.mu.Lock()
		l.text.WriteString(line)
		l.mu.Unlock()
		var said listening
		if json.Unmarshal([]byte(line), &said) == nil && said.Message == "listening" {
			l.ready <- said.Address
		}
		if err != nil {
			return
		}
	}
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start starts the site's server on a free port and points the command line to it. Letters go to the site's mail folder.
func (s *site) start(flags ...string) *daemon {
	s.t.Helper()
	s.server = s.launch(append([]string{"--mail-dir", s.mail}, flags...)...)
	s.setenv("ARIZE_API_HOST", s.server.address)
	return s.server
}

// launch starts a server and waits until it listens.
func (s *site) launch(flags ...string) *daemon {
	s.t.Helper()
	d := s.spawn(append([]string{"--listen", "127.0.0.1:0"}, flags...)...)
	d.listening()
	return d
}

// spawn starts a server and waits for nothing. It ends with the test at the latest.
func (s *site) spawn(flags ...string) *daemon {
	s.t.Helper()
	return s.watch(s.command(append([]string{"server", "start"}, flags...)...))
}

// watch starts a command that becomes a server.
func (s *site) watch(cmd *exec.Cmd) *daemon {
	s.t.Helper()
	d := &daemon{t: s.t, cmd: cmd, log: &logbook{ready: make(chan string, 1)}, ended: make(chan struct{})}
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	go func() {
		d.log.read(stderr)
		_ = cmd.Wait() // its code is looked at where it matters
		close(d.ended)
	}()
	s.t.Cleanup(func() {
		d.kill()
		if s.t.Failed() {
			s.t.Logf("the server's log:\n%s", d.log)
		}
	})
	return d
}

// listening waits until the server says where it listens.
func (d *daemon) listening() {
	d.t.Helper()
	select {
	case d.address = <-d.log.ready:
	case <-d.ended:
		d.t.Fatalf("the server ended before it listened:\n%s", d.log)
	case <-time.After(20 * time.Second):
		d.t.Fatalf("the server does not listen:\n%s", d.log)
	}
}

// kill ends the server as a power cut would.
func (d *daemon) kill() {
	_ = d.cmd.Process.Kill() // it may have ended already
	<-d.ended
}

// terminate asks the server to end and returns its exit code.
func (d *daemon) terminate() int {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	return d.wait()
}

func (d *daemon) wait() int {
	d.t.Helper()
	select {
	case <-d.ended:
	case <-time.After(20 * time.Second):
		d.t.Fatalf("the server does not end:\n%s", d.log)
	}
	return d.cmd.ProcessState.ExitCode()
}

// move moves the time by d, for every process of the site.
func (s *site) move(d time.Duration) {
	s.t.Helper()
	text, err := os.ReadFile(s.clock)
	if err != nil {
		s.t.Fatal(err)
	}
	moved, err := time.ParseDuration(string(text))
	if err != nil {
		s.t.Fatal(err)
	}
	// Aside and renamed: a server reads it at any moment.
	aside := s.clock + ".new"
	if err := os.WriteFile(aside, []byte((moved + d).String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(aside, s.clock); err != nil {
		s.t.Fatal(err)
	}
}
