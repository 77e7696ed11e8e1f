package users_test

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/cli/clitest"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("update", false, "write the golden files")

// golden compares a transcript with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, string(want))
}

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ran checks a whole result.
func ran(t *testing.T, got clitest.Result, code int, out, errs string) {
	t.Helper()
	same(t, got, clitest.Result{Code: code, Out: out, Err: errs})
}

// says checks the exit code and that parts stand on standard error.
func says(t *testing.T, got clitest.Result, code int, parts ...string) {
	t.Helper()
	if got.Code != code {
		t.Errorf("exit %d, want %d", got.Code, code)
	}
	for _, p := range parts {
		if !strings.Contains(got.Err, p) {
			t.Errorf("not on standard error: %q", p)
		}
	}
	if t.Failed() {
		t.Logf("%s", got)
	}
}

// asked checks what a server was asked, in its order.
func asked(t *testing.T, s *clitest.Server, want ...string) {
	t.Helper()
	got := s.Requests()
	if len(got)+len(want) > 0 {
		same(t, got, want)
	}
}

// The people of the golden files: each has something that a program could trip
// over, and none of it may be lost or do anything.
func people() []string {
	return []string{
		clitest.Member("ann"),
		clitest.User("VXNlcjphYmNkZWZnaDEyMzQ1Njc4", "Jürgen Röß-Überlang von und zu Hohenstein 😀", "juergen.roess@hohenstein.example.com", "INVITED", "ADMIN", false),
		clitest.User("id-odd", "\x1b[31mred\x1b[0m\u202e [bold]x[/bold] [/x]", "=cmd@example.com", "DORMANT", "OVERLORD", true),
		`{"id":"id-custom","name":"Cus, \"Tom\"","email":"tom@example.com","created_at":"yesterday","status":"EXPIRED","role":{"type":"CUSTOM","id":"role_1","name":"Auditor"},"is_developer":false,"unknown":[1]}`,
		`{"id":"id-bare","name":"Bare","email":"bare@example.com","created_at":"2026-03-01T09:26:53Z","status":"ACTIVE","role":{"type":"CUSTOM","id":"role_2"},"is_developer":false}`,
	}
}

// formats runs one command line in every way that its output can be.
func formats(t *testing.T, s *clitest.Server, line string) string {
	t.Helper()
	piped, terminal, narrow, colour := clitest.On(t, s), clitest.On(t, s), clitest.On(t, s), clitest.On(t, s)
	terminal.Columns, narrow.Columns, colour.Columns = 200, 80, 200
	delete(colour.Env, "NO_COLOR")
	return "piped\n\n" + piped.Script(t, line, line+" -o json", line+" -o csv", line+" --output HOME/x.JSON") +
		"a terminal of 200 columns\n\n" + terminal.Script(t, line) +
		"of 80 columns\n\n" + narrow.Script(t, line) +
		"in colour\n\n" + colour.Script(t, line)
}

func status(code int) http.HandlerFunc {
	return clitest.Problem(code, "A title", "a detail of "+http.StatusText(code))
}
