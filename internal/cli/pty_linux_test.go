package cli_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ax/internal/cli/clitest"

	"github.com/creack/pty"
)

// A session is `ax` in a terminal of its own.
type session struct {
	t       *testing.T
	cmd     *exec.Cmd
	pty     *os.File
	mu      sync.Mutex
	screen  bytes.Buffer
	changed chan struct{}
	ended   chan struct{}
}

// start runs this test binary as ax, on a terminal of 80 columns.
func start(t *testing.T, w *clitest.World, args ...string) *session {
	t.Helper()
	return startWith(t, w, func(*exec.Cmd) {}, args...)
}

// startWith is start with some of the streams elsewhere.
func startWith(t *testing.T, w *clitest.World, redirect func(*exec.Cmd), args ...string) *session {
	t.Helper()
	s := &session{t: t, changed: make(chan struct{}, 1), ended: make(chan struct{})}
	s.cmd = exec.CommandContext(context.Background(), os.Args[0], args...)
	s.cmd.Env = []string{"AX_TEST_RUN_MAIN=1", "TERM=xterm"}
	for name, value := range w.Env {
		s.cmd.Env = append(s.cmd.Env, name+"="+value)
	}
	redirect(s.cmd)
	// The terminal is standard output; the other two may be elsewhere.
	f, err := pty.StartWithAttrs(s.cmd, &pty.Winsize{Rows: 24, Cols: 80}, &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1})
	if err != nil && os.Getenv("AX_TEST_REQUIRE") == "1" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	s.pty = f
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = f.Close()
	})
	go func() {
		_, _ = io.Copy(s, f) // ends with an error when the program does
		close(s.ended)
	}()
	return s
}

// Write implements io.Writer: what the program puts on the screen.
func (s *session) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.screen.Write(p)
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *session) seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.ReplaceAll(s.screen.String(), "\r\n", "\n")
}

// deadline is for a program that hangs. Nothing takes that long otherwise.
const deadline = time.Minute

// wait waits until text is the last thing on the screen.
func (s *session) wait(text string) *session {
	s.t.Helper()
	late := time.After(deadline)
	for !strings.HasSuffix(s.seen(), text) {
		select {
		case <-s.changed:
		case <-s.ended:
			if !strings.HasSuffix(s.seen(), text) {
				s.t.Fatalf("ended without %q:\n%s", text, s.seen())
			}
		case <-late:
			s.t.Fatalf("no %q on the screen:\n%s", text, s.seen())
		}
	}
	return s
}

// typed sends keys.
func (s *session) typed(keys string) *session {
	s.t.Helper()
	if _, err := io.WriteString(s.pty, keys); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// exit waits for the end and returns the exit code and the whole screen.
func (s *session) exit() (int, string) {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(deadline):
		s.t.Fatalf("does not end:\n%s", s.seen())
	}
	err := s.cmd.Wait()
	if status, ok := s.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		s.t.Fatalf("ended by %v, %v:\n%s", status.Signal(), err, s.seen())
	}
	return s.cmd.ProcessState.ExitCode(), s.seen()
}

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
	sure  = "  A deleted address cannot be invited again.\nAre you sure? [y/N]: "
)

func TestTerminalDelete(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys    string
		code    int
		ends    string
		deletes bool
	}{
		"y":      {"y\r", 0, "✓ Delete complete: 1 deleted, 0 failed, 0 not found\n", true},
		"n":      {"n\r", 1, sure + "n\nℹ Users not deleted\n", false},
		"Enter":  {"\r", 1, sure + "\nℹ Users not deleted\n", false},
		"Ctrl-D": {ctrlD, 1, sure + "\nℹ Users not deleted\n", false},
		"Ctrl-C": {ctrlC, 130, sure + "^C\n\n⚠ Operation cancelled by user\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer(t).On("GET /v2/users/id-ann", clitest.JSON(200, clitest.Member("ann"))).On("DELETE /v2/users/id-ann", clitest.Empty(204))
			code, screen := start(t, clitest.On(t, server), "users", "delete", "--id", "id-ann").wait(sure).typed(c.keys).exit()
			if code != c.code || !strings.HasSuffix(screen, c.ends) {
				t.Errorf("exit %d:\n%s", code, screen)
			}
			contains(t, screen, "⚠ This will permanently delete 1 user(s) and cascade to all memberships, API keys, and role bindings\n    ANN <ann@example.com>\n")
			same(t, len(server.Requests()) == 2, c.deletes)
		})
	}
}

func TestTerminalCreate(t *testing.T) {
	t.Parallel()
	const created = `{"id":"id-jane","name":"Jane","email":"jane@example.com","created_at":"2026-03-01T09:26:53Z","status":"INVITED","role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":true,"invite_mode":"NONE"}`
	server := clitest.NewServer(t).On("POST /v2/users", clitest.JSON(201, created))
	s := start(t, clitest.On(t, server), "users", "create", "--email", "jane@example.com").
		wait("Full name: ").typed("Janet\x7f\r"). // a backspace
		wait("Role (ADMIN, MEMBER, MEMBER_UI_ONLY, ANNOTATOR): ").typed("boss\r").
		wait("Error: choose one of ADMIN, MEMBER, MEMBER_UI_ONLY, ANNOTATOR\nRole (ADMIN, MEMBER, MEMBER_UI_ONLY, ANNOTATOR): ").typed("member\r").
		wait("Invite mode (NONE, EMAIL_LINK, TEMPORARY_PASSWORD): ").typed("none\r")
	code, screen := s.exit()
	if code != 0 || !strings.HasSuffix(screen, "│ temporary_password: —           │\n╰─────────────────────────────────╯\n✓ User created successfully\n") {
		t.Errorf("exit %d:\n%s", code, screen)
	}
	same(t, server.Requests(), []string{`POST /v2/users {"name":"Jane","email":"jane@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"NONE"}`})
	code, screen = start(t, clitest.On(t, server), "users", "create").wait("Full name: ").typed("Jane\r").wait("Email: ").typed(ctrlC).exit()
	if code != 130 || !strings.HasSuffix(screen, "Email: ^C\n\n⚠ Operation cancelled by user\n") {
		t.Errorf("exit %d:\n%s", code, screen)
	}
	code, screen = start(t, clitest.On(t, server), "users", "create").wait("Full name: ").typed("Jane\r").wait("Email: ").typed(ctrlD).exit()
	if code != 1 || !strings.HasSuffix(screen, "Email: \n✗ Error: no answer: the input has ended\n") {
		t.Errorf("exit %d:\n%s", code, screen)
	}
	same(t, len(server.Requests()), 1)
}

// Half a terminal is none: a question that cannot be seen, or not be answered, is not asked, and nothing is sent.
func TestTerminalInPart(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer(t)
	for line, want := range map[string]string{
		"users delete --id id-ann":                  "✗ Error: Nobody is there to confirm; use --force to delete without asking. Nothing was deleted.\n",
		"users create -n Jane -e jane@example.com":  "✗ Error: Missing option: --role, --invite-mode\n",
		"profiles delete work":                      "--force",
		"profiles create":                           "✗ Error: ",
		"users delete --from LIST --map email=Mail": "✗ Error: Nobody is there to confirm",
	} {
		for _, part := range []string{"no keyboard", "no screen"} {
			w := clitest.On(t, server)
			w.Write(t, ".arize/profiles/work.toml", "[auth]\napi_key = \"k\"\n")
			w.Write(t, "l.csv", "Mail\nann@example.com\n")
			var errs bytes.Buffer
			code, screen := startWith(t, w, func(cmd *exec.Cmd) {
				if part == "no keyboard" {
					cmd.Stdin = strings.NewReader("y\n")
				} else {
					cmd.Stderr = &errs
				}
			}, strings.Fields(strings.ReplaceAll(line, "LIST", w.Path("l.csv")))...).exit()
			if said := screen + errs.String(); code != 2 || !strings.Contains(said, want) || strings.Contains(said, "?") {
				t.Errorf("ax %s, %s: exit %d\n%s", line, part, code, said)
			}
		}
	}
	same(t, server.Requests(), nil)
}

// Ctrl-C ends a request that is not answered, and the spinner leaves nothing behind.
func TestTerminalInterruptedRequest(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"users", "list"}, {"users", "list", "--all", "-o", "csv"}} {
		arrived := make(chan struct{}, 1)
		server := clitest.NewServer(t)
		for _, line := range []string{"GET /v2/users?limit=50", "GET /v2/users?limit=100"} {
			server.On(line, clitest.Hang(func() { arrived <- struct{}{} }))
		}
		s := start(t, clitest.On(t, server), args...)
		select {
		case <-arrived:
		case <-time.After(deadline):
			t.Fatalf("no request:\n%s", s.seen())
		}
		s.wait("Fetching users...") // the spinner turns
		code, screen := s.typed(ctrlC).exit()
		if code != 130 || !strings.HasSuffix(screen, "\n⚠ Operation cancelled by user\n") {
			t.Errorf("exit %d:\n%s", code, screen)
		}
		last := screen[strings.LastIndex(screen, "Fetching users..."):]
		contains(t, last, "\r\x1b[K")
	}
}

// An interruption between two deletions leaves an account of the first.
func TestTerminalInterruptedDelete(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 1)
	server := clitest.NewServer(t).On("DELETE /v2/users/a", clitest.Empty(204)).On("DELETE /v2/users/b", clitest.Hang(func() { arrived <- struct{}{} }))
	s := start(t, clitest.On(t, server), "users", "delete", "--force", "--id", "a,b,c")
	select {
	case <-arrived:
	case <-time.After(deadline):
		t.Fatalf("no request:\n%s", s.seen())
	}
	code, screen := s.typed(ctrlC).exit()
	same(t, code, 130)
	contains(t, screen, "│ a       │ deleted │ —", "│ b       │ failed  │ interrupted; whether it was", "\n⚠ Operation cancelled by user\n")
	if strings.Contains(screen, "│ c ") {
		t.Errorf("what was not begun is in the table:\n%s", screen)
	}
	same(t, server.Requests(), []string{"DELETE /v2/users/a", "DELETE /v2/users/b"})
}

// A reader that leaves ends the program with a code, not with a signal.
func TestProcessWithAClosedPipe(t *testing.T) {
	t.Parallel()
	const password = "jhfn-bhep-bm2p-qgmc"
	created := strings.TrimSuffix(clitest.Member("jane"), "}") + `,"invite_mode":"TEMPORARY_PASSWORD","temporary_password":"` + password + `"}`
	server := clitest.NewServer(t).On("POST /v2/users", clitest.JSON(201, created))
	w := clitest.On(t, server)
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Args[0], "users", "create", "-n", "Jane", "-e", "jane@example.com", "-r", "member", "--invite-mode", "temporary_password")
	cmd.Stdout, cmd.Stderr = out, &errs
	cmd.Env = []string{"AX_TEST_RUN_MAIN=1"}
	for name, value := range w.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	_ = cmd.Run() // the code says it
	_ = out.Close()
	same(t, cmd.ProcessState.ExitCode(), 5)
	contains(t, errs.String(), "The temporary password is: "+password+"\n", "Cannot write standard output: broken pipe")
}
