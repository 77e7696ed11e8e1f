package organizations

import (
	"context"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

func memberView() command.View[wire.OrganizationMembership] {
	return command.MemberView("Organization Membership Details", "organization_memberships",
		func(m wire.OrganizationMembership) string { return m.ID }, func(m wire.OrganizationMembership) string { return m.UserID },
		term.Column[wire.OrganizationMembership]{Name: "organization_id", Cell: func(m wire.OrganizationMembership) string { return m.OrganizationID }},
		func(m wire.OrganizationMembership) wire.RoleAssignment { return m.Role })
}

func members() command.Members[wire.OrganizationMembership] {
	return command.Members[wire.OrganizationMembership]{
		Noun: "organization", Example: "Research", Which: which, View: memberView, References: references,
		Removing: "Remove a user from an organization and from its spaces", Warning: " and from all its spaces",
		ID: func(ctx context.Context, c *client.Client, ref string) (string, error) {
			return c.OrganizationID(ctx, ref)
		},
		Find: func(ctx context.Context, c *client.Client, ref string) (id, name string, err error) {
			o, err := byReference(ctx, c, ref)
			return o.ID, o.Name, err
		},
		Add: func(ctx context.Context, c *client.Client, id, userID string, role wire.RoleAssignment) (wire.OrganizationMembership, error) {
			return c.AddOrganizationUser(ctx, id, wire.AddOrganizationUserRequest{UserID: userID, Role: role})
		},
		Remove: func(ctx context.Context, c *client.Client, id, userID string) error {
			return c.RemoveOrganizationUser(ctx, id, userID)
		},
	}
}
