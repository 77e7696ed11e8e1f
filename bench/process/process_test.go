//go:build linux

package process_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ax/bench/process"
)

func TestLogAndInput(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	p, err := process.NewNursery().Start(t.Context(), process.Program{
		Path: "/bin/sh", Args: []string{"-c", `cat; echo "$GIVEN" >&2`}, Env: []string{"GIVEN=two"}, In: strings.NewReader("one\n"), Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil || p.Alive() {
		t.Errorf("ended with %v, alive: %t", err, p.Alive())
	}
	if text, err := os.ReadFile(log); err != nil || string(text) != "one\ntwo\n" {
		t.Errorf("printed %q, %v", text, err)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	n := process.NewNursery()
	log := filepath.Join(t.TempDir(), "log")
	p, err := n.Start(t.Context(), process.Program{
		Path: "/bin/sh", Args: []string{"-c", `trap 'echo stopped; exit' INT; echo ready; while :; do sleep 0.01; done`},
		Log: log, End: syscall.SIGINT,
	})
	if err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { text, _ := os.ReadFile(log); return len(text) > 0 }) //nolint:errcheck // asked again
	if err := p.Stop(); err != nil || p.Alive() {
		t.Errorf("stopped with %v, alive: %t", err, p.Alive())
	}
	if text, err := os.ReadFile(log); err != nil || string(text) != "ready\nstopped\n" {
		t.Errorf("printed %q, %v", text, err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("stopped again: %v", err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p, err := process.NewNursery().Start(ctx, process.Program{Path: "/bin/sleep", Args: []string{"60"}})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.Wait(); err == nil {
		t.Error("a sleeper that was told to end had a good night")
	}
}

// parent names the folder in which this test binary, started as a child, makes another and starts a sleeper.
const parent = "AX_BENCH_PARENT"

func TestChild(t *testing.T) { //nolint:paralleltest // what the child process does
	folder := os.Getenv(parent)
	if folder == "" {
		return
	}
	if _, err := process.NewFolder(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	p, err := process.NewNursery().Start(t.Context(), process.Program{Path: "/bin/sleep", Args: []string{"300"}})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(p.ID())
	_ = p.Wait()
}

func TestNothingStaysAfterAKill(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), parent+"="+folder)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	sleeper, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if made, err := os.ReadDir(folder); err != nil || len(made) != 1 {
		t.Fatalf("the child made %v, %v", made, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed is what it should be
	await(t, func() bool {
		_, err := os.Stat("/proc/" + strings.TrimSpace(sleeper))
		left, _ := os.ReadDir(folder) //nolint:errcheck // asked again
		return os.IsNotExist(err) && len(left) == 0
	})
}

func TestFolder(t *testing.T) {
	t.Parallel()
	f, err := process.NewFolder(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Path, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(f.Path); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", f.Path, err)
	}
}

func await(t *testing.T, done func() bool) {
	t.Helper()
	for begun := time.Now(); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatal("still not done after a minute")
		}
	}
}
