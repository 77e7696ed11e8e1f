package client

import (
	"context"
	"iter"
	"net/http"

	"ax/internal/wire"
)

const roleBindingsPath = "/v2/role-bindings"

func roleBindingPath(id string) string { return roleBindingsPath + "/" + escape(id) }

// A RoleBindingFilter says which bindings to list. The API asks for the type.
type RoleBindingFilter struct {
	ResourceType string // SPACE or PROJECT
	UserID       string
	Limit        int // of a page; 0 for the server's
	Cursor       string
}

// ListRoleBindings returns one page.
func (c *Client) ListRoleBindings(ctx context.Context, f RoleBindingFilter) (wire.RoleBindingList, error) {
	q := paged(f.Limit, f.Cursor).with("resource_type", f.ResourceType).with("user_id", f.UserID)
	return list(ctx, c, roleBindingsPath, q, "role bindings", func(l wire.RoleBindingList) []wire.RoleBinding { return l.RoleBindings })
}

// AllRoleBindings walks over every page. It stops at the first error.
func (c *Client) AllRoleBindings(ctx context.Context, f RoleBindingFilter) iter.Seq2[wire.RoleBinding, error] {
	return pages(f.Cursor, "role bindings", func(cursor string) ([]wire.RoleBinding, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListRoleBindings(ctx, f)
		return page.RoleBindings, page.Pagination, err
	})
}

// CreateRoleBinding binds a user to a role on a resource.
func (c *Client) CreateRoleBinding(ctx context.Context, in wire.CreateRoleBindingRequest) (wire.RoleBinding, error) {
	b, _, _, err := do[wire.RoleBinding](ctx, c, request{method: http.MethodPost, path: roleBindingsPath, body: in})
	return b, identified(b.ID, "role binding", err)
}

// GetRoleBinding returns the binding with the id.
func (c *Client) GetRoleBinding(ctx context.Context, id string) (wire.RoleBinding, error) {
	b, _, _, err := do[wire.RoleBinding](ctx, c, request{method: http.MethodGet, path: roleBindingPath(id)})
	return b, identified(b.ID, "role binding", err)
}

// UpdateRoleBinding gives a binding another role.
func (c *Client) UpdateRoleBinding(ctx context.Context, id string, in wire.UpdateRoleBindingRequest) (wire.RoleBinding, error) {
	b, _, _, err := do[wire.RoleBinding](ctx, c, request{method: http.MethodPatch, path: roleBindingPath(id), body: in})
	return b, identified(b.ID, "role binding", err)
}

// DeleteRoleBinding ends the binding with the id.
func (c *Client) DeleteRoleBinding(ctx context.Context, id string) error {
	return c.remove(ctx, roleBindingPath(id))
}
