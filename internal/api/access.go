package api

import (
	"net/http"
	"unicode/utf8"

	"ax/internal/directory"
	"ax/internal/wire"
)

// What stands under /ax/v1 is our own: the documented paths answer nothing
// that their clients do not expect.

func accessOperations() []operation {
	return []operation{
		{id: "whoami", method: http.MethodGet, pattern: "/ax/v1/whoami", do: whoAmI},
		{id: "can_i", method: http.MethodGet, pattern: "/ax/v1/can-i", params: []string{"action", "resource"}, do: canI},
		{id: "preview_user_deletion", method: http.MethodGet, pattern: "/ax/v1/users/{user_id}/deletion", do: previewUserDeletion},
	}
}

func whoAmI(c *call) (answer, error) {
	who, err := c.api.Directory.WhoAmI(c.Context(), c.actor)
	if err != nil {
		return answer{}, err
	}
	key := wire.WhoAmIKey{ID: who.Key.ID, KeyType: wire.KeyTypeUser}
	if who.User.Bot {
		key.KeyType = wire.KeyTypeService
	}
	if !who.Key.ExpiresAt.IsZero() {
		key.ExpiresAt = timestamp(who.Key.ExpiresAt)
	}
	u := who.User
	return answer{status: http.StatusOK, body: wire.WhoAmI{Key: key, User: wire.WhoAmIUser{
		ID: string(u.ID), Name: u.Name, Email: u.Email, Role: assigned(u.Role, u.RoleName), IsDeveloper: u.Developer, Permissions: permissionsOnWire(who.Permissions),
	}}}, nil
}

func canI(c *call) (answer, error) {
	q := directory.Question{Action: c.query.Get("action"), Resource: c.query.Get("resource")}
	const longest = 255
	if c.query.Has("resource") && q.Resource == "" || utf8.RuneCountInString(q.Resource) > longest {
		return answer{}, badRequest("resource: must be an id, of at most %d characters; leave it out for the account.", longest)
	}
	got, err := c.api.Directory.CanI(c.Context(), c.actor, q)
	return answer{status: http.StatusOK, body: wire.Decision{Allowed: got.Allowed, Rule: got.Rule, Action: got.Action, Resource: q.Resource}}, err
}

func previewUserDeletion(c *call) (answer, error) {
	h, err := c.api.Directory.PreviewUserDeletion(c.Context(), c.actor, c.userID())
	return answer{status: http.StatusOK, body: wire.UserDeletion{
		UserID: c.PathValue("user_id"), OrganizationMemberships: h.Organizations, SpaceMemberships: h.Spaces,
		APIKeys: h.Keys, RoleBindings: h.Bindings, Sessions: h.Sessions,
	}}, err
}
