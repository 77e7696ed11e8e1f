package spaces

import (
	"context"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

func memberView() command.View[wire.SpaceMembership] {
	return command.MemberView("Space Membership Details", "space_memberships",
		func(m wire.SpaceMembership) string { return m.ID }, func(m wire.SpaceMembership) string { return m.UserID },
		term.Column[wire.SpaceMembership]{Name: "space_id", Cell: func(m wire.SpaceMembership) string { return m.SpaceID }},
		func(m wire.SpaceMembership) wire.RoleAssignment { return m.Role })
}

func members() command.Members[wire.SpaceMembership] {
	return command.Members[wire.SpaceMembership]{
		Noun: "space", Example: "Production", Which: which, View: memberView, References: references,
		Removing: "Remove a user from a space",
		ID: func(ctx context.Context, c *client.Client, ref string) (string, error) {
			return c.SpaceID(ctx, "", ref)
		},
		Find: func(ctx context.Context, c *client.Client, ref string) (id, name string, err error) {
			s, err := byReference(ctx, c, ref)
			return s.ID, s.Name, err
		},
		Add: func(ctx context.Context, c *client.Client, id, userID string, role wire.RoleAssignment) (wire.SpaceMembership, error) {
			return c.AddSpaceUser(ctx, id, wire.AddSpaceUserRequest{UserID: userID, Role: role})
		},
		Remove: func(ctx context.Context, c *client.Client, id, userID string) error {
			return c.RemoveSpaceUser(ctx, id, userID)
		},
	}
}
