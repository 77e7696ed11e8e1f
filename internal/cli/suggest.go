package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli/command"
)

// unknownCommand refuses a word that is no command, and names the nearest.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !c.HasParent() && isOriginals(args[0]) {
		return notOurs(args[0])
	}
	text := fmt.Sprintf("No such command '%s'.", args[0])
	if name := nearest(c, args[0]); name != "" {
		text += fmt.Sprintf(" Did you mean '%s'?", name)
	}
	return &command.UsageError{Text: text}
}

// nearest is the command that a wrong word most likely means, or "".
func nearest(c *cobra.Command, wrong string) string {
	var names []string
	for _, sub := range c.Commands() {
		if sub.Hidden {
			continue
		}
		if slices.Contains(aliases(wrong), sub.Name()) {
			return sub.Name()
		}
		names = append(names, sub.Name())
	}
	return command.Nearest(wrong, names)
}

// aliases are words that other tools have for our commands.
func aliases(word string) []string {
	switch word {
	case "ls":
		return []string{"list"}
	case "rm", "remove":
		return []string{"delete"}
	case "add", "new", "invite":
		return []string{"create"}
	case "show":
		return []string{"get"}
	}
	return nil
}

// badFlag says what is wrong with an option, in our words.
func badFlag(c *cobra.Command, err error) error {
	if words := c.Flags().Args(); c.HasSubCommands() && len(words) > 0 {
		return unknownCommand(c, words) // an option of no command
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if e.GetSpecifiedShortnames() != "" {
			return command.Usagef("No such option: -%s", e.GetSpecifiedName())
		}
		return command.Usagef("No such option: --%s%s", e.GetSpecifiedName(), possible(c, e.GetSpecifiedName()))
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return command.Usagef("Option '--%s' requires a value.", e.GetFlag().Name)
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return command.Usagef("Invalid value for '--%s': %q %s", e.GetFlag().Name, e.GetValue(), complaint(e))
	}
	return command.Usagef("%v", err)
}

// complaint says what a value is not.
func complaint(e *pflag.InvalidValueError) string {
	switch e.GetFlag().Value.Type() {
	case "int":
		return "is not a whole number"
	case "bool":
		return "is not true or false"
	case "duration":
		return "is not a time like 30s or 2m"
	}
	return e.Unwrap().Error()
}

// possible names the options that begin like a wrong one, or nearly are it.
func possible(c *cobra.Command, wrong string) string {
	var near []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		d := command.Distance(f.Name, wrong)
		if !f.Hidden && (strings.HasPrefix(f.Name, wrong) || d <= 2 && d < len(f.Name)) {
			near = append(near, "--"+f.Name)
		}
	})
	if len(near) == 0 {
		return ""
	}
	return " (Possible options: " + strings.Join(near, ", ") + ")"
}
