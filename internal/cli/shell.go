package cli

import (
	"bytes"
	_ "embed"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
)

// bashScript is ours: cobra's needs the package bash-completion, parts words
// at the @ of an address, and runs what stands in them.
//
//go:embed completion.bash
var bashScript string

func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// script is what a shell has to read so that it completes our commands.
func script(root *cobra.Command, shell string) (string, error) {
	var b bytes.Buffer
	var err error
	switch shell {
	case "zsh":
		err = root.GenZshCompletion(&b)
	case "fish":
		err = root.GenFishCompletion(&b, true)
	case "powershell":
		err = root.GenPowerShellCompletionWithDesc(&b)
	default:
		return bashScript, nil
	}
	return b.String(), err
}

// completionCommand prints a shell's script.
func (w *world) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion <shell>",
		Short: "Print the script for completion in a shell",
		Long: `Print the script that completes ax's commands in bash, zsh, fish or powershell.
'ax --install-completion' puts it where the shell finds it.`,
		Example: `  ax completion bash
  ax completion fish > ax.fish`,
		ValidArgs: shells(),
		Args: func(_ *cobra.Command, args []string) error {
			_, err := shellNamed(args, func(string) string { return "" })
			return err
		},
		RunE: func(c *cobra.Command, args []string) error { return w.showScript(c, args) },
	}
}

func (w *world) showScript(c *cobra.Command, args []string) error {
	shell, err := shellNamed(args, w.env.Getenv)
	if err != nil {
		return err
	}
	text, err := script(c.Root(), shell)
	if err != nil {
		return err
	}
	return w.env.Streams.Print("%s", term.Verbatim(text))
}

// shellNamed is the shell that an argument names, or else SHELL.
func shellNamed(args []string, getenv func(string) string) (string, error) {
	if len(args) > 1 {
		return "", command.Usagef("Got unexpected extra argument %q; give one shell", args[1])
	}
	if len(args) == 1 {
		if args[0] == "pwsh" {
			return "powershell", nil
		}
		return command.OneOf("SHELL", args[0], shells())
	}
	name := strings.TrimSuffix(filepath.Base(getenv("SHELL")), ".exe")
	if shell, err := shellNamed([]string{name}, getenv); err == nil {
		return shell, nil
	}
	return "", command.Usagef("Missing argument: a shell, one of %s", strings.Join(shells(), ", "))
}
