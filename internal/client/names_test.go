package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/client"
)

// A noun is one whose things have names.
type noun struct {
	name, plural, path string
	resolve            func(ctx context.Context, c *client.Client, ref string) (string, error)
}

func nouns() []noun {
	return []noun{
		{"organization", "organizations", "/v2/organizations", func(ctx context.Context, c *client.Client, ref string) (string, error) {
			return c.OrganizationID(ctx, ref)
		}},
		{"space", "spaces", "/v2/spaces", func(ctx context.Context, c *client.Client, ref string) (string, error) {
			return c.SpaceID(ctx, "", ref)
		}},
		{"role", "roles", "/v2/roles", func(ctx context.Context, c *client.Client, ref string) (string, error) { return c.RoleID(ctx, ref) }},
	}
}

// named answers the lists of a noun page by page, with things of these names, and organizations by their ids.
func named(t *testing.T, plural string, names ...[]string) *transport {
	t.Helper()
	return &transport{answer: func(_ int, r *http.Request) (*http.Response, error) {
		if id, ok := strings.CutPrefix(r.URL.Path, "/v2/organizations/"); ok {
			if id == "hidden" {
				return respond(404, `{"title":"Resource not found"}`), nil
			}
			return respond(200, `{"id":"`+id+`","name":"Name of `+id+`"}`), nil
		}
		var n int
		fmt.Sscan(r.URL.Query().Get("cursor"), &n) //nolint:errcheck // absent for the first
		items := []map[string]any{}
		for i, name := range names[n] {
			name, organization, _ := strings.Cut(name, "@")
			id := fmt.Sprintf("id-%d-%d", n, i)
			if name, again := strings.CutSuffix(name, " again"); again {
				items = append(items, map[string]any{"id": "id-0-0", "name": name, "organization_id": organization})
				continue
			}
			items = append(items, map[string]any{"id": id, "name": name, "organization_id": organization})
		}
		pagination := map[string]any{"has_more": n+1 < len(names)}
		if n+1 < len(names) {
			pagination["next_cursor"] = fmt.Sprint(n + 1)
		}
		body, err := json.Marshal(map[string]any{plural: items, "pagination": pagination})
		if err != nil {
			t.Fatal(err)
		}
		return respond(200, string(body)), nil
	}}
}

// TestNames: the one thing with exactly the name, on whatever page, and never one that only resembles it.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, kind := range nouns() {
		for name, c := range map[string]struct {
			pages [][]string
			want  string // an id, or what the error says
		}{
			"the only one":             {[][]string{{"Prod"}}, "id-0-0"},
			"among others":             {[][]string{{"Prod 2", "prod", "PROD", "Prod"}}, "id-0-3"},
			"on the third page":        {[][]string{{"xProd"}, {}, {"Prod"}}, "id-2-0"},
			"before more pages":        {[][]string{{"Prod"}, {"Prod-eu"}}, "id-0-0"},
			"on two pages":             {[][]string{{"Prod"}, {"Prod again"}}, "id-0-0"},
			"nothing":                  {[][]string{{}}, kind.name + ` "Prod" not found`},
			"only in another case":     {[][]string{{"prod"}, {"PROD"}}, "not found"},
			"two":                      {[][]string{{"Prod"}, {"Prod"}}, `2 ` + kind.name + `s have the name "Prod"; use an id: id-0-0, id-1-0`},
			"three, the last far away": {[][]string{{"Prod", "Prod"}, {"x"}, {"Prod"}}, "3 " + kind.name + "s have"},
		} {
			t.Run(kind.name+" "+name, func(t *testing.T) {
				t.Parallel()
				asked := named(t, kind.plural, c.pages...)
				id, err := kind.resolve(t.Context(), over(asked), "Prod")
				if strings.HasPrefix(c.want, "id-") {
					if err != nil || id != c.want {
						t.Errorf("found %q, error %v, want %s", id, err, c.want)
					}
				} else if err == nil || !strings.Contains(err.Error(), c.want) || id != "" || errors.Is(err, client.ErrNotFound) != strings.Contains(c.want, "not found") {
					t.Errorf("found %q, error %v, want %q", id, err, c.want)
				}
				if len(asked.sent) != len(c.pages) {
					t.Errorf("read %d pages of %d", len(asked.sent), len(c.pages))
				}
				filter := "&name=Prod"
				if kind.name == "role" { // there is no filter
					filter = ""
				}
				if want := kind.path + "?limit=100" + filter; asked.sent[0].uri != want {
					t.Errorf("asked for %s, want %s", asked.sent[0].uri, want)
				}
			})
		}
	}
}

// TestIDsAreNotLookedUp: what is an id is taken for one.
func TestIDsAreNotLookedUp(t *testing.T) {
	t.Parallel()
	for _, kind := range nouns() {
		asked := always(200, "{}")
		if id, err := kind.resolve(t.Context(), over(asked), "T3JnOjE="); id != "T3JnOjE=" || err != nil || len(asked.sent) > 0 {
			t.Errorf("%s: %q, error %v, sent %v", kind.name, id, err, asked.sent)
		}
		asked = always(403, `{"title":"Access forbidden"}`)
		if id, err := kind.resolve(t.Context(), over(asked), "Prod"); id != "" || err == nil || errors.Is(err, client.ErrNotFound) {
			t.Errorf("%s that may not be listed: %q, error %v", kind.name, id, err)
		}
	}
}

// TestNamesInTwoForms: what a person typed on one system may be composed on another.
func TestNamesInTwoForms(t *testing.T) {
	t.Parallel()
	for stored, typed := range map[string]string{"Z\u00fcrich": "Zu\u0308rich", "Zu\u0308rich": "Z\u00fcrich"} {
		if o, err := over(named(t, "organizations", []string{stored})).OrganizationByName(t.Context(), typed); err != nil || o.Name != stored {
			t.Errorf("%+q for %+q: %+v, error %v", typed, stored, o, err)
		}
	}
}

// TestSpacesOfOneName are told apart by their organizations.
func TestSpacesOfOneName(t *testing.T) {
	t.Parallel()
	asked := named(t, "spaces", []string{"Prod@o1", "Prod@o2"}, []string{"Prod@hidden", "Prod", "Other@o3", "Prod@o1"})
	_, err := over(asked).SpaceByName(t.Context(), "", "Prod")
	several, ok := errors.AsType[*client.AmbiguousError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	want := &client.AmbiguousError{Singular: "space", Name: "Prod", Candidates: []client.Candidate{
		{ID: "id-0-0", Name: "Prod", OrganizationID: "o1", OrganizationName: "Name of o1"},
		{ID: "id-0-1", Name: "Prod", OrganizationID: "o2", OrganizationName: "Name of o2"},
		{ID: "id-1-0", Name: "Prod", OrganizationID: "hidden"},
		{ID: "id-1-1", Name: "Prod"},
		{ID: "id-1-3", Name: "Prod", OrganizationID: "o1", OrganizationName: "Name of o1"},
	}}
	if diff := cmp.Diff(want, several); diff != "" {
		t.Error(diff)
	}
	const says = `5 spaces have the name "Prod"; use an id: id-0-0 in "Name of o1", id-0-1 in "Name of o2", id-1-0 in hidden, id-1-1, id-1-3 in "Name of o1"`
	if err.Error() != says {
		t.Errorf("it says %s", err)
	}
	if len(asked.sent) != 2+3 {
		t.Errorf("sent %v", asked.sent)
	}
	asked = named(t, "spaces", []string{"Prod@o1"})
	if s, err := over(asked).SpaceByName(t.Context(), "T3JnOjE=", "Prod"); err != nil || s.ID != "id-0-0" || asked.sent[0].uri != "/v2/spaces?limit=100&org_id=T3JnOjE%3D&name=Prod" {
		t.Errorf("in one organization: %+v, error %v, sent %v", s, err, asked.sent)
	}
}
