package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"ax/internal/cli/clitest"
)

// asProcess is ax in a process of its own.
func asProcess(t *testing.T, original, input string, args ...string) (clitest.Result, *os.ProcessState) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "AX_TEST_RUN_MAIN=1", "HOME="+t.TempDir(), "AX_ORIGINAL="+original)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	_ = cmd.Run() // its state is looked at
	return clitest.Result{Code: cmd.ProcessState.ExitCode(), Out: out.String(), Err: errs.String()}, cmd.ProcessState
}

func shellScript(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "original")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// The original gets everything as it was, and what it does is what is seen.
func TestHandedOver(t *testing.T) {
	t.Parallel()
	path := shellScript(t, `for a; do echo "<$a>"; done; cat; echo "to stderr ${AX_ORIGINAL-without}" >&2; exit 7`)
	got, _ := asProcess(t, path, "from stdin\n", "datasets", "list", "--limit", "5", "-o", "json", "a b", "", "--help", "--", "-x")
	ran(t, got, 7, "<datasets>\n<list>\n<--limit>\n<5>\n<-o>\n<json>\n<a b>\n<>\n<--help>\n<-->\n<-x>\nfrom stdin\n", "to stderr without\n")
	_, state := asProcess(t, shellScript(t, `kill -TERM $$`), "", "traces", "list")
	if status, ok := state.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("the signal did not come through: %v", state)
	}
	// A signal that ax ignores is not ignored by what takes its place. Others
	// may be, as whoever started the tests had it.
	got, _ = asProcess(t, shellScript(t, `sed -n 's/SigIgn:.//p' /proc/self/status`), "", "datasets")
	ignored, err := strconv.ParseUint(strings.TrimSpace(got.Out), 16, 64)
	if err != nil || ignored&(1<<(syscall.SIGPIPE-1)) != 0 {
		t.Errorf("ignored signals: %s, %v", got.Out, err)
	}
}

func TestNotHandedOver(t *testing.T) {
	t.Parallel()
	path := shellScript(t, "echo original")
	for line, code := range map[string]int{"users get": 2, "--version": 0, "nonsense": 2, "help datasets": 2, "--color never datasets list": 2} {
		if got, _ := asProcess(t, path, "", strings.Fields(line)...); got.Code != code || strings.Contains(got.Out, "original\n") && got.Out == "original\n" {
			t.Errorf("ax %s, want exit %d:\n%s", line, code, got)
		}
	}
	const refusal = "✗ Error: 'datasets' is a command of the original ax (arize-ax-cli 0.39.0), which this program does not have. With AX_ORIGINAL=/path/to/that/ax it is handed over, as 'ax datasets …'.\n  Try 'ax --help'.\n"
	got, _ := asProcess(t, "", "", "datasets", "list", "--limit", "5")
	ran(t, got, 2, "", refusal)
	// A wrapper that leads back does so once.
	wrapper := shellScript(t, `exec "`+os.Args[0]+`" "$@"`)
	got, _ = asProcess(t, wrapper, "", "datasets", "list")
	ran(t, got, 2, "", refusal)
	got, _ = asProcess(t, os.Args[0], "", "datasets")
	ran(t, got, 1, "", "✗ Error: AX_ORIGINAL is "+os.Args[0]+", which is this very program; it has to name the original ax (arize-ax-cli 0.39.0)\n")
	got, _ = asProcess(t, "/absent/ax", "", "datasets")
	ran(t, got, 1, "", "✗ Error: AX_ORIGINAL is /absent/ax, which cannot be run: no such file or directory\n")
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, _ = asProcess(t, plain, "", "datasets", "-o", "json")
	same(t, got.Code, 1)
	contains(t, got.Err, `"title": "AX_ORIGINAL is `+plain+`, which cannot be run: permission denied"`)
}

// The program may be called anything.
func TestAnyName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "arize users")
	if err := os.Symlink(os.Args[0], path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "--version")
	cmd.Env = []string{"AX_TEST_RUN_MAIN=1"}
	out, err := cmd.CombinedOutput()
	if string(out) != "ax version dev\n" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
}

// The original's commands are those of its --help.
func TestCommandsOfTheOriginal(t *testing.T) {
	t.Parallel()
	path := theOriginal(t)
	cmd := exec.CommandContext(t.Context(), path, "--help")
	cmd.Env = []string{"HOME=" + t.TempDir(), "COLUMNS=80"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	_, commands, _ := strings.Cut(string(out), "─ Commands ─")
	names := regexp.MustCompile(`(?m)^│ ([a-z][a-z-]*) `).FindAllStringSubmatch(commands, -1)
	if len(names) != 25 {
		t.Errorf("%d commands:\n%s", len(names), out)
	}
	for _, m := range names {
		if got := clitest.New(t).Run(m[1]); strings.Contains(got.Err, "No such command") {
			t.Errorf("%s is not known as the original's", m[1])
		}
	}
}
