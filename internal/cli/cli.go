package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/profiles"
	"ax/internal/cli/server"
	"ax/internal/cli/term"
	"ax/internal/cli/users"
)

// Version is set when a release is built.
var Version = "dev" //nolint:gochecknoglobals // the linker needs a variable

// Main runs the command line args, without the program's name, and returns
// the exit code. The first interrupt cancels the command, which then says
// what it has done; a second one ends the process.
func Main(ctx context.Context, args []string, streams *term.Streams, getenv func(string) string) int {
	// A write to a closed pipe is an error like any other: a temporary password
	// must still reach the person.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := interruptible(ctx)
	defer stop()
	e := &command.Env{Streams: streams, Getenv: getenv, JSON: asksForJSON(args)}
	w := &world{env: e}
	root := w.root(ctx)
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

// root makes the tree. Making it opens nothing.
func (w *world) root(ctx context.Context) *cobra.Command {
	e := w.env
	root := &cobra.Command{
		Use:               "ax",
		Short:             "Manage the users of an Arize AX account, or of a directory of your own",
		SilenceErrors:     true,
		SilenceUsage:      true,
		Version:           Version,
		Args:              unknownCommand,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return w.begin(c) },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	root.SetVersionTemplate("ax version {{.Version}}\n")
	root.SetOut(e.Streams.Out)
	root.SetErr(e.Streams.Err)
	root.SetIn(e.Streams.In)
	root.SetFlagErrorFunc(badFlag)
	f := root.PersistentFlags()
	f.StringVarP(&w.profile, "profile", "p", "", "profile to use (default: AX_PROFILE, ARIZE_API_KEY, or the active profile)")
	f.StringVar(&w.color, "color", "auto", "colour: auto, always or never")
	f.DurationVar(&w.timeout, "timeout", defaultTimeout, "time limit for one request")
	f.BoolVarP(&e.Verbose, "verbose", "v", false, "enable verbose logs")
	e.Client, e.DefaultOutput = w.client, w.defaultOutput
	root.AddCommand(users.New(e), profiles.New(e), server.New(e))
	for _, group := range root.Commands() {
		prepareGroup(group)
	}
	root.SetHelpCommand(helpCommand())
	root.SetContext(ctx)
	return root
}

// helpCommand is cobra's, except that an unknown word is a usage error.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err == nil {
				err = unknownCommand(about, rest)
			}
			if err != nil {
				return err
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// prepareGroup gives a group that is named alone its help, on stdout, and the
// exit code of a command line that is not complete.
func prepareGroup(c *cobra.Command) {
	for _, sub := range c.Commands() {
		prepareGroup(sub)
	}
	if c.HasSubCommands() && c.RunE == nil {
		c.Args = unknownCommand
		c.RunE = func(c *cobra.Command, _ []string) error {
			return cmp.Or(c.Help(), command.ErrNoCommand)
		}
	}
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
