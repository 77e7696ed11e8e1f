package client

import (
	"context"
	"iter"
	"net/http"

	"ax/internal/wire"
)

const resourceRestrictionsPath = "/v2/resource-restrictions"

// A ResourceRestrictionFilter says which restrictions to list; the zero one
// is all.
type ResourceRestrictionFilter struct {
	ResourceType string // PROJECT, DASHBOARD or PROMPT
	Limit        int    // of a page; 0 for the server's
	Cursor       string
}

// ListResourceRestrictions returns one page. It can be empty while there are
// more.
func (c *Client) ListResourceRestrictions(ctx context.Context, f ResourceRestrictionFilter) (wire.ResourceRestrictionList, error) {
	q := paged(f.Limit, f.Cursor).with("resource_type", f.ResourceType)
	return list(ctx, c, resourceRestrictionsPath, q, "restrictions",
		func(l wire.ResourceRestrictionList) []wire.ResourceRestriction { return l.ResourceRestrictions })
}

// AllResourceRestrictions walks over every page. It stops at the first error.
func (c *Client) AllResourceRestrictions(ctx context.Context, f ResourceRestrictionFilter) iter.Seq2[wire.ResourceRestriction, error] {
	return pages(f.Cursor, "restrictions", func(cursor string) ([]wire.ResourceRestriction, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListResourceRestrictions(ctx, f)
		return page.ResourceRestrictions, page.Pagination, err
	})
}

// CreateResourceRestriction restricts a resource; again is no error.
func (c *Client) CreateResourceRestriction(ctx context.Context, in wire.CreateResourceRestrictionRequest) (wire.ResourceRestriction, error) {
	r, _, _, err := do[wire.ResourceRestriction](ctx, c, request{method: http.MethodPost, path: resourceRestrictionsPath, body: in})
	return r, identified(r.ResourceID, "restriction", err)
}

// DeleteResourceRestriction lifts the restriction of a resource.
func (c *Client) DeleteResourceRestriction(ctx context.Context, resourceID string) error {
	return c.remove(ctx, resourceRestrictionsPath+"/"+escape(resourceID))
}
