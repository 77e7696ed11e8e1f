package profile_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ax/internal/profile"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
)

func parsed(t *testing.T, name, text string) profile.File {
	t.Helper()
	f, err := profile.Parse(name, "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func create(t *testing.T, env func(string) string, name, text string) {
	t.Helper()
	if err := parsed(t, name, text).Create(t.Context(), false, env); err != nil {
		t.Fatal(err)
	}
}

// set is a change for Update.
func set(edits ...profile.Edit) func(profile.File) (profile.File, error) {
	return func(f profile.File) (profile.File, error) { return f.Edit(edits...) }
}

func content(t *testing.T, env func(string) string, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(env("HOME"), ".arize", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// below is every path in ~/.arize with its mode.
func below(t *testing.T, env func(string) string) map[string]fs.FileMode {
	t.Helper()
	found, dir := map[string]fs.FileMode{}, filepath.Join(env("HOME"), ".arize")
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		found[strings.TrimPrefix(path, dir)] = info.Mode()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCreateMakesPrivateFiles(t *testing.T) {
	t.Parallel()
	env := world(t, nil)
	create(t, env, "a", prod)
	want := map[string]fs.FileMode{
		"": fs.ModeDir | 0o700, "/profiles": fs.ModeDir | 0o700,
		"/profiles/a.toml": 0o600, "/.active_profile": 0o600, "/.profiles.lock": 0o600,
	}
	if diff := cmp.Diff(want, below(t, env)); diff != "" {
		t.Error(diff)
	}
	if got := content(t, env, "profiles/a.toml"); got != prod {
		t.Errorf("%q", got)
	}
	if got := content(t, env, ".active_profile"); got != "a" { // the existing CLI knows no line break there
		t.Errorf("%q", got)
	}
	err := parsed(t, "a", dev).Create(t.Context(), false, env)
	mustFail(t, err, profile.Config, "Profile 'a' already exists.")
	if err := parsed(t, "a", dev).Create(t.Context(), true, env); err != nil || content(t, env, "profiles/a.toml") != dev {
		t.Error(err)
	}
}

// Files and folders as the existing CLI leaves them become private with the
// first change.
func TestWritingMakesPrivate(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": prod, ".active_profile": "a"})
	dir := filepath.Join(env("HOME"), ".arize")
	for path, mode := range map[string]fs.FileMode{dir: 0o755, dir + "/profiles": 0o777, dir + "/profiles/a.toml": 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if f, err := profile.Load("a", env); err != nil || !f.Exposed() {
		t.Errorf("%v", err)
	}
	if err := profile.Update(t.Context(), "a", set(profile.Edit{Key: "output.format", Value: "csv"}), env); err != nil {
		t.Fatal(err)
	}
	got := below(t, env)
	if got[""].Perm() != 0o700 || got["/profiles"].Perm() != 0o700 || got["/profiles/a.toml"].Perm() != 0o600 {
		t.Errorf("%v", got)
	}
	if f, err := profile.Load("a", env); err != nil || f.Exposed() {
		t.Errorf("%v", err)
	}
}

func TestHostileNamesAreNotWritten(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"x.toml": prod, "profiles/a.toml": prod, ".active_profile": "a"})
	before := below(t, env)
	for _, name := range append(hostileNames, "../x", "..") {
		for what, do := range map[string]func() error{
			"create": func() error { return parsed(t, name, prod).Create(t.Context(), true, env) },
			"update": func() error { return profile.Update(t.Context(), name, set(), env) },
			"use":    func() error { return profile.Use(t.Context(), name, env) },
			"delete": func() error { return profile.Delete(t.Context(), name, env) },
		} {
			if err := do(); err == nil {
				t.Errorf("%s %q was done", what, name)
			} else {
				mustFail(t, err, profile.Config, "Invalid profile name")
			}
		}
	}
	if diff := cmp.Diff(before, below(t, env)); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"local", "LOCAL"} {
		mustFail(t, parsed(t, name, prod).Create(t.Context(), true, env), profile.Config, "built in")
		mustFail(t, profile.Update(t.Context(), name, set(), env), profile.Config, "built in")
		mustFail(t, profile.Delete(t.Context(), name, env), profile.Config, "built in")
	}
}

func TestNoLinkIsWritten(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"profiles/a.toml", ".active_profile", ".profiles.lock", "profiles", ""} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			env := world(t, map[string]string{"profiles/a.toml": prod, ".active_profile": "a"})
			path, elsewhere := filepath.Join(env("HOME"), ".arize", link), filepath.Join(env("HOME"), "elsewhere")
			if err := os.Rename(path, elsewhere); errors.Is(err, fs.ErrNotExist) {
				err = os.WriteFile(elsewhere, nil, 0o600)
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink(elsewhere, path); err != nil {
				t.Skip(err)
			}
			err := parsed(t, "a", dev).Create(t.Context(), true, env)
			mustFail(t, err, profile.Unwritable, "Cannot write "+path, "symbolic link")
			if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("the link is gone: %v", err)
			}
		})
	}
}

// root in somebody's home would leave files there that they cannot read.
func TestNothingOfOthersIsWritten(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	for _, theirs := range []string{"", "profiles", "profiles/a.toml", ".active_profile"} {
		env := world(t, map[string]string{"profiles/a.toml": prod, ".active_profile": "a"})
		if err := os.Lchown(filepath.Join(env("HOME"), ".arize", theirs), 12345, 12345); err != nil {
			t.Skip(err)
		}
		err := parsed(t, "a", dev).Create(t.Context(), true, env)
		mustFail(t, err, profile.Unwritable, "another user")
	}
}

func TestCannotWrite(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"profiles", "profiles/a.toml/x", ".active_profile/x", ".profiles.lock/x"} {
		env := world(t, map[string]string{file: ""})
		mustFail(t, parsed(t, "a", dev).Create(t.Context(), true, env), profile.Unwritable, "Cannot write")
	}
	env := environment("HOME="+filepath.Join(t.TempDir(), "absent"), "USERPROFILE="+filepath.Join(t.TempDir(), "absent"))
	mustFail(t, parsed(t, "a", dev).Create(t.Context(), true, env), profile.Unwritable, "no such file") // nobody's home is made
	mustFail(t, parsed(t, "a", dev).Create(t.Context(), true, environment()), profile.Config, "HOME is not set")
}

// C-02: none of 50 writers at once loses the change of another.
func TestFiftyWriters(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": "# mine\n" + prod})
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			key := fmt.Sprintf("w%d", i)
			if err := profile.Update(t.Context(), "a", set(profile.Edit{Key: "mine." + key, Value: "x"}), env); err != nil {
				t.Error(err)
			}
			if err := parsed(t, key, prod).Create(t.Context(), false, env); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f, err := profile.Load("a", env)
	if err != nil {
		t.Fatal(err)
	}
	names, err := profile.List(env)
	if err != nil || len(names) != 51 {
		t.Errorf("%q, %v", names, err)
	}
	for i := range 50 {
		if key := fmt.Sprintf("w%d", i); f.Value("mine."+key) != "x" {
			t.Errorf("%s is lost", key)
		}
	}
	if active, err := profile.Active(env); err != nil || !strings.HasPrefix(active, "w") {
		t.Errorf("%q, %v", active, err)
	}
}

// Who waits for another can be interrupted, and writes nothing then.
func TestInterruptedWhileWaiting(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": prod})
	lock := flock.New(filepath.Join(env("HOME"), ".arize", ".profiles.lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := profile.Use(ctx, "a", env); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if active, err := profile.Active(env); active != "" || err != nil {
		t.Errorf("%q, %v", active, err)
	}
}

// What a killed writer leaves may hold a key, and goes with the next change.
func TestLeftoversGo(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/.ax-1.tmp": prod, ".ax-2.tmp": "a", "profiles/a.toml": prod, "profiles/a.tmp": "mine"})
	if err := profile.Use(t.Context(), "a", env); err != nil {
		t.Fatal(err)
	}
	for path := range below(t, env) {
		if strings.Contains(path, ".ax-") {
			t.Error(path)
		}
	}
	_ = content(t, env, "profiles/a.tmp")
}

func TestUse(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": prod, "profiles/b.toml": "[auth\n", ".active_profile": "a"})
	mustFail(t, profile.Use(t.Context(), "nope", env), profile.Config, "Profile 'nope' does not exist.\nAvailable profiles: a, b, local")
	mustFail(t, profile.Use(t.Context(), "b", env), profile.Config, "Invalid TOML", "line 1, column 6")
	if got := content(t, env, ".active_profile"); got != "a" {
		t.Errorf("%q", got)
	}
	if err := profile.Use(t.Context(), "Local", env); err != nil || content(t, env, ".active_profile") != "local" {
		t.Error(err)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{
		"profiles/a.toml": prod, "profiles/b.toml": "[auth\n", "profiles/b.toml.lock": "", "profiles/c.toml": prod, ".active_profile": "a",
	})
	mustFail(t, profile.Delete(t.Context(), "nope", env), profile.Config, "Profile 'nope' does not exist.")
	mustFail(t, profile.Delete(t.Context(), "a", env), profile.Config, "Cannot delete active profile 'a'. Switch to another profile first.")
	if err := profile.Delete(t.Context(), "b", env); err != nil { // broken as it is
		t.Error(err)
	}
	names, err := profile.List(env)
	if diff := cmp.Diff([]string{"a", "c"}, names); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, found := below(t, env)["/profiles/b.toml.lock"]; found {
		t.Error("the lock of the deleted profile is left")
	}
}

// The rest of a profile with tokens is theirs who made it.
func TestBrowserProfileIsKept(t *testing.T) {
	t.Parallel()
	const text = "[profile]\nname = \"a\"\n[auth]\nauth_method = \"oauth\" # theirs\n[auth.oauth]\naccess_token = \"AT\"\nrefresh_token = \"RT\"\nexpires_at = \"2026-01-01T00:00:00Z\"\n"
	env := world(t, map[string]string{"profiles/a.toml": text})
	change := func(f profile.File) (profile.File, error) {
		f, err := f.Edit(profile.Edit{Key: "output.format", Value: "json"})
		return f, errors.Join(err, f.Check(env))
	}
	if err := profile.Update(t.Context(), "a", change, env); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text+"\n[output]\nformat = \"json\"\n", content(t, env, "profiles/a.toml")); diff != "" {
		t.Error(diff)
	}
	err := profile.Update(t.Context(), "a", set(profile.Edit{Key: "auth.api_key", Value: "k"}), env)
	mustFail(t, err, profile.Config, "signs in through the browser", "ax profiles create NAME")
	_, err = profile.Resolve("a", env)
	mustFail(t, err, profile.NoKey, "not supported yet", "ARIZE_API_KEY")
}

// The existing CLI renews tokens under a lock of its own.
func TestBrowserProfileWaitsForRenewal(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": "[auth]\nauth_method = \"oauth\"\n"})
	lock := flock.New(filepath.Join(env("HOME"), ".arize", "profiles", "a.toml.lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	change := func(f profile.File) (profile.File, error) {
		t.Error("not waited")
		return f, nil
	}
	if err := profile.Update(ctx, "a", change, env); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if err := profile.Update(t.Context(), "a", set(profile.Edit{Key: "output.format", Value: "csv"}), env); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const key = "[auth]\napi_key = \"k\"\n"
	for text, phrase := range map[string]string{
		key:                                 "",
		"[auth]\napi_key = \"${NONE}\"\n":   "",
		"[auth]\nauth_method = \"oauth\"\n": "",
		key + "[routing]\nregion = \"${NONE}\"\nsingle_host = \"h\"\n": "",
		"":                                  "has no API key",
		"[auth]\napi_key = \"a b\"\n":       "space",
		key + "[routing]\nregion = \"x\"\n": "Invalid region",
		key + "[routing]\nregion = \"EU\"\nbase_domain = \"x.y\"\n":                   "Only one routing option",
		"[auth]\napi_key = \"${NONE}\"\n[routing]\nsingle_port = \"99999\"\n":         "Invalid port",
		"[auth]\napi_key = \"${NONE}\"\n[routing]\napi_host = \"http://h\"\n":         "without scheme",
		"[auth]\nauth_method = \"oauth\"\napi_key = \"k\"\n[output]\nformat = [\"\"]": "must be a string",
	} {
		err := parsed(t, "a", text).Check(environment())
		if (err == nil) != (phrase == "") || err != nil && !strings.Contains(err.Error(), phrase) {
			t.Errorf("%q: %v, want %q", text, err, phrase)
		}
	}
}
