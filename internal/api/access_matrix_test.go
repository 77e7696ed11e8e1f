package api_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/api"
	"ax/internal/api/apitest"
	"ax/internal/directory"
	"ax/internal/store"
)

// Z-01: every operation, by everybody, about everything they can stand in a relation to, as the oracle has it.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	newMatrix(t, onSQLite).check(t, 4, 3000)
}

// The same on PostgreSQL, which answers more slowly: of the cells a smaller part, but all with AX_TEST_LONG.
func TestAccessMatrixOnPostgres(t *testing.T) {
	t.Parallel()
	newMatrix(t, onPostgres).check(t, 20, 1500)
}

// check asks one in so many of the cells, and at least so many in all.
func (m *matrix) check(t *testing.T, every, least int) {
	t.Helper()
	all, seen, differ := cells(), map[string]bool{}, 0
	open := []string{"get_openapi", "get_livez", "get_readyz"}
	count := 0
	for i, c := range all {
		seen[c.operation] = true
		method, path, body := m.request(t, c.request)
		for j, s := range append(m.people, standing{name: "revoked"}, standing{name: "gone"}) {
			if (i+j)%every != 0 && os.Getenv("AX_TEST_LONG") == "" { // diagonally, so that each cell and each person is in
				continue
			}
			want := c.want(s)
			if (s.name == "revoked" || s.name == "gone") && !slices.Contains(open, c.operation) {
				want = http.StatusUnauthorized
			}
			if want == 0 {
				continue
			}
			count++
			m.kept.entries = nil
			got := serve(m.served, newRequest(t, method, path, strings.NewReader(body), "Authorization: Bearer "+m.keys[s.name], "X-Request-Id: find-me"))
			m.recorded(t, c, s, method, got.Code)
			if got.Code != want {
				if differ++; differ > 100 {
					t.Fatal("and more")
				}
				t.Errorf("%s, %s, by %s: answer %d, want %d\n\t%s %s\n\t%.200s", c.operation, c.relation, s.name, got.Code, want, c.request, path, got.Body)
			}
		}
	}
	for _, op := range apitest.Operations() {
		if !seen[op.ID] {
			t.Errorf("no cell for %s", op.ID)
		}
	}
	t.Logf("%d cells, %d people, %d differ", count, len(m.people), differ)
	if count < least {
		t.Errorf("only %d cells", count)
	}
}

// recorded holds a request to L-01: a change leaves one entry, and so does one that was refused; whatever else leaves none.
func (m *matrix) recorded(t *testing.T, c cell, s standing, method string, status int) {
	t.Helper()
	all := m.kept.entries
	refused := status == http.StatusForbidden || status == http.StatusNotFound && s.account != "ADMIN"
	wanted := map[bool]int{true: 1}[method != http.MethodGet && (status < 300 || refused)]
	if status < 300 && c.changesNothing() || status == http.StatusNotFound && s.account == "ADMIN" && s.idle { // who is refused a binding by a 404
		refused = refused || status == http.StatusNotFound
		wanted = min(1, len(all))
	}
	if len(all) != wanted {
		t.Errorf("%s, %s, by %s: answer %d, and the entries %+v", c.operation, c.relation, s.name, status, all)
		return
	}
	for _, e := range all {
		who, err := m.Authenticate(t.Context(), m.keys[s.name])
		must(t, err)
		denied := strings.HasPrefix(e.Changes, `[{"field":"denied","to":"`)
		if e.Operation != c.operation || e.ActorID != string(who.UserID) || e.Actor != nameOf(who) || e.Credential != who.Credential || e.Via != who.Via ||
			e.Address != "192.0.2.7" || e.RequestID != "find-me" || denied != refused || e.Subject == "" && strings.Contains(c.request, "/<") || !e.Intact() {
			t.Errorf("%s, %s, by %s: answer %d, and the entry %+v", c.operation, c.relation, s.name, status, e)
		}
	}
}

// nameOf is what the log calls somebody: bots have no address.
func nameOf(a directory.Actor) string {
	if a.Email == "" {
		return a.Name
	}
	return a.Email
}

// changesNothing holds for what asks for something to be as it may be already.
func (c cell) changesNothing() bool {
	switch c.operation {
	case "delete_user":
		return c.relation == "deleted"
	case "update_user":
		return strings.Contains(c.relation, "developer access")
	case "create_resource_restriction":
		return c.relation == "closed"
	case "update_role_binding":
		return strings.HasSuffix(c.relation, "to weak")
	}
	return false
}

// What each of them finds in the lists is what they may see, no more and no less.
func TestAccessLists(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, onSQLite)
	bindings := map[string][]string{"SPACE": {"A1", "AP", "B1"}, "PROJECT": {"open", "closed"}}
	for _, s := range m.people {
		if s.idle {
			continue
		}
		for _, list := range []struct {
			path, member string
			of           []string
			sees         func(place string) bool
		}{
			{"/v2/organizations?", "id", []string{"A", "B"}, s.sees},
			{"/v2/spaces?", "id", spaces(), s.sees},
			{"/v2/role-bindings?resource_type=SPACE&", "resource_id", bindings["SPACE"], func(place string) bool { return s.may("ROLE_BINDING_READ", place) }},
			{"/v2/role-bindings?resource_type=PROJECT&", "resource_id", bindings["PROJECT"], func(place string) bool { return s.may("ROLE_BINDING_READ", place) }},
			{"/v2/resource-restrictions?", "resource_id", []string{"closed"}, func(string) bool {
				return s.may("PROJECT_READ", "closed") || s.may("PROJECT_RESTRICT", "") || gives(s.bound["closed"], "PROJECT_RESTRICT")
			}},
		} {
			want := []string{}
			for _, place := range list.of {
				if list.sees(place) {
					want = append(want, place)
				}
			}
			if diff := cmp.Diff(want, m.listed(t, s.name, list.path, list.member, list.of)); diff != "" {
				t.Errorf("%s by %s (-want +got):\n%s", list.path, s.name, diff)
			}
		}
	}
}

// A matrix is a world in which nothing lasts that is sent to served.
type matrix struct {
	*world
	served http.Handler
	kept   *unlasting
	people []standing
	ids    map[string]string // of what cells name
	keys   map[string]string // of the people
	roles  map[string]directory.Role
}

// listed are the places of a list, in the order of those that can be in it.
func (m *matrix) listed(t *testing.T, who, path, member string, of []string) []string {
	t.Helper()
	got := serve(m.served, newRequest(t, "GET", path+"limit=100", strings.NewReader(""), "Authorization: Bearer "+m.keys[who]))
	var body map[string]json.RawMessage
	if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil || got.Code != http.StatusOK {
		t.Fatalf("%s by %s: %d, %v: %s", path, who, got.Code, err, got.Body)
	}
	found := []string{}
	for name, raw := range body {
		var rows []map[string]any
		if name == "pagination" || json.Unmarshal(raw, &rows) != nil {
			continue
		}
		for _, row := range rows {
			for _, place := range of {
				if row[member] == m.ids[place] && !slices.Contains(found, place) {
					found = append(found, place)
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b string) int { return slices.Index(of, a) - slices.Index(of, b) })
	return found
}

// request puts the ids of the world into the request of a cell.
func (m *matrix) request(t *testing.T, text string) (method, path, body string) {
	t.Helper()
	text = regexp.MustCompile(`<[^>]*>`).ReplaceAllStringFunc(text, func(name string) string {
		id, ok := m.ids[strings.Trim(name, "<>")]
		if !ok {
			t.Fatalf("nothing is named %s", name)
		}
		return id
	})
	method, rest, _ := strings.Cut(text, " ")
	path, body, _ = strings.Cut(rest, " ")
	return method, path, body
}

// unlasting is a store that forgets each change, but for the audit entries of the last request.
type unlasting struct {
	directory.Store
	entries []directory.Entry
}

var errForgotten = errors.New("forgotten on purpose")

// Write implements directory.Store.
func (s *unlasting) Write(ctx context.Context, fn func(directory.Tx) error) error {
	var noted []directory.Entry
	err := s.Store.Write(ctx, func(tx directory.Tx) error {
		noted = nil // it may be a second try
		if err := fn(noting{tx, &noted}); err != nil {
			return err
		}
		return errForgotten
	})
	if errors.Is(err, errForgotten) {
		s.entries = append(s.entries, noted...)
		return nil
	}
	return err
}

type noting struct {
	directory.Tx
	entries *[]directory.Entry
}

func (tx noting) Record(e directory.Entry) error {
	*tx.entries = append(*tx.entries, e)
	return tx.Tx.Record(e)
}

func newMatrix(t *testing.T, open func(testing.TB) (*store.Store, error)) *matrix {
	t.Helper()
	m := &matrix{world: newWorldOn(t, open), ids: map[string]string{}, keys: map[string]string{}, roles: map[string]directory.Role{}}
	forgetful := *m.Directory
	m.kept = &unlasting{Store: m.Store}
	forgetful.Store = m.kept
	m.served = api.New(&forgetful, m.log.logger(), func(context.Context) error { return nil })
	for _, name := range []string{"ADMIN", "MEMBER", "MEMBER_UI_ONLY", "ANNOTATOR", "READ_ONLY"} {
		m.roles[name] = directory.Role(name)
	}
	for name := range customRoles() {
		m.roles[name] = m.role(t, name, permissionsOf(name)...)
	}
	m.role(t, "spare", "SPACE_READ")
	m.places(t)
	m.targets(t)
	m.serviceKeys(t)
	for _, s := range people() {
		m.enter(t, s)
	}
	m.nothings(t)
	return m
}

func (m *matrix) role(t *testing.T, name string, permissions ...string) directory.Role {
	t.Helper()
	var all []directory.Permission
	for _, p := range permissions {
		all = append(all, directory.Permission(p))
	}
	id := m.NewRole(t, name, all...)
	m.ids["role "+name] = string(id)
	return id
}

func idOf(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// made sends a request that lasts, and returns the id in the answer.
func (m *matrix) made(t *testing.T, request string) string {
	t.Helper()
	method, path, body := m.request(t, request)
	got := m.do(t, method, path, body)
	var answer struct{ ID, Key string }
	if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil || got.Code >= 300 {
		t.Fatalf("%s: %d, %v: %s", request, got.Code, err, got.Body)
	}
	return answer.ID
}

func (m *matrix) places(t *testing.T) {
	t.Helper()
	for _, place := range []string{"A", "B"} {
		m.ids[place] = m.made(t, `POST /v2/organizations {"name":"`+place+`"}`)
	}
	for _, place := range spaces() {
		m.ids[place] = m.made(t, fmt.Sprintf(`POST /v2/spaces {"name":"%s","organization_id":"<%s>","is_private":%t}`, place, place[:1], private(place)))
	}
	m.ids["open"], m.ids["closed"], m.ids["dashboard"] = idOf("Model:open0000000000"), idOf("Model:closed00000000"), idOf("Dashboard:some0000")
	method, path, body := m.request(t, `POST /v2/resource-restrictions {"resource_id":"<closed>"}`)
	if got := m.do(t, method, path, body); got.Code != http.StatusOK {
		t.Fatal(got.Body)
	}
}
