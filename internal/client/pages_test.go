package client_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ax/internal/client"
)

// A walk is over one noun's every page: how many there were.
type listing struct {
	plural string
	walk   func(context.Context, *client.Client) (int, error)
}

func count[T any](all func(func(T, error) bool)) (n int, err error) {
	for _, err := range all {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func listings() []listing {
	return []listing{
		{"users", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllUsers(ctx, client.UserFilter{}))
		}},
		{"organizations", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllOrganizations(ctx, client.OrganizationFilter{}))
		}},
		{"spaces", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllSpaces(ctx, client.SpaceFilter{}))
		}},
		{"api_keys", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllAPIKeys(ctx, client.APIKeyFilter{}))
		}},
		{"roles", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllRoles(ctx, client.RoleFilter{}))
		}},
		{"role_bindings", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllRoleBindings(ctx, client.RoleBindingFilter{}))
		}},
		{"resource_restrictions", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllResourceRestrictions(ctx, client.ResourceRestrictionFilter{}))
		}},
		{"logs", func(ctx context.Context, c *client.Client) (int, error) {
			return count(c.AllAuditLogs(ctx, client.AuditFilter{}))
		}},
	}
}

// TestEveryNounIsWalked: each list through all its pages, an empty one among them, and no further when it goes in circles.
func TestEveryNounIsWalked(t *testing.T) {
	t.Parallel()
	for _, l := range listings() {
		page := func(things int, next string) *http.Response {
			return respond(200, fmt.Sprintf(`{%q:[%s],"pagination":{"has_more":%v,"next_cursor":%q}}`, l.plural, strings.Repeat(`{"id":"x"},`, things)[:max(0, 11*things-1)], next != "", next))
		}
		asked := &transport{answer: func(n int, r *http.Request) (*http.Response, error) {
			if want := []string{"", "a", "b"}[n-1]; r.URL.Query().Get("cursor") != want {
				t.Errorf("%s: page %d has the cursor %q", l.plural, n, r.URL.Query().Get("cursor"))
			}
			return []*http.Response{page(2, "a"), page(0, "b"), page(1, "")}[n-1], nil
		}}
		if n, err := l.walk(t.Context(), over(asked)); n != 3 || err != nil || len(asked.sent) != 3 {
			t.Errorf("%s: %d on %d pages, error %v", l.plural, n, len(asked.sent), err)
		}
		asked = &transport{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n > 100 {
				return respond(400, `{"title":"a walk without end"}`), nil
			}
			return page(1, fmt.Sprint(n%3)), nil
		}}
		if _, err := l.walk(t.Context(), over(asked)); err == nil || !strings.Contains(err.Error(), "the same page again") || len(asked.sent) > 12 {
			t.Errorf("%s: error %v after %d pages", l.plural, err, len(asked.sent))
		}
		asked = always(200, fmt.Sprintf(`{%q:[],"pagination":{"has_more":true}}`, l.plural))
		if _, err := l.walk(t.Context(), over(asked)); err == nil || !strings.Contains(err.Error(), "not how to ask") {
			t.Errorf("%s: error %v without a cursor", l.plural, err)
		}
	}
}

// TestFilters are sent in the order of other clients, escaped, and what is not set is left out.
func TestFilters(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	at := time.Date(2026, 3, 1, 9, 0, 0, 120_000_000, time.FixedZone("", 3600))
	for want, ask := range map[string]func(context.Context, *client.Client) error{
		"/v2/organizations?limit=7&cursor=c%2F&name=a%20%26%C3%A9": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListOrganizations(ctx, client.OrganizationFilter{Name: "a &é", Limit: 7, Cursor: "c/"})
		}),
		"/v2/spaces?org_id=T3JnOjE%3D&name=x": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListSpaces(ctx, client.SpaceFilter{OrganizationID: "T3JnOjE=", Name: "x"})
		}),
		"/v2/api-keys?limit=1&key_type=SERVICE&status=REVOKED&space_id=S&user_id=U": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListAPIKeys(ctx, client.APIKeyFilter{Type: "SERVICE", Status: "REVOKED", SpaceID: "S", UserID: "U", Limit: 1})
		}),
		"/v2/roles?is_predefined=true": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListRoles(ctx, client.RoleFilter{Predefined: &yes})
		}),
		"/v2/roles?limit=2&cursor=c&is_predefined=false": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListRoles(ctx, client.RoleFilter{Predefined: &no, Limit: 2, Cursor: "c"})
		}),
		"/v2/role-bindings?resource_type=PROJECT&user_id=U": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListRoleBindings(ctx, client.RoleBindingFilter{ResourceType: "PROJECT", UserID: "U"})
		}),
		"/v2/resource-restrictions?resource_type=PROMPT": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListResourceRestrictions(ctx, client.ResourceRestrictionFilter{ResourceType: "PROMPT"})
		}),
		"/v2/audit-logs?start_time=2026-03-01T08%3A00%3A00.12Z&end_time=2026-03-01T08%3A00%3A01.12Z&user_id=U&operation_type=MUTATION&operation_name=create_user&operation_name=sign%20in": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.ListAuditLogs(ctx, client.AuditFilter{Start: at, End: at.Add(time.Second), UserID: "U", OperationType: "MUTATION", OperationNames: []string{"create_user", "sign in"}})
		}),
		"/ax/v1/can-i?action=SPACE_READ&resource=U3BhY2U6MQ%3D%3D": call(func(ctx context.Context, c *client.Client) (any, error) {
			return c.CanI(ctx, "SPACE_READ", "U3BhY2U6MQ==")
		}),
	} {
		asked := always(200, "{}")
		_ = ask(t.Context(), over(asked)) // the answer is none
		if len(asked.sent) != 1 || asked.sent[0].uri != want {
			t.Errorf("sent %v, want %s", asked.sent, want)
		}
	}
}

// TestLostAnswers: the first try had its effect and its answer was lost. What the second finds is the echo of our own success.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if op.method != http.MethodDelete && op.method != http.MethodPut {
			continue
		}
		for name, c := range map[string]struct {
			second int
			ok     bool
		}{
			"done again": {204, true},
			"gone":       {404, op.method == http.MethodDelete}, // a revoked key is still there: 404 is something else
			"refused":    {403, false}, "no key": {401, false}, "in the way": {409, false},
		} {
			for how, first := range map[string]func() (*http.Response, error){
				"no answer": func() (*http.Response, error) { return nil, io.EOF },
				"503":       func() (*http.Response, error) { return respond(503, "{}", "Retry-After: 0"), nil },
			} {
				t.Run(op.name+" "+how+" "+name, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						asked := &transport{answer: func(n int, _ *http.Request) (*http.Response, error) {
							if n == 1 {
								return first()
							}
							return respond(c.second, map[bool]string{true: "", false: `{"title":"no"}`}[c.second == 204]), nil
						}}
						if err := op.do(t.Context(), over(asked)); (err == nil) != c.ok || len(asked.sent) != 2 {
							t.Errorf("error %v after %d tries", err, len(asked.sent))
						}
					})
				})
			}
		}
		if err := op.do(t.Context(), over(always(404, `{"title":"Resource not found"}`))); err == nil {
			t.Errorf("%s: 404 at once is no error", op.name)
		}
	}
}
