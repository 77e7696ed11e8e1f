package clitest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ax/internal/cli"
	"ax/internal/cli/term"
)

// Key is the API key that a World uses on a Server. It must turn up nowhere
// but in a request's Authorization header.
const Key = "ak-canary-7f3d9a51c2"

// Nowhere is an address that refuses connections. A port that a server has
// left will not do: that of another test may get it.
const Nowhere = "127.0.0.1:1"

// A World is a machine with one person.
type World struct {
	Home string
	Env  map[string]string
	In   string // what stands on standard input

	Columns int                 // of the terminal that all three streams are; 0 for none
	Streams func(*term.Streams) // has the last word on them
	Out     io.Writer           // instead of a buffer
	Err     io.Writer

	Context context.Context
	// Answer, unless nil, is In written as the prompts appear: it is called
	// with what stands on Err each time that In is read.
	Answer func(asked string) string

	mu   sync.Mutex
	read []string // variables that a command looked at
}

// A Result is what a run left behind.
type Result struct {
	Code     int
	Out, Err string
}

// New returns a world with an empty home. The BETA notice has been seen.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{Home: t.TempDir(), Context: context.Background()}
	w.Env = map[string]string{"HOME": w.Home, "XDG_DATA_HOME": filepath.Join(w.Home, "data"), "NO_COLOR": "1"}
	w.Write(t, ".arize/.beta_notice_users", "")
	return w
}

// On returns a world whose environment names the server.
func On(t testing.TB, s *Server) *World {
	t.Helper()
	w := New(t)
	w.Env["ARIZE_API_KEY"] = Key
	w.Env["ARIZE_API_HOST"] = strings.TrimPrefix(s.URL, "http://")
	w.Env["ARIZE_API_SCHEME"] = "http"
	return w
}

// Local returns a world that uses the directory on its own disk.
func Local(t testing.TB) *World {
	t.Helper()
	w := New(t)
	w.Env["AX_PROFILE"] = "local"
	return w
}

// Write makes a file in the home.
func (w *World) Write(t testing.TB, name, content string) {
	t.Helper()
	path := w.Path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Path is a file of the home.
func (w *World) Path(name string) string { return filepath.Join(w.Home, filepath.FromSlash(name)) }

// Files are the paths below the home, folders with a slash at their end.
func (w *World) Files(t testing.TB) (names []string) {
	t.Helper()
	err := filepath.WalkDir(w.Home, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == w.Home {
			return err
		}
		name, err := filepath.Rel(w.Home, path)
		if d.IsDir() {
			name += "/"
		}
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Variables are the environment variables that commands looked at, sorted.
func (w *World) Variables() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.Sort(w.read)
	return slices.Compact(w.read)
}

func (w *World) getenv(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.read = append(w.read, name)
	return w.Env[name]
}

// Run runs `ax` with arguments.
func (w *World) Run(args ...string) Result {
	var out, errs bytes.Buffer
	var stdout, stderr io.Writer = &out, &errs
	if w.Out != nil {
		stdout = w.Out
	}
	if w.Err != nil {
		stderr = w.Err
	}
	var in io.Reader = strings.NewReader(w.In)
	if w.Answer != nil {
		in = &answers{w.Answer, &errs}
	}
	s := term.New(in, stdout, stderr, w.getenv)
	if w.Columns > 0 {
		s.InTTY, s.OutTTY, s.ErrTTY = true, true, true
		s.Width = func() int { return w.Columns }
	}
	if w.Streams != nil {
		w.Streams(s)
	}
	code := cli.Main(w.Context, args, s, w.getenv)
	return Result{code, out.String(), errs.String()}
}

// answers is a person who reads the prompt before typing.
type answers struct {
	answer func(asked string) string
	seen   *bytes.Buffer
}

// Read implements io.Reader. The prompt is complete when the answer is read.
func (a *answers) Read(p []byte) (int, error) {
	text := a.answer(a.seen.String())
	if text == "" {
		return 0, io.EOF
	}
	return copy(p, text), nil
}

// Script runs command lines, given as in a shell without quoting, and returns
// them with all that they wrote, as a golden file has it. HOME is the home.
func (w *World) Script(t testing.TB, lines ...string) string {
	t.Helper()
	var b strings.Builder
	for _, line := range lines {
		r := w.Run(strings.Fields(strings.ReplaceAll(line, "HOME", w.Home))...)
		fmt.Fprintf(&b, "$ ax %s\n%s", line, r)
	}
	return strings.ReplaceAll(b.String(), w.Home, "HOME")
}

// String shows a result as Script does.
func (r Result) String() string {
	var b strings.Builder
	for _, part := range []struct{ name, text string }{{"stdout", r.Out}, {"stderr", r.Err}} {
		if part.text == "" {
			continue
		}
		text := part.text
		if !strings.HasSuffix(text, "\n") {
			text += "(no newline)\n"
		}
		b.WriteString("-- " + part.name + " --\n" + visible(text))
	}
	fmt.Fprintf(&b, "-- exit %d --\n\n", r.Code)
	return b.String()
}

// visible writes escapes so that they can be read and compared.
func visible(text string) string {
	return strings.NewReplacer("\x1b", `\e`, "\r", `\r`).Replace(text)
}
