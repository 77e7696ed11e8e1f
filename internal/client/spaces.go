package client

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"ax/internal/wire"
)

const spacesPath = "/v2/spaces"

func spacePath(id string) string { return spacesPath + "/" + escape(id) }

// A SpaceFilter says which spaces to list; the zero one is all.
type SpaceFilter struct {
	OrganizationID string
	Name           string // substring
	Limit          int    // of a page; 0 for the server's
	Cursor         string
}

// ListSpaces returns one page.
func (c *Client) ListSpaces(ctx context.Context, f SpaceFilter) (wire.SpaceList, error) {
	q := paged(f.Limit, f.Cursor).with("org_id", f.OrganizationID).with("name", f.Name)
	return list(ctx, c, spacesPath, q, "spaces", func(l wire.SpaceList) []wire.Space { return l.Spaces })
}

// AllSpaces walks over every page. It stops at the first error.
func (c *Client) AllSpaces(ctx context.Context, f SpaceFilter) iter.Seq2[wire.Space, error] {
	return pages(f.Cursor, "spaces", func(cursor string) ([]wire.Space, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListSpaces(ctx, f)
		return page.Spaces, page.Pagination, err
	})
}

// SpaceByName finds the one space with exactly the name, in one organization
// or, when organizationID is empty, in all of them, where it need not be the
// only one. It fails with [ErrNotFound] or an [AmbiguousError].
func (c *Client) SpaceByName(ctx context.Context, organizationID, name string) (wire.Space, error) {
	s, err := byName(c.AllSpaces(ctx, SpaceFilter{OrganizationID: organizationID, Name: name, Limit: maxPage}), "space", name,
		func(s wire.Space) Candidate {
			return Candidate{ID: s.ID, Name: s.Name, OrganizationID: s.OrganizationID}
		})
	if several, ok := errors.AsType[*AmbiguousError](err); ok {
		c.nameOrganizations(ctx, several.Candidates)
	}
	return s, err
}

// nameOrganizations tells a person where each candidate is. An organization
// that cannot be read keeps its id alone.
func (c *Client) nameOrganizations(ctx context.Context, all []Candidate) {
	names := map[string]string{"": ""}
	for i, one := range all {
		name, asked := names[one.OrganizationID]
		if !asked {
			if o, err := c.GetOrganization(ctx, one.OrganizationID); err == nil {
				name = o.Name
			}
			names[one.OrganizationID] = name
		}
		all[i].OrganizationName = name
	}
}

// SpaceID returns the id that ref is, or that of the space which has ref as
// its name, as SpaceByName finds it.
func (c *Client) SpaceID(ctx context.Context, organizationID, ref string) (string, error) {
	if WellFormedID(ref) {
		return ref, nil
	}
	s, err := c.SpaceByName(ctx, organizationID, ref)
	return s.ID, err
}

// CreateSpace adds a space to an organization.
func (c *Client) CreateSpace(ctx context.Context, in wire.CreateSpaceRequest) (wire.Space, error) {
	s, _, _, err := do[wire.Space](ctx, c, request{method: http.MethodPost, path: spacesPath, body: in})
	return s, identified(s.ID, "space", err)
}

// GetSpace returns the space with the id.
func (c *Client) GetSpace(ctx context.Context, id string) (wire.Space, error) {
	s, _, _, err := do[wire.Space](ctx, c, request{method: http.MethodGet, path: spacePath(id)})
	return s, identified(s.ID, "space", err)
}

// UpdateSpace changes what is set.
func (c *Client) UpdateSpace(ctx context.Context, id string, in wire.UpdateSpaceRequest) (wire.Space, error) {
	s, _, _, err := do[wire.Space](ctx, c, request{method: http.MethodPatch, path: spacePath(id), body: in})
	return s, identified(s.ID, "space", err)
}

// DeleteSpace deletes the space with the id and all in it.
func (c *Client) DeleteSpace(ctx context.Context, id string) error {
	return c.remove(ctx, spacePath(id))
}

// AddSpaceUser makes a user a member, or gives a member another role.
func (c *Client) AddSpaceUser(ctx context.Context, id string, in wire.AddSpaceUserRequest) (wire.SpaceMembership, error) {
	m, _, _, err := do[wire.SpaceMembership](ctx, c, request{method: http.MethodPost, path: spacePath(id) + "/users", body: in})
	return m, identified(m.ID, "membership", err)
}

// RemoveSpaceUser ends a membership.
func (c *Client) RemoveSpaceUser(ctx context.Context, id, userID string) error {
	return c.remove(ctx, spacePath(id)+"/users/"+escape(userID))
}
