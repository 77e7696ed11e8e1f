package api_test

import (
	"slices"
	"strings"
)

// A cell is a request about something that stands in a relation to the actor, and its status by the oracle. <name> in the
// request stands for an id of the world; 0 is for what the oracle leaves open.
type cell struct {
	operation, relation, request string
	want                         func(standing) int
}

func status(n int) func(standing) int { return func(standing) int { return n } }

// absent are the ways in which nothing of a kind is there: the relation, and the id.
func absent(kind string) [][2]string {
	return [][2]string{{"deleted", "<deleted " + kind + ">"}, {"missing", "<missing " + kind + ">"}, {"of another kind", "<other " + kind + ">"}}
}

func cells() (all []cell) {
	for _, part := range [][]cell{
		userCells(), absentUserCells(), organizationCells(), spaceCells(), memberCells(), roleCells(), bindingCells(), restrictionCells(), keyCells(), otherCells(),
	} {
		all = append(all, part...)
	}
	slices.SortFunc(all, func(a, b cell) int { return strings.Compare(a.request, b.request) }) // some come out of maps
	return all
}

// userChanges are the operations on one user: the request around the id, the permission, the statuses for active and invited.
func userChanges() []struct {
	id, before, after, needs string
	active, invited          int
} {
	return []struct {
		id, before, after, needs string
		active, invited          int
	}{
		{"update_user", "PATCH /v2/users/", ` {"name":"New"}`, "USER_UPDATE", 200, 200},
		{"delete_user", "DELETE /v2/users/", "", "USER_DELETE", 204, 204},
		{"preview_user_deletion", "GET /ax/v1/users/", "/deletion", "USER_DELETE", 200, 200},
		{"resend_user_invitation", "POST /v2/users/", "/resend-invitation", "USER_CREATE", 400, 204},
		{"reset_user_password", "POST /v2/users/", "/reset-password", "USER_UPDATE", 204, 400},
	}
}

func userCells() (all []cell) {
	for _, target := range [][2]string{{"<admin>", "ADMIN"}, {"<member>", "MEMBER"}, {"<annotator>", "ANNOTATOR"}, {"<holder>", "strong"}, {"<invited>", "MEMBER"}} {
		id, role := target[0], target[1]
		all = append(all,
			cell{"get_user", id, "GET /v2/users/" + id, func(s standing) int { return s.quiet(s.may("USER_READ", ""), 200) }},
			cell{"update_user", id + ", developer access", "PATCH /v2/users/" + id + ` {"is_developer":true}`, func(s standing) int {
				return s.outcome(s.may("USER_READ", ""), s.account == "ADMIN", 200)
			}})
		for _, c := range userChanges() {
			done := c.active
			if id == "<invited>" {
				done = c.invited
			}
			all = append(all, cell{c.id, id, c.before + id + c.after, func(s standing) int {
				if c.needs == "USER_CREATE" && s.account == "MEMBER" { // creating is a member's, sending again is not
					return s.outcome(true, false, 0)
				}
				return s.onUser(c.needs, role, done)
			}})
		}
	}
	for _, role := range []string{"ADMIN", "MEMBER", "ANNOTATOR", "MEMBER_UI_ONLY", "strong", "weak"} {
		all = append(all, cell{"create_user", "as " + role, `POST /v2/users {"name":"New","email":"new@example.com","invite_mode":"NONE","role":` + assignment(role) + `}`,
			func(s standing) int {
				mine := s.within(role, "")
				if s.account == "MEMBER" {
					mine = role == "MEMBER" || role == "ANNOTATOR"
				}
				return s.outcome(true, s.may("USER_CREATE", "") && mine, 201)
			}})
	}
	return append(all, cell{"list_users", "all", "GET /v2/users?limit=100", func(s standing) int { return s.outcome(true, s.may("USER_READ", ""), 200) }})
}

// assignment is a role as requests have it.
func assignment(role string) string {
	if _, custom := customRoles()[role]; custom {
		return `{"type":"CUSTOM","id":"<role ` + role + `>"}`
	}
	return `{"type":"PREDEFINED","name":"` + role + `"}`
}

func absentUserCells() (all []cell) {
	all = append(all, cell{"get_user", "malformed", "GET /v2/users/ada", func(s standing) int { return s.quiet(s.may("USER_READ", ""), 400) }})
	for _, c := range userChanges() {
		all = append(all, cell{c.id, "malformed", c.before + "ada" + c.after, func(s standing) int {
			if s.may("USER_READ", "") {
				return 400
			}
			return 404
		}})
	}
	for _, a := range append(absent("user"), [2]string{"bot", "<bot>"}) {
		all = append(all, cell{"get_user", a[0], "GET /v2/users/" + a[1], status(404)})
		for _, c := range userChanges() {
			all = append(all, cell{c.id, a[0], c.before + a[1] + c.after, func(s standing) int {
				if c.id == "delete_user" && a[0] == "deleted" && !s.idle && s.may("USER_READ", "") && s.may("USER_DELETE", "") {
					return 204
				}
				return 404
			}})
		}
	}
	return all
}

// aboutOrganization are the operations on one.
func aboutOrganization(id string) []cell {
	path := "/v2/organizations/" + id
	return []cell{
		{"get_organization", "", "GET " + path, nil},
		{"update_organization", "ORGANIZATION_UPDATE", "PATCH " + path + ` {"name":"New"}`, status(200)},
		{"delete_organization", "ORGANIZATION_DELETE", "DELETE " + path, status(204)},
		{"add_organization_user", administer, "POST " + path + `/users {"user_id":"<user guest>","role":` + assignment("READ_ONLY") + `}`, status(200)},
		{"remove_organization_user", administer, "DELETE " + path + "/users/<user guest>", status(204)},
		{"create_space", "SPACE_CREATE", `POST /v2/spaces {"name":"New","organization_id":"` + id + `"}`, status(201)},
		{"list_spaces", "", "GET /v2/spaces?org_id=" + id, nil},
	}
}

// aboutSpace are the operations on one.
func aboutSpace(id string) []cell {
	path := "/v2/spaces/" + id
	return []cell{
		{"get_space", "", "GET " + path, nil},
		{"update_space", "SPACE_UPDATE", "PATCH " + path + ` {"name":"New"}`, status(200)},
		{"delete_space", "SPACE_DELETE", "DELETE " + path, status(204)},
		{"add_space_user", administer, "POST " + path + `/users {"user_id":"<user guest>","role":` + assignment("READ_ONLY") + `}`, status(200)},
		{"remove_space_user", "ROLE_BINDING_DELETE", "DELETE " + path + "/users/<user reading>", status(204)},
		{"list_api_keys", "SERVICE_KEY_READ", "GET /v2/api-keys?space_id=" + id, status(200)},
	}
}

// inPlace is what the operations come to in a place: the cell's relation is what it needs there.
func inPlace(about []cell, place string) (all []cell) {
	for _, c := range about {
		want := func(s standing) int {
			if c.operation == "list_spaces" {
				return s.outcome(s.sees(place), true, 200)
			}
			return s.quiet(s.sees(place), 200)
		}
		if c.want != nil {
			want = func(s standing) int { return s.outcome(s.sees(place), s.may(c.relation, place), c.want(s)) }
		}
		all = append(all, cell{c.operation, place, c.request, want})
	}
	return all
}

// nowhere is what they come to where nothing is.
func nowhere(about func(id string) []cell, kind string) (all []cell) {
	for _, a := range append(absent(kind), [2]string{"malformed", "some"}) {
		for _, c := range about(a[1]) {
			all = append(all, cell{c.operation, a[0], c.request, func(s standing) int {
				switch {
				case c.operation == "list_api_keys" && s.idle: // developer access comes first
					return 403
				case a[0] == "malformed":
					return 400
				}
				return 404
			}})
		}
	}
	return all
}

func organizationCells() []cell {
	all := append(inPlace(aboutOrganization("<A>"), "A"), inPlace(aboutOrganization("<B>"), "B")...)
	return append(append(all, nowhere(aboutOrganization, "organization")...),
		cell{"list_organizations", "all", "GET /v2/organizations", func(s standing) int { return s.outcome(true, true, 200) }},
		cell{"create_organization", "new", `POST /v2/organizations {"name":"New"}`, func(s standing) int { return s.outcome(true, s.may("ORGANIZATION_CREATE", ""), 201) }})
}

func spaces() []string { return []string{"A1", "A2", "AP", "B1", "BP"} }

func spaceCells() []cell {
	all := nowhere(aboutSpace, "space")
	for _, place := range spaces() {
		about := inPlace(aboutSpace("<"+place+">"), place)
		last := &about[len(about)-1]
		listed := last.want
		last.want = func(s standing) int { // asked for developer access first
			if s.idle {
				return 403
			}
			return listed(s)
		}
		all = append(all, about...)
	}
	return append(all, cell{"list_spaces", "all", "GET /v2/spaces", func(s standing) int { return s.outcome(true, true, 200) }})
}
