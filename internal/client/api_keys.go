package client

import (
	"context"
	"iter"
	"net/http"

	"ax/internal/wire"
)

const apiKeysPath = "/v2/api-keys" //nolint:gosec // a path

func apiKeyPath(id string) string { return apiKeysPath + "/" + escape(id) }

// An APIKeyFilter says which keys to list; the zero one is the caller's own
// that are active.
type APIKeyFilter struct {
	Type    string // USER or SERVICE
	Status  string // ACTIVE or REVOKED
	SpaceID string // then service keys are listed
	UserID  string
	Limit   int // of a page; 0 for the server's
	Cursor  string
}

// ListAPIKeys returns one page.
func (c *Client) ListAPIKeys(ctx context.Context, f APIKeyFilter) (wire.APIKeyList, error) {
	q := paged(f.Limit, f.Cursor).with("key_type", f.Type).with("status", f.Status).with("space_id", f.SpaceID).with("user_id", f.UserID)
	return list(ctx, c, apiKeysPath, q, "keys", func(l wire.APIKeyList) []wire.APIKey { return l.APIKeys })
}

// AllAPIKeys walks over every page. It stops at the first error.
func (c *Client) AllAPIKeys(ctx context.Context, f APIKeyFilter) iter.Seq2[wire.APIKey, error] {
	return pages(f.Cursor, "keys", func(cursor string) ([]wire.APIKey, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListAPIKeys(ctx, f)
		return page.APIKeys, page.Pagination, err
	})
}

// CreateAPIKey makes a key. The answer has its secret, which cannot be read
// again.
func (c *Client) CreateAPIKey(ctx context.Context, in wire.CreateAPIKeyRequest) (wire.CreatedAPIKey, error) {
	k, _, _, err := do[wire.CreatedAPIKey](ctx, c, request{method: http.MethodPost, path: apiKeysPath, body: in})
	return k, identified(k.ID, "key", err)
}

// RefreshAPIKey replaces a key. The answer has the new one's secret, which
// cannot be read again.
func (c *Client) RefreshAPIKey(ctx context.Context, id string, in wire.RefreshAPIKeyRequest) (wire.RefreshedAPIKey, error) {
	k, _, _, err := do[wire.RefreshedAPIKey](ctx, c, request{method: http.MethodPost, path: apiKeyPath(id) + "/refresh", body: in})
	return k, identified(k.ID, "key", err)
}

// RevokeAPIKey revokes the key with the id; again is no error. Who revokes
// the key that the client itself uses gets a 401 when the answer was lost.
func (c *Client) RevokeAPIKey(ctx context.Context, id string) error {
	_, _, _, err := do[struct{}](ctx, c, request{method: http.MethodPut, path: apiKeyPath(id) + "/revoke"})
	return err
}
