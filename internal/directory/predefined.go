package directory

import "encoding/base64"

type predefinedEntry struct {
	name string
	at   Level
	role Role
}

// predefined are the roles that every directory has, in the order of the list.
func predefined() []predefinedEntry {
	return []predefinedEntry{
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
	const letters = "abcdefghijklmnopqrstuvwxyz"
	return Role(base64.StdEncoding.EncodeToString([]byte("Role:predefined-" + letters[i:i+1])))
}
