package client

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"ax/internal/wire"
)

const usersPath = "/v2/users"

func userPath(id string) string { return usersPath + "/" + escape(id) }

// A UserFilter says which users to list; the zero one is all.
type UserFilter struct {
	Email    string // substring
	Statuses []string
	Limit    int // of a page; 0 for the server's
	Cursor   string
}

// ListUsers returns one page.
func (c *Client) ListUsers(ctx context.Context, f UserFilter) (wire.UserList, error) {
	q := paged(f.Limit, f.Cursor).with("email", f.Email).with("status", f.Statuses...)
	return list(ctx, c, usersPath, q, "users", func(l wire.UserList) []wire.User { return l.Users })
}

// AllUsers walks over every page. It stops at the first error.
func (c *Client) AllUsers(ctx context.Context, f UserFilter) iter.Seq2[wire.User, error] {
	return pages(f.Cursor, "users", func(cursor string) ([]wire.User, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListUsers(ctx, f)
		return page.Users, page.Pagination, err
	})
}

// CreateUser adds a user. created is false when the address has an open
// invitation; then the stored user is returned, without invite mode.
func (c *Client) CreateUser(ctx context.Context, in wire.CreateUserRequest) (u wire.CreatedUser, created bool, err error) {
	u, status, _, err := do[wire.CreatedUser](ctx, c, request{method: http.MethodPost, path: usersPath, body: in})
	return u, status == http.StatusCreated, identified(u.ID, "user", err)
}

// GetUser returns the user with the id.
func (c *Client) GetUser(ctx context.Context, id string) (wire.User, error) {
	u, _, _, err := do[wire.User](ctx, c, request{method: http.MethodGet, path: userPath(id)})
	return u, identified(u.ID, "user", err)
}

// UpdateUser changes what is not nil.
func (c *Client) UpdateUser(ctx context.Context, id string, in wire.UpdateUserRequest) (wire.User, error) {
	u, _, _, err := do[wire.User](ctx, c, request{method: http.MethodPatch, path: userPath(id), body: in})
	return u, identified(u.ID, "user", err)
}

// DeleteUser deletes the user with the id. A 404 after a lost answer is the
// echo of our own success.
func (c *Client) DeleteUser(ctx context.Context, id string) error { return c.remove(ctx, userPath(id)) }

// ResendInvitation sends an invited user a new link.
func (c *Client) ResendInvitation(ctx context.Context, id string) error {
	_, _, _, err := do[struct{}](ctx, c, request{method: http.MethodPost, path: userPath(id) + "/resend-invitation"})
	return err
}

// ResetPassword sends an active user a link to choose a new password.
func (c *Client) ResetPassword(ctx context.Context, id string) error {
	_, _, _, err := do[struct{}](ctx, c, request{method: http.MethodPost, path: userPath(id) + "/reset-password"})
	return err
}

// UserID returns the id of the user whom a person names, by address or id.
func (c *Client) UserID(ctx context.Context, ref string) (string, error) {
	if !strings.Contains(ref, "@") {
		return ref, nil
	}
	u, err := c.UserByEmail(ctx, ref)
	return u.ID, err
}

// UserByEmail finds the one user with exactly the address, in any case and on
// whatever page. The API's own filter is a substring and finds others too.
func (c *Client) UserByEmail(ctx context.Context, email string) (found wire.User, err error) {
	for u, err := range c.AllUsers(ctx, UserFilter{Email: searchable(email), Limit: maxPage}) {
		switch {
		case err != nil:
			return wire.User{}, err
		case !strings.EqualFold(asciiDomain(u.Email), asciiDomain(email)):
		case found.ID != "" && found.ID != u.ID:
			return wire.User{}, fmt.Errorf("two users have the email %q, %s and %s; use an id", email, found.ID, u.ID)
		default:
			found = u
		}
	}
	if found.ID == "" {
		return found, fmt.Errorf("user %q %w", email, ErrNotFound)
	}
	return found, nil
}

// searchable is what to look for: of an address whose domain can be written
// in two ways, only what stands before it.
func searchable(email string) string {
	if at := strings.LastIndexByte(email, '@'); at > 0 && asciiDomain(email) != email {
		return email[:at+1]
	}
	return email
}

// asciiDomain is the address with its domain as servers may keep it: a name
// outside ASCII as its A-label (RFC 5891).
func asciiDomain(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 0 || strings.IndexFunc(email[at:], func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return email
	}
	domain, err := idna.Lookup.ToASCII(email[at+1:])
	if err != nil {
		return email
	}
	return email[:at+1] + domain
}
