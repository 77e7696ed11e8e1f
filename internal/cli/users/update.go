package users

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/wire"
)

type update struct {
	name                    string
	developer, notDeveloper bool
	from                    from
	output                  command.OutputFlags
}

func newUpdate(e *command.Env) *cobra.Command {
	var in update
	c := &cobra.Command{
		Use:   "update <user-id-or-email> | --from <file>",
		Short: "Update a user's full name or developer permission flag",
		Example: `  ax users update usr_abc123 --full-name "Jane Smith"
  ax users update usr_abc123 --is-not-developer
  ax users update --from people.csv --dry-run`,
		Args: oneUserOrList,
		RunE: func(c *cobra.Command, args []string) error {
			if list, err := in.from.given("full-name"); list || err != nil {
				return in.from.or(err, func() error { return in.updateFrom(c.Context(), e, c.Flags().Changed) })
			}
			return in.run(c.Context(), e, args[0], c.Flags().Changed)
		},
	}
	f := c.Flags()
	f.StringVarP(&in.name, "full-name", "n", "", "new full name for the user")
	f.BoolVar(&in.developer, "is-developer", false, "give developer permissions")
	f.BoolVar(&in.notDeveloper, "is-not-developer", false, "take developer permissions away")
	e.FindsArgument(c, references)
	in.from.flags(c)
	command.AddOutput(c, &in.output, view)
	return c
}

func (in *update) run(ctx context.Context, e *command.Env, ref string, given func(flag string) bool) error {
	body, err := in.request(given)
	if err != nil {
		return err
	}
	out, err := command.Open(ctx, e, in.output, view())
	if err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	stop := e.Streams.Progress("Updating user")
	id, err := lookUp(ctx, c, ref)
	var u wire.User
	if err == nil {
		u, err = c.UpdateUser(ctx, id, body)
	}
	stop()
	if err != nil {
		return command.Doing("update user", err)
	}
	if err := out.Changed(u, "The user was updated"); err != nil {
		return err
	}
	e.Streams.Success("User updated successfully")
	return nil
}

func (in *update) request(given func(string) bool) (body wire.UpdateUserRequest, err error) {
	if given("full-name") {
		name := strings.TrimSpace(in.name)
		if err := checkName(name); err != nil {
			return body, err
		}
		body.Name = &name
	}
	yes, no := given("is-developer"), given("is-not-developer")
	switch {
	case yes && no:
		return body, command.Usagef("--is-developer and --is-not-developer exclude each other")
	case yes:
		body.IsDeveloper = &in.developer
	case no:
		developer := !in.notDeveloper
		body.IsDeveloper = &developer
	}
	if body.Name == nil && body.IsDeveloper == nil {
		return body, command.Usagef("At least one of --full-name or --is-developer/--is-not-developer must be provided.")
	}
	return body, nil
}
