// Package manual writes what is made of the command tree: the reference in
// Markdown, the man pages, the examples in docs/cli.md, and of docs/cli.md the
// topics of `ax help`. A new command is in all of them without further work.
//
// It is no part of the program: only `make generate` and `make man` run it.
package manual

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli"
	"ax/internal/cli/command"
)

//go:generate go run ./write -root ../..

// documented are a command and all below it, in the order of the tree.
func documented(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" && sub.Parent() == c.Root() {
			all = append(all, documented(sub)...)
		}
	}
	return all
}

// A flag is one option as a page shows it.
type flag struct{ names, value, about string }

func flagsOf(c *cobra.Command) (all []flag) {
	for _, f := range cli.Flags(c) {
		if f.Name != "help" {
			all = append(all, describe(f))
		}
	}
	return all
}

// describe says what an option is for, with its choices and its default where
// the text does not.
func describe(f *pflag.Flag) flag {
	value, about := pflag.UnquoteUsage(f)
	names := "--" + f.Name
	if f.Shorthand != "" {
		names = "-" + f.Shorthand + ", " + names
	}
	if values := command.Choices(f); len(values) > 0 && !strings.Contains(about, values[0]) {
		about += "; one of " + strings.Join(values, ", ")
	}
	switch f.DefValue {
	case "", "false", "[]", "0":
	default:
		about += " (default " + f.DefValue + ")"
	}
	return flag{names, value, about}
}

// dedented are a command's examples without the indentation that help gives them.
func dedented(c *cobra.Command) string {
	lines := strings.Split(strings.Trim(c.Example, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return strings.Join(lines, "\n")
}

// sentence is what a command does.
func sentence(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}
