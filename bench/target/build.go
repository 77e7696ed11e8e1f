//go:build linux

package target

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Binaries are the programs that are measured, or measure.
type Binaries struct{ Ax, Clock, PocketBase, Bare, Launch string }

// Build builds all of them, static and stripped, into a folder. root is the
// module of ax, and this one lies under it.
func Build(ctx context.Context, root, into string) (b Binaries, err error) {
	if err := os.MkdirAll(into, 0o750); err != nil {
		return b, err
	}
	bench := filepath.Join(root, "bench")
	for _, one := range []struct {
		path           *string
		folder, source string
		name           string
		flags          []string
	}{
		{&b.Ax, root, "./cmd/ax", "ax", nil},
		{&b.Clock, root, "./cmd/ax", "ax-clock", []string{"-tags=testclock"}}, // its clock can be moved
		{&b.PocketBase, filepath.Join(bench, "pocketbase"), ".", "pocketbase", nil},
		{&b.Bare, bench, "./bare", "bare", nil},
		{&b.Launch, bench, "./launch", "launch", nil},
	} {
		*one.path = filepath.Join(into, one.name)
		arguments := append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", *one.path}, one.flags...)
		cmd := exec.CommandContext(ctx, "go", append(arguments, one.source)...) //nolint:gosec // our own sources
		cmd.Dir, cmd.Env = one.folder, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return b, fmt.Errorf("build %s: %w\n%s", one.name, err, out)
		}
	}
	return b, nil
}
