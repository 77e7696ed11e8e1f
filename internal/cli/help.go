package cli

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
)

// helpWidth is how wide help is, on a terminal and elsewhere.
const helpWidth = 80

// A Topic is a page of help about no command in particular.
type Topic struct {
	Name, Short string
	file        string
}

// topicTexts are made of docs/cli.md by `make generate`.
//
//go:embed topics/*.txt
var topicTexts embed.FS

// Topics are what `ax help` knows besides the commands.
func Topics() []Topic {
	return []Topic{
		{"environment", "The variables that ax reads", "topics/environment.txt"},
		{"exit-codes", "What each exit code means", "topics/exit-codes.txt"},
		{"output", "Formats, files, and what stands on which stream", "topics/output.txt"},
	}
}

// Text is the topic's page, in lines of at most 80 columns.
func (t Topic) Text() string {
	text, err := topicTexts.ReadFile(t.file)
	if err != nil {
		return "" // a topic without its file does not pass the tests
	}
	return string(text)
}

// topic finds a topic by its name.
func topic(name string) (Topic, bool) {
	all := Topics()
	i := slices.IndexFunc(all, func(t Topic) bool { return t.Name == name })
	if i < 0 {
		return Topic{}, false
	}
	return all[i], true
}

// helpCommand is cobra's, except that it knows the topics and that an unknown
// word is a usage error.
func helpCommand(s *term.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command | topic]",
		Short: "Help about any command or topic",
		Example: `  ax help users create
  ax help exit-codes`,
		ValidArgsFunction: completeHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				if t, ok := topic(args[0]); ok {
					return s.Print("%s", term.Verbatim(t.Text()))
				}
			}
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
			if err := c.Help(); err != nil {
				return err
			}
			return command.ErrNoCommand
		}
	}
}

// help writes a command's help: what it does, then examples, then the rest.
func help(c *cobra.Command, _ []string) {
	w := c.OutOrStdout()
	section(w, "", described(c))
	section(w, "Examples:\n", c.Example)
	section(w, "Usage:\n", "  "+Usage(c))
	if c.HasAvailableSubCommands() {
		section(w, "Available Commands:\n", listed(available(c)))
	}
	if !c.HasParent() {
		section(w, "Help Topics:\n", listed(Topics()))
	}
	section(w, "Flags:\n", c.LocalFlags().FlagUsagesWrapped(helpWidth))
	section(w, "Global Flags:\n", c.InheritedFlags().FlagUsagesWrapped(helpWidth))
	if c.HasAvailableSubCommands() {
		section(w, "", `Use "`+c.CommandPath()+` [command] --help" for more about a command.`)
	}
}

// section writes a part of the help, after an empty line unless it is the first.
// That nobody reads it is no error of the help.
func section(w io.Writer, title, text string) {
	if text = strings.TrimRight(text, "\n "); text == "" {
		return
	}
	if title != "" || strings.HasPrefix(text, "Use ") {
		title = "\n" + title
	}
	_, _ = io.WriteString(w, title+text+"\n")
}

// described is what a command does, in one sentence or in several lines.
func described(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

// Usage is the form of a command's command line.
func Usage(c *cobra.Command) string {
	if c.HasAvailableSubCommands() {
		return c.CommandPath() + " [command]"
	}
	return c.UseLine()
}

// available are a command's sub-commands as the topics are.
func available(c *cobra.Command) (all []Topic) {
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			all = append(all, Topic{Name: sub.Name(), Short: sub.Short})
		}
	}
	return all
}

// listed sets names and descriptions in two columns.
func listed(all []Topic) string {
	width := 0
	for _, t := range all {
		width = max(width, len(t.Name))
	}
	var b strings.Builder
	for _, t := range all {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, t.Name, t.Short)
	}
	return b.String()
}

// Flags are those of a command that people see, and that its parents do not have.
func Flags(c *cobra.Command) (all []*pflag.Flag) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			all = append(all, f)
		}
	})
	return all
}
