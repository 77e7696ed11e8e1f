package directory

import (
	"encoding/base64"
	"strings"
	"time"
)

// A Role is a role that somebody holds: the name of a predefined one, or the
// id of a RoleDefinition.
type Role string

// The predefined roles. Which of them exist depends on where they are held.
const (
	RoleAdmin         Role = "ADMIN"
	RoleMember        Role = "MEMBER"
	RoleMemberUIOnly  Role = "MEMBER_UI_ONLY"
	RoleAnnotator     Role = "ANNOTATOR"
	RoleReadOnly      Role = "READ_ONLY"
	roleProjectAdmin  Role = "PROJECT_ADMIN"
	roleProjectEditor Role = "PROJECT_EDITOR"
	roleProjectViewer Role = "PROJECT_VIEWER"
)

// Roles are those that can be held in the account, strongest first.
func Roles() []Role { return []Role{RoleAdmin, RoleMember, RoleMemberUIOnly, RoleAnnotator} }

// MemberRoles are those that can be held in an organization or a space,
// strongest first.
func MemberRoles() []Role { return []Role{RoleAdmin, RoleMember, RoleReadOnly, RoleAnnotator} }

// developsByDefault says whether a new user of the role may use the API.
func (r Role) developsByDefault() bool { return r == RoleAdmin || r == RoleMember }

// roleIDPrefix begins every id of a role: base64 of "Role:", as far as that
// does not depend on what follows. No predefined role's name begins so.
const roleIDPrefix = "Um9sZT"

// Custom reports whether the role is held by a definition's id, and means what
// its permissions say.
func (r Role) Custom() bool { return strings.HasPrefix(string(r), roleIDPrefix) }

// A RoleDefinition is a named set of permissions.
type RoleDefinition struct {
	Seq         int64
	ID          Role
	Name        string
	Description string
	Permissions PermissionSet
	Predefined  bool
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// grant is what holding the role at a level comes to.
func (r RoleDefinition) grant() Grant { return Grant{Role: r.ID, Permissions: r.Permissions} }

// RoleReads are the questions about roles that were defined here.
type RoleReads interface {
	// RoleByID finds a custom role that was not deleted.
	RoleByID(id Role) (r RoleDefinition, ok bool, err error)
}

// rolePermissions are what a custom role allows; none, and known, for a
// predefined one. ok is false for a role that is not there.
func rolePermissions(r RoleReads, role Role) (s PermissionSet, ok bool, err error) {
	if !role.Custom() {
		return s, true, nil
	}
	definition, ok, err := r.RoleByID(role)
	return definition.Permissions, ok, err
}

// nameRole adds the name of a custom role to a user who is shown.
func nameRole(r RoleReads, u *User) error {
	if !u.Role.Custom() {
		return nil
	}
	definition, _, err := r.RoleByID(u.Role)
	u.RoleName = definition.Name
	return err
}

// nameRoles is nameRole for a page, one question a role.
func nameRoles(r RoleReads, users []User) error {
	var known map[Role]string
	for i := range users {
		u := &users[i]
		if !u.Role.Custom() {
			continue
		}
		if name, ok := known[u.Role]; ok {
			u.RoleName = name
			continue
		}
		if err := nameRole(r, u); err != nil {
			return err
		}
		if known == nil {
			known = map[Role]string{}
		}
		known[u.Role] = u.RoleName
	}
	return nil
}

// predefined are the roles that every directory has, in the order of the list.
func predefined() []struct {
	name string
	at   Level
	role Role
} {
	return []struct {
		name string
		at   Level
		role Role
	}{
		{"Account Admin", InAccount, RoleAdmin}, {"Account Member", InAccount, RoleMember},
		{"Account Member (UI only)", InAccount, RoleMemberUIOnly}, {"Account Annotator", InAccount, RoleAnnotator},
		{"Organization Admin", InOrganization, RoleAdmin}, {"Organization Member", InOrganization, RoleMember},
		{"Organization Read-only", InOrganization, RoleReadOnly}, {"Organization Annotator", InOrganization, RoleAnnotator},
		{"Space Admin", InSpace, RoleAdmin}, {"Space Member", InSpace, RoleMember},
		{"Space Read-only", InSpace, RoleReadOnly}, {"Space Annotator", InSpace, RoleAnnotator},
		{"Project Viewer", OnResource, roleProjectViewer}, {"Project Editor", OnResource, roleProjectEditor},
		{"Project Admin", OnResource, roleProjectAdmin},
	}
}

// PredefinedRoles are the roles that every directory has, by Seq, which is
// below that of any custom one.
func PredefinedRoles() []RoleDefinition {
	all := make([]RoleDefinition, len(predefined()))
	for i := range all {
		all[i] = predefinedRole(i)
	}
	return all
}

// PredefinedRole finds one by its id.
func PredefinedRole(id Role) (RoleDefinition, bool) {
	for i := range predefined() {
		if predefinedID(i) == id {
			return predefinedRole(i), true
		}
	}
	return RoleDefinition{}, false
}

func predefinedRole(i int) RoleDefinition {
	p := predefined()[i]
	d := RoleDefinition{Seq: int64(i) + 1, ID: predefinedID(i), Name: p.name, Predefined: true}
	for _, one := range permissions {
		if p.at == InAccount && rightOf(one).members && p.role == RoleMember || predefinedAllows(p.at, p.role, one) {
			d.Permissions.Add(one)
		}
	}
	return d
}

// predefinedID is the same in every directory. Random ids hold no hyphen, so
// none is like it.
func predefinedID(i int) Role {
	return Role(base64.StdEncoding.EncodeToString([]byte("Role:predefined-" + string(rune('a'+i)))))
}
