package cli_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ax/internal/cli/clitest"
)

// left is what a terminal shows at the end: of each line what follows the last time that it was erased.
func left(screen string) string {
	lines := strings.Split(screen, "\n")
	for i, line := range lines {
		if at := strings.LastIndex(line, "\r\x1b[K"); at >= 0 {
			lines[i] = line[at+len("\r\x1b[K"):]
		}
	}
	return strings.Join(lines, "\n")
}

// held answers when it is told to, or when the test ends.
func held(t *testing.T, answer http.HandlerFunc) (_ http.HandlerFunc, release func()) {
	t.Helper()
	open := make(chan struct{})
	return clitest.Then(func() {
		select {
		case <-open:
		case <-t.Context().Done():
		}
	}, answer), func() { close(open) }
}

// hundredAndOne are two pages of which the second is slow.
func hundredAndOne(t *testing.T) (*clitest.Server, func()) {
	t.Helper()
	var users []string
	for i := range 100 {
		users = append(users, clitest.Member(fmt.Sprint("u", i)))
	}
	second, release := held(t, clitest.Page("", clitest.Member("last")))
	return clitest.NewServer(t).On("GET /v2/users?limit=100", clitest.Page("c1", users...)).
		On("GET /v2/users?limit=100&cursor=c1", second), release
}

// A long list counts on one line of the terminal, in colour where that is wanted, which is gone before the result stands there.
func TestTerminalProgressOfAll(t *testing.T) {
	t.Parallel()
	for _, colour := range []bool{true, false} {
		server, release := hundredAndOne(t)
		w := clitest.On(t, server)
		if colour {
			delete(w.Env, "NO_COLOR")
		}
		s := start(t, w, "users", "list", "--all", "--columns", "id").wait(" Fetching users (100)...")
		release()
		code, screen := s.exit()
		same(t, code, 0)
		same(t, strings.Contains(screen, "\x1b[36m⠋\x1b[0m Fetching users"), colour)
		if shown := left(screen); !strings.HasPrefix(shown, "┏━") || strings.Count(shown, "id-") != 101 || strings.Contains(shown, "Fetching") {
			t.Errorf("left on the screen:\n%s", shown)
		}
		if !colour && strings.Contains(screen, "\x1b[3") {
			t.Errorf("colour in spite of NO_COLOR: %q", screen)
		}
	}
}

// Half a list is no list: an interruption leaves neither a file nor the beginning of one.
func TestTerminalInterruptedFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"x.json", "x.jsonl", "x.csv", "x.parquet"} {
		server, _ := hundredAndOne(t)
		w := clitest.On(t, server)
		before := w.Files(t)
		code, screen := start(t, w, "users", "list", "--all", "-o", w.Path(name)).wait(" Fetching users (100)...").typed(ctrlC).exit()
		same(t, code, 130)
		contains(t, screen, "Operation cancelled by user")
		same(t, w.Files(t), before)
	}
}

func TestTerminalProgressOfDeletions(t *testing.T) {
	t.Parallel()
	third, release := held(t, clitest.Empty(204))
	server := clitest.NewServer(t).On("DELETE /v2/users/a", clitest.Empty(204)).On("DELETE /v2/users/b", clitest.Empty(204)).On("DELETE /v2/users/c", third)
	s := start(t, clitest.On(t, server), "users", "delete", "--force", "--id", "a,b,c").wait(" Deleting users (3 of 3)...")
	release()
	code, screen := s.exit()
	same(t, code, 0)
	if shown := left(screen); !strings.HasPrefix(shown, "┏━") || !strings.HasSuffix(shown, "┘\n✓ Delete complete: 3 deleted, 0 failed, 0 not found\n") || strings.Contains(shown, "Deleting") {
		t.Errorf("left on the screen:\n%s", shown)
	}
}

// Where nobody looks, or nothing was to be said, there is no line that moves; not even when the answer takes long.
func TestTerminalProgressNowhereElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args     []string
		terminal string // TERM
		apart    bool   // standard error is a file
		said     string // on standard error
	}{
		"standard error in a file": {nil, "xterm", true, "ℹ Fetching users\n"},
		"a terminal that is dumb":  {nil, "dumb", false, "ℹ Fetching users\n"},
		"--quiet":                  {[]string{"-q"}, "xterm", false, ""},
		"--quiet and a file":       {[]string{"-q"}, "xterm", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slowly := clitest.Then(func() { time.Sleep(500 * time.Millisecond) }, clitest.Page("", clitest.Member("ann")))
			w := clitest.On(t, clitest.NewServer(t).On("GET /v2/users?limit=100", slowly))
			var errs bytes.Buffer
			code, screen := startWith(t, w, func(cmd *exec.Cmd) {
				cmd.Env = append(cmd.Env, "TERM="+c.terminal)
				if c.apart {
					cmd.Stderr = &errs
				}
			}, append([]string{"users", "list", "--all"}, c.args...)...).exit()
			same(t, code, 0)
			said := screen
			if c.apart {
				said = errs.String()
			}
			if strings.ContainsAny(screen+errs.String(), "⠋⠙⠹⠸\r\x1b") || !strings.HasPrefix(said, c.said) {
				t.Errorf("on the screen:\n%q\nin the file:\n%q", screen, &errs)
			}
		})
	}
}
