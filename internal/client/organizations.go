package client

import (
	"context"
	"iter"
	"net/http"

	"ax/internal/wire"
)

const organizationsPath = "/v2/organizations"

func organizationPath(id string) string { return organizationsPath + "/" + escape(id) }

// An OrganizationFilter says which organizations to list; the zero one is all.
type OrganizationFilter struct {
	Name   string // substring
	Limit  int    // of a page; 0 for the server's
	Cursor string
}

// ListOrganizations returns one page.
func (c *Client) ListOrganizations(ctx context.Context, f OrganizationFilter) (wire.OrganizationList, error) {
	q := paged(f.Limit, f.Cursor).with("name", f.Name)
	return list(ctx, c, organizationsPath, q, "organizations", func(l wire.OrganizationList) []wire.Organization { return l.Organizations })
}

// AllOrganizations walks over every page. It stops at the first error.
func (c *Client) AllOrganizations(ctx context.Context, f OrganizationFilter) iter.Seq2[wire.Organization, error] {
	return pages(f.Cursor, "organizations", func(cursor string) ([]wire.Organization, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListOrganizations(ctx, f)
		return page.Organizations, page.Pagination, err
	})
}

// OrganizationByName finds the one organization with exactly the name. It
// fails with [ErrNotFound] or an [AmbiguousError].
func (c *Client) OrganizationByName(ctx context.Context, name string) (wire.Organization, error) {
	return byName(c.AllOrganizations(ctx, OrganizationFilter{Name: name, Limit: maxPage}), "organization", name,
		func(o wire.Organization) Candidate { return Candidate{ID: o.ID, Name: o.Name} })
}

// OrganizationID returns the id that ref is, or that of the organization
// which has ref as its name.
func (c *Client) OrganizationID(ctx context.Context, ref string) (string, error) {
	if WellFormedID(ref) {
		return ref, nil
	}
	o, err := c.OrganizationByName(ctx, ref)
	return o.ID, err
}

// CreateOrganization adds an organization.
func (c *Client) CreateOrganization(ctx context.Context, in wire.CreateOrganizationRequest) (wire.Organization, error) {
	o, _, _, err := do[wire.Organization](ctx, c, request{method: http.MethodPost, path: organizationsPath, body: in})
	return o, identified(o.ID, "organization", err)
}

// GetOrganization returns the organization with the id.
func (c *Client) GetOrganization(ctx context.Context, id string) (wire.Organization, error) {
	o, _, _, err := do[wire.Organization](ctx, c, request{method: http.MethodGet, path: organizationPath(id)})
	return o, identified(o.ID, "organization", err)
}

// UpdateOrganization changes what is set.
func (c *Client) UpdateOrganization(ctx context.Context, id string, in wire.UpdateOrganizationRequest) (wire.Organization, error) {
	o, _, _, err := do[wire.Organization](ctx, c, request{method: http.MethodPatch, path: organizationPath(id), body: in})
	return o, identified(o.ID, "organization", err)
}

// DeleteOrganization deletes the organization with the id and all below it.
func (c *Client) DeleteOrganization(ctx context.Context, id string) error {
	return c.remove(ctx, organizationPath(id))
}

// AddOrganizationUser makes a user a member, or gives a member another role.
func (c *Client) AddOrganizationUser(ctx context.Context, id string, in wire.AddOrganizationUserRequest) (wire.OrganizationMembership, error) {
	m, _, _, err := do[wire.OrganizationMembership](ctx, c, request{method: http.MethodPost, path: organizationPath(id) + "/users", body: in})
	return m, identified(m.ID, "membership", err)
}

// RemoveOrganizationUser ends a membership.
func (c *Client) RemoveOrganizationUser(ctx context.Context, id, userID string) error {
	return c.remove(ctx, organizationPath(id)+"/users/"+escape(userID))
}
