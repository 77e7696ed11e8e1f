package users_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
	"ax/internal/wire"
)

// invite makes a user of the local directory and returns the id.
func invite(t *testing.T, w *clitest.World, word, mode string) (id string) {
	t.Helper()
	got := w.Run("users", "create", "-n", strings.ToUpper(word), "-e", word+"@example.com", "-r", "member", "--invite-mode", mode, "-o", "json")
	var u wire.User
	if err := json.Unmarshal([]byte(got.Out), &u); err != nil || got.Code != 0 || u.ID == "" {
		t.Fatalf("%v\n%s", err, got)
	}
	return u.ID
}

// letters are the files of letters so far.
func letters(t *testing.T, w *clitest.World) []string {
	t.Helper()
	files, err := filepath.Glob(w.Path("data/ax/mail/*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The built-in directory needs nothing: no file, no key, no server.
func TestLocalWalk(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	jane := invite(t, w, "jane", "email_link")
	john := invite(t, w, "john", "none")
	get := w.Run("users", "get", "JANE@example.com", "-o", "csv")
	if !strings.Contains(get.Out, jane+",JANE,jane@example.com,20") || !strings.HasSuffix(get.Out, "Z,INVITED,MEMBER,true\n") {
		t.Errorf("%s", get)
	}
	update := w.Run("users", "update", john, "--full-name", "John Röß", "--is-not-developer", "-o", "csv")
	if !strings.Contains(update.Out, "John Röß,john@example.com") || !strings.HasSuffix(update.Out, ",ACTIVE,MEMBER,false\n") {
		t.Errorf("%s", update)
	}
	list := w.Run("users", "list", "--email", "EXAMPLE.com", "--status", "invited", "-o", "csv")
	if n := strings.Count(list.Out, "\n"); n != 2 || !strings.Contains(list.Out, jane) {
		t.Errorf("%s", list)
	}
	got := w.Run(remove("--force", "--email", "jane@example.com", "--id", "usr_abc,..,a/../b?x=1", "--id", john+","+jane, "--email", "nobody@example.com", "-o", "json")...)
	says(t, got, 4)
	same(t, outcomes(t, got), []string{
		jane + " jane@example.com deleted", "usr_abc  not_found", "..  not_found", "a/../b?x=1  not_found", john + "  deleted", "nobody@example.com not_found",
	})
	says(t, w.Run("users", "get", jane), 4, "✗ Error: 404 Not Found; ")
	says(t, w.Run("users", "get", "jane@example.com"), 4, "✗ Error: User 'jane@example.com' not found\n")
	says(t, w.Run("users", "create", "-n", "Jane", "-e", "jane@example.com", "-r", "member", "--invite-mode", "none"), 4, "✗ Error: 409 Conflict; ", "Suggestion: ")
}

// What the person at the keyboard should know: where the letter went.
func TestLocalLetters(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	hint := regexp.MustCompile(`\nℹ The letter is in (.*\.eml); ` + "`ax server start` opens its link\\.\n$")
	var seen []string
	sent := func(got clitest.Result, more ...string) {
		t.Helper()
		m := hint.FindStringSubmatch(got.Err)
		if m == nil || got.Code != 0 || slices.Contains(seen, m[1]) || !slices.Contains(letters(t, w), m[1]) {
			t.Errorf("%s", got)
			return
		}
		seen = append(seen, m[1])
		text, err := os.ReadFile(m[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range more {
			if !strings.Contains(string(text), part) {
				t.Errorf("%q is not in the letter:\n%s", part, text)
			}
		}
	}
	sent(w.Run("users", "create", "-n", "Jane", "-e", "jane@example.com", "-r", "member", "--invite-mode", "email_link"), "To: ", "jane@example.com", "http://127.0.0.1:8080/")
	sent(w.Run("users", "resend-invitation", "jane@example.com"), "jane@example.com")
	invite(t, w, "active", "none")
	sent(w.Run("users", "reset-password", "active@example.com"), "active@example.com")
	same(t, len(seen), 3)
	// Said to people only, and only when there is a letter.
	if got := w.Run("users", "resend-invitation", "active@example.com"); got.Code != 4 || strings.Contains(got.Err, "letter is in") {
		t.Errorf("%s", got)
	}
	for _, line := range []string{
		"users create -n A -e a@example.com -r member --invite-mode none", "users create -n B -e b@example.com -r member --invite-mode email_link -o json",
		"users list", "users get a@example.com",
	} {
		if got := w.Run(strings.Fields(line)...); got.Code != 0 || strings.Contains(got.Err+got.Out, "letter is in") {
			t.Errorf("%s", got)
		}
	}
	same(t, len(letters(t, w)), 4)
}

func TestLocalTemporaryPassword(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	line := []string{"users", "create", "-n", "Jane", "-e", "jane@example.com", "-r", "member", "--invite-mode", "temporary_password"}
	w.Out = broken{}
	got := w.Run(line...)
	says(t, got, 5)
	if !regexp.MustCompile(`The temporary password is: \S{12,}\n`).MatchString(got.Err) {
		t.Errorf("%s", got)
	}
	w.Out = nil
	again := w.Run(line...)
	says(t, again, 0, "⚠ jane@example.com was already invited; nothing was changed or sent.")
	if strings.Contains(again.Out, "temporary_password") {
		t.Errorf("%s", again)
	}
}

// Every page of a real list, whatever the size of the pages.
func TestLocalPages(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	for n := range 12 {
		invite(t, w, fmt.Sprintf("user%02d", n), "none")
	}
	whole := w.Run("users", "list", "--all", "-o", "csv").Out
	same(t, strings.Count(whole, "\n"), 14) // and the administrator
	for _, limit := range []string{"1", "5", "13", "100"} {
		same(t, w.Run("users", "list", "--all", "--limit", limit, "-o", "csv").Out, whole)
	}
	// By hand: each page names the next one.
	cursor := regexp.MustCompile(`  --cursor (\S+)\n$`)
	var rows []string
	args := []string{"users", "list", "-l", "5", "-o", "csv"}
	for {
		got := w.Run(args...)
		rows = append(rows, strings.Split(strings.TrimSpace(got.Out), "\n")[1:]...)
		m := cursor.FindStringSubmatch(got.Err)
		if m == nil {
			break
		}
		args = append(args[:6:6], "--cursor", m[1])
	}
	same(t, rows, strings.Split(strings.TrimSpace(whole), "\n")[1:])
	says(t, w.Run("users", "list", "--cursor", "nonsense"), 4, "✗ Error: 400 Bad Request; ")
}

// A deletion that asks finds the names first.
func TestLocalDeleteAsks(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	id := invite(t, w, "jane", "none")
	w.Columns = 80
	w.Answer = conversation(t, "    JANE <jane@example.com>\n  A deleted address cannot be invited again.\nAre you sure? [y/N]: ", "y\n")
	says(t, w.Run(remove("--id", "usr_abc,"+id)...), 4, "✗ Delete incomplete: 1 deleted, 0 failed, 1 not found\n")
}

// Nobody deletes themselves; the other is deleted all the same.
func TestLocalDeleteOneself(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	id := invite(t, w, "jane", "none")
	var all wire.UserList
	if err := json.Unmarshal([]byte(w.Run("users", "list", "-o", "json").Out), &all); err != nil {
		t.Fatal(err)
	}
	got := w.Run(remove("--force", "--id", all.Users[0].ID+","+id, "-o", "json")...)
	says(t, got, 4, "Delete incomplete: 1 deleted, 1 failed, 0 not found")
	if lines := outcomes(t, got); !strings.Contains(lines[0], " failed 403 ") || lines[1] != id+"  deleted" {
		t.Errorf("%s", got)
	}
}

// Where the directory is, and who may read it.
func TestLocalFolder(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	says(t, w.Run("users", "list"), 0)
	for _, name := range []string{"data/ax/directory.db", "data/ax/key", "data/ax/local-api-key"} {
		if info, err := os.Stat(w.Path(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if info, err := os.Stat(w.Path("data/ax")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	key, err := os.ReadFile(w.Path("data/ax/local-api-key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"users list -v", "users get nobody@example.com -v", "users get bad -v", "users get bad -v -o json"} {
		if got := w.Run(strings.Fields(line)...); strings.Contains(got.Out+got.Err, strings.TrimSpace(string(key))) {
			t.Errorf("%s", got)
		}
	}
	w.Env["AX_DATA_DIR"] = w.Path("elsewhere")
	says(t, w.Run("users", "list"), 0)
	if _, err := os.Stat(w.Path("elsewhere/directory.db")); err != nil {
		t.Error(err)
	}
	delete(w.Env, "AX_DATA_DIR")
	delete(w.Env, "XDG_DATA_HOME")
	says(t, w.Run("users", "list"), 0)
	if _, err := os.Stat(w.Path(".local/share/ax/directory.db")); err != nil {
		t.Error(err)
	}
}

// A folder that cannot be used is a configuration error that names it.
func TestLocalFolderIsUnusable(t *testing.T) {
	t.Parallel()
	w := clitest.Local(t)
	w.Write(t, "data", "a file")
	got := w.Run("users", "list")
	says(t, got, 1, "✗ Error: ", w.Path("data"))
	if got.Out != "" {
		t.Errorf("%s", got)
	}
	w = clitest.Local(t)
	says(t, w.Run("users", "list"), 0)
	if err := os.Remove(w.Path("data/ax/key")); err != nil {
		t.Fatal(err)
	}
	says(t, w.Run("users", "list"), 1, "✗ Error: ", w.Path("data/ax/key"))
}
