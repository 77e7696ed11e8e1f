package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/profile"
)

// world is a home folder with the given files below ~/.arize, and the given
// VAR=value pairs besides HOME.
func world(t *testing.T, files map[string]string, vars ...string) func(string) string {
	t.Helper()
	home := t.TempDir()
	for name, text := range files {
		path := filepath.Join(home, ".arize", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return environment(append([]string{"HOME=" + home, "USERPROFILE=" + home}, vars...)...)
}

func environment(vars ...string) func(string) string {
	env := map[string]string{}
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	return func(name string) string { return env[name] }
}

// mustFail demands a typed error whose message or hint contains every phrase.
func mustFail(t *testing.T, err error, kind profile.Kind, phrases ...string) *profile.Error {
	t.Helper()
	var e *profile.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want a *profile.Error", err, err)
	}
	if e.Kind != kind {
		t.Errorf("kind %d, want %d: %s", e.Kind, kind, e.Message)
	}
	for _, p := range phrases {
		if !strings.Contains(e.Message+"\n"+e.Hint, p) {
			t.Errorf("%q is missing from\n%s\n%s", p, e.Message, e.Hint)
		}
	}
	return e
}
