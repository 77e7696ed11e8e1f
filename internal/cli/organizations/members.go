package organizations

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

func memberView() command.View[wire.OrganizationMembership] {
	return command.View[wire.OrganizationMembership]{
		Title: "Organization Membership Details", Key: "organization_memberships",
		Columns: []term.Column[wire.OrganizationMembership]{
			{Name: "id", Cell: func(m wire.OrganizationMembership) string { return m.ID }, ID: true},
			{Name: "user_id", Cell: func(m wire.OrganizationMembership) string { return m.UserID }},
			{Name: "organization_id", Cell: func(m wire.OrganizationMembership) string { return m.OrganizationID }},
			command.Role("role", 0, func(m wire.OrganizationMembership) wire.RoleAssignment { return m.Role }),
		},
	}
}

func newAddUser(e *command.Env) *cobra.Command {
	var user, role string
	var output command.OutputFlags
	c := &cobra.Command{
		Use:     "add-user <organization>",
		Short:   "Add a user to an organization, or give a member another role",
		Example: "  ax organizations add-user Research --user-id jane@example.com --role member",
		Args:    command.OneArgument(which),
		RunE: func(c *cobra.Command, args []string) error {
			if err := command.Required(c, "user-id", "role"); err != nil {
				return err
			}
			deed := command.Deed{Verb: "add", Doing: "Adding", Done: "added", What: "member"}
			return command.Change(c.Context(), e, output, memberView(), deed, func(ctx context.Context, c *client.Client) (m wire.OrganizationMembership, err error) {
				assignment, err := command.RoleFlag(ctx, c, "--role", role, command.MemberRoles())
				if err != nil {
					return m, err
				}
				id, err := c.OrganizationID(ctx, args[0])
				if err != nil {
					return m, err
				}
				userID, err := c.UserID(ctx, user)
				if err != nil {
					return m, err
				}
				return c.AddOrganizationUser(ctx, id, wire.AddOrganizationUserRequest{UserID: userID, Role: assignment})
			})
		},
	}
	e.FindsArgument(c, references)
	c.Flags().StringVar(&user, "user-id", "", "id or email of the user (required)")
	c.Flags().StringVarP(&role, "role", "r", "", "role in the organization: admin, member, read_only, annotator, or a custom role's name or id (required)")
	command.TakesOneOf(c.Flags(), "role", command.Typed(command.MemberRoles()))
	command.AddOutput(c, &output, memberView)
	return c
}

func newRemoveUser(e *command.Env) *cobra.Command {
	r := command.Removal{Deed: command.Deed{Verb: "remove", Doing: "Removing", Done: "removed", What: "member"}}
	var user string
	c := &cobra.Command{
		Use:     "remove-user <organization>",
		Short:   "Remove a user from an organization and from its spaces",
		Example: "  ax organizations remove-user Research --user-id jane@example.com --force",
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
				o, err := byReference(ctx, c, args[0])
				return o.ID, "This will remove " + user + " from the organization " + o.Name + " and from all its spaces", err
			}
			r.Do = func(ctx context.Context, c *client.Client, id string) error {
				return c.RemoveOrganizationUser(ctx, id, userID)
			}
			return r.Run(c.Context(), e)
		},
	}
	e.FindsArgument(c, references)
	c.Flags().StringVar(&user, "user-id", "", "id or email of the user (required)")
	r.ForceFlag(c)
	return c
}
