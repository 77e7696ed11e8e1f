package command

import (
	"context"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli/term"
	"ax/internal/client"
)

// A Finder returns what a word that a person has begun could become. It asks
// the profile's server, and is not waited for long.
type Finder func(ctx context.Context, c *client.Client, begun string) ([]Candidate, error)

// A Candidate is a word to complete to, and what to say about it.
type Candidate struct{ Word, About string }

// FindsArgument lets shells complete the command's one argument.
func (e *Env) FindsArgument(c *cobra.Command, find Finder) {
	c.ValidArgsFunction = func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offered(e.Find(c.Context(), find, begun), "", begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// FindsFlag lets shells complete the value of a flag, the last one where
// commas separate several.
func (e *Env) FindsFlag(c *cobra.Command, flag string, find Finder) {
	must(c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before, last := SplitLast(c.Flag(flag), begun)
		return offered(e.Find(c.Context(), find, last), before, last), cobra.ShellCompDirectiveNoFileComp
	}))
}

// SplitLast parts the value of a flag that takes several after its last comma.
func SplitLast(f *pflag.Flag, begun string) (before, last string) {
	several := strings.HasSuffix(f.Value.Type(), "Array") || strings.HasSuffix(f.Value.Type(), "Slice") || f.Value.Type() == "strings"
	i := strings.LastIndexByte(begun, ',') + 1
	if !several || i == 0 {
		return "", begun
	}
	return begun[:i], begun[i:]
}

// offered are the candidates that a shell may put on a command line.
func offered(all []Candidate, before, begun string) (lines []cobra.Completion) {
	for _, c := range all {
		if strings.HasPrefix(c.Word, begun) && harmless(c.Word) {
			lines = append(lines, cobra.CompletionWithDesc(before+c.Word, term.Literal(c.About)))
		}
	}
	return lines
}

// harmless words mean themselves in every shell. An address may hold a
// backquote or a dollar, and whoever invited it would have the next person
// that completes it run what is in it.
func harmless(word string) bool {
	return word != "" && word[0] != '-' && !strings.ContainsFunc(word, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("@._-+=%/", r)
	})
}

// must is for errors that only a wrong program has: a flag that is not there
// or that has two sets of values.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
