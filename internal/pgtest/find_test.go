package pgtest

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestFindBinaries(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no private server is started on Windows")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	install(t, root, "pg/9/bin", "initdb", "pg_ctl")
	install(t, root, "pg/15/bin", "initdb", "pg_ctl")
	install(t, root, "pg/16/bin", "psql", "pg_ctl") // a client's package
	install(t, root, "path", "initdb", "pg_ctl")
	install(t, root, "links")
	for _, program := range []string{"initdb", "pg_ctl"} {
		if err := os.Symlink(filepath.Join(root, "path", program), filepath.Join(root, "links", program)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, path, want string }{
		{"the search path wins", "path", "path"},
		{"a link is followed", "links", "path"},
		{"the newest complete version", "elsewhere", "pg/15/bin"},
	} {
		got, err := findBinaries(filepath.Join(root, c.path), []string{filepath.Join(root, "pg/*/bin")})
		if err != nil || got != filepath.Join(root, c.want) {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	if got, err := findBinaries(root, nil); !errors.Is(err, errMissing) {
		t.Errorf("found %q, %v where there is nothing", got, err)
	}
}

func install(t *testing.T, root, folder string, programs ...string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range programs {
		if err := os.WriteFile(filepath.Join(root, folder, program), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// A verdict stands in for a test and records how it was ended.
type verdict struct {
	testing.TB
	ended string
}

func (v *verdict) Helper()               {}
func (v *verdict) Skip(...any)           { v.ended = "skipped"; panic(v) }
func (v *verdict) Fatalf(string, ...any) { v.ended = "failed"; panic(v) }

func TestGiveUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		err      error
		required bool
		want     string
	}{
		{"nothing to test with", errMissing, false, "skipped"},
		{"nothing, but required", errMissing, true, "failed"},
		{"a server that does not start", errors.New("no space left"), false, "failed"},
	} {
		v := &verdict{}
		func() {
			defer func() { _ = recover() }()
			giveUp(v, c.err, c.required)
		}()
		if v.ended != c.want {
			t.Errorf("%s: %q, want %q", c.name, v.ended, c.want)
		}
	}
}
