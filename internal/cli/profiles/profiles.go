// Package profiles has the commands of `ax profiles`: which servers there are,
// and which one commands go to.
package profiles

import (
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/profile"
)

// New returns the group. Its commands work where no profile can be used.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "profiles",
		Short: "Create, show, choose, update and delete profiles",
		Long: `Create, show, choose, update and delete profiles.

A profile says which server commands go to and with which API key. Profiles are
the files in ~/.arize/profiles; 'local' is built in and has none.`,
	}
	c.AddCommand(newCreate(e), newList(e), newShow(e), newUse(e), newUpdate(e), newDelete(e), newValidate(e))
	return c
}

// oneProfile is the argument of commands that need a name.
func oneProfile(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return command.Usagef("Missing argument: the name of a profile")
	}
	return atMostOne(c, args)
}

// atMostOne is the argument of commands that otherwise take the profile that
// other commands would use.
func atMostOne(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return command.Usagef("Got unexpected extra argument %q; this command takes one profile", args[1])
	}
	return nil
}

// named is the profile that a command is about, "" for the environment, and
// where it was named.
func named(e *command.Env, c *cobra.Command, args []string) (name, from string, err error) {
	if len(args) > 0 {
		return args[0], "argument", profile.CheckName(args[0])
	}
	return profile.Chosen(c.Flag("profile").Value.String(), e.Getenv)
}

// namedFile is named for commands that work on a file.
func namedFile(e *command.Env, c *cobra.Command, args []string) (string, error) {
	name, from, err := named(e, c, args)
	if err == nil && name == "" {
		err = &profile.Error{
			Kind: profile.Config, Message: "Commands take their profile from " + from + " now, which has no file.",
			Hint: "Name the profile: " + c.CommandPath() + " NAME",
		}
	}
	return name, err
}

// warnOverridden tells that the active profile is not the one that commands
// use, as a variable goes before it.
func warnOverridden(e *command.Env, active string) {
	name, from, err := profile.Chosen("", e.Getenv)
	if variable, ok := strings.CutPrefix(from, "environment "); err == nil && ok && name != active {
		e.Warn("%s is set and goes before the active profile.", variable)
	}
}

// alwaysTable keeps the profile's own output format out of commands that have
// to work when the profile does not.
func alwaysTable(e *command.Env) {
	e.DefaultOutput = func() (string, error) { return "", nil }
}
