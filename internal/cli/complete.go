package cli

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli/command"
	servercmd "ax/internal/cli/server"
	"ax/internal/client"
	"ax/internal/profile"
	"ax/internal/server"
)

// patience is how long a key press waits for the server; with the start of the
// program it is less than 300 ms.
const patience = 250 * time.Millisecond

// completing says whether a command line is a shell that asks what could
// complete another one.
func completing(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// addCompletions gives the flags of the whole tree what completes their
// values. It is done only when a shell asks.
func (w *world) addCompletions(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) { w.addCompletion(c, f) })
	c.PersistentFlags().VisitAll(func(f *pflag.Flag) { w.addCompletion(c, f) })
	_, arguments, _ := strings.Cut(c.Use, " ")
	switch {
	case c.ValidArgsFunction != nil || len(c.ValidArgs) > 0 || takesFile(arguments):
	case slices.Contains(inWords(arguments), "profile") && c.Name() != "create":
		c.ValidArgsFunction = w.completeProfile
	default:
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, sub := range c.Commands() {
		w.addCompletions(sub)
	}
}

// addCompletion says what completes the value of one flag, unless its command
// has said it.
func (w *world) addCompletion(c *cobra.Command, f *pflag.Flag) {
	if _, said := c.GetFlagCompletionFunc(f.Name); said {
		return
	}
	values := func() []string { return command.Choices(f) }
	directive := cobra.ShellCompDirectiveNoFileComp
	switch {
	case len(values()) > 0:
	case f.Name == "profile":
		values = w.profiles
	case takesFile(f.Name+" "+f.Usage) || f.Name == "output":
		directive = cobra.ShellCompDirectiveDefault
	case takesFolder(f.Name + " " + f.Usage):
		directive = cobra.ShellCompDirectiveFilterDirs
	}
	_ = c.RegisterFlagCompletionFunc(f.Name, func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return beginning(values(), f, begun), directive
	})
}

// beginning is those of some values that begin like a word; when none does,
// those that do in capitals.
func beginning(values []string, f *pflag.Flag, begun string) (found []cobra.Completion) {
	before, last := command.SplitLast(f, begun)
	for _, change := range []func(string) string{strings.Clone, strings.ToUpper} {
		for _, v := range values {
			if v = change(v); strings.HasPrefix(v, last) {
				found = append(found, before+v)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	return found
}

// takesFile and takesFolder read what a flag or an argument is for.
func takesFile(text string) bool {
	return slices.ContainsFunc(inWords(text), func(s string) bool { return slices.Contains([]string{"file", "pem", "csv"}, s) })
}

func takesFolder(text string) bool {
	return slices.ContainsFunc(inWords(text), func(s string) bool { return s == "folder" || s == "dir" })
}

func inWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
}

func (w *world) profiles() []string {
	names, err := profile.List(w.env.Getenv)
	if err != nil {
		return nil
	}
	return append(names, profile.Local)
}

func (w *world) completeProfile(_ *cobra.Command, args []string, begun string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, name := range w.profiles() {
		if len(args) == 0 && strings.HasPrefix(name, begun) {
			found = append(found, name)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// completeHelp completes the words after `ax help`.
func completeHelp(c *cobra.Command, args []string, begun string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
	about, rest, err := c.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all := available(about)
	if !about.HasParent() {
		all = append(all, Topics()...)
	}
	for _, t := range all {
		if strings.HasPrefix(t.Name, begun) {
			found = append(found, cobra.CompletionWithDesc(t.Name, t.Short))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// find asks the profile's server for what completes a word, and gives up in
// silence when there is no profile, no answer, or none in time.
func (w *world) find(ctx context.Context, find command.Finder, begun string) []command.Candidate {
	p, err := w.resolve()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer := make(chan []command.Candidate, 1)
	go func() {
		found, err := w.ask(ctx, p, find, begun)
		if err != nil {
			found = nil
		}
		answer <- found
	}()
	select {
	case found := <-answer:
		return found
	case <-ctx.Done():
		return nil
	}
}

func (w *world) ask(ctx context.Context, p profile.Profile, find command.Finder, begun string) (found []command.Candidate, err error) {
	c := client.Config{BaseURL: p.BaseURL, Key: p.APIKey, UserAgent: "ax/" + Version}
	if p.Local {
		local, err := w.madeLocal(ctx)
		if err != nil || local == nil {
			return nil, err
		}
		defer local.Close() //nolint:errcheck // nothing was written
		c.BaseURL, c.Key, c.Transport = "http://local", local.Key, client.Loopback(local.API())
	} else if c.Transport, err = client.Remote(p.CACert, p.Proxy, p.SkipVerify); err != nil {
		return nil, err
	}
	return find(ctx, client.New(c), begun)
}

// madeLocal opens the local directory if it is there. It makes and migrates
// none, and no letter leaves.
func (w *world) madeLocal(ctx context.Context) (*server.Local, error) {
	folder, err := profile.DataDir(w.env.Getenv)
	if err != nil || !server.MadeLocal(folder) {
		return nil, err
	}
	config := server.Config{DataDir: folder, MigrateNever: true, Log: slog.New(slog.DiscardHandler)}
	if err := servercmd.Environment(w.env, &config); err != nil {
		return nil, err
	}
	return server.OpenLocal(ctx, config)
}
