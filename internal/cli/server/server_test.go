package server_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"ax/internal/cli/clitest"

	"github.com/google/go-cmp/cmp"
)

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
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

// made is a world with a directory, and its first key.
func made(t *testing.T) (w *clitest.World, key string) {
	t.Helper()
	w = clitest.New(t)
	got := w.Run("server", "init", "--admin-email", "ann@example.com", "--admin-name", "Ann Example")
	says(t, got, 0)
	return w, strings.TrimSuffix(got.Out, "\n")
}

func TestInit(t *testing.T) {
	t.Parallel()
	w, key := made(t)
	if !regexp.MustCompile(`^ak-[A-Za-z0-9_-]{20,}$`).MatchString(key) {
		t.Errorf("standard output is not a key alone: %q", key)
	}
	before := w.Files(t)
	got := w.Run("server", "init", "--admin-email", "bob@example.com")
	says(t, got, 1, "✗ Error: This directory exists since ", "`ax server key create`")
	same(t, got.Out, "")
	same(t, w.Files(t), before)
}

func TestInitUsage(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	before := w.Files(t)
	for line, c := range map[string]struct {
		code int
		want string
	}{
		"server init":                                   {2, "✗ Error: Missing option: --admin-email\n  Try 'ax server init --help'.\n"},
		"server init --admin-email=":                    {2, "✗ Error: Missing option: --admin-email\n"},
		"server init ann@example.com":                   {2, "✗ Error: Got unexpected extra argument \"ann@example.com\"\n"},
		"server init --admin-mail x":                    {2, "✗ Error: No such option: --admin-mail (Possible options: --admin-email)\n"},
		"server key create":                             {2, "✗ Error: Missing option: --email\n"},
		"server key create --email ann@example.com":     {1, "✗ Error: "}, // no directory yet
		"server backup":                                 {2, "✗ Error: Give the new file, and nothing else\n"},
		"server backup a b":                             {2, "✗ Error: Give the new file, and nothing else\n"},
		"server mail show":                              {2, "✗ Error: Give the letter's id, as `ax server mail list` shows it, and nothing else\n"},
		"server mail list":                              {1, "✗ Error: "},
		"server start x":                                {2, "✗ Error: Got unexpected extra argument \"x\"\n"},
		"server start --migrate sometimes":              {2, "✗ Error: Invalid value for '--migrate': \"sometimes\" is not one of auto, never\n"},
		"server start --listen nonsense":                {1, "✗ Error: --listen"},
		"server start --listen 0.0.0.0:0":               {1, "links need a --public-url with https"},
		"server start --tls-cert x":                     {1, "--tls-cert and --tls-key go together"},
		"server start --public-url http://ax.test":      {1, "need https"},
		"server start --listen 127.0.0.1:0":             {1, w.Path("data/ax")},
		"server migrate --database-url postgres://@/?x": {1, "✗ Error: "},
	} {
		got := w.Run(strings.Fields(line)...)
		says(t, got, c.code, c.want)
		same(t, got.Out, "")
	}
	same(t, w.Files(t), before)
	got := w.Run("server", "init", "--admin-email", "nonsense")
	says(t, got, 1, "✗ Error: email: must be ")
	same(t, got.Out, "")
}

// A key that could not be shown is no key; the message says how to get another.
func TestInitKeyCannotBeShown(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Out = broken{}
	says(t, w.Run("server", "init", "--admin-email", "ann@example.com"), 5, "the directory was made, but its key could not be shown", "`ax server key create --email ann@example.com`")
	says(t, w.Run("server", "key", "create", "--email", "ann@example.com"), 5, "✗ Error: Cannot write standard output: disk full\n")
	w.Out = nil
	got := w.Run("server", "key", "create", "--email", "ann@example.com")
	says(t, got, 0)
	same(t, strings.HasPrefix(got.Out, "ak-"), true)
}

type broken struct{}

// Write implements io.Writer.
func (broken) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "x", Err: diskFullError{}}
}

type diskFullError struct{}

func (diskFullError) Error() string { return "disk full" }

func TestKeyCreate(t *testing.T) {
	t.Parallel()
	w, first := made(t)
	got := w.Run("server", "key", "create", "--email", "ANN@example.com")
	says(t, got, 0)
	if got.Out == first+"\n" || !strings.HasPrefix(got.Out, "ak-") || strings.Count(got.Out, "\n") != 1 || got.Err != "" {
		t.Errorf("%s", got)
	}
	w.Env["AX_PROFILE"] = "local"
	says(t, w.Run("users", "create", "-n", "Bob", "-e", "bob@example.com", "-r", "member", "--invite-mode", "none", "--is-not-developer"), 0)
	says(t, w.Run("users", "create", "-n", "Cy", "-e", "cy@example.com", "-r", "member", "--invite-mode", "email_link"), 0)
	says(t, w.Run("server", "key", "create", "--email", "bob@example.com"), 0, "⚠ Developer access is off for bob@example.com")
	says(t, w.Run("server", "key", "create", "--email", "cy@example.com"), 1, "✗ Error: ")
	says(t, w.Run("server", "key", "create", "--email", "nobody@example.com"), 1, "✗ Error: ")
}

func TestMail(t *testing.T) {
	t.Parallel()
	w, _ := made(t)
	says(t, w.Run("server", "mail", "list"), 0, "No items to display\n")
	w.Env["AX_PROFILE"] = "local"
	says(t, w.Run("users", "create", "-n", "Cy", "-e", "cy@example.com", "-r", "member", "--invite-mode", "email_link"), 0)
	list := w.Run("server", "mail", "list")
	for _, part := range []string{"┃ id ", "┃ kind ", "┃ state ", "┃ to ", "┃ due_at ", "┃ attempts ┃", "│ SENT ", "│ cy@example.com │"} {
		if !strings.Contains(list.Out, part) {
			t.Errorf("%q is not in:\n%s", part, list)
		}
	}
	id := regexp.MustCompile(`│ (TGV0dGVyO\S+) `).FindStringSubmatch(list.Out)[1]
	show := w.Run("server", "mail", "show", id)
	for _, part := range []string{"─ Letter ─", "│ id: " + id, "│ to: cy@example.com ", "│ name: Cy ", "│ state: SENT ", "│ last_error: — ", "│ link: "} {
		if !strings.Contains(show.Out, part) {
			t.Errorf("%q is not in:\n%s", part, show)
		}
	}
	same(t, show.Code, 0)
	says(t, w.Run("server", "mail", "show", "nonsense"), 1, "✗ Error: ")
	says(t, w.Run("server", "mail", "retry", id), 1, "✗ Error: letter "+id+": ") // it was sent
	says(t, w.Run("server", "mail", "retry", "nonsense"), 1, "✗ Error: letter nonsense: ")
}

func TestBackup(t *testing.T) {
	t.Parallel()
	w, _ := made(t)
	file := w.Path("copy.db")
	says(t, w.Run("server", "backup", file), 0, "✓ Saved to "+file+"\n")
	if info, err := os.Stat(file); err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	got := w.Run("server", "backup", file)
	says(t, got, 1, "✗ Error: ", file)
	same(t, got.Out, "")
	says(t, w.Run("server", "backup", w.Path("absent/copy.db")), 1, "✗ Error: ")
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	w, _ := made(t)
	got := w.Run("server", "migrate")
	same(t, got, clitest.Result{Err: "✓ The schema is up to date\n"})
	same(t, w.Run("server", "migrate"), got)
}

// A flag wins over its variable, and that over the default.
func TestLocation(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	exists := func(name string) bool {
		_, err := os.Stat(w.Path(name))
		return err == nil
	}
	w.Env["AX_DATA_DIR"], w.Env["AX_KEY_FILE"] = w.Path("variable"), w.Path("key-of-variable")
	says(t, w.Run("server", "init", "--admin-email", "a@example.com", "--data-dir", w.Path("flag"), "--key-file", w.Path("key-of-flag")), 0)
	same(t, exists("flag/directory.db") && exists("key-of-flag") && !exists("variable") && !exists("key-of-variable"), true)
	says(t, w.Run("server", "init", "--admin-email", "a@example.com"), 0)
	same(t, exists("variable/directory.db") && exists("key-of-variable") && !exists("data"), true)
	w.Env["AX_DATA_DIR"], w.Env["AX_KEY_FILE"] = "", ""
	says(t, w.Run("server", "init", "--admin-email", "a@example.com"), 0)
	same(t, exists("data/ax/directory.db") && exists("data/ax/key"), true)
}

// A secret may stand in a file; both at once is a mistake, unless a flag decides.
func TestSecretFile(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, "url", "postgres://ax:hunter22@127.0.0.1:1/ax\n")
	w.Env["AX_DATABASE_URL_FILE"] = w.Path("url")
	got := w.Run("server", "migrate")
	says(t, got, 1, "✗ Error: ", "127.0.0.1")
	if strings.Contains(got.Err, "hunter22") {
		t.Errorf("%s", got)
	}
	w.Env["AX_DATABASE_URL"] = "postgres://x"
	says(t, w.Run("server", "migrate"), 1, "✗ Error: AX_DATABASE_URL and AX_DATABASE_URL_FILE are both set; unset one\n")
	says(t, w.Run("server", "migrate", "--database-url", "postgres://127.0.0.1:1/flag"), 1, "127.0.0.1")
	w.Env["AX_DATABASE_URL"], w.Env["AX_DATABASE_URL_FILE"] = "", w.Path("absent")
	says(t, w.Run("server", "migrate"), 1, "✗ Error: AX_DATABASE_URL_FILE: open "+w.Path("absent")+": no such file or directory\n")
}
