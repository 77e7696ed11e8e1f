// Package e2e_test drives the built program as a person or a script does: by command lines, files, signals and HTTP, on the
// local profile and against servers on both engines.
package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ax/internal/pgtest"
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "ax-e2e-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built.folder = folder
	// The tests wait for other processes more than they work; -parallel still wins.
	if err := flag.Set("test.parallel", "4"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// built holds the binaries of this run, each made when the first test asks for it.
var built struct {
	folder string
	mu     sync.Mutex
	paths  map[string]string
}

// binary returns the program, built with the tags.
func binary(t testing.TB, tags string) string {
	t.Helper()
	built.mu.Lock()
	defer built.mu.Unlock()
	if path, ok := built.paths[tags]; ok {
		return path
	}
	path := filepath.Join(built.folder, "with-"+tags, "ax")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", path, "ax/cmd/ax")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	if built.paths == nil {
		built.paths = map[string]string{}
	}
	built.paths[tags] = path
	return path
}

// clocked is the program that nearly all tests run: its clock can be moved.
func clocked(t testing.TB) string { return binary(t, "testclock") }

// Each script runs on the local profile and over HTTP on both engines.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, v := range []variant{local, sqlite, postgres} {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			if v == postgres {
				pgtest.URL(t) // says once, for all scripts, that there is none
			}
			clocked(t)
			testscript.Run(t, testscript.Params{
				Dir:                "testdata",
				RequireUniqueNames: true,
				Setup:              v.setup,
				Condition:          v.condition,
				Cmds:               commands(),
			})
		})
	}
}
