package api_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/pgtest"
	"ax/internal/store"
)

// A list is one of the API's, with how a row of it comes and goes, as requests
// of the administrator. $N is a number, $ID the row's; the rest is in a hall.
type list struct {
	name, path, member, id string
	make, drop             string
	// as reads it instead of the administrator; unseen makes a row between two
	// others that is not in the list: of another filter, or not theirs to see.
	as, unseen string
	newest     bool // comes first
}

// Each row of the lists of projects and prompts is on one of its own.
const (
	onProject    = `POST /v2/role-bindings {"role_id":"$ROLE","user_id":"$WHO","resource_type":"PROJECT","resource_id":"$ANY(Project)"}`
	person       = `POST /v2/users {"name":"Pat","email":"$N@$PLACE.example","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"NONE"}`
	organization = `POST /v2/organizations {"name":"Walk $N"}`
	space        = `POST /v2/spaces {"organization_id":"$ORG","name":"Walk $N"}`
	userKey      = `POST /v2/api-keys {"name":"walk $N","key_type":"USER"}`
	serviceKey   = `POST /v2/api-keys {"name":"walk $N","key_type":"SERVICE","organizations":[{"org_id":"$ORG","spaces":[{"space_id":"$SPACE"}]}]}`
	customRole   = `POST /v2/roles {"name":"Walk $N","permissions":["USER_READ"]}`
)

func lists() []list {
	with := func(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	walking, revoke, unbind := with(person, "$PLACE", "walk"), "PUT /v2/api-keys/$ID/revoke", "DELETE /v2/role-bindings/$ID"
	return []list{
		{name: "users", path: "/v2/users?email=walk&", member: "users", make: walking, drop: "DELETE /v2/users/$ID", unseen: with(person, "$PLACE", "elsewhere")},
		{name: "users by status", path: "/v2/users?status=ACTIVE&email=walk&", member: "users", make: walking, drop: "DELETE /v2/users/$ID", unseen: with(person, "$PLACE", "walking", "NONE", "EMAIL_LINK")},
		{name: "organizations", path: "/v2/organizations?", member: "organizations", make: organization, drop: "DELETE /v2/organizations/$ID"},
		{name: "organizations by name", path: "/v2/organizations?name=walk&", member: "organizations", make: organization, drop: "DELETE /v2/organizations/$ID", unseen: with(organization, "Walk", "Elsewhere")},
		{name: "spaces by a member", path: "/v2/spaces?", member: "spaces", make: space, drop: "DELETE /v2/spaces/$ID", as: "mel", unseen: with(space, "Walk", "Hidden", "}", `,"is_private":true}`)},
		{name: "spaces of an organization", path: "/v2/spaces?org_id=$ORG&name=walk&", member: "spaces", make: space, drop: "DELETE /v2/spaces/$ID", unseen: with(space, "$ORG", "$OTHER")},
		{name: "keys", path: "/v2/api-keys?key_type=USER&", member: "api_keys", make: userKey, drop: revoke, unseen: serviceKey},
		{name: "service keys", path: "/v2/api-keys?space_id=$SPACE&", member: "api_keys", make: serviceKey, drop: revoke, unseen: with(serviceKey, "$ORG", "$OTHER", "$SPACE", "$FAR")},
		{name: "roles", path: "/v2/roles?", member: "roles", make: customRole, drop: "DELETE /v2/roles/$ID"},
		{name: "custom roles", path: "/v2/roles?is_predefined=false&", member: "roles", make: customRole, drop: "DELETE /v2/roles/$ID"},
		{name: "bindings", path: "/v2/role-bindings?resource_type=PROJECT&", member: "role_bindings", make: with(onProject, "$WHO", "$MEL"), drop: unbind},
		{name: "bindings of a user", path: "/v2/role-bindings?resource_type=PROJECT&user_id=$MEL&", member: "role_bindings", make: with(onProject, "$WHO", "$MEL"), drop: unbind, unseen: with(onProject, "$WHO", "$ANN")},
		{name: "restrictions", path: "/v2/resource-restrictions?", member: "resource_restrictions", id: "resource_id", make: `POST /v2/resource-restrictions {"resource_id":"$ANY(Project)"}`, drop: "DELETE /v2/resource-restrictions/$ID"},
		{name: "restrictions by type", path: "/v2/resource-restrictions?resource_type=PROJECT&", member: "resource_restrictions", id: "resource_id",
			make: `POST /v2/resource-restrictions {"resource_id":"$ANY(Project)"}`, drop: "DELETE /v2/resource-restrictions/$ID", unseen: `POST /v2/resource-restrictions {"resource_id":"$ANY(Prompt)"}`},
		{name: "audit logs", path: "/v2/audit-logs?operation_name=create_organization&", member: "logs", make: organization, unseen: customRole, newest: true},
	}
}

// A hall is a list in a directory of its own, and what has to be in it: all
// rows that ever were, as they came.
type hall struct {
	*world
	list
	places *strings.Replacer
	keys   map[string]string
	n      int
	rows   []row
}

type row struct {
	id         string
	made, gone bool // by the test
}

func newHall(t *testing.T, s *store.Store, l list) *hall {
	t.Helper()
	h := &hall{world: worldOn(t, s), list: l}
	here, there := h.NewOrganization(t, "Here"), h.NewOrganization(t, "There")
	lab, far := h.NewSpace(t, here, "Lab", false), h.NewSpace(t, there, "Far", false)
	h.Join(t, here, h.Member.UserID, directory.RoleMember)
	h.keys = map[string]string{"": h.key, "mel": h.APIKey(t, h.Member.Email)}
	h.places = strings.NewReplacer("$ORG", string(here.ID), "$OTHER", string(there.ID), "$SPACE", string(lab.ID), "$FAR", string(far.ID),
		"$ROLE", string(h.NewRole(t, "Reader", "PROJECT_READ")), "$MEL", string(h.Member.UserID), "$ANN", string(h.Annotator.UserID))
	for page := h.page(t, 100, ""); ; page = h.page(t, 100, page.next) {
		for _, id := range page.ids {
			h.rows = append(h.rows, row{id: id})
		}
		if page.next == "" {
			break
		}
	}
	if l.newest {
		slices.Reverse(h.rows)
	}
	return h
}

var anyID = regexp.MustCompile(`\$ANY\((\w+)\)`)

// send sends a request with what its words stand for.
func (h *hall) send(t *testing.T, as, request string) *httptest.ResponseRecorder {
	t.Helper()
	request = anyID.ReplaceAllStringFunc(request, func(text string) string {
		return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:walk%04d", anyID.FindStringSubmatch(text)[1], h.n))
	})
	request = h.places.Replace(strings.ReplaceAll(request, "$N", strconv.Itoa(h.n)))
	method, rest, _ := strings.Cut(request, " ")
	target, body, _ := strings.Cut(rest, " ")
	return h.do(t, method, target, body, "Authorization: Bearer "+h.keys[as])
}

// add makes a row, after one that is none of the list's. The clock goes back
// after every other: the order is that of coming. The log's is that of time.
func (h *hall) add(t *testing.T) {
	t.Helper()
	steps := []time.Duration{3 * time.Second, -2 * time.Second}
	if h.newest {
		steps[1] = 0
	}
	h.Clock.Advance(steps[len(h.rows)%2])
	for _, request := range []string{h.unseen, h.make} {
		h.n++
		if request == "" {
			continue
		}
		status := 201
		if strings.Contains(request, "resource-restrictions") {
			status = 200
		}
		made := decoded[map[string]any](t, h.send(t, "", request), status)
		if request == h.make {
			h.rows = append(h.rows, row{id: h.idOf(made), made: true})
		}
	}
}

// remove takes the row at a place away, if it can be.
func (h *hall) remove(t *testing.T, at int) {
	t.Helper()
	if at < 0 || at >= len(h.rows) || !h.rows[at].made || h.rows[at].gone || h.drop == "" {
		return
	}
	if got := h.send(t, "", strings.ReplaceAll(h.drop, "$ID", strings.ReplaceAll(h.rows[at].id, "=", "%3D"))); got.Code != 204 {
		t.Fatalf("%s: answer %d %s", h.drop, got.Code, got.Body)
	}
	h.rows[at].gone = true
}

// idOf is what tells a row from others; an entry of the log is told by what it is about.
func (h *hall) idOf(item map[string]any) string {
	name := h.id
	if name == "" {
		name = "id"
	}
	if text, ok := item["variables"].(string); ok {
		var about struct{ Subject string }
		if json.Unmarshal([]byte(text), &about) == nil {
			return about.Subject
		}
	}
	id, _ := item[name].(string)
	return id
}

type idPage struct {
	ids  []string
	next string
}

func (h *hall) page(t *testing.T, limit int, cursor string) (p idPage) {
	t.Helper()
	body := decoded[map[string]any](t, h.send(t, h.as, fmt.Sprintf("GET %slimit=%d&cursor=%s", h.path, limit, cursor)), 200)
	items, _ := body[h.member].([]any)
	for _, item := range items {
		fields, _ := item.(map[string]any)
		p.ids = append(p.ids, h.idOf(fields))
	}
	pagination, _ := body["pagination"].(map[string]any)
	p.next, _ = pagination["next_cursor"].(string)
	if more, _ := pagination["has_more"].(bool); more != (p.next != "") {
		t.Errorf("has_more is %v, next_cursor %q", more, p.next)
	}
	return p
}

// due is the page that has to come behind the row at a place, -1 for the first
// page, and the place where it ends.
func (h *hall) due(after, limit int) (ids []string, last int, more bool) {
	places := make([]int, len(h.rows))
	for i := range places {
		places[i] = i
	}
	if h.newest {
		slices.Reverse(places)
	}
	behind := after < 0
	for _, i := range places {
		switch {
		case behind && !h.rows[i].gone && len(ids) == limit:
			return ids, last, true
		case behind && !h.rows[i].gone:
			ids, last = append(ids, h.rows[i].id), i
		}
		behind = behind || i == after
	}
	return ids, last, false
}

// walk reads all pages, and calls between after each but the last, with its
// number and the place at which it ended.
func (h *hall) walk(t *testing.T, limit int, between func(n, at int)) {
	t.Helper()
	cursor, at := "", -1
	for n := 1; ; n++ {
		want, last, more := h.due(at, limit)
		got := h.page(t, limit, cursor)
		if diff := cmp.Diff(want, got.ids); diff != "" || more != (got.next != "") {
			t.Fatalf("page %d with limit %d: there is more: %v, and next_cursor %q (-want +got):\n%s", n, limit, more, got.next, diff)
		}
		if !more {
			return
		}
		cursor, at = got.next, last
		between(n, at)
	}
}

// I-23: every list is complete, in the order in which its rows came, page by
// page with every limit, and stays so while rows come and go between the pages:
// what stands all the while is there once, what went is not, and what came is
// at the end that is newest. The rows that a cursor stands at goes, and the next.
func TestPages(t *testing.T) {
	t.Parallel()
	for engine, open := range map[string]func(*testing.T) *store.Store{"SQLite": func(t *testing.T) *store.Store { return newStore(t) }, "Postgres": newPostgres} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for _, l := range lists() {
				t.Run(l.name, func(t *testing.T) {
					t.Parallel()
					h := newHall(t, open(t), l)
					for range 7 {
						h.add(t)
					}
					h.Clock.Advance(time.Hour)
					for limit := 1; limit <= len(h.rows)+1; limit++ {
						h.walk(t, limit, func(int, int) {})
					}
					for _, limit := range []int{1, 2, 3, 5} {
						h.walk(t, limit, func(n, at int) {
							if n > 3 {
								return // an end has to come
							}
							h.remove(t, at)
							h.remove(t, at+1)
							h.remove(t, at-2)
							h.add(t)
							h.add(t)
						})
					}
				})
			}
		})
	}
}

func newPostgres(t *testing.T) *store.Store {
	t.Helper()
	url := pgtest.Clone(t, "api", func(url string) error {
		s, err := store.OpenPostgres(t.Context(), url)
		if err != nil {
			return err
		}
		return errors.Join(s.Migrate(t.Context()), s.Close())
	}, pgtest.Unsynced())
	s, err := store.OpenPostgres(t.Context(), url)
	return closing(t, s, err)
}
