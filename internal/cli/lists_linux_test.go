package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"ax/internal/cli/clitest"
	"ax/internal/wire"
)

// A slow server creates users, a few at once and the others when it is told to.
type slow struct {
	*httptest.Server
	mu      sync.Mutex
	at      int           // how many are answered at once
	begun   int           // creations that arrived
	full    chan struct{} // closed when 32 wait
	release chan struct{}
}

func newSlow(t *testing.T, at int) *slow {
	t.Helper()
	s := &slow{at: at, full: make(chan struct{}), release: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		select {
		case <-s.release:
		default:
			close(s.release) // of a test that failed; Close would wait for ever
		}
		s.Close()
	})
	return s
}

// ServeHTTP implements http.Handler.
func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in wire.CreateUserRequest
	_ = json.NewDecoder(r.Body).Decode(&in) // a fault would show in the results
	s.mu.Lock()
	s.begun++
	waits := s.begun > s.at
	if s.begun == s.at+32 {
		close(s.full)
	}
	s.mu.Unlock()
	if waits {
		<-s.release
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"id":"id-%[1]s","name":"X","email":%[1]q,"created_at":"","status":"INVITED","role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":true,"invite_mode":"TEMPORARY_PASSWORD","temporary_password":"secret-of-%[1]s"}`, in.Email)
}

func (s *slow) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

// creating starts the creation of a hundred users on a terminal, and returns when ten are done and 32 under way.
func creating(t *testing.T) (*slow, *clitest.World, *session) {
	t.Helper()
	server := newSlow(t, 10)
	w := clitest.New(t)
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"], w.Env["ARIZE_API_SCHEME"] = clitest.Key, strings.TrimPrefix(server.URL, "http://"), "http"
	var list strings.Builder
	list.WriteString("email,name\n")
	for i := range 100 {
		fmt.Fprintf(&list, "u%d@example.com,U\n", i)
	}
	w.Write(t, "l.csv", list.String())
	s := start(t, w, "users", "create", "--from", w.Path("l.csv"), "--role", "member", "--invite-mode", "temporary_password", "-o", w.Path("out.csv"))
	select {
	case <-server.full:
	case <-time.After(deadline):
		t.Fatalf("no 32 requests under way, but %d:\n%s", server.count(), s.seen())
	}
	return server, w, s
}

// The line on the terminal counts. An interruption waits for what is under way, keeps all of it, begins nothing, and says
// how to go on; going on does the rest and nothing twice.
func TestTerminalInterruptedList(t *testing.T) {
	t.Parallel()
	server, w, s := creating(t)
	s.wait("Creating users (10 of 100)...")
	s.typed(ctrlC).wait("⚠ Waiting for the requests in flight. Ctrl-C again ends at once.\n")
	same(t, server.count(), 42)
	close(server.release)
	code, screen := s.exit()
	same(t, code, 130)
	again := "ax users create --from " + w.Path("l.csv") + " --invite-mode temporary_password --output " + w.Path("out.csv") + " --role member --resume " + w.Path("l.create-results.csv")
	contains(t, screen, "✗ 58 of 100 row(s) are not done.\n  created: 42\n  not begun: 58\nThe results are in "+w.Path("l.create-results.csv")+", with the temporary passwords.\nTo go on: "+again+"\n⚠ Operation cancelled by user\n")
	same(t, secrets(t, w.Path("l.create-results.csv")), 42)
	same(t, secrets(t, w.Path("out.csv")), 42)
	code, screen = start(t, w, strings.Fields(again)[1:]...).exit()
	same(t, code, 0)
	contains(t, screen, "✓ All of the 100 row(s) are done.\n  created: 100\n")
	same(t, server.count(), 100)
	same(t, secrets(t, w.Path("l.create-results.csv")), 100)
}

// So does a deletion.
func TestTerminalInterruptedDeleteList(t *testing.T) {
	t.Parallel()
	server := newSlow(t, 5)
	w := clitest.New(t)
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"], w.Env["ARIZE_API_SCHEME"] = clitest.Key, strings.TrimPrefix(server.URL, "http://"), "http"
	var list strings.Builder
	list.WriteString("id\n")
	for i := range 40 {
		fmt.Fprintf(&list, "id-%d\n", i)
	}
	w.Write(t, "l.csv", list.String())
	s := start(t, w, "users", "delete", "--from", w.Path("l.csv"), "--force", "-q") // quiet: no line that counts
	select {
	case <-server.full:
	case <-time.After(deadline):
		t.Fatalf("no 32 requests under way, but %d:\n%s", server.count(), s.seen())
	}
	s.typed(ctrlC).wait("⚠ Waiting for the requests in flight. Ctrl-C again ends at once.\n")
	close(server.release)
	code, screen := s.exit()
	same(t, code, 130)
	again := "ax users delete --force --from " + w.Path("l.csv") + " --quiet --resume " + w.Path("l.delete-results.csv")
	contains(t, screen, "✗ 3 of 40 row(s) are not done.\n  deleted: 37\n  not begun: 3\nThe results are in "+w.Path("l.delete-results.csv")+".\nTo go on: "+again+"\n⚠ Operation cancelled by user\n")
	if strings.Contains(screen, "(5 of 40)") || strings.Count(screen, "\nid-") != 37 {
		t.Errorf("ids alone are wanted:\n%s", screen)
	}
	code, screen = start(t, w, strings.Fields(again)[1:]...).exit()
	same(t, code, 0)
	same(t, strings.Count(screen, "id-"), 40)
	same(t, server.count(), 40)
}

// secrets counts the rows of a file with a password each.
func secrets(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := strings.Count(string(text), ",created,secret-of-")
	if lines := strings.Count(string(text), "\n"); lines != n+1 {
		t.Errorf("%d lines for %d passwords:\n%s", lines, n, text)
	}
	return n
}

// The second interruption gives up what is under way. What had come is in the file with its password, what had not is
// known to be open, and the command says how to go on as after the first.
func TestTerminalInterruptedTwice(t *testing.T) {
	t.Parallel()
	server, w, s := creating(t)
	defer close(server.release)
	s.wait("(10 of 100)...").typed(ctrlC).wait("Ctrl-C again ends at once.\n").typed(ctrlC)
	code, screen := s.exit()
	same(t, code, 130)
	contains(t, screen, "✗ 90 of 100 row(s) are not done.\n  created: 10\n  unknown: 32\n  not begun: 58\nThe results are in "+w.Path("l.create-results.csv")+", with the temporary passwords.\nTo go on: ax users create ", "⚠ Operation cancelled by user\n")
	for _, name := range []string{"l.create-results.csv", "out.csv"} {
		text, err := os.ReadFile(w.Path(name))
		kept, open := strings.Count(string(text), ",created,secret-of-"), strings.Count(string(text), ",unknown,,it is not known whether it was done\n")
		if err != nil || kept != 10 || open != 32 || strings.Count(string(text), "\n") != 43 {
			t.Errorf("%v, %d kept, %d open\n%s", err, kept, open, text)
		}
	}
}

// The question of a deletion stands on the terminal, and its answer holds.
func TestTerminalDeleteList(t *testing.T) {
	t.Parallel()
	for keys, code := range map[string]int{"y\r": 0, "n\r": 1, ctrlD: 1, ctrlC: 130} {
		server := clitest.NewServer(t).On("GET /v2/users?limit=100&email=ann%40example.com", clitest.Page("", clitest.Member("ann"))).
			On("DELETE /v2/users/id-ann", clitest.Empty(204))
		w := clitest.On(t, server)
		w.Write(t, "leavers.csv", "Mail\nann@example.com\n")
		got, screen := start(t, w, "users", "delete", "--from", w.Path("leavers.csv"), "--map", "email=Mail").wait(sure).typed(keys).exit()
		contains(t, screen, "⚠ This will permanently delete 1 user(s) of "+w.Path("leavers.csv")+" and cascade to", "    ANN <ann@example.com>\n")
		same(t, got, code)
		same(t, len(server.Requests()) == 2, code == 0)
	}
}
