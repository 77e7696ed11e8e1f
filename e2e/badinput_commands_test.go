package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/cli/clitest"
	"ax/internal/store"
)

// TestBadCommands runs each on the local profile.
func TestBadCommands(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	known := badPeople(t, w)
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "application/problem+json")
		out.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(out, `{"type":"/errors#x","title":"Authentication required","status":401,"detail":"The key is unknown."}`) //nolint:errcheck // the command says what it got
	}))
	defer server.Close()
	known["$SERVER"] = strings.TrimPrefix(server.URL, "http://")
	town := badTown{}
	town.look(t, "sqlite", w.Path("data/ax/"+store.DatabaseFile))
	before, files := town.dump(t), w.Files(t)
	lines := badInputs(t, "commands.txt")
	if len(lines) < 100 {
		t.Errorf("only %d command lines", len(lines))
	}
	for _, b := range lines {
		badCommand(t, w, b, known)
	}
	if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(town.dump(t), "\n")); diff != "" {
		t.Errorf("the directory changed (-before +after):\n%s", diff)
	}
	locks := func(name string) bool { return strings.HasSuffix(name, ".lock") } // they stay behind, empty
	if diff := cmp.Diff(slices.DeleteFunc(files, locks), slices.DeleteFunc(w.Files(t), locks)); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
	everyOptionIsTried(t, w, lines)
}

// badPeople makes the local directory and people of several standings, and returns the placeholders of their ids.
func badPeople(t *testing.T, w *clitest.World) map[string]string {
	t.Helper()
	known := map[string]string{"$UNKNOWN": "VXNlcjowMDAwMDAwMDAwMDAwMDAw"}
	ask := func(args ...string) string {
		r := w.Run(append(args, "-o", "json")...)
		var u struct {
			ID    string
			Users []struct{ ID string }
		}
		if err := json.Unmarshal([]byte(r.Out), &u); err != nil || r.Code != 0 {
			t.Fatalf("ax %q: %v\n%s", args, err, r)
		}
		if len(u.Users) > 0 {
			return u.Users[0].ID
		}
		return u.ID
	}
	known["$ADMIN"] = ask("users", "list")
	for name, mode := range map[string]string{"active": "none", "link": "email_link", "password": "temporary_password", "deleted": "none"} {
		known["$"+strings.ToUpper(name)] = ask("users", "create", "-n", "Pat", "-e", name+"@example.com", "-r", "member", "--invite-mode", mode)
	}
	if r := w.Run("users", "delete", "--email", "deleted@example.com", "--force"); r.Code != 0 {
		t.Fatal(r)
	}
	return known
}

func badCommand(t *testing.T, w *clitest.World, b badInput, known map[string]string) {
	t.Helper()
	args := badWords(t, b)
	for i := range args {
		args[i] = b.expand(t, args[i], known)
	}
	// What is refused ends by itself; what is not may be a server.
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	in := &clitest.World{Home: w.Home, Env: maps.Clone(w.Env), Context: ctx}
	for args[0] != "ax" {
		name, value, _ := strings.Cut(args[0], "=")
		in.Env[name] = value
		args = args[1:]
	}
	r := in.Run(args[1:]...)
	if r.Code != b.code || !strings.Contains(r.Err, b.says) {
		t.Errorf("%s: %s: exit %d, want %d and %q\n%.1500s", b.at, b.input, r.Code, b.code, b.says, r)
	}
	if r.Out != "" && b.says != "" && !slices.Contains(args, "delete") { // which shows what became of each
		t.Errorf("%s: %s: on stdout stands\n%s", b.at, b.input, r.Out)
	}
}

// badWords splits a line as a shell would. Words in double quotes have Go's escapes.
func badWords(t *testing.T, b badInput) (words []string) {
	t.Helper()
	word := regexp.MustCompile(`^ *((?:\$\{[^}]*\}|"(?:[^"\\]|\\.)*"|[^ "])+)`)
	for rest := b.input; strings.TrimSpace(rest) != ""; {
		m := word.FindStringSubmatch(rest)
		if m == nil {
			t.Fatalf("%s: cannot be split at %q", b.at, rest)
		}
		rest = rest[len(m[0]):]
		text := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).ReplaceAllStringFunc(m[1], func(quoted string) string {
			plain, err := strconv.Unquote(quoted)
			if err != nil {
				t.Fatalf("%s: %s: %v", b.at, quoted, err)
			}
			return plain
		})
		words = append(words, text)
	}
	return words
}

// everyOptionIsTried asks the program itself for its options.
func everyOptionIsTried(t *testing.T, w *clitest.World, lines []badInput) {
	t.Helper()
	tried := ""
	for _, b := range lines {
		tried += b.what + "\n"
	}
	groups := map[string][]string{
		"users":  {"list", "get", "create", "update", "delete", "resend-invitation", "reset-password"},
		"server": {"init", "start"},
	}
	options := 0
	for group, commands := range groups {
		for _, command := range commands {
			own, global, _ := strings.Cut(w.Run(group, command, "--help").Out, "Global Flags:")
			for _, m := range regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z-]+)`).FindAllStringSubmatch(own, -1) {
				if options++; m[1] != "--help" && !strings.Contains(tried, command+" "+m[1]+" ") && !(group == "server" && strings.Contains(tried, " "+m[1]+" ")) {
					t.Errorf("no line tries %s of %s %s", m[1], group, command)
				}
			}
			for _, m := range regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z-]+)`).FindAllStringSubmatch(global, -1) {
				if options++; !strings.Contains(tried, "\n"+m[1]+" ") {
					t.Errorf("no line tries %s", m[1])
				}
			}
		}
	}
	if options < 40 {
		t.Errorf("only %d options found in the help texts", options)
	}
}
