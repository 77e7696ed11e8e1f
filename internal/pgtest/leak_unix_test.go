//go:build unix

package pgtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ax/internal/pgtest"
)

// childVariable names the part that this test binary plays when a test starts it as a child.
const childVariable = "AX_PGTEST_CHILD"

// TestChild is no test of its own: it is what a child process runs.
func TestChild(t *testing.T) {
	t.Parallel()
	role := os.Getenv(childVariable)
	if role == "" {
		return
	}
	fmt.Println(pgtest.URL(t))
	if role == "wait" {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until it is killed
	}
}

// However the test process ends, neither its server nor the server's folder may stay.
func TestNothingStays(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"exit", "wait"} {
		t.Run(map[string]string{"exit": "after an exit", "wait": "after kill -9"}[end], func(t *testing.T) {
			t.Parallel()
			temporary := newShortFolder(t)
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.count=1", "-test.v=false")
			child.Env = append(os.Environ(), childVariable+"="+end, "AX_TEST_POSTGRES=", "TMPDIR="+temporary)
			held, err := child.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = held.Close() }()
			used := firstLine(t, child)
			id := postmaster(t, temporary, end == "exit")
			if end == "wait" {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			_ = child.Wait() // killed is what it should be
			eventually(t, func() error { return gone(t, used, temporary, id) })
		})
	}
}

// The server that AX_TEST_POSTGRES names is used, and left as it was.
func TestNamedServer(t *testing.T) {
	t.Parallel()
	own := pgtest.Server(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^(TestChild|TestURL|TestURLIsDropped)$", "-test.count=1")
	child.Env = append(os.Environ(), childVariable+"=exit", "AX_TEST_POSTGRES="+own.URL)
	used := firstLine(t, child)
	if err := child.Wait(); err != nil {
		t.Errorf("tests on a named server: %v", err)
	}
	if address(t, used) != address(t, own.URL) {
		t.Errorf("AX_TEST_POSTGRES names %s, the test got %s", address(t, own.URL), address(t, used))
	}
	if got := query(t, connect(t, own.URL), "SELECT count(*) FROM pg_database WHERE datname LIKE 'ax_test_%'"); got != "0" {
		t.Errorf("%s databases were left on a server that is not ours", got)
	}
}

// newShortFolder is a temporary folder that the server's user can reach, which t.TempDir's is not for root.
func newShortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "ax-leak-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	return folder
}

// firstLine starts the child and returns the first line that it prints.
func firstLine(t *testing.T, child *exec.Cmd) string {
	t.Helper()
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("the child printed no URL: %q, %v", line, err)
	}
	return strings.TrimSpace(line)
}

// postmaster reads the server's process id. A child that exits at once may have taken the file along.
func postmaster(t *testing.T, temporary string, mayBeGone bool) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(temporary, "ax-pgtest-*", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 1 {
		if text, err := os.ReadFile(files[0]); err == nil {
			id, _, _ := strings.Cut(string(text), "\n")
			return id
		}
	}
	if !mayBeGone {
		t.Fatalf("want one running server under %s, found %q", temporary, files)
	}
	return ""
}

// gone returns what is left of the server: its socket, its process (a zombie has ended) or its folder.
func gone(t *testing.T, used, temporary, id string) error {
	t.Helper()
	var dialer net.Dialer
	if connection, err := dialer.DialContext(t.Context(), "tcp", address(t, used)); err == nil {
		return errors.Join(errors.New("the server still listens"), connection.Close())
	}
	if id != "" {
		state, _ := exec.CommandContext(t.Context(), "ps", "-o", "stat=", "-p", id).Output() // fails when there is no such process
		if s := strings.TrimSpace(string(state)); s != "" && s[0] != 'Z' {
			return fmt.Errorf("process %s is there, in state %s", id, s)
		}
	}
	left, err := os.ReadDir(temporary)
	if len(left) > 0 {
		return fmt.Errorf("%s is still there", left[0].Name())
	}
	return err
}

func address(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// eventually waits for what another process does in its own time.
func eventually(t *testing.T, step func() error) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		err := step()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
