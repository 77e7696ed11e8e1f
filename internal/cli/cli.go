package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"ax/internal/cli/apikeys"
	"ax/internal/cli/audit"
	"ax/internal/cli/auth"
	"ax/internal/cli/command"
	"ax/internal/cli/organizations"
	"ax/internal/cli/profiles"
	"ax/internal/cli/restrictions"
	"ax/internal/cli/rolebindings"
	"ax/internal/cli/roles"
	"ax/internal/cli/server"
	"ax/internal/cli/spaces"
	"ax/internal/cli/term"
	"ax/internal/cli/users"
)

// Version is set when a release is built.
var Version = "dev" //nolint:gochecknoglobals // the linker needs a variable

// Main runs the command line args, without the program's name, and returns
// the exit code. The first interrupt cancels the command, which then says
// what it has done; a second one ends the process, unless the command takes it
// to stop waiting.
func Main(ctx context.Context, args []string, streams *term.Streams, getenv func(string) string) int {
	e := &command.Env{Streams: streams, Getenv: getenv, JSON: asksForJSON(args)}
	w := &world{env: e}
	root := w.root(ctx)
	if handed, code, err := handOver(root, args, getenv); handed && err == nil {
		return code
	} else if err != nil {
		e.Report(err)
		return command.ExitCode(err)
	}
	// A write to a closed pipe is an error like any other: a temporary password
	// must still reach the person.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := interruptible(ctx)
	defer stop()
	if completing(args) {
		root.SetErr(io.Discard)
		w.addCompletions(root)
	}
	root.SetArgs(append([]string{}, args...)) // cobra takes nil for the process's own
	c, err := root.ExecuteContextC(ctx)
	if u, ok := errors.AsType[*command.UsageError](err); ok {
		u.Command = c.CommandPath()
	}
	if closed := w.close(ctx); err == nil {
		err = closed
	}
	e.Report(err)
	return command.ExitCode(err)
}

// interruptible returns a context that the first interrupt cancels. By then the
// second one ends the process: whoever says so can be believed.
func interruptible(ctx context.Context) (context.Context, func()) {
	running, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	signalled, stop := signal.NotifyContext(ctx, os.Interrupt)
	context.AfterFunc(signalled, func() {
		stop()
		cancel(context.Cause(signalled))
	})
	return running, stop
}

// Tree is the tree of commands to read, not to run.
func Tree() *cobra.Command {
	streams, _, _, _ := term.Test()
	root := (&world{env: &command.Env{Streams: streams}}).root(context.Background())
	root.InitDefaultHelpCmd()
	return root
}

// root makes the tree. Making it opens nothing.
func (w *world) root(ctx context.Context) *cobra.Command {
	e := w.env
	root := &cobra.Command{
		Use:   "ax",
		Short: "Manage the users of an Arize AX account, or of a directory of your own",
		Example: `  ax --profile local users list
  ax users list --status active --output users.csv
  ax help environment`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Version:           Version,
		Args:              w.rootArguments,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return w.begin(c) },
		RunE:              w.runRoot,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetVersionTemplate("ax version {{.Version}}\n")
	root.SetOut(e.Streams.Out)
	root.SetErr(e.Streams.Err)
	root.SetIn(e.Streams.In)
	root.SetFlagErrorFunc(badFlag)
	root.SetHelpFunc(help)
	w.flags(root)
	e.Client, e.Find, e.DefaultOutput = w.client, w.find, w.defaultOutput
	root.AddCommand(users.New(e), organizations.New(e), spaces.New(e), apikeys.New(e), roles.New(e), rolebindings.New(e), restrictions.New(e),
		audit.New(e), auth.New(e), profiles.New(e), server.New(e), w.completionCommand())
	for _, group := range root.Commands() {
		prepareGroup(group)
	}
	root.SetHelpCommand(helpCommand(e.Streams))
	root.SetContext(ctx)
	return root
}

// flags adds the options of every command, and those of ax alone.
func (w *world) flags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVarP(&w.profile, "profile", "p", "", "profile to use (default: AX_PROFILE, ARIZE_API_KEY, or the active profile)")
	f.StringVar(&w.color, "color", "auto", "colour: auto, always or never")
	command.TakesOneOf(f, "color", []string{"auto", "always", "never"})
	f.DurationVar(&w.timeout, "timeout", defaultTimeout, "time limit for one request")
	f.BoolVarP(&w.env.Verbose, "verbose", "v", false, "enable verbose logs")
	f = root.Flags()
	f.BoolVar(&w.install, "install-completion", false, "install completion for the shell in SHELL, or the one named after it")
	f.BoolVar(&w.show, "show-completion", false, "print that completion, to copy it or to customize the installation")
}

// rootArguments are none, but for the two options that a shell may follow.
func (w *world) rootArguments(c *cobra.Command, args []string) error {
	if w.install || w.show {
		_, err := shellNamed(args, w.env.Getenv)
		return err
	}
	return unknownCommand(c, args)
}

func (w *world) runRoot(c *cobra.Command, args []string) error {
	switch {
	case w.install:
		return w.installScript(c, args)
	case w.show:
		return w.showScript(c, args)
	case len(args) == 0 && w.env.Getenv("_AX_COMPLETE") != "":
		return nil // asked by a script of the original, which would run our help
	}
	return c.Help()
}

// asksForJSON looks for a JSON output in a command line that may be too wrong
// to be parsed; its errors are to be JSON all the same.
func asksForJSON(args []string) bool {
	for i, a := range args {
		value, ok := strings.CutPrefix(a, "--output=")
		switch {
		case ok:
		case (a == "-o" || a == "--output") && i+1 < len(args):
			value = args[i+1]
		case strings.HasPrefix(a, "-o") && !strings.HasPrefix(a, "--"):
			value = strings.TrimPrefix(a[2:], "=")
		default:
			continue
		}
		return command.WantsJSON(value)
	}
	return false
}
