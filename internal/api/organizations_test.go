package api_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/wire"
)

// newEstate is a town with organizations. In $ORG, named Widgets, are the spaces $SPACE, Lab, and $PRIVATE, Vault, which is
// private; in $OTHER, Gadgets, is $FAR, another Lab. Keys: boss and nondev are administrators of $ORG, lead one of $SPACE,
// binder has a custom role there, mate is a member of $ORG, insider of $PRIVATE too, rival administers $OTHER, member is in none.
func newEstate(t testing.TB) town {
	t.Helper()
	in := newTown(t)
	org, other := in.NewOrganization(t, "Widgets"), in.NewOrganization(t, "Gadgets")
	space, private, far := in.NewSpace(t, org, "Lab", false), in.NewSpace(t, org, "Vault", true), in.NewSpace(t, other, "Lab", false)
	role := in.NewRole(t, "Binder", directory.SpaceRead, directory.RoleBindingCreate, directory.RoleBindingDelete)
	users := in.NewRole(t, "Users", directory.UserDelete)
	strong := in.NewRole(t, "Strong", directory.SpaceRead, directory.SpaceDelete)
	const mem, adm = directory.RoleMember, directory.RoleAdmin
	for _, p := range []struct {
		name            string
		org, space, vlt directory.Role
		other           directory.Role
	}{
		{name: "boss", org: adm}, {name: "nondev", org: adm}, {name: "lead", org: mem, space: adm}, {name: "binder", org: mem, space: role},
		{name: "mate", org: mem}, {name: "insider", org: mem, vlt: directory.RoleReadOnly}, {name: "rival", other: adm},
	} {
		email := p.name + "@example.com"
		u := in.Create(t, email, "Pat", directory.RoleMember)
		in.ids["$"+strings.ToUpper(p.name)], in.keys[p.name] = string(u.ID), in.APIKey(t, email)
		for o, role := range map[directory.Organization]directory.Role{org: p.org, other: p.other} {
			if role != "" {
				in.Join(t, o, u.ID, role)
			}
		}
		if p.space != "" {
			in.JoinSpace(t, space, u.ID, p.space)
		}
		if p.vlt != "" {
			in.JoinSpace(t, private, u.ID, p.vlt)
		}
		if p.name == "nondev" {
			no := false
			if _, err := in.UpdateUser(t.Context(), in.Admin, u.ID, directory.UpdateUser{Developer: &no}); err != nil {
				t.Fatal(err)
			}
		}
	}
	labeler := in.Create(t, "labeler@example.com", "Pat", directory.RoleAnnotator)
	maps.Copy(in.ids, map[string]string{
		"$LABELER": string(labeler.ID), "$ORG": string(org.ID), "$OTHER": string(other.ID), "$SPACE": string(space.ID), "$PRIVATE": string(private.ID),
		"$FAR": string(far.ID), "$ROLE": string(role), "$STRONG": string(strong), "$USERS": string(users), "$NOORG": "T3JnYW5pemF0aW9uOjAwMDAwMDAwMDAwMDAwMDAw",
		"$NOSPACE": "U3BhY2U6MDAwMDAwMDAwMDAwMDAwMDAw", "$NOROLE": "Um9sZTowMDAwMDAwMDAwMDAwMDAw",
	})
	return in
}

func runOnEstate(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t, newEstate(t))
		})
	}
}

func organizationJSON(id, name, description string) string {
	return `{"id":"` + id + `","name":"` + name + `","description":"` + description + `","created_at":"2026-03-01T09:00:00Z"}`
}

func TestCreateOrganization(t *testing.T) {
	t.Parallel()
	const post = "POST /v2/organizations "
	created := []string{"create_organization $NEW"}
	runOnEstate(t, []scenario{
		{name: "with a name", request: post + `{"name":" Tools "}`, status: 201, want: organizationJSON("$NEW", "Tools", ""), entries: created},
		{name: "with a description", request: post + `{"name":"Tools & <more>","description":" Größe "}`, status: 201, want: organizationJSON("$NEW", "Tools & <more>", "Größe"), entries: created},
		{name: "a name that is taken", request: post + `{"name":"wIDGETS"}`, status: 409, want: "exists already"},
		{name: "no name", request: post + `{}`, status: 422, want: "name: must not be empty"},
		{name: "a blank name", request: post + `{"name":" "}`, status: 422, want: "name: must not be empty"},
		{name: "every fault", request: post + `{"name":"` + strings.Repeat("é", 256) + `","description":"` + strings.Repeat("é", 1001) + `"}`, status: 422,
			want: "name: must be at most 255 characters; description: must be at most 1000 characters"},
		{name: "I-03, a line break in the description", request: post + `{"name":"One","description":"a\nb"}`, status: 422, want: "description: must not hold control characters"},
		{name: "I-03, text that runs backwards", request: post + `{"name":"a\u202eb"}`, status: 422, want: "name: must not hold"},
		{name: "null", request: post + `{"name":"One","description":null}`, status: 400, want: "description: must not be null"},
		{name: "Z-05, an id", request: post + `{"name":"One","id":"$ORG"}`, status: 400, want: "id: there is no such key"},
		{name: "Z-05, created_at", request: post + `{"name":"One","created_at":"2026-03-01T09:00:00Z"}`, status: 400, want: "created_at: there is no such key"},
		{name: "I-01, a key in another case", request: post + `{"Name":"One"}`, status: 400, want: "Name: there is no such key"},
		{name: "by an administrator of another", as: "boss", request: post + `{"name":"Tools"}`, status: 403, want: "create organizations"},
		{name: "by a member", as: "member", request: post + `{"name":"Tools"}`, status: 403, want: "create organizations"},
		{name: "by nobody", as: "nobody", request: post + `{"name":"Tools"}`, status: 401, want: "Authorization"},
	})
}

func TestGetOrganization(t *testing.T) {
	t.Parallel()
	widgets := organizationJSON("$ORG", "Widgets", "All about Widgets")
	runOnEstate(t, []scenario{
		{name: "as the administrator", request: "GET /v2/organizations/$ORG", status: 200, want: widgets},
		{name: "as a member of it", as: "mate", request: "GET /v2/organizations/$ORG", status: 200, want: widgets},
		{name: "as a member of the account", as: "member", request: "GET /v2/organizations/$ORG", status: 404, want: "Organization not found."},
		{name: "Z-03, as the administrator of another", as: "rival", request: "GET /v2/organizations/$ORG", status: 404, want: "Organization not found."},
		{name: "that is not there", request: "GET /v2/organizations/$NOORG", status: 404, want: "Organization not found."},
		{name: "of another kind", request: "GET /v2/organizations/$SPACE", status: 404, want: "Organization not found."},
		{name: "by its name", request: "GET /v2/organizations/Widgets", status: 400, want: "org_id: this is not an id"},
		{name: "with a key without developer access", as: "nondev", request: "GET /v2/organizations/$ORG", status: 404, want: "Developer access is off"},
		{name: "without a key", as: "nobody", request: "GET /v2/organizations/$ORG", status: 401, want: "Authorization"},
	})
}

func TestUpdateOrganization(t *testing.T) {
	t.Parallel()
	const patch = "PATCH /v2/organizations/$ORG "
	changed := []string{"update_organization $ORG"}
	runOnEstate(t, []scenario{
		{name: "name", request: patch + `{"name":" Parts "}`, status: 200, want: organizationJSON("$ORG", "Parts", "All about Widgets"), entries: changed},
		{name: "its own name in another case", request: patch + `{"name":"WIDGETS"}`, status: 200, want: organizationJSON("$ORG", "WIDGETS", "All about Widgets"), entries: changed},
		{name: "description", request: patch + `{"description":"x"}`, status: 200, want: organizationJSON("$ORG", "Widgets", "x"), entries: changed},
		{name: "null clears the description", request: patch + `{"description":null}`, status: 200, want: organizationJSON("$ORG", "Widgets", ""), entries: changed},
		{name: "so does an empty one", request: patch + `{"description":""}`, status: 200, want: organizationJSON("$ORG", "Widgets", ""), entries: changed},
		{name: "what it is already", request: patch + `{"name":"Widgets","description":"All about Widgets"}`, status: 200, want: organizationJSON("$ORG", "Widgets", "All about Widgets")},
		{name: "by its administrator", as: "boss", request: patch + `{"name":"Parts"}`, status: 200, want: organizationJSON("$ORG", "Parts", "All about Widgets"), entries: changed},
		{name: "nothing", request: patch + `{}`, status: 400, want: "Nothing to update: give name or description."},
		{name: "a blank name", request: patch + `{"name":" "}`, status: 400, want: "name: must not be blank"},
		{name: "null for a name", request: patch + `{"name":null}`, status: 400, want: "name: must not be null"},
		{name: "too long", request: patch + `{"name":"` + strings.Repeat("x", 256) + `"}`, status: 422, want: "name: must be at most 255"},
		{name: "a name that is taken", request: patch + `{"name":"gadgets"}`, status: 409, want: "exists already"},
		{name: "Z-05, the id", request: patch + `{"id":"$OTHER","name":"x"}`, status: 400, want: "id: there is no such key"},
		{name: "by a member of it", as: "mate", request: patch + `{"name":"x"}`, status: 403, want: "change the organization"},
		{name: "by a key without developer access", as: "nondev", request: patch + `{"name":"x"}`, status: 403, want: "Developer access is off"},
		{name: "Z-03, by the administrator of another", as: "rival", request: patch + `{"name":"x"}`, status: 404, want: "Organization not found."},
		{name: "a stranger learns nothing from a fault", as: "rival", request: patch + `{"name":"` + strings.Repeat("x", 256) + `"}`, status: 404, want: "Organization not found."},
	})
}

func TestDeleteOrganization(t *testing.T) {
	t.Parallel()
	runOnEstate(t, []scenario{
		{name: "there", request: "DELETE /v2/organizations/$ORG", status: 204, entries: []string{"delete_organization $ORG"}},
		{name: "not there", request: "DELETE /v2/organizations/$NOORG", status: 404, want: "Organization not found."},
		{name: "no id", request: "DELETE /v2/organizations/x", status: 400, want: "org_id:"},
		{name: "by a member", as: "mate", request: "DELETE /v2/organizations/$ORG", status: 403, want: "delete the organization"},
		{name: "Z-03, by the administrator of another", as: "rival", request: "DELETE /v2/organizations/$ORG", status: 404, want: "Organization not found."},
	})
	in := newEstate(t)
	if got := in.send(t, "", "DELETE /v2/organizations/$ORG"); got.Code != 204 {
		t.Fatalf("answer %d %s", got.Code, got.Body)
	}
	for _, request := range []string{
		"DELETE /v2/organizations/$ORG", "GET /v2/organizations/$ORG", "GET /v2/spaces/$SPACE", "GET /v2/spaces/$PRIVATE", "GET /v2/spaces?org_id=$ORG",
		"DELETE /v2/organizations/$ORG/users/$MATE", "DELETE /v2/spaces/$SPACE/users/$LEAD",
	} {
		wantProblem(t, in.send(t, "", request), 404, "not found.")
	}
	if got := in.send(t, "", `POST /v2/organizations {"name":"Widgets"}`); got.Code != 201 {
		t.Errorf("the name is not free again: %d %s", got.Code, got.Body)
	}
}

// Z-02: what is foreign, hidden or missing answers alike, byte for byte.
func TestForeignIsMissing(t *testing.T) {
	t.Parallel()
	in := newEstate(t)
	for _, c := range []struct{ request, there, missing string }{
		{"GET /v2/organizations/%s", "$ORG", "$NOORG"}, {`PATCH /v2/organizations/%s {"name":"x"}`, "$ORG", "$NOORG"}, {"DELETE /v2/organizations/%s", "$ORG", "$NOORG"},
		{`POST /v2/organizations/%s/users {"user_id":"$MATE","role":{"type":"PREDEFINED","name":"MEMBER"}}`, "$ORG", "$NOORG"},
		{"DELETE /v2/organizations/%s/users/$MATE", "$ORG", "$NOORG"}, {"GET /v2/spaces?org_id=%s", "$ORG", "$NOORG"},
		{`POST /v2/spaces {"name":"x","organization_id":"%s"}`, "$ORG", "$NOORG"},
		{"GET /v2/spaces/%s", "$SPACE", "$NOSPACE"}, {"GET /v2/spaces/%s", "$PRIVATE", "$NOSPACE"},
		{`PATCH /v2/spaces/%s {"name":"x"}`, "$SPACE", "$NOSPACE"}, {"DELETE /v2/spaces/%s", "$PRIVATE", "$NOSPACE"},
		{`POST /v2/spaces/%s/users {"user_id":"$MATE","role":{"type":"PREDEFINED","name":"MEMBER"}}`, "$SPACE", "$NOSPACE"},
		{`POST /v2/spaces/%s/users {"user_id":"$MATE","role":{"type":"CUSTOM","id":"$ROLE"}}`, "$PRIVATE", "$NOSPACE"},
		{"DELETE /v2/spaces/%s/users/$LEAD", "$SPACE", "$NOSPACE"},
	} {
		for _, as := range []string{"rival", "member", "annotator"} {
			there, missing := in.send(t, as, fmt.Sprintf(c.request, c.there)), in.send(t, as, fmt.Sprintf(c.request, c.missing))
			a, b := wantProblem(t, there, 404, "not found."), wantProblem(t, missing, 404, "not found.")
			a.RequestID, a.Instance, b.RequestID, b.Instance = "", "", "", ""
			if diff := cmp.Diff(b, a); diff != "" {
				t.Errorf("%s as %s (-missing +foreign):\n%s", c.request, as, diff)
			}
		}
	}
}

func TestOrganizationMembers(t *testing.T) {
	t.Parallel()
	add := func(user, role string) string {
		return `POST /v2/organizations/$ORG/users {"user_id":"` + user + `","role":` + role + `}`
	}
	named := func(name string) string { return `{"type":"PREDEFINED","name":"` + name + `"}` }
	member := func(user, role string) string {
		return `{"id":"$NEW","user_id":"` + user + `","organization_id":"$ORG","role":` + role + `}`
	}
	added, removed := []string{"add_organization_user $ORG"}, []string{"remove_organization_user $ORG"}
	const custom = `{"type":"CUSTOM","id":"$ROLE"}`
	runOnEstate(t, []scenario{
		{name: "a new member", request: add("$ACTIVE", named("MEMBER")), status: 200, want: member("$ACTIVE", named("MEMBER")), entries: added},
		{name: "in lower case", request: add("$ACTIVE", `{"type":"predefined","name":"read_only"}`), status: 200, want: member("$ACTIVE", named("READ_ONLY")), entries: added},
		{name: "another role", request: add("$MATE", named("ADMIN")), status: 200, want: member("$MATE", named("ADMIN")), entries: added},
		{name: "the same role", request: add("$MATE", named("MEMBER")), status: 200, want: member("$MATE", named("MEMBER"))},
		{name: "a custom role", request: add("$MATE", custom), status: 200, want: member("$MATE", `{"type":"CUSTOM","id":"$ROLE","name":"Binder"}`), entries: added},
		{name: "somebody invited", request: add("$LINK", named("MEMBER")), status: 200, want: member("$LINK", named("MEMBER")), entries: added},
		{name: "somebody whose invitation ran out", request: add("$EXPIRED", named("MEMBER")), status: 200, want: member("$EXPIRED", named("MEMBER")), entries: added},
		{name: "an annotator", request: add("$LABELER", named("ANNOTATOR")), status: 200, want: member("$LABELER", named("ANNOTATOR")), entries: added},
		{name: "by its administrator", as: "boss", request: add("$ACTIVE", named("ADMIN")), status: 200, want: member("$ACTIVE", named("ADMIN")), entries: added},
		{name: "an annotator as something else", request: add("$LABELER", named("MEMBER")), status: 400, want: "can only be an ANNOTATOR"},
		{name: "an annotator with a custom role", request: add("$LABELER", custom), status: 400, want: "can only be an ANNOTATOR"},
		{name: "somebody else as an annotator", request: add("$MATE", named("ANNOTATOR")), status: 400, want: "only a user whose account role is ANNOTATOR"},
		{name: "Z-10, somebody deleted", request: add("$DELETED", named("MEMBER")), status: 404, want: "User not found."},
		{name: "nobody", request: add("$UNKNOWN", named("MEMBER")), status: 404, want: "User not found."},
		{name: "an address for an id", request: add("mel@example.com", named("MEMBER")), status: 400, want: "user_id: this is not a user id"},
		{name: "no user", request: `POST /v2/organizations/$ORG/users {"role":` + named("MEMBER") + `}`, status: 422, want: "user_id: must not be empty"},
		{name: "no role", request: `POST /v2/organizations/$ORG/users {"user_id":"$MATE"}`, status: 422, want: "role.type: must be PREDEFINED or CUSTOM"},
		{name: "a role of the account", request: add("$MATE", named("MEMBER_UI_ONLY")), status: 422, want: "role.name: must be one of ADMIN, MEMBER, READ_ONLY, ANNOTATOR"},
		{name: "a text for a role", request: add("$MATE", `"MEMBER"`), status: 400, want: "role: must be an object"},
		{name: "a custom role that is not there", request: add("$MATE", `{"type":"CUSTOM","id":"$NOROLE"}`), status: 422, want: "role.id: is not the id of a role"},
		{name: "an id that is no role's", request: add("$MATE", `{"type":"CUSTOM","id":"$ORG"}`), status: 422, want: "role.id:"},
		{name: "R-AC-04, a custom role above one's own", as: "boss", request: add("$MATE", `{"type":"CUSTOM","id":"$USERS"}`), status: 403, want: "allows more than you may do"},
		{name: "Z-04, a member makes themselves an administrator", as: "mate", request: add("$MATE", named("ADMIN")), status: 403, want: "choose the members"},
		{name: "Z-03, by the administrator of another", as: "rival", request: add("$RIVAL", named("ADMIN")), status: 404, want: "Organization not found."},
		{name: "by a key without developer access", as: "nondev", request: add("$ACTIVE", named("MEMBER")), status: 403, want: "Developer access is off"},

		{name: "removed", request: "DELETE /v2/organizations/$ORG/users/$LEAD", status: 204, entries: removed},
		{name: "removed by its administrator", as: "boss", request: "DELETE /v2/organizations/$ORG/users/$MATE", status: 204, entries: removed},
		{name: "who is no member", request: "DELETE /v2/organizations/$ORG/users/$RIVAL", status: 404, want: "The user is not a member of the organization."},
		{name: "who is not there", request: "DELETE /v2/organizations/$ORG/users/$UNKNOWN", status: 404, want: "The user is not a member of the organization."},
		{name: "who was deleted", request: "DELETE /v2/organizations/$ORG/users/$DELETED", status: 404, want: "The user is not a member of the organization."},
		{name: "no id to remove", request: "DELETE /v2/organizations/$ORG/users/x", status: 400, want: "user_id:"},
		{name: "removed by a member", as: "mate", request: "DELETE /v2/organizations/$ORG/users/$LEAD", status: 403, want: "choose the members"},
		{name: "Z-03, removed by the administrator of another", as: "rival", request: "DELETE /v2/organizations/$ORG/users/$LEAD", status: 404, want: "Organization not found."},
	})
}

func TestListOrganizations(t *testing.T) {
	t.Parallel()
	in := newEstate(t)
	in.NewOrganization(t, "100% a_b\\c")
	for _, c := range []struct{ as, query, want string }{
		{"", "", "Widgets,Gadgets,100% a_b\\c"}, {"", "?name=WIDGE", "Widgets"}, {"", "?name=dgets", "Widgets,Gadgets"}, {"", "?name=", "Widgets,Gadgets,100% a_b\\c"},
		{"", "?name=%25", "100% a_b\\c"}, {"", "?name=_", "100% a_b\\c"}, {"", "?name=%5C", "100% a_b\\c"}, {"", "?name=*", ""}, {"", "?limit=1", "Widgets,+"}, {"", "?limit=3", "Widgets,Gadgets,100% a_b\\c"},
		{"boss", "", "Widgets"}, {"mate", "", "Widgets"}, {"rival", "", "Gadgets"}, {"member", "", ""}, {"annotator", "", ""}, {"mate", "?name=gadgets", ""},
	} {
		page := decoded[wire.OrganizationList](t, in.send(t, c.as, "GET /v2/organizations"+c.query), 200)
		var got []string
		for _, o := range page.Organizations {
			got = append(got, o.Name)
		}
		if page.Pagination.HasMore != (page.Pagination.NextCursor != "") {
			t.Errorf("%s%s: %+v", c.as, c.query, page.Pagination)
		}
		if page.Pagination.HasMore {
			got = append(got, "+")
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("as %q%s: got %v, want %s", c.as, c.query, got, c.want)
		}
	}
	for query, says := range map[string]string{"limit=0": "limit:", "limit=101": "limit:", "cursor=x": "cursor:", "name=" + strings.Repeat("x", 256): "name:", "nam=x": "nam: there is no such parameter", "name=x&name=y": "name: give it once"} {
		wantProblem(t, in.send(t, "", "GET /v2/organizations?"+query), 400, says)
	}
	wantProblem(t, in.send(t, "nondev", "GET /v2/organizations"), 403, "Developer access is off")
	wantProblem(t, in.send(t, "nobody", "GET /v2/organizations"), 401, "Authorization")
	cursor := decoded[wire.OrganizationList](t, in.send(t, "", "GET /v2/organizations?limit=1"), 200).Pagination.NextCursor
	for _, elsewhere := range []string{"/v2/spaces?limit=1&cursor=", "/v2/users?limit=1&cursor=", "/v2/organizations?name=x&cursor="} {
		wantProblem(t, in.send(t, "", "GET "+elsewhere+cursor), 400, "cursor:") // I-21
	}
}
