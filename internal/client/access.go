package client

import (
	"context"
	"net/http"

	"ax/internal/wire"
)

// What stands here asks for our own additions to the API. Another server
// answers 404.

// WhoAmI says who the client's key speaks for.
func (c *Client) WhoAmI(ctx context.Context) (wire.WhoAmI, error) {
	w, _, _, err := do[wire.WhoAmI](ctx, c, request{method: http.MethodGet, path: "/ax/v1/whoami"})
	return w, identified(w.User.ID, "user", err)
}

// CanI asks whether the client's key may do action, a permission or the id of
// an operation, to the resource with the id; empty for the account.
func (c *Client) CanI(ctx context.Context, action, resource string) (wire.Decision, error) {
	q := query(nil).with("action", action).with("resource", resource)
	d, _, _, err := do[wire.Decision](ctx, c, request{method: http.MethodGet, path: "/ax/v1/can-i", query: q.String()})
	return d, identified(d.Rule, "decision", err)
}

// PreviewUserDeletion counts what deleting a user would take along.
func (c *Client) PreviewUserDeletion(ctx context.Context, userID string) (wire.UserDeletion, error) {
	d, _, _, err := do[wire.UserDeletion](ctx, c, request{method: http.MethodGet, path: "/ax/v1/users/" + escape(userID) + "/deletion"})
	return d, identified(d.UserID, "count", err)
}
