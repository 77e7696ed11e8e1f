package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The commands that the README promises stand there alone on a line each, and the first one does what it says.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	try := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "go run ./cmd/ax --profile local users create ") })
	if try < 0 || !slices.Contains(lines, "make test") {
		t.Fatal("the README has lost a command")
	}
	s := newSite(t, local, t.TempDir())
	cmd := exec.CommandContext(t.Context(), "sh", "-c", lines[try])
	cmd.Dir = ".."
	// The person's folders are new; only what the go command has in store is kept.
	cmd.Env = append(os.Environ(), append(goFolders(t), "CGO_ENABLED=0", "HOME="+s.home, "XDG_DATA_HOME="+filepath.Dir(s.data), "AX_PROFILE=", "ARIZE_API_KEY=")...)
	r := run(t, cmd)
	if r.code != 0 || !strings.Contains(r.stdout, "status: INVITED") || !strings.Contains(r.stderr, s.mail) {
		t.Fatalf("%s: %v", lines[try], r)
	}
	if link := linkIn(t, s.letter("jane@example.com", 1)); !strings.HasPrefix(link, "http://127.0.0.1:8080/invitations/") {
		t.Errorf("the link is %s", link)
	}
}

// goFolders says where the go command keeps what it has, in variables.
func goFolders(t *testing.T) (env []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "-json", "GOCACHE", "GOMODCACHE", "GOPATH").Output()
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{}
	if err := json.Unmarshal(out, &folders); err != nil {
		t.Fatal(err)
	}
	for name, folder := range folders {
		env = append(env, name+"="+folder)
	}
	return env
}
