package e2e_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Every secret that a busy server meets, looked for in its log and in the directory's own files.
func TestNoSecretIsLoggedOrKept(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		secrets := s.provoke()
		second := strings.TrimSpace(s.must("server", "key", "create", "--email", s.admin))
		served := s.kept() // with all that is only there while it is served, and as a backup has it
		if code := s.server.terminate(); code != 0 {
			t.Errorf("the server ended with %d", code)
		}
		log := s.server.log.String()
		for line := range strings.SplitSeq(strings.TrimSuffix(log, "\n"), "\n") {
			var entry map[string]any
			if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["msg"] == nil || entry["time"] == nil || entry["level"] == nil {
				t.Errorf("this line of the log is not a JSON entry: %s", line)
			}
			if entry["msg"] == "forged" {
				t.Errorf("somebody wrote this line: %s", line)
			}
		}
		if !strings.Contains(log, `"route":"/v2/users/{user_id}"`) {
			t.Fatalf("the log does not tell of the requests that were made:\n%s", log)
		}
		secrets["second key"] = second
		if len(secrets) < 30 {
			t.Errorf("only %d secrets are looked for", len(secrets))
		}
		for what, secret := range secrets {
			if strings.Contains(log, secret) {
				t.Errorf("the log holds the %s", what)
			}
		}
		if !keeps(served, "canary.person@x.example") {
			t.Error("the copies hold nothing of what was done")
		}
		kept := s.dump()
		for _, what := range []string{"key", "second key", "temporary password", "token of the invitation", "token of the reset"} {
			if bytes.Contains(kept, []byte(secrets[what])) || keeps(served, secrets[what]) {
				t.Errorf("the store or a copy of it holds the %s as it is", what)
			}
		}
	})
}

// provoke makes requests of every kind, good and bad, and returns what must not be found afterwards.
func (s *site) provoke() map[string]string {
	s.t.Helper()
	const email = "canary.person@x.example"
	var tem, ada struct {
		ID       string `json:"id"`
		Password string `json:"temporary_password"`
	}
	_, answer := s.send(exchange{method: http.MethodPost, path: "/v2/users", body: invitation("tem@x.example", "TEMPORARY_PASSWORD")})
	s.decode(answer, &tem)
	_, answer = s.send(exchange{method: http.MethodPost, path: "/v2/users", body: invitation("ada@x.example", "NONE")})
	s.decode(answer, &ada)
	s.send(exchange{method: http.MethodPost, path: "/v2/users", body: invitation(email, "EMAIL_LINK")})
	invited := s.letter(email, 1)
	s.send(exchange{method: http.MethodPost, path: "/v2/users/" + ada.ID + "/reset-password"})
	reset := s.letter("ada@x.example", 1)
	token, resetToken := lastPart(linkIn(s.t, invited)), lastPart(linkIn(s.t, reset))
	if tem.Password == "" || len(token) < 43 || len(resetToken) < 43 {
		s.t.Fatalf("password %q, tokens %q and %q", tem.Password, token, resetToken)
	}
	s.send(exchange{method: http.MethodGet, path: "/v2/users?email=" + url.QueryEscape(email)})
	s.send(exchange{method: http.MethodGet, path: "/v2/users/" + url.PathEscape(email)})
	s.send(exchange{method: http.MethodGet, path: "/v2/users/" + tem.ID})
	s.send(exchange{method: http.MethodGet, path: "/v2/users?cursor=canary-cursor&canary-parameter=1"})
	s.send(exchange{method: http.MethodGet, path: "/invitations/" + token})
	s.send(exchange{method: http.MethodGet, path: "/reset/" + resetToken + "?x=" + token})
	s.send(exchange{method: "BREW", path: "/v2/users/" + tem.ID})
	s.send(exchange{method: http.MethodPost, path: "/v2/users", body: `{"name":"canary-in-broken-json`})
	s.send(exchange{method: http.MethodPost, path: "/v2/users", body: invitation(tem.Password, "EMAIL_LINK")})
	s.send(exchange{method: http.MethodGet, path: "/v2/users", header: http.Header{"Authorization": {"Bearer ak-canary-of-a-wrong-key"}}})
	s.send(exchange{method: http.MethodGet, path: "/v2/users", header: http.Header{"Authorization": {"Basic canary-in-basic"}}})
	s.send(exchange{method: http.MethodGet, path: "/v2/users", header: http.Header{"Cookie": {"session=canary-cookie"}, "User-Agent": {"canary-agent"}}})
	all := s.scatter(tem.ID)
	maps.Copy(all, map[string]string{
		"key": s.key, "temporary password": tem.Password, "token of the invitation": token, "token of the reset": resetToken,
		"address": email, "wrong key": "ak-canary-of-a-wrong-key", "basic credentials": "canary-in-basic", "cookie": "canary-cookie",
		"body": "canary-in-broken-json", "password of the database": databasePassword(s),
	})
	return all
}

// scatter puts a word of its own into every place of a request where a secret may be by mistake or by right, and texts that
// would end a line of the log, or begin one.
func (s *site) scatter(id string) map[string]string {
	s.t.Helper()
	words := map[string]string{}
	for n, x := range []exchange{
		{path: "/v2/users?access_token=WORD"}, {path: "/v2/users?cursor=WORD"}, {path: "/v2/users/WORD"}, {path: "/WORD"}, {path: "/v2/users?email=WORD"}, {path: "/ax/v1/can-i?action=WORD"},
		{path: "/v2/users", header: http.Header{"X-Api-Key": {"WORD"}}}, {path: "/v2/users", header: http.Header{"Proxy-Authorization": {"Bearer WORD"}}},
		{path: "/v2/users", header: http.Header{"Cookie": {"session=WORD"}}}, {path: "/v2/users", header: http.Header{"Referer": {"https://x.example/WORD"}}},
		{path: "/v2/users", header: http.Header{"Idempotency-Key": {"WORD"}}}, {path: "/v2/users", header: http.Header{"Authorization": {"Bearer ak-WORD"}}},
		{path: "/v2/users", header: http.Header{"User-Agent": {`WORD"}` + "\t" + `{"time":"x","level":"INFO","msg":"forged"`}}},
		{path: "/sign-in?next=WORD"}, {path: "/invitations/WORD"}, {path: "/reset/WORD"},
		{method: http.MethodPost, path: "/v2/users", body: `{"name":"WORD"`}, {method: http.MethodPost, path: "/v2/users", body: `{"password":"WORD"}`},
		{method: http.MethodPatch, path: "/v2/users/" + id, body: `{"name":"x","temporary_password":"WORD"}`},
		{method: http.MethodPost, path: "/sign-in", body: "email=WORD%40x.example&password=WORD", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}},
		{method: http.MethodPost, path: "/forgot-password", body: "email=WORD%40x.example", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}},
	} {
		word := fmt.Sprintf("CANARY%02dSECRET", n)
		x.method = cmp.Or(x.method, http.MethodGet)
		x.path, x.body = strings.ReplaceAll(x.path, "WORD", word), strings.ReplaceAll(x.body, "WORD", word)
		for _, values := range x.header {
			values[0] = strings.ReplaceAll(values[0], "WORD", word)
		}
		s.send(x)
		words[fmt.Sprint("word ", n, " in ", x.path)] = word
	}
	return words
}

func lastPart(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }

// databasePassword is what PostgreSQL was opened with; SQLite has none, so anything that cannot be found will do.
func databasePassword(s *site) string {
	if u, err := url.Parse(s.getenv("AX_DATABASE_URL")); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok && len(password) > 8 {
			return password
		}
	}
	return "no password at all"
}

// dump is all that is kept of a directory: the files of SQLite, or the rows of PostgreSQL as text.
func (s *site) dump() (all []byte) {
	s.t.Helper()
	if s.variant == postgres {
		db := s.database()
		for _, table := range column(s.t, db, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`) {
			for _, row := range column(s.t, db, `SELECT t::text || coalesce(encode(convert_to(t::text, 'UTF8'), 'escape'), '') FROM `+table+` t`) {
				all = append(all, row...)
			}
		}
		return all
	}
	files, err := filepath.Glob(filepath.Join(s.data, "directory.db*"))
	if err != nil || len(files) == 0 {
		s.t.Fatalf("no database in %s: %v", s.data, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
}

// A database that cannot be reached is named without its password.
func TestDatabasePasswordIsNotShown(t *testing.T) {
	t.Parallel()
	s := newSite(t, sqlite, t.TempDir())
	for _, at := range []string{"postgres://ax:hunter2hunter2@127.0.0.1:1/ax", "postgres://ax:hunter2hunter2@127.0.0.1:1/ax?bogus=%zz", "postgres://ax:hunter2hunter2@[::1/ax"} {
		for _, args := range [][]string{{"init", "--admin-email", "a@x.example"}, {"start"}, {"migrate"}, {"mail", "list"}} {
			r := s.ax(append(append([]string{"server"}, args...), "--database-url", at)...)
			if r.code != 1 || strings.Contains(r.stderr+r.stdout, "hunter2") {
				t.Errorf("ax server %s with %s: %v", args[0], at, r)
			}
		}
	}
}

// Whatever the umask, what the program makes is for its owner.
func TestFilesAreTheirOwners(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	for _, umask := range []string{"000", "022", "077"} {
		t.Run(umask, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, local, t.TempDir())
			parent := filepath.Dir(s.data)
			if err := os.Mkdir(parent, 0o755); err != nil {
				t.Fatal(err)
			}
			shell := func(script string) result {
				cmd := exec.CommandContext(t.Context(), "sh", "-c", "umask "+umask+"; "+script)
				cmd.Env, cmd.Dir = s.env, s.home
				return run(t, cmd)
			}
			if r := shell(`ax users create -n Jane -e jane@x.example -r member --invite-mode email_link && ax server backup "$XDG_DATA_HOME/ax/backup.db"`); r.code != 0 {
				t.Fatal(r)
			}
			s.private()
			// Also while a server has the directory open, with the files that are only there then.
			cmd := exec.CommandContext(t.Context(), "sh", "-c", "umask "+umask+"; exec ax server start --listen 127.0.0.1:0")
			cmd.Env, cmd.Dir = s.env, s.home
			d := s.watch(cmd)
			d.listening()
			if r := shell(`ax users create -n Kim -e kim@x.example -r member --invite-mode email_link`); r.code != 0 {
				t.Fatal(r)
			}
			if _, err := os.Stat(filepath.Join(s.data, "directory.db-wal")); err != nil {
				t.Errorf("the server's own files are not there: %v", err)
			}
			s.private()
			d.kill()
			s.private()
		})
	}
}

// private checks the modes of everything in the data folder.
func (s *site) private() {
	s.t.Helper()
	seen := 0
	err := filepath.WalkDir(s.data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			s.t.Errorf("%s has mode %o, want %o", path, got, want)
		}
		seen++
		return nil
	})
	if err != nil || seen < 7 {
		s.t.Errorf("looked at %d files of %s: %v", seen, s.data, err)
	}
}

// Only the program for tests knows of a clock that can be moved.
func TestOrdinaryProgramHasNoClock(t *testing.T) {
	t.Parallel()
	const variable = "AX_CLOCK_FILE"
	for tags, want := range map[string]bool{"": false, "testclock": true} {
		text, err := os.ReadFile(binary(t, tags))
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(text, []byte(variable)); got != want {
			t.Errorf("built with the tags %q: %s in the program: %v, want %v", tags, variable, got, want)
		}
		if bytes.Contains(text, []byte("clock_testclock")) != want {
			t.Errorf("built with the tags %q: traces of the clock's source: %v, want %v", tags, !want, want)
		}
	}
}
