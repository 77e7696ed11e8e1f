package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/wire"
)

func spaceJSON(id, name, description, private, organization, more string) string {
	return `{"id":"` + id + `","name":"` + name + `","description":"` + description + `","created_at":"2026-03-01T09:00:00Z","is_private":` + private +
		`,"organization_id":"` + organization + `"` + more + `}`
}

func TestCreateSpace(t *testing.T) {
	t.Parallel()
	body := func(organization, rest string) string {
		return `POST /v2/spaces {"organization_id":"` + organization + `",` + rest + `}`
	}
	created := []string{"create_space $NEW"}
	runOnEstate(t, []scenario{
		{name: "with a name", request: body("$ORG", `"name":" Yard "`), status: 201, want: spaceJSON("$NEW", "Yard", "", "false", "$ORG", ""), entries: created},
		{name: "private", request: body("$ORG", `"name":"Yard","is_private":true,"description":"x"`), status: 201, want: spaceJSON("$NEW", "Yard", "x", "true", "$ORG", ""), entries: created},
		{name: "a name that another organization has", request: body("$OTHER", `"name":"Vault"`), status: 201, want: spaceJSON("$NEW", "Vault", "", "false", "$OTHER", ""), entries: created},
		{name: "by its administrator", as: "boss", request: body("$ORG", `"name":"Yard"`), status: 201, want: spaceJSON("$NEW", "Yard", "", "false", "$ORG", ""), entries: created},
		{name: "a name that is taken", request: body("$ORG", `"name":"LAB"`), status: 409, want: "in the organization already"},
		{name: "a name that is taken by what is hidden", as: "boss", request: body("$ORG", `"name":"vault"`), status: 409, want: "in the organization already"},
		{name: "no name", request: `POST /v2/spaces {"organization_id":"$ORG"}`, status: 422, want: "name: must not be empty"},
		{name: "no organization", request: `POST /v2/spaces {"name":"Yard"}`, status: 422, want: "organization_id: must not be empty"},
		{name: "an organization by its name", request: body("Widgets", `"name":"Yard"`), status: 400, want: "organization_id: this is not an id"},
		{name: "settings", request: body("$ORG", `"name":"Yard","ml_models_enabled":true`), status: 400, want: "ml_models_enabled: there is no such key"},
		{name: "in no organization", request: body("$NOORG", `"name":"Yard"`), status: 404, want: "Organization not found."},
		{name: "by a member", as: "mate", request: body("$ORG", `"name":"Yard"`), status: 403, want: "create spaces in the organization"},
		{name: "by the administrator of a space", as: "lead", request: body("$ORG", `"name":"Yard"`), status: 403, want: "create spaces"},
		{name: "Z-03, by the administrator of another", as: "rival", request: body("$ORG", `"name":"Yard"`), status: 404, want: "Organization not found."},
	})
}

func TestGetSpace(t *testing.T) {
	t.Parallel()
	lab, vault := spaceJSON("$SPACE", "Lab", "", "false", "$ORG", ""), spaceJSON("$PRIVATE", "Vault", "", "true", "$ORG", "")
	runOnEstate(t, []scenario{
		{name: "a public one, by a member of the organization", as: "mate", request: "GET /v2/spaces/$SPACE", status: 200, want: lab},
		{name: "by a stranger", as: "member", request: "GET /v2/spaces/$SPACE", status: 404, want: "Space not found."},
		{name: "a private one, by the account's administrator", request: "GET /v2/spaces/$PRIVATE", status: 200, want: vault},
		{name: "by the organization's administrator", as: "boss", request: "GET /v2/spaces/$PRIVATE", status: 200, want: vault},
		{name: "by a member", as: "insider", request: "GET /v2/spaces/$PRIVATE", status: 200, want: vault},
		{name: "by a member of the organization only", as: "mate", request: "GET /v2/spaces/$PRIVATE", status: 404, want: "Space not found."},
		{name: "by the administrator of the space beside it", as: "lead", request: "GET /v2/spaces/$PRIVATE", status: 404, want: "Space not found."},
		{name: "of another organization", as: "boss", request: "GET /v2/spaces/$FAR", status: 404, want: "Space not found."},
		{name: "that is not there", request: "GET /v2/spaces/$NOSPACE", status: 404, want: "Space not found."},
		{name: "of another kind", request: "GET /v2/spaces/$ORG", status: 404, want: "Space not found."},
		{name: "by its name", request: "GET /v2/spaces/Lab", status: 400, want: "space_id: this is not an id"},
		{name: "with a key without developer access", as: "nondev", request: "GET /v2/spaces/$SPACE", status: 404, want: "Developer access is off"},
	})
}

func TestUpdateSpace(t *testing.T) {
	t.Parallel()
	const patch = "PATCH /v2/spaces/$SPACE "
	changed := []string{"update_space $SPACE"}
	settings := func(more string) string { return spaceJSON("$SPACE", "Lab", "", "false", "$ORG", more) }
	const all = `"default_llm_integration":{"integration_id":"SW50OjE=","model_name":"m"},"ml_models_enabled":false,"gradient_start_color":"#fff","gradient_end_color":"#000","default_agent_runtime":{"integration_id":"SW50OjI="}`
	runOnEstate(t, []scenario{
		{name: "name", request: patch + `{"name":"Yard"}`, status: 200, want: spaceJSON("$SPACE", "Yard", "", "false", "$ORG", ""), entries: changed},
		{name: "description", request: patch + `{"description":" x "}`, status: 200, want: spaceJSON("$SPACE", "Lab", "x", "false", "$ORG", ""), entries: changed},
		{name: "private", request: patch + `{"is_private":true}`, status: 200, want: spaceJSON("$SPACE", "Lab", "", "true", "$ORG", ""), entries: changed},
		{name: "all settings", request: patch + `{` + all + `}`, status: 200, want: settings("," + all), entries: changed},
		{name: "one setting", request: patch + `{"ml_models_enabled":true}`, status: 200, want: settings(`,"ml_models_enabled":true`), entries: changed},
		{name: "null for what is not set", request: patch + `{"description":null,"default_llm_integration":null,"default_agent_runtime":null}`, status: 200, want: settings("")},
		{name: "what it is already", request: patch + `{"name":"Lab","is_private":false}`, status: 200, want: settings("")},
		{name: "by its administrator", as: "lead", request: patch + `{"name":"Yard"}`, status: 200, want: spaceJSON("$SPACE", "Yard", "", "false", "$ORG", ""), entries: changed},
		{name: "nothing", request: patch + `{}`, status: 400, want: "Nothing to update"},
		{name: "a blank name", request: patch + `{"name":"\t"}`, status: 400, want: "name: must not be blank"},
		{name: "an empty description", request: patch + `{"description":" "}`, status: 422, want: "description: must not be empty"},
		{name: "null for privacy", request: patch + `{"is_private":null}`, status: 400, want: "is_private: must not be null"},
		{name: "no color", request: patch + `{"gradient_end_color":""}`, status: 422, want: "gradient_end_color: must not be empty"},
		{name: "no model", request: patch + `{"default_llm_integration":{"integration_id":"SW50OjE=","model_name":""}}`, status: 422, want: "default_llm_integration.model_name: must not be empty"},
		{name: "no integration", request: patch + `{"default_agent_runtime":{}}`, status: 422, want: "default_agent_runtime.integration_id: must not be empty"},
		{name: "an integration by its name", request: patch + `{"default_agent_runtime":{"integration_id":"mine"}}`, status: 400, want: "default_agent_runtime.integration_id: this is not an id"},
		{name: "a key inside that there is not", request: patch + `{"default_agent_runtime":{"integration_id":"SW50OjE=","x":1}}`, status: 400, want: "there is no such key"},
		{name: "Z-05, the organization", request: patch + `{"organization_id":"$OTHER"}`, status: 400, want: "organization_id: there is no such key"},
		{name: "a name that is taken", request: patch + `{"name":"vault"}`, status: 409, want: "in the organization already"},
		{name: "by a member of the organization", as: "mate", request: patch + `{"name":"x"}`, status: 403, want: "change the space"},
		{name: "by who may bind roles", as: "binder", request: patch + `{"name":"x"}`, status: 403, want: "change the space"},
		{name: "a private one by a member of the organization", as: "mate", request: `PATCH /v2/spaces/$PRIVATE {"is_private":false}`, status: 404, want: "Space not found."},
		{name: "a private one by a member who may look", as: "insider", request: `PATCH /v2/spaces/$PRIVATE {"is_private":false}`, status: 403, want: "change the space"},
		{name: "Z-03, by the administrator of another organization", as: "rival", request: patch + `{"name":"x"}`, status: 404, want: "Space not found."},
	})
	in := newEstate(t)
	for _, step := range []struct{ body, want string }{
		{`{` + all + `,"description":"x"}`, spaceJSON("$SPACE", "Lab", "x", "false", "$ORG", ","+all)},
		{`{"description":null,"default_llm_integration":null,"default_agent_runtime":null}`, settings(`,"ml_models_enabled":false,"gradient_start_color":"#fff","gradient_end_color":"#000"`)},
	} {
		for _, request := range []string{patch + step.body, "GET /v2/spaces/$SPACE"} {
			if diff := cmp.Diff(step.want+"\n", in.unnamed(in.send(t, "", request).Body.String())); diff != "" {
				t.Errorf("%s (-want +got):\n%s", request, diff)
			}
		}
	}
}

func TestDeleteSpace(t *testing.T) {
	t.Parallel()
	runOnEstate(t, []scenario{
		{name: "there", request: "DELETE /v2/spaces/$SPACE", status: 204, entries: []string{"delete_space $SPACE"}},
		{name: "by its administrator", as: "lead", request: "DELETE /v2/spaces/$SPACE", status: 204, entries: []string{"delete_space $SPACE"}},
		{name: "not there", request: "DELETE /v2/spaces/$NOSPACE", status: 404, want: "Space not found."},
		{name: "no id", request: "DELETE /v2/spaces/x", status: 400, want: "space_id:"},
		{name: "by a member of the organization", as: "mate", request: "DELETE /v2/spaces/$SPACE", status: 403, want: "delete the space"},
		{name: "a private one by a member of the organization", as: "mate", request: "DELETE /v2/spaces/$PRIVATE", status: 404, want: "Space not found."},
		{name: "Z-03, by the administrator of another", as: "rival", request: "DELETE /v2/spaces/$SPACE", status: 404, want: "Space not found."},
	})
}

func TestSpaceMembers(t *testing.T) {
	t.Parallel()
	add := func(user, role string) string {
		return `POST /v2/spaces/$SPACE/users {"user_id":"` + user + `","role":` + role + `}`
	}
	named := func(name string) string { return `{"type":"PREDEFINED","name":"` + name + `"}` }
	member := func(user, role string) string {
		return `{"id":"$NEW","user_id":"` + user + `","space_id":"$SPACE","role":` + role + `}`
	}
	added, removed := []string{"add_space_user $SPACE"}, []string{"remove_space_user $SPACE"}
	const custom, strong, shown = `{"type":"CUSTOM","id":"$ROLE"}`, `{"type":"CUSTOM","id":"$STRONG"}`, `{"type":"CUSTOM","id":"$ROLE","name":"Binder"}`
	runOnEstate(t, []scenario{
		{name: "a new member", request: add("$MATE", named("READ_ONLY")), status: 200, want: member("$MATE", named("READ_ONLY")), entries: added},
		{name: "another role", as: "lead", request: add("$BINDER", named("ADMIN")), status: 200, want: member("$BINDER", named("ADMIN")), entries: added},
		{name: "the same role", request: add("$LEAD", named("ADMIN")), status: 200, want: member("$LEAD", named("ADMIN"))},
		{name: "a custom role", request: add("$MATE", custom), status: 200, want: member("$MATE", shown), entries: added},
		{name: "a custom role by who may bind", as: "binder", request: add("$MATE", custom), status: 200, want: member("$MATE", shown), entries: added},
		{name: "R-AC-04, one that allows more than they may", as: "binder", request: add("$MATE", strong), status: 403, want: "allows more than you may do"},
		{name: "Z-04, one that allows more, for themselves", as: "binder", request: add("$BINDER", strong), status: 403, want: "allows more than you may do"},
		{name: "Z-07, one in the place of an administrator's", as: "binder", request: add("$LEAD", custom), status: 403, want: "may do more in the space than you"},
		{name: "Z-04, a predefined role by who may bind", as: "binder", request: add("$BINDER", named("ADMIN")), status: 403, want: "add members to the space"},
		{name: "the strong one by an administrator of the space", as: "lead", request: add("$MATE", strong), status: 200,
			want: member("$MATE", `{"type":"CUSTOM","id":"$STRONG","name":"Strong"}`), entries: added},
		{name: "who is not in the organization", request: add("$RIVAL", named("MEMBER")), status: 400, want: "not a member of the space's organization"},
		{name: "Z-10, who was deleted", request: add("$DELETED", named("MEMBER")), status: 404, want: "User not found."},
		{name: "nobody", request: add("$UNKNOWN", named("MEMBER")), status: 404, want: "User not found."},
		{name: "as an annotator", request: add("$MATE", named("ANNOTATOR")), status: 400, want: "only a user whose account role is ANNOTATOR"},
		{name: "no user and no role", request: `POST /v2/spaces/$SPACE/users {}`, status: 422, want: "role.type: must be PREDEFINED or CUSTOM; user_id: must not be empty"},
		{name: "a predefined role as a custom one", request: add("$MATE", `{"type":"CUSTOM","id":"Um9sZTpwcmVkZWZpbmVkLWE="}`), status: 422, want: "role.id: is not the id of a role"},
		{name: "by a member of the organization", as: "mate", request: add("$MATE", named("ADMIN")), status: 403, want: "add members to the space"},
		{name: "a custom one by a member of the organization", as: "mate", request: add("$MATE", custom), status: 403, want: "give custom roles"},
		{name: "Z-03, by the administrator of another", as: "rival", request: add("$RIVAL", named("ADMIN")), status: 404, want: "Space not found."},

		{name: "removed", request: "DELETE /v2/spaces/$SPACE/users/$LEAD", status: 204, entries: removed},
		{name: "themselves", as: "binder", request: "DELETE /v2/spaces/$SPACE/users/$BINDER", status: 204, entries: removed},
		{name: "Z-07, an administrator by who may bind", as: "binder", request: "DELETE /v2/spaces/$SPACE/users/$LEAD", status: 403, want: "may do more in the space than you"},
		{name: "who is no member", request: "DELETE /v2/spaces/$SPACE/users/$MATE", status: 404, want: "The user is not a member of the space."},
		{name: "who is not there", request: "DELETE /v2/spaces/$SPACE/users/$UNKNOWN", status: 404, want: "The user is not a member of the space."},
		{name: "no id", request: "DELETE /v2/spaces/$SPACE/users/x", status: 400, want: "user_id:"},
		{name: "by a member", as: "mate", request: "DELETE /v2/spaces/$SPACE/users/$LEAD", status: 403, want: "remove members"},
		{name: "Z-03, removed by the administrator of another", as: "rival", request: "DELETE /v2/spaces/$SPACE/users/$LEAD", status: 404, want: "Space not found."},
	})
}

func TestListSpaces(t *testing.T) {
	t.Parallel()
	in := newEstate(t)
	for _, c := range []struct{ as, query, want string }{
		{"", "", "$SPACE $PRIVATE $FAR"}, {"", "?org_id=$OTHER", "$FAR"}, {"", "?name=LAB", "$SPACE $FAR"}, {"", "?name=lab&org_id=$ORG", "$SPACE"},
		{"", "?limit=2", "$SPACE $PRIVATE +"}, {"", "?name=_", ""}, {"", "?name=", "$SPACE $PRIVATE $FAR"},
		{"boss", "", "$SPACE $PRIVATE"}, {"mate", "", "$SPACE"}, {"lead", "", "$SPACE"}, {"insider", "", "$SPACE $PRIVATE"}, {"rival", "", "$FAR"}, {"member", "", ""},
		{"mate", "?org_id=$ORG", "$SPACE"}, {"mate", "?limit=1", "$SPACE"}, {"insider", "?limit=1", "$SPACE +"}, {"mate", "?name=vault", ""},
	} {
		page := decoded[wire.SpaceList](t, in.send(t, c.as, "GET /v2/spaces"+c.query), 200)
		var got []string
		for _, s := range page.Spaces {
			got = append(got, in.unnamed(s.ID))
		}
		if page.Pagination.HasMore {
			got = append(got, "+")
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("as %q%s: got %v, want %s", c.as, c.query, got, c.want)
		}
	}
	wantProblem(t, in.send(t, "mate", "GET /v2/spaces?org_id=$OTHER"), 404, "Organization not found.")
	wantProblem(t, in.send(t, "", "GET /v2/spaces?org_id=Widgets"), 400, "org_id:")
	wantProblem(t, in.send(t, "", "GET /v2/spaces?org_id="), 400, "org_id:")
	wantProblem(t, in.send(t, "", "GET /v2/spaces?org_id=$NOORG"), 404, "Organization not found.")
	wantProblem(t, in.send(t, "nondev", "GET /v2/spaces"), 403, "Developer access is off")
}
