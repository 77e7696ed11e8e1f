package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ax/internal/wire"
)

const maxPage = 100 // the most that a server gives at once

// escape is for a path's segment and a query's value alike: whatever is not
// plain is escaped, the + and = of base64 too.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// A query is what follows the ?, escaped.
type query []string

// paged begins a list's query; other clients begin with these two as well.
func paged(limit int, cursor string) query {
	var q query
	if limit > 0 {
		q = append(q, "limit="+strconv.Itoa(limit))
	}
	return q.with("cursor", cursor)
}

// with adds the values that are not empty.
func (q query) with(name string, values ...string) query {
	for _, v := range values {
		if v != "" {
			q = append(q, name+"="+escape(v))
		}
	}
	return q
}

func (q query) String() string { return strings.Join(q, "&") }

// list reads one page. It refuses an answer without the list, which another
// page of the web could be; of has the items of an answer.
func list[L, T any](ctx context.Context, c *Client, path string, q query, plural string, of func(L) []T) (L, error) {
	out, _, _, err := do[L](ctx, c, request{method: http.MethodGet, path: path, query: q.String()})
	if err == nil && of(out) == nil {
		err = &Error{Title: "the server's answer holds no list of " + plural + "; is this the address of the API?"}
	}
	return out, err
}

// pages walks over every page from the one at cursor on. It stops at the
// first error, and yields it.
func pages[T any](cursor, plural string, read func(cursor string) ([]T, wire.Pagination, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		// A server that leads in circles is found out by a cursor kept from
		// page 1, 2, 4, 8 …: one of them lies on the circle (Brent).
		next, kept, count, keep := cursor, cursor, 0, 1
		for {
			items, page, err := read(next)
			if err == nil && page.NextCursor == kept && kept != "" {
				err = &Error{Title: "the server gives out the same page again and again"}
			}
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next = page.NextCursor; next == "" {
				if page.HasMore {
					yield(none, &Error{Title: "the server says that there are more " + plural + ", but not how to ask for them"})
				}
				return
			}
			if count++; count == keep {
				kept, keep = next, 2*keep
			}
		}
	}
}

// identified refuses an answer that is JSON, but not the thing.
func identified(id, singular string, err error) error {
	if err == nil && id == "" {
		err = &Error{Title: "the server's answer holds no " + singular + "; is this the address of the API?"}
	}
	return err
}

// remove deletes what is at the path. A 404 after a lost answer is the echo
// of our own success.
func (c *Client) remove(ctx context.Context, path string) error {
	_, status, retried, err := do[struct{}](ctx, c, request{method: http.MethodDelete, path: path})
	if retried && status == http.StatusNotFound {
		return nil
	}
	return err
}
