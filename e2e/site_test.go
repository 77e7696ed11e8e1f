package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ax/internal/pgtest"
)

// A variant is where a directory is and how the command line reaches it.
type variant string

const (
	local    variant = "local"    // in the process of the command
	sqlite   variant = "sqlite"   // HTTP
	postgres variant = "postgres" // HTTP
)

// engines are the variants with a server, for tests of it.
func engines() []variant { return []variant{sqlite, postgres} }

// A site is one directory and all that belongs to it, in a folder of its own.
type site struct {
	t       testing.TB
	variant variant
	home    string // of the person who types
	data    string // folder of the directory and its key
	mail    string // where letters arrive
	clock   string // the file that moves the time
	env     []string
	admin   string // address of the first administrator, "" on the local profile
	key     string // API key of that administrator
	server  *daemon
}

// newSite has nothing in it yet.
func newSite(t testing.TB, v variant, folder string) *site {
	t.Helper()
	s := &site{
		t: t, variant: v,
		home: filepath.Join(folder, "home"), data: filepath.Join(folder, "data", "ax"),
		mail: filepath.Join(folder, "mail"), clock: filepath.Join(folder, "clock"),
	}
	if v == local {
		s.mail = filepath.Join(s.data, "mail")
	}
	if err := errors.Join(os.MkdirAll(s.home, 0o700), os.WriteFile(s.clock, []byte("0s"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s.env = []string{
		"PATH=" + filepath.Dir(clocked(t)) + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME=" + s.home, "XDG_DATA_HOME=" + filepath.Dir(s.data), "AX_CLOCK_FILE=" + s.clock,
	}
	switch v {
	case local:
		s.setenv("AX_PROFILE", "local")
	case postgres:
		s.setenv("AX_DATABASE_URL", pgtest.URL(t))
	case sqlite:
	}
	return s
}

// initialized is a site with a directory and its first administrator.
func initialized(t testing.TB, v variant) *site {
	t.Helper()
	s := newSite(t, v, t.TempDir())
	s.init()
	return s
}

// serving is a site with a server.
func serving(t testing.TB, v variant, flags ...string) *site {
	t.Helper()
	s := initialized(t, v)
	s.start(flags...)
	return s
}

func (s *site) init() {
	s.t.Helper()
	s.admin = "admin@ax.example"
	s.key = strings.TrimSpace(s.must("server", "init", "--admin-email", s.admin, "--admin-name", "Ann Admin"))
	s.setenv("ARIZE_API_KEY", s.key)
	s.setenv("ARIZE_API_SCHEME", "http")
}

func (s *site) setenv(name, value string) {
	s.env = slices.DeleteFunc(s.env, func(e string) bool { return strings.HasPrefix(e, name+"=") })
	s.env = append(s.env, name+"="+value)
}

func (s *site) getenv(name string) string {
	for _, e := range s.env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

// A result is what a command ended with.
type result struct {
	stdout, stderr string
	code           int
}

func (r result) String() string {
	return fmt.Sprintf("exit %d\n[stdout]\n%s[stderr]\n%s", r.code, r.stdout, r.stderr)
}

// ax runs a command to its end.
func (s *site) ax(args ...string) result {
	s.t.Helper()
	return run(s.t, s.command(args...))
}

func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.t.Context(), clocked(s.t), args...)
	cmd.Env, cmd.Dir = slices.Clone(s.env), s.home
	return cmd
}

func run(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if _, ended := errors.AsType[*exec.ExitError](cmd.Run()); !ended && cmd.ProcessState == nil {
		t.Fatalf("%v could not be run", cmd.Args)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// must runs a command that has to succeed and returns its stdout.
func (s *site) must(args ...string) string {
	s.t.Helper()
	r := s.ax(args...)
	if r.code != 0 {
		s.t.Fatalf("ax %s: %v", strings.Join(args, " "), r)
	}
	return r.stdout
}

// refused runs a command that has to exit with code and to say all of it on stderr.
func (s *site) refused(code int, says []string, args ...string) {
	s.t.Helper()
	r := s.ax(args...)
	if r.code != code || r.stdout != "" {
		s.t.Errorf("ax %s: want exit %d and an empty stdout, got %v", strings.Join(args, " "), code, r)
	}
	for _, text := range says {
		if !strings.Contains(r.stderr, text) {
			s.t.Errorf("ax %s: stderr does not say %q:\n%s", strings.Join(args, " "), text, r.stderr)
		}
	}
}

// A user is what `ax users get -o json` shows of one.
type user struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	Status string `json:"status"`
}

// users reads the whole directory.
func (s *site) users() []user {
	s.t.Helper()
	var list struct {
		Users []user `json:"users"`
	}
	s.decode(s.must("users", "list", "--all", "-o", "json"), &list)
	return list.Users
}

// user looks somebody up by id or address.
func (s *site) user(ref string) (u user) {
	s.t.Helper()
	s.decode(s.must("users", "get", ref, "-o", "json"), &u)
	return u
}

// create invites somebody by a link.
func (s *site) create(email string) (u user) {
	s.t.Helper()
	s.decode(s.must("users", "create", "--full-name", "Jane Doe", "--email", email, "--role", "member", "--invite-mode", "email_link", "-o", "json"), &u)
	return u
}

func (s *site) decode(text string, to any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		s.t.Fatalf("this is not JSON: %v\n%s", err, text)
	}
}

// eventually waits for what a process beside this one will do.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	const patience = 30 * time.Second
	for begun := time.Now(); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > patience {
			t.Fatalf("after %s still no %s", patience, what)
		}
	}
}
