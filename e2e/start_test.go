package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStartBeforeInit(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := newSite(t, v, t.TempDir())
		for _, args := range [][]string{{"start"}, {"start", "--migrate", "never"}, {"key", "create", "--email", "a@x.example"}, {"mail", "list"}} {
			s.refused(1, []string{"ax server init"}, append([]string{"server"}, args...)...)
		}
		if names, err := os.ReadDir(s.data); err == nil && len(names) > 0 {
			t.Errorf("something was made in %s: %v", s.data, names)
		}
	})
}

func TestSecondServerOnAFolder(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	s.refused(1, []string{"another ax server is running on " + s.data, "--database-url"}, "server", "start", "--listen", "127.0.0.1:0")
	// Commands may share the folder with it.
	s.must("server", "mail", "list")
	s.must("-p", "local", "users", "list")
	if n := len(s.users()); n != 2 {
		t.Errorf("%d users, want the first administrator and the person at the keyboard", n)
	}
	// A lock ends with its process; of several that come then, one serves.
	s.server.kill()
	rivals := []*daemon{s.spawn("--listen", "127.0.0.1:0"), s.spawn("--listen", "127.0.0.1:0"), s.spawn("--listen", "127.0.0.1:0")}
	var serving []*daemon
	for _, d := range rivals {
		select {
		case d.address = <-d.log.ready:
			serving = append(serving, d)
		case <-d.ended:
			if code := d.cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(d.log.String(), "another ax server is running") {
				t.Errorf("a rival ended with %d:\n%s", code, d.log)
			}
		}
	}
	if len(serving) != 1 {
		t.Errorf("%d servers serve the folder", len(serving))
	}
}

func TestReadyAfterAKill(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		u := s.create("jane@x.example")
		s.server.kill()
		s.server = s.spawn("--listen", "127.0.0.1:0")
		ready(t, s.server, 5*time.Second)
		s.setenv("ARIZE_API_HOST", s.server.address)
		if got := s.user("jane@x.example"); got != u {
			t.Errorf("after the kill: %v, before: %v", got, u)
		}
	})
}

// `ax server start` serves what the local profile made, and the other way round.
func TestLocalProfileAndServerShareADirectory(t *testing.T) {
	t.Parallel()
	s := newSite(t, local, t.TempDir())
	made := s.create("jane@x.example")
	text, err := os.ReadFile(filepath.Join(s.data, "local-api-key"))
	if err != nil {
		t.Fatal(err)
	}
	s.setenv("AX_PROFILE", "")
	s.setenv("ARIZE_API_KEY", strings.TrimSpace(string(text)))
	s.setenv("ARIZE_API_SCHEME", "http")
	s.start()
	if got := s.user("jane@x.example"); got != made {
		t.Errorf("the server says %v, the local profile said %v", got, made)
	}
	s.create("kim@x.example")
	if r := s.ax("-p", "local", "users", "get", "kim@x.example"); r.code != 0 {
		t.Errorf("the local profile does not see what came over HTTP: %v", r)
	}
}
