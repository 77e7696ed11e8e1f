package profiles_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// Each test here is named after a weakness that the existing CLI has.

func TestWeaknessFilesThatOthersCanRead(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, head)
	for path, mode := range map[string]fs.FileMode{".arize": 0o755, ".arize/profiles": 0o755, file: 0o644} { // as it leaves them
		if err := os.Chmod(w.Path(path), mode); err != nil {
			t.Fatal(err)
		}
	}
	got := w.Run("profiles", "validate", "x")
	ran(t, got, 0, "", "⚠ Others on this machine can read "+w.Path(file)+"; run chmod 600 on it.\n✓ Profile 'x' is valid.\n")
	same(t, w.Run("profiles", "update", "x", "--output-format", "csv").Code, 0)
	for path, mode := range map[string]fs.FileMode{".arize": 0o700, ".arize/profiles": 0o700, file: 0o600} {
		if info, err := os.Stat(w.Path(path)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestWeaknessUpdateExpandsSecrets(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	const text = "[auth]\napi_key = \"${MY_KEY}\"\n[routing]\nsingle_host = \"${MY_HOST:h.test}\"\n"
	w.Write(t, file, text)
	w.Env["MY_KEY"], w.Env["MY_HOST"] = key, "other.test"
	same(t, w.Run("profiles", "update", "x", "--output-format", "csv").Code, 0)
	same(t, read(t, w, file), text+"\n[output]\nformat = \"csv\"\n")
	contains(t, w.Run("profiles", "show", "x").Out, "${MY_KEY}", "${MY_HOST:h.test}")
	got := w.Run("profiles", "show", "x", "--expand")
	contains(t, got.Out, "ak-12...def", "other.test")
	if strings.Contains(got.String(), key) {
		t.Errorf("the key is shown:\n%s", got)
	}
}

func TestWeaknessDefaultOfAReferenceIsShown(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, "[auth]\napi_key = \"${MY_KEY:"+key+"}\"\n")
	for _, args := range [][]string{{"show", "x"}, {"show", "x", "--all", "-o", "json"}, {"show", "x", "--expand"}, {"list"}, {"validate", "x"}, {"update", "x", "--region", "mars"}} {
		if got := w.Run(append([]string{"profiles"}, args...)...); strings.Contains(got.String(), key) {
			t.Errorf("%q:\n%s", args, got)
		}
	}
}

func TestWeaknessNamesAreNotChecked(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, ".arize/outside.toml", head)
	w.Write(t, file, head)
	w.Write(t, ".arize/.active_profile", "x")
	before := w.Files(t)
	for _, name := range []string{"../outside", "..", "a/b", "bad name", "x\n", "\x1b[31m", ""} {
		for _, args := range [][]string{
			{"use"}, {"show"}, {"validate"}, {"delete", "-f"}, {"update", "--region", "EU"}, {"create", "--api-key", "k"}, {"show", "-p"}, {"update", "--region", "EU", "-p"},
		} {
			if args[len(args)-1] == "-p" && name == "" {
				continue // that is not given
			}
			got := w.Run(append(append([]string{"profiles"}, args...), name)...)
			if got.Code != 1 || !strings.Contains(got.Err, "Invalid profile name") || strings.ContainsRune(got.Err, '\x1b') {
				t.Errorf("%q %q:\n%s", args, name, got)
			}
		}
	}
	same(t, read(t, w, ".arize/.active_profile"), "x")
	same(t, w.Files(t), before)
}

func TestWeaknessBrokenTOML(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, "[auth]\nauth_method = \"api-key\"\napi_key = "+key+"\n")
	for _, args := range [][]string{{"use"}, {"show"}, {"validate"}, {"update", "--region", "EU"}} {
		got := w.Run(append(append([]string{"profiles"}, args...), "x")...)
		ran(t, got, 1, "", "✗ Error: Invalid TOML in "+w.Path(file)+", line 3, column 11: this line is not valid (text stands in double quotes)\n")
	}
	same(t, w.Run("profiles", "list").Code, 0)
	same(t, w.Run("profiles", "delete", "x", "--force").Code, 0)
}

// Data is on standard output, everything else is not.
func TestWeaknessDataOnStandardError(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, head)
	w.Write(t, ".arize/.active_profile", "x")
	for _, args := range []string{"list", "show", "show local", "list -v", "show -v", "list -o json", "show -o csv"} {
		if got := w.Run(strings.Fields("profiles " + args)...); got.Code != 0 || got.Err != "" || got.Out == "" {
			t.Errorf("%s:\n%s", args, got)
		}
	}
	for _, args := range []string{"use x", "update x --region EU", "create y --api-key k", "delete x --force", "validate", "delete nope", "use"} {
		if got := w.Run(strings.Fields("profiles " + args)...); got.Out != "" || got.Err == "" {
			t.Errorf("%s:\n%s", args, got)
		}
	}
}

// Without a terminal nothing is a success that did nothing.
func TestWeaknessNothingDoneWithSuccess(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, head)
	before := w.Files(t)
	for _, args := range []string{"create", "create z", "delete x", "update x"} {
		if got := w.Run(strings.Fields("profiles " + args)...); got.Code != 2 {
			t.Errorf("%s:\n%s", args, got)
		}
	}
	same(t, w.Files(t), before)
}

// A short key is not shown nearly whole.
func TestWeaknessMaskOfAShortKey(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, file, "[auth]\napi_key = \"abcdefgh\"\n")
	contains(t, w.Run("profiles", "show", "x", "-o", "csv").Out, "auth.api_key,***,file\n")
}

// An error in JSON is one object.
func TestErrorsInJSON(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	got := w.Run("profiles", "show", "nope", "-o", "json")
	ran(t, got, 1, "", "{\n  \"error\": {\n    \"title\": \"Profile 'nope' does not exist.\\nAvailable profiles: local\",\n    \"exit_code\": 1,\n    \"hint\": \"Run 'ax profiles create nope' to create it.\"\n  }\n}\n")
}
