package profiles

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/profile"
)

func newDelete(e *command.Env) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:     "delete <profile>",
		Short:   "Delete a profile",
		Example: `  ax profiles delete staging --force`,
		Args:    oneProfile,
		RunE:    func(c *cobra.Command, args []string) error { return remove(c.Context(), e, args[0], force) },
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "do not ask")
	return c
}

func remove(ctx context.Context, e *command.Env, name string, force bool) error {
	if err := profile.Deletable(name, e.Getenv); err != nil {
		return err
	}
	if !force {
		if err := confirm(ctx, e, name); err != nil {
			return err
		}
	}
	if err := profile.Delete(ctx, name, e.Getenv); err != nil {
		return err
	}
	e.Streams.Success("Deleted profile '%s'", name)
	return nil
}

func confirm(ctx context.Context, e *command.Env, name string) error {
	if !e.Streams.InTTY || !e.Streams.ErrTTY {
		return command.Usagef("There is no terminal to ask on; add --force to delete the profile")
	}
	yes, err := term.Confirm(ctx, e.Streams, "Delete profile '%s'?", name)
	if errors.Is(err, term.ErrNoAnswer) || err == nil && !yes {
		return &command.DeclinedError{Text: "Profile not deleted"}
	}
	return err
}
