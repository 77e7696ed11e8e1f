package users

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/client"
)

// A letter is a command that has a letter sent to one user.
type letter struct {
	use, short, example  string
	progress, done, what string
	send                 func(ctx context.Context, c *client.Client, id string) error
}

func newResend(e *command.Env) *cobra.Command {
	resend := letter{
		use: "resend-invitation <user-id-or-email> | --from <file>", short: "Resend an invitation email for a pending (invited) user",
		example:  "  ax users resend-invitation sam@example.com\n  ax users resend-invitation --from people.csv --dry-run",
		progress: "Resending invitation", done: "Invitation resent successfully", what: "resend invitation",
		send: func(ctx context.Context, c *client.Client, id string) error { return c.ResendInvitation(ctx, id) },
	}
	c := resend.command(e)
	var f from
	var output command.OutputFlags
	c.Args = oneUserOrList
	c.RunE = func(c *cobra.Command, args []string) error {
		if list, err := f.given(); list || err != nil {
			return f.or(err, func() error { return resendFrom(c.Context(), e, &f, output) })
		}
		if name := output.Given(c); name != "" {
			return command.Usagef("--%s needs --from: a single letter has no result to show", name)
		}
		return resend.run(c.Context(), e, args[0])
	}
	f.flags(c)
	command.AddOutput(c, &output, rowResults)
	return c
}

func newReset(e *command.Env) *cobra.Command {
	return letter{
		use: "reset-password <user-id-or-email>", short: "Send a password-reset email to a user",
		example:  "  ax users reset-password usr_abc123",
		progress: "Sending password reset email", done: "Password reset email sent successfully", what: "reset password",
		send: func(ctx context.Context, c *client.Client, id string) error { return c.ResetPassword(ctx, id) },
	}.command(e)
}

func (l letter) command(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use: l.use, Short: l.short, Example: l.example, Args: oneUser,
		RunE: func(c *cobra.Command, args []string) error { return l.run(c.Context(), e, args[0]) },
	}
	e.FindsArgument(c, references)
	return c
}

func (l letter) run(ctx context.Context, e *command.Env, ref string) error {
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	stop := e.Streams.Progress(l.progress)
	id, err := lookUp(ctx, c, ref)
	if err == nil {
		err = l.send(ctx, c, id)
	}
	stop()
	if err != nil {
		return command.Doing(l.what, err)
	}
	e.Streams.Success("%s", l.done)
	return nil
}
