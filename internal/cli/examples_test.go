package cli_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"ax/internal/cli/clitest"
)

// sources are the texts of the Go files below a folder that are the program's.
func sources(t *testing.T, folder string) (texts []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		skip := strings.HasSuffix(path, "_test.go") || strings.Contains(path, "test"+string(filepath.Separator))
		if err != nil || d.IsDir() || skip || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		if !strings.Contains(string(text), "//go:build testclock") {
			texts = append(texts, string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// The people of the examples are in the local directory of a home, and things
// that examples name by an id have one.
type cast struct {
	home string
	ids  map[string]string // as in the examples → in the directory
}

func newCast(t *testing.T) cast {
	t.Helper()
	w := clitest.Local(t)
	c := cast{w.Home, map[string]string{}}
	id := func(args ...string) string {
		r := w.Run(append(args, "-o", "json")...)
		var u struct{ ID string }
		if err := json.Unmarshal([]byte(r.Out), &u); err != nil || r.Code != 0 {
			t.Fatalf("ax %q: %v\n%s", args, err, r)
		}
		return u.ID
	}
	create := func(name, email, role, mode string) string {
		return id("users", "create", "-n", name, "-e", email, "-r", role, "--invite-mode", mode)
	}
	c.ids["usr_abc123"] = create("Jane Doe", "jane@example.com", "member", "none")
	for _, n := range []string{"id1", "id2", "id3"} {
		c.ids[n] = create(n, n+"@example.com", "member", "none")
	}
	create("Ann Example", "ann@example.com", "admin", "none")
	create("Sam Example", "sam@example.com", "member", "email_link")
	letters := w.Run("server", "mail", "list").Out
	c.ids["TGV0dGVyOk82Y1hXMHIwb1BiY2hHYjI4"] = regexp.MustCompile(`TGV0\S+`).FindString(letters)
	c.found(id)
	return c
}

// found makes the organizations and what is in them.
func (c cast) found(id func(args ...string) string) {
	for _, name := range []string{"Research", "Archive"} {
		id("organizations", "create", "--name", name)
	}
	for _, name := range []string{"Production", "Sandbox"} {
		id("spaces", "create", "--name", name, "--organization-id", "Research")
	}
	for _, who := range []string{"jane@example.com", "id1@example.com"} {
		id("organizations", "add-user", "Research", "--user-id", who, "--role", "member")
		id("spaces", "add-user", "Production", "--user-id", who, "--role", "member")
	}
	id("roles", "create", "--name", "Auditor", "--permissions", "USER_READ,ROLE_READ")
	id("roles", "create", "--name", "Reader", "--permissions", "SPACE_READ")
	id("resource-restrictions", "restrict", "--resource-id", "TW9kZWw6MTIxOmFCY0Q=")
	c.ids["Um9sZUJpbmRpbmc6YWJjZGVmZ2gxMjM0NTY3OGlq"] = id("role-bindings", "create", "--user-id", "id1@example.com", "--role-id", "Reader", "--resource-type", "space", "--resource-id", "Production")
	c.ids["QXBpS2V5OmFiY2RlZmdoMTIzNDU2Nzg="] = id("api-keys", "create", "--name", "an old one")
}

// enter is a world of its own with those people.
func (c cast) enter(t *testing.T) *clitest.World {
	t.Helper()
	w := clitest.Local(t)
	err := filepath.WalkDir(filepath.Join(c.home, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if name, ok := strings.CutPrefix(path, c.home); ok && err == nil {
			w.Write(t, name, string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// An outcome of an example that cannot succeed here is a clear reason.
type outcome struct {
	code int
	says string
}

func outcomes(line string) outcome {
	switch {
	case strings.Contains(line, "--tls-cert"):
		return outcome{1, "cert.pem: no such file"}
	case strings.HasPrefix(line, "ax server migrate"):
		return outcome{1, "connection refused"}
	case strings.HasPrefix(line, "ax server erase"):
		return outcome{1, "only a deleted user can be erased"}
	case strings.HasPrefix(line, "ax server mail retry"):
		return outcome{1, "sent"}
	}
	return outcome{0, ""}
}

// Each example of --help and of docs/cli.md does what it says, on the local
// directory with the people that the examples name.
func TestExamples(t *testing.T) {
	t.Parallel()
	people := newCast(t)
	lines := map[string]bool{}
	for _, c := range every() {
		for line := range strings.SplitSeq(strings.ReplaceAll(c.Example, "\\\n", " "), "\n") {
			lines[strings.Join(strings.Fields(line), " ")] = true
		}
	}
	for _, line := range inGuide(t) {
		lines[line] = true
	}
	delete(lines, "")
	if len(lines) < 25 {
		t.Errorf("only %d examples were found", len(lines))
	}
	for line := range lines {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			people.play(t, line)
		})
	}
}

// inGuide are the command lines of docs/cli.md that are no forms of one.
func inGuide(t *testing.T) (lines []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(` [A-Z]{4,}( |$)`) // USER, PROFILE: a place for a word
	for line := range strings.SplitSeq(strings.ReplaceAll(string(text), "\\\n", " "), "\n") {
		if words, ok := strings.CutPrefix(line, "ax "); ok && !strings.ContainsAny(words, "[|…") && !form.MatchString(words) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	return lines
}

// play runs an example with what it names put where it may be.
func (c cast) play(t *testing.T, line string) {
	t.Helper()
	w := c.enter(t)
	if strings.HasPrefix(line, "ax users create ") {
		w = clitest.Local(t) // where nobody has the address yet
	}
	if strings.HasPrefix(line, "ax profiles ") {
		w = withProfiles(t, line)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.Context, w.Columns = ctx, 80
	if w.In == "" {
		w.In = "y\n"
	}
	line, _, out := strings.Cut(line, " > ")
	line, _, in := strings.Cut(line, " < ")
	if out || in {
		w.Columns = 0
	}
	if in {
		w.In = "ak-456\n"
	}
	typed := line
	for example, id := range c.ids {
		typed = strings.ReplaceAll(typed, example, id)
	}
	typed = strings.NewReplacer("owner@db/", "owner@127.0.0.1:1/", "0.0.0.0:8443", "127.0.0.1:0").Replace(typed)
	args := split(strings.TrimPrefix(typed, "ax "))
	for i, a := range args {
		if i > 0 && args[i-1] == "--from" {
			w.Write(t, a, listFor(line))
		}
		if regexp.MustCompile(`\.(csv|json|jsonl|parquet|pem|db|toml|env)$`).MatchString(a) {
			args[i] = w.Path(filepath.Base(a))
		}
	}
	if strings.HasPrefix(line, "ax server init") {
		w.Env["AX_DATA_DIR"] = w.Path("new")
	}
	if line == "ax server start" {
		w.Env["AX_LISTEN"] = "127.0.0.1:0"
		w.Err = &stopping{stop: cancel}
	}
	got, want := w.Run(args...), outcomes(line)
	if got.Code != want.code || !strings.Contains(got.Err, want.says) {
		t.Errorf("%s, want exit %d and %q:\n%s", line, want.code, want.says, got)
	}
}

// withProfiles is a world with the profiles that the examples name, for those
// that do not make them.
func withProfiles(t *testing.T, line string) *clitest.World {
	t.Helper()
	w := clitest.New(t)
	const profile = "[auth]\napi_key = \"ak-123\"\n[routing]\nsingle_host = \"ax.example.com\"\n"
	w.Write(t, "profile.toml", profile)
	if strings.HasPrefix(line, "ax profiles create") {
		w.In = "\n\n\n\nak-123\n\n\n\n" // to its questions: what it proposes, and a key
		return w
	}
	w.Write(t, ".arize/profiles/production.toml", profile)
	w.Write(t, ".arize/profiles/staging.toml", profile)
	w.Write(t, ".arize/.active_profile", "production")
	return w
}

// listFor is a list of users that suits every example.
func listFor(line string) string {
	name, email := "Sam Example", "sam@example.com"
	if strings.HasPrefix(line, "ax users create") {
		name, email = "New Person", "new@example.com"
	}
	first, last, _ := strings.Cut(name, " ")
	return "email,full_name,Work Email,First,Last\n" + strings.Join([]string{email, name, email, first, last}, ",") + "\n"
}

// stopping ends a server as soon as it says anything.
type stopping struct {
	mu   sync.Mutex
	text strings.Builder
	stop func()
}

// Write implements io.Writer.
func (s *stopping) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.Contains(string(p), "listening") {
		s.stop()
	}
	return s.text.Write(p)
}

var _ io.Writer = (*stopping)(nil)

// split parts a command line at its spaces, as a shell does.
func split(line string) (words []string) {
	for _, word := range regexp.MustCompile(`("[^"]*"|'[^']*'|[^\s"'])+`).FindAllString(line, -1) {
		words = append(words, regexp.MustCompile(`"([^"]*)"|'([^']*)'`).ReplaceAllString(word, "$1$2"))
	}
	return words
}
