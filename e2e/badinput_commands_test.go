package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
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
	before, files, profile := town.dump(t), w.Files(t), profileThere(t, w)
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
	if diff := cmp.Diff(profile, profileThere(t, w)); diff != "" {
		t.Errorf("the profile (-before +after):\n%s", diff)
	}
	everyOptionIsTried(t, w, lines)
}

func profileThere(t *testing.T, w *clitest.World) string {
	t.Helper()
	text, err := os.ReadFile(w.Path(".arize/profiles/there.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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
	known["$ORGANIZATION"] = ask("organizations", "create", "--name", "Research")
	known["$SPACE"] = ask("spaces", "create", "--name", "Staging", "--organization-id", "Research")
	known["$ROLE"] = ask("roles", "create", "--name", "Keeper", "--permissions", "ROLE_READ")
	known["$APIKEY"] = ask("api-keys", "create", "--name", "laptop")
	badLists(t, w, known)
	return known
}

// badLists writes lists for --from, and a profile.
func badLists(t *testing.T, w *clitest.World, known map[string]string) {
	t.Helper()
	const head = "email,full_name\n"
	for name, rows := range map[string]string{
		"PEOPLE": head + "active@example.com,Pat\n", "TWO": head + "active@example.com,Pat\nlink@example.com,Pat\n",
		"WRONG": head + "active@example.com,Pat\neve,\n", "NOBODY": head + "nobody@example.com,Eve\n",
	} {
		file := strings.ToLower(name) + ".csv"
		w.Write(t, file, rows)
		known["$"+name] = w.Path(file)
	}
	known["$HOME"] = w.Home
	w.Write(t, ".arize/profiles/there.toml", "[profile]\nname = \"there\"\n[auth]\napi_key = \"k\"\n[routing]\nregion = \"EU\"\n")
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

// everyOptionIsTried asks the program itself for its commands and options. A line on a command of users leaves that word out.
func everyOptionIsTried(t *testing.T, w *clitest.World, lines []badInput) {
	t.Helper()
	tried := "\n"
	for _, b := range lines {
		tried += b.what + "\n"
	}
	option := regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z-]+)`)
	options := 0
	for _, command := range commandsBelow(w) {
		own, global, _ := strings.Cut(w.Run(append(command, "--help")...).Out, "Global Flags:")
		name := strings.TrimPrefix(strings.Join(command, " "), "users ")
		shown := command[0] != "users" && strings.Contains(own, "--columns")
		if shown {
			badlyShown(t, w, command)
		}
		for _, m := range option.FindAllStringSubmatch(own, -1) {
			options++
			// What the commands of server share is tried with one of them.
			if m[1] == "--help" || shown && slices.Contains(shownBy(), m[1]) || command[0] == "server" && strings.Contains(tried, " "+m[1]+" ") {
				continue
			}
			if !strings.Contains(tried, "\n"+name+" "+m[1]+" ") {
				t.Errorf("no line tries %s of ax %s", m[1], strings.Join(command, " "))
			}
		}
		for _, m := range option.FindAllStringSubmatch(global, -1) {
			if options++; !strings.Contains(tried, "\n"+m[1]+" ") {
				t.Errorf("no line tries %s", m[1])
			}
		}
	}
	if options < 400 {
		t.Errorf("only %d options found in the help texts", options)
	}
}

// commandsBelow are the words of all commands in the group which path names.
func commandsBelow(w *clitest.World, path ...string) (all [][]string) {
	_, list, group := strings.Cut(w.Run(append(slices.Clone(path), "--help")...).Out, "Available Commands:\n")
	if !group {
		return [][]string{path}
	}
	list, _, _ = strings.Cut(list, "\n\n")
	for line := range strings.Lines(list) {
		if name := strings.Fields(line)[0]; name != "help" {
			all = append(all, commandsBelow(w, append(slices.Clone(path), name)...)...)
		}
	}
	return all
}

// shownBy are the options with which every command shows data; what they take is one code, which the lines on users try.
func shownBy() []string { return []string{"--columns", "--csv-raw", "--jq", "--quiet"} }

func badlyShown(t *testing.T, w *clitest.World, command []string) {
	t.Helper()
	for _, option := range shownBy() {
		if option == "--csv-raw" || option == "--quiet" {
			option += "=maybe"
		}
		name, _, _ := strings.Cut(option, "=")
		if r := w.Run(append(slices.Clone(command), option)...); r.Code != 2 || r.Out != "" || !strings.Contains(r.Err, "'"+name+"'") {
			t.Errorf("ax %s %s: %s", strings.Join(command, " "), option, r)
		}
	}
}
