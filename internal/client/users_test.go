package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ax/internal/client"
	"ax/internal/wire"
)

// pages answers a list page by page. The cursor of a page is its number, unless next says otherwise.
func pages(t *testing.T, next map[string]string, emails ...[]string) *transport {
	t.Helper()
	return &transport{answer: func(asked int, r *http.Request) (*http.Response, error) {
		if asked > 100 {
			return respond(400, `{"title":"a walk without end"}`), nil
		}
		var n int
		fmt.Sscan(r.URL.Query().Get("cursor"), &n) //nolint:errcheck // absent for the first
		list := wire.UserList{Users: []wire.User{}}
		for i, email := range emails[n] {
			list.Users = append(list.Users, wire.User{ID: fmt.Sprintf("id-%d-%d", n, i), Email: email})
		}
		cursor, ok := next[fmt.Sprint(n)]
		if !ok && n+1 < len(emails) {
			cursor = fmt.Sprint(n + 1)
		}
		list.Pagination = wire.Pagination{NextCursor: cursor, HasMore: cursor != ""}
		body, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		return respond(200, string(body)), nil
	}}
}

func walk(ctx context.Context, c *client.Client, f client.UserFilter) (emails []string, err error) {
	for u, failed := range c.AllUsers(ctx, f) {
		if failed != nil {
			return emails, failed
		}
		emails = append(emails, u.Email)
	}
	return emails, nil
}

func TestAllUsers(t *testing.T) {
	t.Parallel()
	asked := pages(t, nil, []string{"a@x", "b@x"}, []string{}, []string{"c@x"})
	got, err := walk(t.Context(), over(asked), client.UserFilter{Email: "@x", Statuses: []string{"ACTIVE"}, Limit: 2})
	if err != nil || !slices.Equal(got, []string{"a@x", "b@x", "c@x"}) {
		t.Errorf("got %q, error %v", got, err)
	}
	for n, s := range asked.sent { // the filters go with each cursor
		if !strings.Contains(s.uri, "limit=2") || !strings.Contains(s.uri, "email=%40x") || !strings.Contains(s.uri, "status=ACTIVE") || (n > 0) != strings.Contains(s.uri, "cursor=") {
			t.Errorf("request %d: %s", n, s.uri)
		}
	}
	asked = pages(t, nil, []string{"a@x"}, []string{"b@x"}, []string{"c@x"})
	if got, err := walk(t.Context(), over(asked), client.UserFilter{Cursor: "1"}); err != nil || !slices.Equal(got, []string{"b@x", "c@x"}) {
		t.Errorf("from the second page: got %q, error %v", got, err)
	}
	asked = pages(t, nil, []string{"a@x", "b@x"}, []string{"c@x"})
	for _, err := range over(asked).AllUsers(t.Context(), client.UserFilter{}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if len(asked.sent) != 1 {
		t.Errorf("a walk that was ended at once read %d pages", len(asked.sent))
	}
}

// TestWalksEnd whatever cursors a server gives out.
func TestWalksEnd(t *testing.T) {
	t.Parallel()
	ten := slices.Repeat([][]string{{"a@x"}}, 10)
	for name, next := range map[string]map[string]string{
		"the same page":                    {"0": "0"},
		"the second page again and again":  {"1": "1"},
		"two pages by turns":               {"0": "1", "1": "0"},
		"a circle of three behind a start": {"5": "3"},
		"a circle of ten":                  {"9": "0"},
		"a circle of nine":                 {"9": "1"},
	} {
		asked := pages(t, next, ten...)
		_, err := walk(t.Context(), over(asked), client.UserFilter{})
		if err == nil || !strings.Contains(err.Error(), "the same page again") || len(asked.sent) > 40 {
			t.Errorf("%s: error %v after %d pages", name, err, len(asked.sent))
		}
	}
	asked := pages(t, map[string]string{"1": "1"}, ten...)
	if _, err := walk(t.Context(), over(asked), client.UserFilter{Cursor: "1"}); err == nil || len(asked.sent) > 2 {
		t.Errorf("begun on the circle: error %v after %d pages", err, len(asked.sent))
	}
}

// TestAWalkThatFails yields what came before, and the error once.
func TestAWalkThatFails(t *testing.T) {
	t.Parallel()
	good := pages(t, nil, []string{"a@x"}, []string{"b@x"}, nil)
	asked := &transport{answer: func(n int, r *http.Request) (*http.Response, error) {
		if n == 3 {
			return respond(400, `{"title":"Invalid request parameters"}`), nil
		}
		return good.answer(n, r)
	}}
	got, err := walk(t.Context(), over(asked), client.UserFilter{})
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Status != 400 || !slices.Equal(got, []string{"a@x", "b@x"}) {
		t.Errorf("got %q, error %v", got, err)
	}
}

// TestUserByEmail takes the one user with the address, on whatever page, and never one that only resembles it.
func TestUserByEmail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pages [][]string
		want  string // an id, or what the error says
	}{
		"the only one":                {[][]string{{"jane@example.com"}}, "id-0-0"},
		"in another case":             {[][]string{{"JANE@Example.Com"}}, "id-0-0"},
		"among longer ones":           {[][]string{{"mary.jane@example.com", "jane@example.com.au", "jane@example.com"}}, "id-0-2"},
		"on the third page":           {[][]string{{"xjane@example.com"}, {"yjane@example.com"}, {"jane@example.com"}}, "id-2-0"},
		"before more pages":           {[][]string{{"jane@example.com"}, {"zjane@example.com"}}, "id-0-0"},
		"nobody":                      {[][]string{{}}, `user "jane@example.com" not found`},
		"only longer ones":            {[][]string{{"xjane@example.com", "jane@example.com.au"}, {"jane@example.comx"}}, "not found"},
		"one that a pattern would do": {[][]string{{"j_ne@example.com", "j%@example.com"}}, "not found"},
		"two of one address":          {[][]string{{"jane@example.com"}, {"Jane@example.com"}}, "two users have the email"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := pages(t, nil, c.pages...)
			u, err := over(asked).UserByEmail(t.Context(), "jane@example.com")
			if strings.HasPrefix(c.want, "id-") {
				if err != nil || u.ID != c.want {
					t.Errorf("found %q, error %v, want %s", u.ID, err, c.want)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) || u.ID != "" && errors.Is(err, client.ErrNotFound) {
				t.Errorf("found %q, error %v, want %q", u.ID, err, c.want)
			}
			if missing := c.want != "two users have the email" && !strings.HasPrefix(c.want, "id-"); errors.Is(err, client.ErrNotFound) != missing {
				t.Errorf("error %v", err)
			}
			if !strings.Contains(asked.sent[0].uri, "limit=100") {
				t.Errorf("asked for %s", asked.sent[0].uri)
			}
		})
	}
}

func TestWellFormedID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"VXNlcjoxMjM0NQ==": true, "Og==": true, "VXNlcjo0MjphQmNE": true,
		"": false, "usr_abc123": false, "VXNlcjoxMjM0NQ": false, "VXNlcjoxMjM0NQ==\n": false, "VXNl\ncjox": false, "VXNlcjo_Pz8_": false, "VXNlcg==": false, "Oh==": false, "/zr/": false,
	} {
		if got := client.WellFormedID(id); got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
}
