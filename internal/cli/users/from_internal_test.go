package users

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
)

// When the file of results cannot be written any more nothing else is begun,
// and the passwords that came in the meantime are shown to the person.
func TestPasswordsThatCannotBeKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r.csv")
	v := &verb{name: "create", done: []string{created}}
	j := &journal{path: path, fresh: true, verb: v}
	if err := j.hold(); err != nil {
		t.Fatal(err)
	}
	defer j.close()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600) // every write fails, as on a full disk
	if err != nil {
		t.Fatal(err)
	}
	j.file = file
	streams, _, _, errs := term.Test()
	e := &command.Env{Streams: streams, DefaultOutput: func() (string, error) { return "", nil }}
	items := []*item{{line: 2, email: "ann@x.example"}, {line: 3, email: "bob@x.example"}, {line: 4, email: "cy@x.example"}}
	b := &batch{from: &from{}, env: e, verb: v, items: items, journal: j}
	done := j.keep()
	items[0].password = "secret-of-ann"
	items[0].is(created)
	done <- items[0]
	close(done)
	j.wait()
	if j.begin(items[1:]) == nil {
		t.Error("more is begun")
	}
	if !b.hopeless(items[0]) {
		t.Error("it goes on")
	}
	out, err := command.Open(t.Context(), e, command.OutputFlags{}, rowResults())
	if err != nil {
		t.Fatal(err)
	}
	err = b.report(t.Context(), out)
	if command.ExitCode(err) != command.ExitOutput {
		t.Errorf("exit %d", command.ExitCode(err))
	}
	e.Report(err)
	for _, part := range []string{"The temporary password of ann@x.example is: secret-of-ann\n", "Cannot write " + path, "  not begun: 2\n"} {
		if !strings.Contains(errs.String(), part) {
			t.Errorf("%q is not said:\n%s", part, errs)
		}
	}
	if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, []byte("secret")) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"plain-1.csv": "plain-1.csv", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "email=Work Email": "'email=Work Email'", "~": "'~'",
	} {
		if got := quoted(word); got != want {
			t.Errorf("%q: %s", word, got)
		}
	}
}
