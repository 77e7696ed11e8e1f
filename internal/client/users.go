package client

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"ax/internal/wire"
)

const usersPath = "/v2/users"

func userPath(id string) string { return usersPath + "/" + escape(id) }

// escape is for a path's segment and a query's value alike: whatever is not
// plain is escaped, the + and = of base64 too.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// A UserFilter says which users to list; the zero one is all.
type UserFilter struct {
	Email    string // substring
	Statuses []string
	Limit    int // of a page; 0 for the server's
	Cursor   string
}

// query has the parameters in the order of other clients.
func (f UserFilter) query() string {
	var pairs []string
	if f.Limit > 0 {
		pairs = append(pairs, "limit="+strconv.Itoa(f.Limit))
	}
	if f.Cursor != "" {
		pairs = append(pairs, "cursor="+escape(f.Cursor))
	}
	if f.Email != "" {
		pairs = append(pairs, "email="+escape(f.Email))
	}
	for _, s := range f.Statuses {
		pairs = append(pairs, "status="+escape(s))
	}
	return strings.Join(pairs, "&")
}

// ListUsers returns one page.
func (c *Client) ListUsers(ctx context.Context, f UserFilter) (wire.UserList, error) {
	out, _, _, err := do[wire.UserList](ctx, c, request{method: http.MethodGet, path: usersPath, query: f.query()})
	if err == nil && out.Users == nil {
		err = &Error{Title: "the server's answer holds no list of users; is this the address of the API?"}
	}
	return out, err
}

// AllUsers walks over every page. It stops at the first error.
func (c *Client) AllUsers(ctx context.Context, f UserFilter) iter.Seq2[wire.User, error] {
	return func(yield func(wire.User, error) bool) {
		// A server that leads in circles is found out by a cursor kept from
		// page 1, 2, 4, 8 …: one of them lies on the circle (Brent).
		kept, pages, keep := f.Cursor, 0, 1
		for {
			page, err := c.ListUsers(ctx, f)
			if err == nil && page.Pagination.NextCursor == kept && kept != "" {
				err = &Error{Title: "the server gives out the same page again and again"}
			}
			if err != nil {
				yield(wire.User{}, err)
				return
			}
			for _, u := range page.Users {
				if !yield(u, nil) {
					return
				}
			}
			if f.Cursor = page.Pagination.NextCursor; f.Cursor == "" {
				if page.Pagination.HasMore {
					yield(wire.User{}, &Error{Title: "the server says that there are more users, but not how to ask for them"})
				}
				return
			}
			if pages++; pages == keep {
				kept, keep = f.Cursor, 2*keep
			}
		}
	}
}

// CreateUser adds a user. created is false when the address has an open
// invitation; then the stored user is returned, without invite mode.
func (c *Client) CreateUser(ctx context.Context, in wire.CreateUserRequest) (u wire.CreatedUser, created bool, err error) {
	u, status, _, err := do[wire.CreatedUser](ctx, c, request{method: http.MethodPost, path: usersPath, body: in})
	return u, status == http.StatusCreated, identified(u.ID, err)
}

// GetUser returns the user with the id.
func (c *Client) GetUser(ctx context.Context, id string) (wire.User, error) {
	u, _, _, err := do[wire.User](ctx, c, request{method: http.MethodGet, path: userPath(id)})
	return u, identified(u.ID, err)
}

// UpdateUser changes what is not nil.
func (c *Client) UpdateUser(ctx context.Context, id string, in wire.UpdateUserRequest) (wire.User, error) {
	u, _, _, err := do[wire.User](ctx, c, request{method: http.MethodPatch, path: userPath(id), body: in})
	return u, identified(u.ID, err)
}

// identified refuses an answer that is JSON, but no user.
func identified(id string, err error) error {
	if err == nil && id == "" {
		err = &Error{Title: "the server's answer holds no user; is this the address of the API?"}
	}
	return err
}

// DeleteUser deletes the user with the id. A 404 after a lost answer is the
// echo of our own success.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	_, status, retried, err := do[struct{}](ctx, c, request{method: http.MethodDelete, path: userPath(id)})
	if retried && status == http.StatusNotFound {
		return nil
	}
	return err
}

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

// ErrNoUser is returned for an address that no user has.
var ErrNoUser = errors.New("not found")

// UserByEmail finds the one user with exactly the address, in any case and on
// whatever page. The API's own filter is a substring and finds others too.
func (c *Client) UserByEmail(ctx context.Context, email string) (found wire.User, err error) {
	for u, err := range c.AllUsers(ctx, UserFilter{Email: searchable(email), Limit: 100}) {
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
		return found, fmt.Errorf("user %q %w", email, ErrNoUser)
	}
	return found, nil
}

// WellFormedID holds for any text that can be an id of the API: padded
// standard base64 of UTF-8 that has a colon in it.
func WellFormedID(id string) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(id)
	return err == nil && !strings.ContainsAny(id, "\r\n") && utf8.Valid(b) && bytes.IndexByte(b, ':') >= 0
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
