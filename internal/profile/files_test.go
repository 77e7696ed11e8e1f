package profile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/profile"

	"github.com/google/go-cmp/cmp"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "prod-EU_2", "-", "0", strings.Repeat("a", 250)} {
		if err := profile.CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range hostileNames {
		mustFail(t, profile.CheckName(bad), profile.Config, "Invalid profile name")
	}
}

var hostileNames = []string{
	"", " ", ".", "..", "../x", "..\\x", "a/b", "/etc/passwd", "a\x00b", "a\nb", "a b", "a.toml", "~", "ü", "a\u202eb",
	"\x1b[31m", "C:x", strings.Repeat("a", 251), strings.Repeat("a", 300), strings.Repeat("../", 100),
}

// A file that a hostile name would reach is there, and stays unread.
func TestHostileNamesReachNoFile(t *testing.T) {
	t.Parallel()
	files := map[string]string{"x.toml": prod, "profiles/a/b.toml": prod, "profiles/a b.toml": prod, "profiles/..toml": prod}
	for _, name := range hostileNames {
		if _, err := profile.Load(name, world(t, files)); err != nil {
			e := mustFail(t, err, profile.Config, "Invalid profile name")
			if strings.ContainsAny(e.Message, "\x00\x1b\n\u202e") || len(e.Message) > 400 {
				t.Errorf("shown raw: %q", e.Message)
			}
			continue
		}
		t.Errorf("%q was loaded", name)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{
		"profiles/b.toml": "", "profiles/a.toml": "broken", "profiles/local.toml": "", "profiles/Local.toml": "",
		"profiles/a b.toml": "", "profiles/.toml": "", "profiles/c.toml.lock": "", "profiles/d.toml/e": "", "x.toml": "",
	})
	got, err := profile.List(env)
	if diff := cmp.Diff([]string{"a", "b"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if got, err := profile.List(world(t, nil)); err != nil || len(got) != 0 {
		t.Errorf("without a folder: %q, %v", got, err)
	}
	_, err = profile.List(world(t, map[string]string{"profiles": "a file"}))
	e := mustFail(t, err, profile.Config, "Cannot read")
	if strings.Count(e.Error(), "profiles") != 1 {
		t.Errorf("the path is said twice: %s", e.Message)
	}
	if cause := (*fs.PathError)(nil); !errors.As(err, &cause) {
		t.Error("the cause is lost")
	}
}

func TestActive(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{"": "", "\n": "", "a": "a", "  a\r\n": "a", "gone": "gone"} {
		got, err := profile.Active(world(t, map[string]string{".active_profile": content}))
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v", content, got, err)
		}
	}
	if got, err := profile.Active(world(t, nil)); err != nil || got != "" {
		t.Errorf("without the file: %q, %v", got, err)
	}
	_, err := profile.Active(world(t, map[string]string{".active_profile": "../../x"}))
	mustFail(t, err, profile.Config, "Invalid profile name: '../../x'", ".active_profile")
	_, err = profile.Active(world(t, map[string]string{".active_profile/x": ""}))
	mustFail(t, err, profile.Config, "not a regular file")
}

func TestLoadKeepsReferencesAndUnknownKeys(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": "new = 1\n[auth]\napi_key = \"${K}\"\n[auth.more]\nx = [true]\n"}, "K=k")
	file, err := profile.Load("a", env)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"new": int64(1), "auth": map[string]any{"api_key": "${K}", "more": map[string]any{"x": []any{true}}}}
	if diff := cmp.Diff(want, file.Values); diff != "" {
		t.Error(diff)
	}
	if want := filepath.Join(env("HOME"), ".arize", "profiles", "a.toml"); file.Path != want || file.Name != "a" {
		t.Errorf("got %q at %q", file.Name, file.Path)
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		phrases []string
	}{
		"two values":         {"a = 1 b\n", []string{"Invalid TOML", "line 1, column"}},
		"open table":         {"[auth]\nx = 1\n[routing\n", []string{"line 3, column 9"}},
		"open string":        {"[output]\nformat = \"json\n", []string{"line 2, column 15"}},
		"after an umlaut":    {"x = [\"ü\", ]]\n", []string{"line 1, column 12"}},
		"after a BOM":        {"\ufeffx = ]\n", []string{"line 1, column 5"}},
		"after CRLF":         {"[auth]\r\nx = ]\r\n", []string{"line 2, column 5"}},
		"twice":              {"[a]\nb = 1\nb = 2\n", []string{"line 3, column 1", "already been defined"}},
		"key without quotes": {"[auth]\napi_key = akhidden\n", []string{"line 2, column 11", "double quotes"}},
		"key as a number":    {"[auth]\napi_key = 0123hidden\n", []string{"line 2", "double quotes"}},
		"not UTF-8":          {"a = \"\xff\"\n", []string{"line 1", "UTF-8"}},
		"NUL":                {"a = \"\x00\"\n", []string{"line 1", "NULL"}},
		"nested too deep":    {"a = " + strings.Repeat("[", 60000), []string{"Invalid TOML"}},
		"far too large":      {"#" + strings.Repeat("x", 64<<10), []string{"larger than 64 KiB"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := world(t, map[string]string{"profiles/a.toml": c.text})
			_, err := profile.Load("a", env)
			e := mustFail(t, err, profile.Config, append(c.phrases, filepath.Join(env("HOME"), ".arize/profiles/a.toml"))...)
			if strings.Contains(e.Message, "hidden") {
				t.Errorf("the key is in: %s", e.Message)
			}
		})
	}
	_, err := profile.Load("a", world(t, map[string]string{"profiles/a.toml/x": ""}))
	mustFail(t, err, profile.Config, "not a regular file")
	_, err = profile.Load("LOCAL", world(t, twoFiles("")))
	mustFail(t, err, profile.Config, "built in")
	_, err = profile.Load("a", environment())
	mustFail(t, err, profile.Config, "HOME is not set")
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	env := world(t, twoFiles("prod"))
	if err := os.Chmod(filepath.Join(env("HOME"), ".arize/profiles/prod.toml"), 0); err != nil {
		t.Fatal(err)
	}
	_, err := profile.Resolve("", env)
	mustFail(t, err, profile.Config, "Cannot read", "permission denied")
}

// Profiles may be links into a folder that the user keeps elsewhere.
func TestLinkedProfile(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": dev, "elsewhere": prod})
	dir := filepath.Join(env("HOME"), ".arize")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "profiles", "b.toml")); err != nil {
		t.Skip(err)
	}
	if p, err := profile.Resolve("b", env); err != nil || p.APIKey != "ak-prod" {
		t.Errorf("%+v, %v", p, err)
	}
}
