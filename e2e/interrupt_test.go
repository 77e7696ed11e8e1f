package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A delete that is interrupted between two users tells what was done before it ends with 130.
func TestInterruptedDeleteTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	a, b, c := s.create("a@x.example"), s.create("b@x.example"), s.create("c@x.example")
	slow, second := s.stuckAtSecondDelete()
	s.setenv("ARIZE_API_HOST", slow)
	cmd := s.command("users", "delete", "--id", a.ID+","+b.ID+","+c.ID, "--force", "-o", "json")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-second
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its code is looked at
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d, want 130; stderr:\n%s", code, &errs)
	}
	var report struct {
		Results []struct {
			UserID string `json:"user_id"`
			Status string `json:"status"`
		} `json:"results"`
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || len(report.Results) == 0 ||
		report.Results[0].UserID != a.ID || report.Results[0].Status != "deleted" {
		t.Errorf("the report: %v\n%s", err, &out)
	}
	for _, r := range report.Results {
		if r.UserID == c.ID || r.UserID == b.ID && r.Status == "deleted" {
			t.Errorf("the report tells of what was not done: %v", r)
		}
	}
	s.setenv("ARIZE_API_HOST", s.server.address)
	if got := s.user(c.ID); got != c {
		t.Errorf("the third user: %v", got)
	}
}

// stuckAtSecondDelete is a way to the server that lets one deletion through; the next one never ends.
func (s *site) stuckAtSecondDelete() (address string, second <-chan struct{}) {
	s.t.Helper()
	stuck := make(chan struct{})
	var deletions atomic.Int32
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: s.server.address})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete && deletions.Add(1) == 2 {
			close(stuck)
			<-r.Context().Done()
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	s.t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), stuck
}

// A first use that is killed at any moment leaves a folder in which the next one succeeds.
func TestKilledFirstUse(t *testing.T) {
	t.Parallel()
	for range 12 {
		s := newSite(t, local, t.TempDir())
		s.killedAtSomeMoment("users", "create", "-n", "Jane Doe", "-e", "jane@x.example", "-r", "member", "--invite-mode", "email_link")
		s.must("users", "create", "-n", "Kim", "-e", "kim@x.example", "-r", "member", "--invite-mode", "email_link")
		users := s.users()
		if n := len(users); n != 2 && n != 3 || users[0].Status != "ACTIVE" {
			t.Errorf("after a killed first use: %v", users)
		}
		intact(t, entries(t, s.database()))
	}
}

// An init that is killed leaves nothing that another init, or a key made on the host, could not complete.
func TestKilledInit(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		for range 6 {
			s := newSite(t, v, t.TempDir())
			s.killedAtSomeMoment("server", "init", "--admin-email", "admin@ax.example")
			r := s.ax("server", "init", "--admin-email", "admin@ax.example")
			switch {
			case r.code == 1 && r.stdout == "" && strings.Contains(r.stderr, "ax server key create"):
				r.stdout = s.must("server", "key", "create", "--email", "admin@ax.example")
			case r.code != 0:
				t.Fatalf("init after a killed one: %v", r)
			}
			s.setenv("ARIZE_API_KEY", strings.TrimSpace(r.stdout))
			s.setenv("ARIZE_API_SCHEME", "http")
			s.start()
			if users := s.users(); len(users) != 1 {
				t.Errorf("users after a killed init: %v", users)
			}
			s.server.kill()
		}
	})
}

// killedAtSomeMoment runs a command that needs some 30 ms and kills it in that time, or soon after.
func (s *site) killedAtSomeMoment(args ...string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Duration(rand.IntN(50_000))*time.Microsecond)
	defer cancel()
	cmd := exec.CommandContext(ctx, clocked(s.t), args...) // killed when its time is over
	cmd.Env, cmd.Dir = s.env, s.home
	_ = cmd.Run() // it fails or not
}
