package users

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/wire"
)

func newGet(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "get <user-id-or-email>",
		Short: "Get a user by ID or email address",
		Example: `  ax users get usr_abc123
  ax users get jane@example.com --output json`,
		Args: oneUser,
		RunE: func(c *cobra.Command, args []string) error {
			return command.Get(c.Context(), e, output, view(), "user", func(ctx context.Context, c *client.Client) (wire.User, error) {
				return byReference(ctx, c, args[0])
			})
		},
	}
	e.FindsArgument(c, references)
	command.AddOutput(c, &output, view)
	return c
}

func byReference(ctx context.Context, c *client.Client, ref string) (wire.User, error) {
	if strings.Contains(ref, "@") {
		return byEmail(ctx, c, ref)
	}
	return c.GetUser(ctx, ref)
}
