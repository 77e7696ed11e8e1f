package term_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/cli/term"
)

func output(path string) term.Output { return term.Output{Format: term.FormatJSON, Path: path} }

func put(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWriteNewAndExisting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		mode fs.FileMode // of the file that is there, 0 for none
		want fs.FileMode
	}{
		{"new", 0, 0o600},
		{"private", 0o600, 0o600},
		{"group", 0o640, 0o640},
		{"everyone", 0o644, 0o644},
		{"write only", 0o200, 0o200},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "x.json")
			if c.mode != 0 {
				put(t, path, "old", c.mode)
			}
			if err := output(path).Check(); err != nil {
				t.Fatal(err)
			}
			if err := output(path).Write(writes("new")); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != c.want || info.Size() != 3 {
				t.Errorf("%v, %d bytes, want %v", info.Mode(), info.Size(), c.want)
			}
			if diff := cmp.Diff([]string{"x.json"}, names(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteIsNotSeenBeforeItIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.json")
	put(t, path, "old", 0o644)
	err := output(path).Write(func(w io.Writer) error {
		if err := writes(strings.Repeat("x", 1<<20))(w); err != nil {
			return err
		}
		same(t, read(t, path), "old")
		for _, name := range names(t, dir) {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			if name != "x.json" && info.Mode() != 0o600 {
				t.Errorf("aside the file has %v", info.Mode())
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(read(t, path)); n != 1<<20 {
		t.Errorf("%d bytes", n)
	}
}

func TestWriteFailureLeavesNothing(t *testing.T) {
	t.Parallel()
	cause := errors.New("503 from the server")
	dir := t.TempDir()
	old := filepath.Join(dir, "old.json")
	put(t, old, "old", 0o600)
	for _, path := range []string{old, filepath.Join(dir, "new.json")} {
		err := output(path).Write(func(w io.Writer) error {
			return errors.Join(writes(strings.Repeat("half", 1<<16))(w), cause)
		})
		if !errors.Is(err, cause) {
			t.Errorf("%s: %v", path, err)
		}
	}
	same(t, read(t, old), "old")
	if diff := cmp.Diff([]string{"old.json"}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestBadTargets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	put(t, in("file"), "text", 0o600)
	put(t, in("real.json"), "real", 0o600)
	put(t, in("locked.json"), "locked", 0o444)
	for link, to := range map[string]string{"link.json": in("real.json"), "dangling.json": in("made.json")} {
		if err := os.Symlink(to, in(link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(in("folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := names(t, dir)
	for name, want := range map[string]string{
		"none/x.json":                       "the folder does not exist",
		"none\x1b/x.json":                   "the folder does not exist",
		"file/x.json":                       "what should be its folder is not a folder",
		"link.json":                         "it is a symbolic link; name the file itself",
		"dangling.json":                     "it is a symbolic link; name the file itself",
		"folder.json":                       "it is a folder",
		"locked.json":                       "the file is read-only",
		strings.Repeat("x", 5000) + ".json": "file name too long",
		"\x00.json":                         "invalid argument",
	} {
		for verb, err := range map[string]error{
			"Check": output(in(name)).Check(),
			"Write": output(in(name)).Write(writes("new")),
		} {
			if _, ok := errors.AsType[*term.OutputError](err); !ok {
				t.Errorf("%s %q: %#v", verb, name, err)
				continue
			}
			same(t, err.Error(), "Cannot write "+term.Literal(in(name))+": "+want)
		}
	}
	same(t, read(t, in("real.json")), "real")
	if diff := cmp.Diff(before, names(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// TestTargetThatBecomesALink is the race between the check and the end.
func TestTargetThatBecomesALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "x.json")
	put(t, victim, "victim", 0o600)
	err := output(path).Write(func(w io.Writer) error {
		if err := os.Symlink(victim, path); err != nil {
			return err
		}
		return writes("new")(w)
	})
	if _, ok := errors.AsType[*term.OutputError](err); !ok {
		t.Errorf("error %v", err)
	}
	same(t, read(t, victim), "victim")
	if diff := cmp.Diff([]string{"victim", "x.json"}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("running as root, whom no folder's mode stops")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "x.json")
	err := output(path).Check()
	if _, ok := errors.AsType[*term.OutputError](err); !ok {
		t.Fatalf("error %v", err)
	}
	same(t, err.Error(), "Cannot write "+path+": the folder is not writable")
}

func TestCheckWithoutFile(t *testing.T) {
	t.Parallel()
	if err := (term.Output{Format: term.FormatTable}).Check(); err != nil {
		t.Error(err)
	}
}
