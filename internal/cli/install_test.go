package cli_test

import (
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	for shell, holds := range map[string]string{"bash": "complete -o default -F", "zsh": "#compdef ax", "fish": "complete -c ax", "powershell": "Register-ArgumentCompleter"} {
		got := w.Run("completion", shell)
		if got.Code != 0 || got.Err != "" || !strings.Contains(got.Out, holds) {
			t.Errorf("ax completion %s:\n%s", shell, got)
		}
		same(t, w.Run("--show-completion", shell), got)
		w.Env["SHELL"] = "/usr/bin/" + shell
		same(t, w.Run("--show-completion"), got)
	}
	same(t, w.Run("completion", "pwsh"), w.Run("completion", "powershell"))
	ran(t, w.Run("completion", "bsh"), 2, "", "✗ Error: Invalid value for 'SHELL': \"bsh\" is not one of bash, zsh, fish, powershell. Did you mean 'bash'?\n  Try 'ax completion --help'.\n")
	ran(t, w.Run("completion"), 2, "", "✗ Error: Missing argument: a shell, one of bash, zsh, fish, powershell\n  Try 'ax completion --help'.\n")
	ran(t, w.Run("completion", "bash", "x"), 2, "", "✗ Error: Got unexpected extra argument \"x\"; give one shell\n  Try 'ax completion --help'.\n")
	w.Env["SHELL"] = "/bin/tcsh"
	for _, option := range []string{"--show-completion", "--install-completion"} {
		ran(t, w.Run(option), 2, "", "✗ Error: Missing argument: a shell, one of bash, zsh, fish, powershell\n  Try 'ax --help'.\n")
	}
	same(t, w.Files(t), clitest.New(t).Files(t))
}

func TestInstallCompletion(t *testing.T) {
	t.Parallel()
	for shell, at := range map[string]struct{ script, rc, line string }{
		"bash": {".bash_completions/ax.sh", ".bashrc", "source 'HOME/.bash_completions/ax.sh'"},
		"zsh":  {".zfunc/_ax", ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit"},
		"fish": {".config/fish/completions/ax.fish", "", ""},
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			w := clitest.New(t)
			said := shell + " completion installed in " + w.Path(at.script) + "\nCompletion will take effect once you restart the terminal\n"
			read := func(name string) string {
				text, err := os.ReadFile(w.Path(name))
				if err != nil {
					t.Error(err)
				}
				return strings.ReplaceAll(string(text), w.Home, "HOME")
			}
			if at.rc != "" {
				w.Write(t, at.rc, "alias x=y")
				if err := os.Chmod(w.Path(at.rc), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			w.Write(t, at.script, "of the original")
			for range 2 {
				ran(t, w.Run("--install-completion", shell), 0, said, "")
				same(t, read(at.script), strings.ReplaceAll(w.Run("completion", shell).Out, w.Home, "HOME"))
				if at.rc == "" {
					continue
				}
				same(t, read(at.rc), "alias x=y\n"+at.line+"\n")
				if info, err := os.Stat(w.Path(at.rc)); err != nil || runtime.GOOS != "windows" && info.Mode() != fs.FileMode(0o644) {
					t.Errorf("%v, %v", info.Mode(), err)
				}
			}
		})
	}
}

// Nothing is half done, and what a person keeps elsewhere is left alone.
func TestInstallCompletionRefuses(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Write(t, "dotfiles/bashrc", "alias x=y\n")
	if err := os.Symlink(w.Path("dotfiles/bashrc"), w.Path(".bashrc")); err != nil {
		t.Skip(err)
	}
	before := w.Files(t)
	ran(t, w.Run("--install-completion", "bash"), 5, "", "✗ Error: Cannot write "+w.Path(".bashrc")+": it is a symbolic link; name the file itself. Add this line to it yourself: source '"+w.Path(".bash_completions/ax.sh")+"'\n")
	same(t, w.Files(t), before)
	w = clitest.New(t)
	w.Write(t, "elsewhere", "")
	w.Write(t, ".bash_completions/x", "")
	if err := os.Symlink(w.Path("elsewhere"), w.Path(".bash_completions/ax.sh")); err != nil {
		t.Fatal(err)
	}
	got := w.Run("--install-completion", "bash")
	same(t, got.Code, 5)
	contains(t, got.Err, w.Path(".bash_completions/ax.sh")+": it is a symbolic link")
	if _, err := os.Stat(w.Path(".bashrc")); err == nil {
		t.Error(".bashrc was made")
	}
	delete(w.Env, "HOME")
	got = w.Run("--install-completion", "zsh")
	same(t, got.Code, 1)
	contains(t, got.Err, "HOME is not set")
}

// The script that the original has installed calls ax with variables, and runs
// or offers whatever it prints.
func TestScriptsOfTheOriginalGetNothing(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Env["_AX_COMPLETE"] = "complete_zsh"
	ran(t, w.Run(), 0, "", "")
}
