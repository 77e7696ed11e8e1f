package client

import (
	"context"
	"iter"
	"net/http"
	"strconv"

	"ax/internal/wire"
)

const rolesPath = "/v2/roles"

func rolePath(id string) string { return rolesPath + "/" + escape(id) }

// A RoleFilter says which roles to list; the zero one is all.
type RoleFilter struct {
	Predefined *bool // nil for both kinds
	Limit      int   // of a page; 0 for the server's
	Cursor     string
}

// ListRoles returns one page.
func (c *Client) ListRoles(ctx context.Context, f RoleFilter) (wire.RoleList, error) {
	q := paged(f.Limit, f.Cursor)
	if f.Predefined != nil {
		q = q.with("is_predefined", strconv.FormatBool(*f.Predefined))
	}
	return list(ctx, c, rolesPath, q, "roles", func(l wire.RoleList) []wire.Role { return l.Roles })
}

// AllRoles walks over every page. It stops at the first error.
func (c *Client) AllRoles(ctx context.Context, f RoleFilter) iter.Seq2[wire.Role, error] {
	return pages(f.Cursor, "roles", func(cursor string) ([]wire.Role, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListRoles(ctx, f)
		return page.Roles, page.Pagination, err
	})
}

// RoleByName finds the one role with exactly the name; the API has no filter
// for it. It fails with [ErrNotFound] or an [AmbiguousError].
func (c *Client) RoleByName(ctx context.Context, name string) (wire.Role, error) {
	return byName(c.AllRoles(ctx, RoleFilter{Limit: maxPage}), "role", name,
		func(r wire.Role) Candidate { return Candidate{ID: r.ID, Name: r.Name} })
}

// RoleID returns the id that ref is, or that of the role which has ref as its
// name.
func (c *Client) RoleID(ctx context.Context, ref string) (string, error) {
	if WellFormedID(ref) {
		return ref, nil
	}
	r, err := c.RoleByName(ctx, ref)
	return r.ID, err
}

// CreateRole adds a role.
func (c *Client) CreateRole(ctx context.Context, in wire.CreateRoleRequest) (wire.Role, error) {
	r, _, _, err := do[wire.Role](ctx, c, request{method: http.MethodPost, path: rolesPath, body: in})
	return r, identified(r.ID, "role", err)
}

// GetRole returns the role with the id.
func (c *Client) GetRole(ctx context.Context, id string) (wire.Role, error) {
	r, _, _, err := do[wire.Role](ctx, c, request{method: http.MethodGet, path: rolePath(id)})
	return r, identified(r.ID, "role", err)
}

// UpdateRole changes what is set; permissions replace all there were.
func (c *Client) UpdateRole(ctx context.Context, id string, in wire.UpdateRoleRequest) (wire.Role, error) {
	r, _, _, err := do[wire.Role](ctx, c, request{method: http.MethodPatch, path: rolePath(id), body: in})
	return r, identified(r.ID, "role", err)
}

// DeleteRole deletes the role with the id.
func (c *Client) DeleteRole(ctx context.Context, id string) error { return c.remove(ctx, rolePath(id)) }
