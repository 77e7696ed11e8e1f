package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ax/internal/cli/term"
)

// A place is where a shell looks for completion: the script, and the line by
// which the shell's own file has it read, if that needs one. They are where the
// original puts its own, so that ours takes the place of those.
type place struct {
	script string
	rc     string // "" when the shell finds the script by itself
	line   string
}

// installScript puts a shell's script where the shell finds it. Done again, it
// changes nothing.
func (w *world) installScript(c *cobra.Command, args []string) error {
	shell, err := shellNamed(args, w.env.Getenv)
	if err != nil {
		return err
	}
	at, err := w.placeFor(c.Context(), shell)
	if err != nil {
		return err
	}
	text, err := script(c.Root(), shell)
	if err != nil {
		return err
	}
	rc, err := at.added()
	if err != nil {
		return err
	}
	if err := write(at.script, text); err != nil {
		return err
	}
	if rc != "" {
		if err := write(at.rc, rc); err != nil {
			return err
		}
	}
	return w.env.Streams.Print("%s completion installed in %s\nCompletion will take effect once you restart the terminal\n", shell, at.script)
}

func (w *world) placeFor(ctx context.Context, shell string) (place, error) {
	home := w.env.Getenv("HOME")
	if shell == "powershell" {
		return powershellPlace(ctx)
	}
	if home == "" {
		return place{}, errors.New("HOME is not set, so there is no folder to install the completion in; 'ax completion " + shell + "' prints it")
	}
	switch shell {
	case "zsh":
		folder := w.env.Getenv("ZDOTDIR")
		if folder == "" {
			folder = home
		}
		return place{filepath.Join(home, ".zfunc", "_ax"), filepath.Join(folder, ".zshrc"), "fpath+=~/.zfunc; autoload -Uz compinit; compinit"}, nil
	case "fish":
		folder := w.env.Getenv("XDG_CONFIG_HOME")
		if folder == "" {
			folder = filepath.Join(home, ".config")
		}
		return place{script: filepath.Join(folder, "fish", "completions", "ax.fish")}, nil
	}
	file := filepath.Join(home, ".bash_completions", "ax.sh")
	return place{file, filepath.Join(home, ".bashrc"), "source " + quoted(file)}, nil
}

// powershellPlace asks PowerShell where its profile is.
func powershellPlace(ctx context.Context) (place, error) {
	const patience = 20 * time.Second // it may have to start for the first time
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, program := range []string{"pwsh", "powershell"} {
		out, err := exec.CommandContext(ctx, program, "-NoProfile", "-NonInteractive", "-Command", "$PROFILE.CurrentUserCurrentHost").Output() //nolint:gosec // one of two names
		if rc := strings.TrimSpace(string(out)); err == nil && filepath.IsAbs(rc) {
			file := filepath.Join(filepath.Dir(rc), "ax.completion.ps1")
			return place{file, rc, ". '" + strings.ReplaceAll(file, "'", "''") + "'"}, nil
		}
	}
	return place{}, errors.New("PowerShell does not say where its profile is; add to it: ax completion powershell | Out-String | Invoke-Expression")
}

// added is the shell's own file with the line in it, "" when it has it.
func (p place) added() (string, error) {
	if p.rc == "" {
		return "", nil
	}
	text, err := os.ReadFile(p.rc)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", &term.OutputError{Path: p.rc, Err: err}
	}
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) == p.line {
			return "", nil
		}
	}
	if err := (term.Output{Path: p.rc}).Check(); len(text) > 0 && err != nil {
		return "", fmt.Errorf("%w. Add this line to it yourself: %s", err, p.line)
	}
	if len(text) > 0 && !strings.HasSuffix(string(text), "\n") {
		text = append(text, '\n')
	}
	return string(text) + p.line + "\n", nil
}

// write puts a text at a path, all of it or nothing, if it is not there already.
func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &term.OutputError{Path: path, Err: err}
	}
	out := term.Output{Path: path}
	if there, err := os.ReadFile(path); err == nil && string(there) == text && out.Check() == nil {
		return nil
	}
	return out.Write(func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// quoted is a path as one word of a POSIX shell.
func quoted(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }
