package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ax/internal/api/apitest"
	"ax/internal/directory"
	"ax/internal/wire"
)

// Z-04, Z-06: whatever somebody tries to become more, in their own name, is refused, changes nothing, and is in the audit log
// unless it could not even be read.
func TestZ04_NobodyRaisesThemselves(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, onSQLite)
	admin, strong := assignment("ADMIN"), assignment("strong")
	for _, who := range []string{"MEMBER", "ANNOTATOR", "clerk", "roles", "keys", "giver", "binder", "A:MEMBER", "A:READ_ONLY", "A:keys", "maker", "bot with a custom role"} {
		a, err := m.Authenticate(t.Context(), m.keys[who])
		must(t, err)
		me := string(a.UserID)
		before := m.worth(t, who, me)
		for _, request := range []string{
			`PATCH /v2/users/` + me + ` {"role":` + admin + `}`,
			`PATCH /v2/users/` + me + ` {"is_developer":true,"role":` + admin + `}`,
			`PATCH /v2/users/` + me + ` {"status":"ACTIVE"}`,
			`PATCH /v2/users/` + me + ` {"email_verified":true}`,
			`PATCH /v2/users/` + me + ` {"is_developer":true}`,
			`POST /v2/users {"name":"Me","email":"me2@example.com","invite_mode":"NONE","role":` + admin + `}`,
			`POST /v2/users {"name":"Me","email":"me2@example.com","invite_mode":"NONE","role":` + strong + `}`,
			`POST /v2/organizations/<A>/users {"user_id":"` + me + `","role":` + admin + `}`,
			`POST /v2/organizations/<B>/users {"user_id":"` + me + `","role":` + assignment("MEMBER") + `}`,
			`POST /v2/spaces/<A1>/users {"user_id":"` + me + `","role":` + admin + `}`,
			`POST /v2/spaces/<AP>/users {"user_id":"` + me + `","role":` + strong + `}`,
			`POST /v2/role-bindings {"role_id":"<role strong>","user_id":"` + me + `","resource_type":"SPACE","resource_id":"<A1>"}`,
			`POST /v2/role-bindings {"role_id":"<role restrict>","user_id":"` + me + `","resource_type":"PROJECT","resource_id":"<open>"}`,
			`POST /v2/roles {"name":"Mine","permissions":["USER_DELETE"]}`,
			`PATCH /v2/roles/<role clerk> {"permissions":["USER_DELETE","USER_READ"]}`,
			`PATCH /v2/roles/<role keys> {"permissions":["SPACE_DELETE"]}`,
			`POST /v2/api-keys {"key_type":"SERVICE","name":"mine","account_role":` + admin + `,"organizations":[{"org_id":"<A>","spaces":[{"space_id":"<A1>","role":` + admin + `}]}]}`,
			`POST /v2/api-keys/<key AP>/refresh {}`,
			`POST /v2/users/<admin>/reset-password`,
		} {
			m.kept.entries = nil
			method, path, body := m.request(t, request)
			got := serve(m.served, newRequest(t, method, path, strings.NewReader(body), "Authorization: Bearer "+m.keys[who]))
			denied := len(m.kept.entries) == 1 && strings.HasPrefix(m.kept.entries[0].Changes, `[{"field":"denied"`) && m.kept.entries[0].ActorID == me
			switch got.Code {
			case 403, 404:
				if !denied {
					t.Errorf("%s by %s: answer %d, and the entries %+v", request, who, got.Code, m.kept.entries)
				}
			case 400, 422:
				if len(m.kept.entries) > 0 {
					t.Errorf("%s by %s: answer %d, and the entries %+v", request, who, got.Code, m.kept.entries)
				}
			default:
				t.Errorf("%s by %s: answer %d %s", request, who, got.Code, got.Body)
			}
		}
		if after := m.worth(t, who, me); after != before {
			t.Errorf("%s became %s, was %s", who, after, before)
		}
	}
}

// worth is what somebody is and sees.
func (m *matrix) worth(t *testing.T, who, me string) (all string) {
	t.Helper()
	for _, path := range []string{"/ax/v1/whoami", "/v2/users/" + me, "/v2/organizations?limit=100", "/v2/spaces?limit=100", "/v2/role-bindings?resource_type=PROJECT"} {
		all += serve(m.handler, newRequest(t, "GET", path, strings.NewReader(""), "Authorization: Bearer "+m.keys[who], "X-Request-Id: same")).Body.String()
	}
	return all
}

// Z-05: whatever a server owns, and whatever is no field at all, is refused in every body that there is, and named.
func TestZ05_FieldsOfTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := len(w.Entries(t))
	fields := []string{
		"id", "created_at", "updated_at", "status", "account_id", "email_verified", "verified", "state", "seq", "password", "password_hash", "temporary_password", "owner",
		"created_by_user_id", "redacted_key", "key", "last_used_at", "is_predefined", "bot_user", "permissions", "role", "email", "organization_id", "user_id", "invite_mode", "admin",
		"__proto__", "constructor", "$set", "Name", "NAME", "name ", "user_ID", "Role_Id", "is-private",
	}
	tried := 0
	for _, op := range apitest.Operations() {
		target, body := soundRequest(op, w.Member.UserID)
		if body == "" {
			continue
		}
		var own map[string]json.RawMessage
		must(t, json.Unmarshal([]byte(body), &own))
		for _, field := range fields {
			if _, declared := own[field]; declared || slices.Contains(optional(op.ID), field) {
				continue
			}
			tried++
			got := w.do(t, op.Method, target, body[:len(body)-1]+`,"`+field+`":"x"}`)
			wantProblem(t, got, http.StatusBadRequest, field+": there is no such key")
		}
		for field, value := range own {
			got := w.do(t, op.Method, target, body[:len(body)-1]+`,"`+field+`":`+string(value)+`}`)
			wantProblem(t, got, http.StatusBadRequest, field+": the key is there twice")
		}
	}
	if n := len(w.Entries(t)) - before; tried < 300 || n != 0 {
		t.Errorf("%d fields were tried, and %d entries recorded", tried, n)
	}
}

// optional are fields that a sound request has left out.
func optional(operation string) []string {
	return map[string][]string{"update_role": {"permissions"}, "create_api_key": {}}[operation]
}

// Z-09: nobody can be made to look like somebody else: an address is never given by a change, and a name is only a name.
func TestZ09_NobodyIsShadowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.Create(t, "zoe@example.com", "Zoe", directory.RoleMember)
	path := "/v2/users/" + string(u.ID)
	for _, body := range []string{`{"email":"ada@example.com"}`, `{"name":"Zoe","email":"ADA@example.com"}`, `{"email":["zoe@example.com","ada@example.com"]}`, `{"id":"` + string(w.Admin.UserID) + `"}`} {
		wantProblem(t, w.do(t, "PATCH", path, body), 400, "there is no such key")
	}
	for _, email := range []string{"ada@example.com", "ADA@EXAMPLE.COM", "Ada@Example.Com", "\uff41da@example.com", "ad\u0430@example.com", "ada@example.com.", "ada@ex\u00adample.com"} {
		got := w.do(t, "POST", "/v2/users", soundBody(email))
		if got.Code == 201 { // then it is another address, and shows as that
			made := decoded[wire.CreatedUser](t, got, 201)
			if made.ID == string(w.Admin.UserID) || strings.EqualFold(made.Email, "ada@example.com") {
				t.Errorf("%q became %+v", email, made)
			}
		} else if got.Code != 409 && got.Code != 422 {
			t.Errorf("%q: answer %d", email, got.Code)
		}
	}
	for _, name := range []string{"Ada Admin", "ada@example.com", string(w.Admin.UserID)} {
		decoded[wire.User](t, w.do(t, "PATCH", path, `{"name":"`+name+`"}`), 200)
		list := decoded[wire.UserList](t, w.do(t, "GET", "/v2/users?email=ada@example.com", ""), 200)
		if len(list.Users) != 1 || list.Users[0].ID != string(w.Admin.UserID) {
			t.Errorf("with the name %q, ada@example.com finds %+v", name, list.Users)
		}
		if got := decoded[wire.User](t, w.do(t, "GET", "/v2/users/"+string(w.Admin.UserID), ""), 200); got.Email != "ada@example.com" {
			t.Errorf("with the name %q, the administrator's id finds %+v", name, got)
		}
	}
}

// K-09, I-21: another directory's key opens nothing here, its ids are nothing here, and its cursors lead nowhere.
func TestK09_AnotherDirectory(t *testing.T) {
	t.Parallel()
	m, other := newMatrix(t, onSQLite), newMatrix(t, onSQLite)
	elsewhere := []string{"open", "closed", "dashboard", "predefined role"} // ids that are nobody's, or everybody's
	named := regexp.MustCompile(`<([^>]*)>`)
	tried := 0
	for _, c := range cells() {
		foreign := &matrix{ids: maps.Clone(m.ids)}
		skip := true
		for _, found := range named.FindAllStringSubmatch(c.request, -1) {
			if name := found[1]; !slices.Contains(elsewhere, name) && !strings.Contains(name, "missing") {
				foreign.ids[name], skip = other.ids[name], false
			}
		}
		if skip || c.relation == "malformed" {
			continue
		}
		method, path, body := foreign.request(t, c.request)
		got := serve(m.served, newRequest(t, method, path, strings.NewReader(body), "Authorization: Bearer "+m.key))
		if got.Code != 404 && (got.Code != 422 || !strings.Contains(got.Body.String(), "role.id")) && (got.Code != 400 || !strings.Contains(c.request, "restriction")) {
			t.Errorf("%s with the ids of another directory: answer %d %s", c.request, got.Code, got.Body)
		}
		tried++
	}
	for _, op := range apitest.Operations() {
		if target, body := soundRequest(op, m.Member.UserID); !withoutKey(op.Path) {
			wantProblem(t, m.do(t, op.Method, target, body, "Authorization: Bearer "+other.key), 401, "unknown, expired or revoked")
		}
	}
	for _, list := range []string{"/v2/users?", "/v2/organizations?", "/v2/spaces?", "/v2/roles?", "/v2/role-bindings?resource_type=SPACE&", "/v2/api-keys?", "/v2/audit-logs?"} {
		var page struct{ Pagination wire.Pagination }
		must(t, json.Unmarshal(other.do(t, "GET", list+"limit=1", "").Body.Bytes(), &page))
		if page.Pagination.NextCursor == "" {
			t.Fatalf("%s has one page", list)
		}
		wantProblem(t, m.do(t, "GET", list+"limit=1&cursor="+page.Pagination.NextCursor, ""), 400, "cursor:")
		for _, another := range []string{"/v2/users?", "/v2/organizations?", "/v2/roles?"} { // of the same directory, but for another list
			if another != list {
				wantProblem(t, other.do(t, "GET", another+"limit=1&cursor="+page.Pagination.NextCursor, ""), 400, "cursor:")
			}
		}
	}
	if tried < 150 {
		t.Errorf("%d requests were tried", tried)
	}
}

// I-21: a cursor is a place in a list, not a right: whoever brings somebody else's sees what they may see, and no more.
func TestI21_CursorsOfOthers(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, onSQLite)
	for _, list := range []string{"/v2/spaces?", "/v2/organizations?", "/v2/role-bindings?resource_type=SPACE&", "/v2/api-keys?"} {
		var page struct{ Pagination wire.Pagination }
		must(t, json.Unmarshal(m.do(t, "GET", list+"limit=1", "").Body.Bytes(), &page))
		for _, who := range []string{"A:READ_ONLY", "MEMBER", "B:ADMIN"} {
			get := func(query string) string {
				return serve(m.handler, newRequest(t, "GET", list+"limit=100"+query, strings.NewReader(""), "Authorization: Bearer "+m.keys[who])).Body.String()
			}
			own, behind := get(""), get("&cursor="+page.Pagination.NextCursor)
			for _, id := range regexp.MustCompile(`"id":"[^"]*"`).FindAllString(behind, -1) {
				if !strings.Contains(own, id) {
					t.Errorf("%s by %s behind an administrator's cursor has %s", list, who, id)
				}
			}
		}
	}
	wantProblem(t, serve(m.handler, newRequest(t, "GET", "/v2/audit-logs?cursor=x", strings.NewReader(""), "Authorization: Bearer "+m.keys["MEMBER"])), 403, "audit")
}

// I-24: the same limits for every list.
func TestI24_Limits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lists := 0
	for _, op := range apitest.Operations() {
		if !strings.HasPrefix(op.ID, "list_") {
			continue
		}
		lists++
		target := op.Path + "?resource_type=SPACE&"
		if op.ID != "list_role_bindings" {
			target = op.Path + "?"
		}
		for _, limit := range []string{"1", "50", "100"} {
			if got := w.do(t, "GET", target+"limit="+limit, ""); got.Code != 200 {
				t.Errorf("%s, %s: answer %d %s", op.ID, limit, got.Code, got.Body)
			}
		}
		for _, limit := range []string{
			"0", "-1", "101", "1e99", "1e1", "10%3B", "%D9%A1%D9%A0", "%2B5", "5.0", "0x10", "%205", "5%20", "NaN", "9223372036854775808", "", "null", "1%00", strings.Repeat("1", 5000), "1&limit=2",
		} {
			if got := w.do(t, "GET", target+"limit="+limit, ""); got.Code != 400 || !strings.Contains(got.Body.String(), "limit:") {
				t.Errorf("%s, %.40s: answer %d %s", op.ID, limit, got.Code, got.Body)
			}
		}
	}
	if lists < 8 {
		t.Errorf("%d lists", lists)
	}
}

// I-07: what would be SQL is a text like any other, in every parameter, on both engines: what is always true finds no more than
// what is never true, and nothing fails.
func TestI07_SQLIsText(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldOn(t, open)
			before := len(w.Entries(t))
			for _, quote := range []string{"'", `"`, "')", "'))", "", "\\'", "%27", "\u02bc", "`"} {
				for _, pair := range [][2]string{
					{quote + " OR '1'='1", quote + " AND '1'='2"}, {quote + " OR 1=1 --", quote + " AND 1=2 --"}, {quote + " UNION SELECT digest FROM api_keys --", quote + " UNION SELECT 1 --"},
					{quote + "; DROP TABLE users; --", quote + "; SELECT 1; --"}, {quote + " || pg_sleep(5) || '", quote + " || '"}, {quote + " OR 1=randomblob(1e9) --", quote + " OR 1=1e9 --"},
				} {
					for _, target := range []string{
						"/v2/users?email=", "/v2/users?status=", "/v2/users?cursor=", "/v2/users?limit=", "/v2/organizations?name=", "/v2/spaces?name=", "/v2/spaces?org_id=", "/v2/roles?is_predefined=",
						"/v2/role-bindings?resource_type=SPACE&user_id=", "/v2/resource-restrictions?resource_type=", "/v2/api-keys?space_id=", "/v2/api-keys?key_type=", "/v2/audit-logs?user_id=",
						"/v2/audit-logs?operation_name=", "/v2/audit-logs?start_time=", "/ax/v1/can-i?action=", "/ax/v1/can-i?action=get_user&resource=", "/v2/users/", "/v2/organizations/", "/v2/roles/",
					} {
						var answers [2]string
						for i, text := range pair {
							got := w.do(t, "GET", target+queryEscape(text), "", "X-Request-Id: same")
							if got.Code >= 500 {
								t.Fatalf("%s%s: answer %d %s", target, text, got.Code, got.Body)
							}
							answers[i] = fmt.Sprint(got.Code, strings.ReplaceAll(got.Body.String(), text, ""))
						}
						if answers[0] != answers[1] {
							t.Errorf("%s: %q and %q differ:\n%s\n%s", target, pair[0], pair[1], answers[0], answers[1])
						}
					}
				}
			}
			if n := len(w.Entries(t)); n != before {
				t.Errorf("%d entries, were %d", n, before)
			}
		})
	}
}
