package api_test

import (
	"slices"
	"strings"
)

// The oracle: who may do what, written down from the contract for this test alone. It shares no code with the directory.
// Places are named: organizations A and B; spaces A1 and A2, public, and AP, private, in A; B1 and BP in B; projects and a
// dashboard, which live elsewhere. The account is the place "".

// A standing is all that one person, or bot, holds.
type standing struct {
	name    string
	account string            // a predefined role, or the name of a custom one
	idle    bool              // no developer access
	in      map[string]string // roles in organizations and spaces
	bound   map[string]string // roles bound to spaces and projects
	made    bool              // made the service key "made"
	bot     bool              // no person
}

// customRoles are the custom roles of the matrix.
func customRoles() map[string]string {
	return map[string]string{
		"clerk":    "USER_READ USER_UPDATE USER_CREATE ROLE_READ",
		"updater":  "USER_READ USER_UPDATE",
		"blind":    "USER_UPDATE USER_DELETE",
		"remover":  "USER_READ USER_DELETE USER_CREATE ROLE_READ",
		"roles":    "ROLE_READ ROLE_UPDATE ROLE_CREATE ROLE_DELETE SPACE_READ",
		"reader":   "ORGANIZATION_READ SPACE_READ",
		"binder":   "SPACE_READ ROLE_BINDING_READ ROLE_BINDING_CREATE ROLE_BINDING_DELETE",
		"giver":    "SPACE_READ ROLE_BINDING_CREATE",
		"keys":     "ORGANIZATION_READ SPACE_READ SERVICE_KEY_CREATE SERVICE_KEY_READ SERVICE_KEY_REVOKE",
		"orgs":     "ORGANIZATION_READ ORGANIZATION_CREATE ORGANIZATION_UPDATE ORGANIZATION_DELETE SPACE_CREATE",
		"spaces":   "SPACE_READ SPACE_UPDATE SPACE_DELETE",
		"restrict": "PROJECT_READ PROJECT_RESTRICT",
		"nothing":  "DATASET_READ",
		"strong":   "SPACE_READ SPACE_DELETE USER_DELETE",
		"weak":     "SPACE_READ",
	}
}

func permissionsOf(role string) []string { return strings.Fields(customRoles()[role]) }

// around is the organization and the space that hold a place.
func around(place string) (organization, space string) {
	switch place {
	case "A", "B":
		return place, ""
	case "A1", "A2", "AP", "B1", "BP":
		return place[:1], place
	}
	return "", ""
}

func private(place string) bool    { return place == "AP" || place == "BP" }
func restricted(place string) bool { return place == "closed" }

// administer is for what no permission gives, only being an administrator there.
const administer = "administer"

// accountWide holds for what administrators below the account have no say in.
func accountWide(p string) bool {
	return strings.HasPrefix(p, "USER_") || strings.HasPrefix(p, "ROLE_") && !strings.HasPrefix(p, "ROLE_BINDING_") || p == "ORGANIZATION_CREATE"
}

// spaceWide holds for what a space's administrator decides.
func spaceWide(p string) bool {
	return p == administer || !accountWide(p) && !strings.HasPrefix(p, "ORGANIZATION_") && p != "SPACE_CREATE"
}

// gives tells what a role allows that is no administrator's.
func gives(role, p string) bool {
	switch role {
	case "MEMBER", "READ_ONLY", "ANNOTATOR":
		return p == "ORGANIZATION_READ" || p == "SPACE_READ"
	}
	return slices.Contains(permissionsOf(role), p)
}

// ofMembers are what each MEMBER of the account may.
func ofMembers() []string { return []string{"USER_READ", "USER_CREATE", "ROLE_READ"} }

// may is whether somebody has a permission in a place.
func (s standing) may(p, place string) bool {
	if s.account == "ADMIN" || s.account == "MEMBER" && slices.Contains(ofMembers(), p) {
		return true
	}
	organization, space := around(place)
	if s.in[organization] == "ADMIN" && !accountWide(p) || s.in[space] == "ADMIN" && spaceWide(p) {
		return true
	}
	if gives(s.bound[place], p) {
		return true
	}
	if restricted(place) {
		return false
	}
	if s.in[space] != "" && gives(s.in[space], p) {
		return true
	}
	hidden := private(space) && s.in[space] == "" && s.bound[space] == ""
	if !private(space) && s.in[space] == "" && gives(s.in[organization], p) {
		return true
	}
	return !hidden && slices.Contains(permissionsOf(s.account), p)
}

// within tells whether somebody has all permissions of a role in a place, so that they may hand it on.
func (s standing) within(role, place string) bool {
	if s.account == "ADMIN" {
		return true
	}
	all := permissionsOf(role)
	switch role {
	case "ADMIN":
		return false
	case "MEMBER":
		all = ofMembers()
	}
	return !slices.ContainsFunc(all, func(p string) bool { return !s.may(p, place) })
}

// sees holds for what is not hidden from somebody.
func (s standing) sees(place string) bool {
	if organization, space := around(place); space == "" && organization != "" {
		return s.may("ORGANIZATION_READ", place)
	}
	return s.may("SPACE_READ", place)
}

// makesBots is whether a bot that is MEMBER of the account and of the space, and READ_ONLY in the organization, is below them.
func (s standing) makesBots(place string) bool {
	organization, _ := around(place)
	administrator := s.in[organization] == "ADMIN" || s.in[place] == "ADMIN" && slices.Contains([]string{"MEMBER", "READ_ONLY"}, s.in[organization])
	return s.account == "ADMIN" || s.within("MEMBER", "") && administrator
}

// outcome is the status for somebody who, in this order, sees the thing or not, may do it or not, and does it.
func (s standing) outcome(sees, may bool, done int) int {
	switch {
	case !sees:
		return 404
	case !may, s.idle:
		return 403
	}
	return done
}

// quiet is outcome where refusals look like missing things.
func (s standing) quiet(may bool, done int) int {
	if !may || s.idle {
		return 404
	}
	return done
}

// onUser is outcome for a change of a user who holds a role in the account. Permissions to change users reach all but
// administrators and who holds a custom role with more.
func (s standing) onUser(p, role string, done int) int {
	reaches := role == "MEMBER" || s.within(role, "")
	return s.outcome(s.may("USER_READ", ""), s.may(p, "") && reaches, done)
}

// onServiceKey is what may be done about a service key in spaces: by administrators of all, or by who made it.
func (s standing) onServiceKey(p string, made bool, done int, places ...string) int {
	sees, administers, may := false, true, made
	for _, place := range places {
		sees = sees || s.may("SERVICE_KEY_READ", place)
		administers = administers && s.may(administer, place)
		may = may && s.may(p, place)
	}
	return s.outcome(sees || administers || may, administers || may, done)
}
