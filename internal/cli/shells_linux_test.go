package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"ax/internal/cli/clitest"
)

// A keyboard is a real shell on a terminal, in a home where completion was
// installed. The `ax` that it finds writes down how it was called.
type keyboard struct {
	t    *testing.T
	w    *clitest.World
	tty  *os.File
	mu   sync.Mutex
	seen []byte
}

// sitDown starts a shell that has the completion which `ax --install-completion` put there.
func sitDown(t *testing.T, w *clitest.World, shell ...string) *keyboard {
	t.Helper()
	path, err := exec.LookPath(shell[0])
	if err != nil {
		if os.Getenv("AX_TEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skip(shell[0], " is not installed")
	}
	w.Env["SHELL"] = path
	if got := w.Run("--install-completion"); got.Code != 0 || got.Err != "" {
		t.Fatalf("%s", got)
	}
	w.Write(t, "bin/ax", fmt.Sprintf("#!/bin/sh\nif [ \"$1\" != __complete ]; then echo \"$*\" >>%q; exit; fi\nAX_TEST_RUN_MAIN=1 exec %q \"$@\"\n", w.Path("ran"), os.Args[0]))
	if err := os.Chmod(w.Path("bin/ax"), 0o700); err != nil {
		t.Fatal(err)
	}
	// Without this folder fish reads all man pages in the background, and writes here for as long.
	w.Write(t, "data/fish/generated_completions/none", "")
	cmd := exec.CommandContext(t.Context(), path, shell[1:]...)
	cmd.Dir = w.Home
	cmd.Env = []string{"PATH=" + w.Path("bin") + ":" + os.Getenv("PATH"), "TERM=dumb", "PS1=> ", "LANG=C.UTF-8"}
	for name, value := range w.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	k := &keyboard{t: t, w: w, tty: tty}
	go k.watch()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
	})
	return k
}

func (k *keyboard) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := k.tty.Read(buffer)
		k.mu.Lock()
		k.seen = append(k.seen, buffer[:n]...)
		k.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (k *keyboard) screen() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return string(k.seen)
}

// types a line and wants ax to be called with the arguments. A server that was
// asked on a busy machine may not have answered in time: then once more.
func (k *keyboard) types(line, want string) {
	k.t.Helper()
	var last string
	for end := time.Now().Add(deadline); time.Now().Before(end); {
		_ = os.Remove(k.w.Path("ran"))
		_, _ = k.tty.WriteString(line + "\r")
		for range 250 {
			time.Sleep(20 * time.Millisecond)
			if text, err := os.ReadFile(k.w.Path("ran")); err == nil && strings.HasSuffix(string(text), "\n") {
				last = strings.TrimSuffix(string(text), "\n")
				break
			}
		}
		if last == want {
			return
		}
	}
	k.t.Fatalf("%q became %q, want %q; the screen:\n%s", line, last, want, k.screen())
}

// What a person types in a real shell becomes the command line that was meant.
func TestShells(t *testing.T) {
	t.Parallel()
	for name, shell := range map[string][]string{
		"bash": {"bash", "--noprofile", "-i"},
		"zsh":  {"zsh", "-d", "-i"},
		"fish": {"fish", "-i"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := sitDown(t, town(t), shell...)
			k.types("ax user\tcrea\t--rol\tadm\t", "users create --role admin")
			k.types("ax users list --status act\t", "users list --status active")
			k.types("ax users list --status active,inv\t", "users list --status active,invited")
			k.types("ax --profile loc\tusers list", "--profile local users list")
			k.types("ax help exit\t", "help exit-codes")
			k.types("ax users get ja\t", "users get jane@example.com")
			k.types("ax users get jane@exa\t", "users get jane@example.com")
			k.types("ax users delete --email ja\t--force", "users delete --email jane@example.com --force")
			k.types("ax users delete --id id-ja\t", "users delete --id id-jane")
			if name == "bash" { // the others take an open quote for a part of the word
				k.types("ax users get \"jane@exa\t", "users get jane@example.com")
			}
			k.types("ax users create --role=adm\t", "users create --role=admin")
			k.types("ax users get d\t", "users get d")
			if _, err := os.Stat(filepath.Join(k.w.Home, "harm")); err == nil {
				t.Errorf("an address was run; the screen:\n%s", k.screen())
			}
		})
	}
}
