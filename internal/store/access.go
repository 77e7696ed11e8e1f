package store

import "ax/internal/directory"

// A grant is scanned from two columns: the role, NULL without one, and the
// permissions of a custom one, NULL for any other.
type grant struct{ role, permissions *string }

func (g *grant) fields() []any { return []any{&g.role, &g.permissions} }

// grant is what the columns mean. A predefined role can be bound by its id.
func (g grant) grant() (out directory.Grant) {
	if g.role == nil {
		return out
	}
	out.Role = directory.Role(*g.role)
	if g.permissions != nil {
		out.Permissions = directory.ParsePermissionSet(*g.permissions)
	} else if r, ok := directory.PredefinedRole(out.Role); ok {
		out.Permissions = r.Permissions
	}
	return out
}

// What a user, $1, holds in an organization, and in a space: columns for
// grant.fields, in the order of the joins.
const (
	organizationGrants = `organization_members.role, organization_role.permissions`
	organizationJoins  = `
		  LEFT JOIN organization_members ON organization_members.organization_seq = organizations.seq AND organization_members.user_seq = $1
		  LEFT JOIN roles AS organization_role ON organization_role.id = organization_members.role AND organization_role.deleted_at IS NULL`

	spaceGrants = organizationGrants + `, space_members.role, space_role.permissions, role_bindings.role, bound_role.permissions, spaces.private`
	spaceJoins  = `
		  JOIN organizations ON organizations.seq = spaces.organization_seq` + organizationJoins + `
		  LEFT JOIN space_members ON space_members.space_seq = spaces.seq AND space_members.user_seq = $1
		  LEFT JOIN roles AS space_role ON space_role.id = space_members.role AND space_role.deleted_at IS NULL
		  LEFT JOIN role_bindings ON role_bindings.user_seq = $1 AND role_bindings.resource_id = spaces.id
		  LEFT JOIN roles AS bound_role ON bound_role.id = role_bindings.role AND bound_role.deleted_at IS NULL`
)

// inSpace scans the columns of spaceGrants.
type inSpace struct {
	organization, space, bound grant
	private                    bool
}

func (g *inSpace) fields() []any {
	all := append(g.organization.fields(), g.space.fields()...)
	return append(append(all, g.bound.fields()...), &g.private)
}

func (g inSpace) grants() directory.Grants {
	return directory.Grants{
		Organization: g.organization.grant(), Space: g.space.grant(), Bound: g.bound.grant(), Private: g.private,
	}
}

func (s session) OrganizationGrants(userSeq, organizationSeq int64) (directory.Grants, error) {
	var g grant
	_, err := s.get(func(row scanner) error { return row.Scan(g.fields()...) }, `
		SELECT `+organizationGrants+`
		  FROM organizations`+organizationJoins+`
		 WHERE organizations.seq = $2`, userSeq, organizationSeq)
	return directory.Grants{Organization: g.grant()}, err
}

func (s session) SpaceGrants(userSeq, spaceSeq int64) (directory.Grants, error) {
	var g inSpace
	_, err := s.get(func(row scanner) error { return row.Scan(g.fields()...) }, `
		SELECT `+spaceGrants+`
		  FROM spaces`+spaceJoins+`
		 WHERE spaces.seq = $2`, userSeq, spaceSeq)
	return g.grants(), err
}

func (s session) Holdings(userSeq int64) (h directory.Holdings, err error) {
	_, err = s.get(func(row scanner) error {
		return row.Scan(&h.Organizations, &h.Spaces, &h.Bindings, &h.Keys, &h.Sessions)
	}, `
		SELECT (SELECT count(*) FROM organization_members WHERE user_seq = $1), (SELECT count(*) FROM space_members WHERE user_seq = $1),
		       (SELECT count(*) FROM role_bindings WHERE user_seq = $1),
		       (SELECT count(*) FROM api_keys WHERE user_seq = $1 AND revoked_at IS NULL), (SELECT count(*) FROM sessions WHERE user_seq = $1)`, userSeq)
	return h, err
}

func (s session) ResourceGrants(userSeq int64, resourceID string) (g directory.Grants, err error) {
	var bound grant
	_, err = s.get(func(row scanner) error { return row.Scan(append(bound.fields(), &g.Restricted)...) }, `
		SELECT role_bindings.role, roles.permissions,
		       EXISTS (SELECT 1 FROM resource_restrictions WHERE resource_restrictions.resource_id = $2)
		  FROM directory
		  LEFT JOIN role_bindings ON role_bindings.user_seq = $1 AND role_bindings.resource_id = $2
		  LEFT JOIN roles ON roles.id = role_bindings.role AND roles.deleted_at IS NULL`, userSeq, resourceID)
	g.Bound = bound.grant()
	return g, err
}
