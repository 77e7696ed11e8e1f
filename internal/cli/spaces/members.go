package spaces

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

func memberView() command.View[wire.SpaceMembership] {
	return command.View[wire.SpaceMembership]{
		Title: "Space Membership Details", Key: "space_memberships",
		Columns: []term.Column[wire.SpaceMembership]{
			{Name: "id", Cell: func(m wire.SpaceMembership) string { return m.ID }, ID: true},
			{Name: "user_id", Cell: func(m wire.SpaceMembership) string { return m.UserID }},
			{Name: "space_id", Cell: func(m wire.SpaceMembership) string { return m.SpaceID }},
			command.Role("role", 0, func(m wire.SpaceMembership) wire.RoleAssignment { return m.Role }),
		},
	}
}

func newAddUser(e *command.Env) *cobra.Command {
	var user, role string
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "add-user <space>",
		Short:   "Add a user to a space, or give a member another role",
		Example: "  ax spaces add-user Production --user-id jane@example.com --role member",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			if err := command.Required(c, "user-id", "role"); err != nil {
				return err
			}
			deed := command.Deed{Verb: "add", Doing: "Adding", Done: "added", What: "member"}
			return command.Change(c.Context(), e, output, memberView(), deed, func(ctx context.Context, c *client.Client) (m wire.SpaceMembership, err error) {
				assignment, err := command.RoleFlag(ctx, c, "--role", role, command.MemberRoles())
				if err != nil {
					return m, err
				}
				id, err := c.SpaceID(ctx, "", args[0])
				if err != nil {
					return m, err
				}
				userID, err := c.UserID(ctx, user)
				if err != nil {
					return m, err
				}
				return c.AddSpaceUser(ctx, id, wire.AddSpaceUserRequest{UserID: userID, Role: assignment})
			})
		},
	}
	e.FindsArgument(c, references)
	c.Flags().StringVar(&user, "user-id", "", "id or email of the user (required)")
	c.Flags().StringVarP(&role, "role", "r", "", "role in the space: admin, member, read_only, annotator, or a custom role's name or id (required)")
	command.TakesOneOf(c.Flags(), "role", command.Typed(command.MemberRoles()))
	command.AddOutput(c, &output, memberView)
	return c
}

func newRemoveUser(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "remove", Doing: "Removing", Done: "removed", What: "member"}}
	var user string
	c := &cobra.Command{
		Use:     "remove-user <space>",
		Short:   "Remove a user from a space",
		Example: "  ax spaces remove-user Production --user-id jane@example.com --force",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			if err := command.Required(c, "user-id"); err != nil {
				return err
			}
			var userID string
			r.Find = func(ctx context.Context, c *client.Client) (id, warning string, err error) {
				if userID, err = c.UserID(ctx, user); err != nil {
					return "", "", err
				}
				s, err := byReference(ctx, c, args[0])
				return s.ID, "This will remove " + user + " from the space " + s.Name, err
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error {
				return c.RemoveSpaceUser(ctx, id, userID)
			}
			return r.Run(c.Context(), e)
		},
	}
	e.FindsArgument(c, references)
	c.Flags().StringVar(&user, "user-id", "", "id or email of the user (required)")
	r.ForceFlag(c)
	return c
}
