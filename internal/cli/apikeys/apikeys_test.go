package apikeys_test

import (
	"os"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

const (
	secret = "ak-S3cretS3cretS3cretS3cret"
	answer = `{"id":"QXBpS2V5OjE=","name":"ci","key_type":"USER","status":"ACTIVE","redacted_key":"ak-…cret","created_at":"2026-03-01T09:00:00Z","created_by_user_id":"VXNlcjox","key":"` + secret + `"}`
	post   = "POST /v2/api-keys"
)

// However the output is asked for, the person sees the secret: it is shown
// this once.
func TestSecretIsShown(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"", "-o json", "-o csv", "--columns id", "-q", "--jq .id", "-o HOME/out.json", "-o HOME/missing/out.json", "-o /dev/full"} {
		s := clitest.NewServer(t).On(post, clitest.JSON(201, answer))
		w := clitest.On(t, s)
		r := w.Run(strings.Fields("api-keys create --name ci " + strings.ReplaceAll(options, "HOME", w.Home))...)
		file, _ := os.ReadFile(w.Path("out.json"))
		if len(s.Requests()) > 0 && !strings.Contains(r.Out+r.Err+string(file), secret) {
			t.Errorf("%q: the key is lost:\n%s", options, r)
		}
		if strings.Contains(r.Out+r.Err, clitest.Key) {
			t.Errorf("%q: the caller's own key is shown", options)
		}
	}
}

func TestEnvFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, before, after string }{
		"a new one":                      {".env", "", "ARIZE_API_KEY=" + secret + "\n"},
		"a new .envrc":                   {".envrc", "", "export ARIZE_API_KEY=" + secret + "\n"},
		"among others":                   {".env", "A=1\nARIZE_API_KEY=ak-old\n# end", "A=1\nARIZE_API_KEY=" + secret + "\n# end\n"},
		"exported, and more than once":   {".env", "export ARIZE_API_KEY=x\nB=2\nARIZE_API_KEY = y\n", "ARIZE_API_KEY=" + secret + "\nB=2\n"},
		"a variable that starts like it": {".env", "ARIZE_API_KEY_OLD=x\n#ARIZE_API_KEY=x\n", "ARIZE_API_KEY_OLD=x\n#ARIZE_API_KEY=x\nARIZE_API_KEY=" + secret + "\n"},
	} {
		w := clitest.On(t, clitest.NewServer(t).On(post, clitest.JSON(201, answer)))
		path := w.Path(c.file)
		if c.before != "" {
			if err := os.WriteFile(path, []byte(c.before), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		r := w.Run("api-keys", "create", "--name", "ci", "--env-file", path)
		got, err := os.ReadFile(path)
		if err != nil || string(got) != c.after || r.Code != 0 || strings.Contains(r.Out+r.Err, secret) || strings.Contains(r.Err, "not shown again") {
			t.Errorf("%s: %v, %q\n%s", name, err, got, r)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, error %v", name, info.Mode(), err)
		}
	}
}

// What is asked for with --output is shown all the same, and so is a key that
// the file did not take.
func TestEnvFileAndOutput(t *testing.T) {
	t.Parallel()
	w := clitest.On(t, clitest.NewServer(t).On(post, clitest.JSON(201, answer)))
	if r := w.Run("api-keys", "create", "--name", "ci", "--env-file", w.Path(".env"), "-o", "json"); r.Code != 0 || !strings.Contains(r.Out, `"key": "`+secret) {
		t.Errorf("-o json: %s", r)
	}
	late := clitest.Then(func() {
		if err := os.Mkdir(w.Path("late.env"), 0o700); err != nil {
			t.Error(err)
		}
	}, clitest.JSON(201, answer))
	w = clitest.On(t, clitest.NewServer(t).On(post, late))
	if r := w.Run("api-keys", "create", "--name", "ci", "--env-file", w.Path("late.env")); !strings.Contains(r.Out, secret) || !strings.Contains(r.Err, "the key was not written") || !strings.Contains(r.Err, "Save this key now") {
		t.Errorf("a file that cannot be written: %s", r)
	}
}

// An expiry is a time in any of the forms that the original takes, and sent in the one that the API reads.
func TestExpiry(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"2099-12-31": "2099-12-31T00:00:00Z", "2099-12-31T23:59:59": "2099-12-31T23:59:59Z", "2099-12-31T23:59:59+02:00": "2099-12-31T21:59:59Z", "2099-12-31 23:59:59": "2099-12-31T23:59:59Z",
		"soon": "", "": "",
	} {
		s := clitest.NewServer(t).On(post, clitest.JSON(201, answer))
		r := clitest.On(t, s).Run("api-keys", "create", "--name", "ci", "--expires-at", given)
		sent := strings.Join(s.Requests(), "")
		if ok := want != ""; ok != (r.Code == 0) || ok != strings.Contains(sent, `"expires_at":"`+want+`"`) || !ok && (r.Code != 2 || sent != "") {
			t.Errorf("%q: sent %q, want %q\n%s", given, sent, want, r)
		}
	}
}

// A file that cannot be the person's own is refused before anything is made.
func TestEnvFileRefused(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	w := clitest.On(t, s)
	w.Write(t, "target", "A=1\n")
	if err := os.Symlink(w.Path("target"), w.Path(".env")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{w.Path(".env"), w.Home, w.Path("missing/.env")} {
		for _, args := range [][]string{{"create", "--name", "ci"}, {"refresh", "QXBpS2V5OjE="}} {
			if r := w.Run(append(append([]string{"api-keys"}, args...), "--env-file", path)...); r.Code != 5 && r.Code != 2 {
				t.Errorf("%s: %s", path, r)
			}
		}
	}
	if text, _ := os.ReadFile(w.Path("target")); string(text) != "A=1\n" || len(s.Requests()) > 0 {
		t.Errorf("target %q, requests %v", text, s.Requests())
	}
}

// Somebody at a terminal is asked, and can decline.
func TestRevokeAsks(t *testing.T) {
	t.Parallel()
	const line = "PUT /v2/api-keys/QXBpS2V5OjE%3D/revoke"
	for typed, requests := range map[string]int{"y\n": 1, "n\n": 0, "": 0} {
		s := clitest.NewServer(t).On(line, clitest.Empty(204))
		w := clitest.On(t, s)
		w.Columns, w.In = 80, typed
		r := w.Run("api-keys", "revoke", "QXBpS2V5OjE=")
		if len(s.Requests()) != requests || (r.Code == 0) != (requests == 1) || !strings.Contains(r.Err, "stops working at once") {
			t.Errorf("%q: %v\n%s", typed, s.Requests(), r)
		}
	}
}
