package proc_test

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"ax/bench/proc"
)

func TestCPU(t *testing.T) { //nolint:paralleltest // its own time is what it looks at
	before, err := proc.CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); time.Since(begun) < 10*time.Second; {
		if after, err := proc.CPU(os.Getpid()); err != nil || after > before {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Error("ten seconds of work took no time")
}

func TestMemory(t *testing.T) { //nolint:paralleltest // its own memory is what it looks at
	pid := os.Getpid()
	const size = 64 << 20
	block := make([]byte, size)
	for i := range block {
		block[i] = 1
	}
	m, err := proc.MemoryOf(pid)
	if err != nil || m.Now < size || m.Peak < m.Now {
		t.Fatalf("with %d bytes in use: %+v, %v", size, m, err)
	}
	if shared, err := proc.Shared([]int{pid, 1 << 30}); err != nil || shared < size {
		t.Errorf("shared: %d, %v", shared, err)
	}
	runtime.KeepAlive(block)
	block = nil
	debug.FreeOSMemory()
	if err := proc.ForgetPeak(pid); err != nil {
		t.Fatal(err)
	}
	if again, err := proc.MemoryOf(pid); err != nil || again.Peak > m.Peak-size/2 {
		t.Errorf("after forgetting: %+v, %v", again, err)
	}
}

func TestCounts(t *testing.T) { //nolint:paralleltest // its own files are what it looks at
	pid := os.Getpid()
	before, err := proc.Files(pid)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if after, err := proc.Files(pid); err != nil || after != before+1 {
		t.Errorf("%d files, then one more: %d, %v", before, after, err)
	}
	if n, err := proc.Threads(pid); err != nil || n < 1 {
		t.Errorf("%d threads, %v", n, err)
	}
}

func TestChildren(t *testing.T) { //nolint:paralleltest // its own children are what it looks at
	child := exec.CommandContext(t.Context(), "sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Wait() }()
	defer func() { _ = child.Process.Kill() }()
	if found, err := proc.Children(os.Getpid()); err != nil || !slices.Contains(found, child.Process.Pid) {
		t.Errorf("%d is not among %v, %v", child.Process.Pid, found, err)
	}
	if found, err := proc.Children(child.Process.Pid); err != nil || len(found) != 0 {
		t.Errorf("a sleeping process has children %v, %v", found, err)
	}
}

func TestNobody(t *testing.T) {
	t.Parallel()
	const nobody = 1 << 30
	if _, err := proc.CPU(nobody); err == nil {
		t.Error("a process that is not there took processor time")
	}
	if _, err := proc.MemoryOf(nobody); err == nil {
		t.Error("a process that is not there has memory")
	}
}
