package directory

import (
	"slices"
	"strings"
)

// What an actor may do to a resource follows from what is granted to them on
// it, as it stands at that moment: their account role, their role in the
// organization and in the space around it, and the role that is bound to it.
// Grants.decide is the one place where that is weighed, and rights the one
// table of what each action asks for. What no line allows is refused.

// A Level is how far a grant, or a right, reaches.
type Level int

// The levels, the widest last.
const (
	OnResource Level = iota // one resource in a space: what is bound to it
	InSpace
	InOrganization
	InAccount
)

// A Grant is a role that an actor holds somewhere.
type Grant struct {
	Role        Role          // empty for none
	Permissions PermissionSet // what it allows, when it is a custom one
}

// allows tells whether the role, held at a level, has the permission.
func (g Grant) allows(at Level, p Permission) bool {
	switch {
	case g.Role == "":
		return false
	case g.Role.Custom():
		return g.Permissions.Has(p)
	}
	return predefinedAllows(at, g.Role, p)
}

// predefinedAllows is what the predefined roles mean. Permissions go by their
// names: a READ looks, an ANNOTATE says something about what it sees, all
// other verbs change something. Of those held in the account only an
// administrator's says something about what is in it.
func predefinedAllows(at Level, r Role, p Permission) bool {
	account := at == InAccount && r != RoleAdmin && r != roleProjectAdmin
	if account || reach(p) > at || place(p) < 0 {
		return false
	}
	looks, annotates := strings.HasSuffix(string(p), "_READ"), strings.HasSuffix(string(p), "_ANNOTATE")
	switch r {
	case RoleAdmin, roleProjectAdmin:
		return true
	case RoleMember, roleProjectEditor:
		return !administrative(p) || p == OrganizationRead || p == SpaceRead
	case RoleReadOnly, roleProjectViewer:
		return looks && (!administrative(p) || p == OrganizationRead || p == SpaceRead)
	case RoleAnnotator:
		return annotates || p == OrganizationRead || p == SpaceRead || looks && annotated(p)
	case RoleMemberUIOnly:
	}
	return false
}

// reach is the narrowest level at which a permission means anything.
func reach(p Permission) Level {
	switch {
	case strings.HasPrefix(string(p), "USER_"), p == OrganizationCreate, ofRoles(p):
		return InAccount
	case strings.HasPrefix(string(p), "ORGANIZATION_"), p == SpaceCreate:
		return InOrganization
	case strings.HasPrefix(string(p), "SPACE_"), strings.HasPrefix(string(p), "SERVICE_KEY_"):
		return InSpace
	}
	return OnResource
}

func ofRoles(p Permission) bool {
	return p == RoleCreate || p == RoleRead || p == RoleUpdate || p == RoleDelete
}

// administrative holds for what decides over people, keys and boundaries
// rather than over content.
func administrative(p Permission) bool {
	for _, prefix := range []string{"USER_", "ORGANIZATION_", "SPACE_", "ROLE_BINDING_", "SERVICE_KEY_", "AGENT_ROLE_"} {
		if strings.HasPrefix(string(p), prefix) {
			return true
		}
	}
	return ofRoles(p) || strings.HasSuffix(string(p), "_RESTRICT")
}

// annotated holds for the reading of what annotators work on.
func annotated(p Permission) bool {
	first, _, _ := strings.Cut(string(p), "_")
	return slices.Contains([]string{"ANNOTATION", "DATASET", "EXPERIMENT", "PROJECT", "QUEUE"}, first)
}

// Grants are all that speaks for an actor on one resource.
type Grants struct {
	Account      Grant
	Organization Grant // in the organization that holds it
	Space        Grant // in the space that holds it
	Bound        Grant // bound to the resource itself, be it a space
	Private      bool  // the space shows itself to its members only
	Restricted   bool  // nothing is inherited, save by administrators
}

// A Decision is an answer, and the rule that gave it, for people.
type Decision struct {
	Allowed bool
	Rule    string
}

func allowed(rule string) Decision { return Decision{true, rule} }

// decide weighs the grants. Administrators come first, from the account down;
// then what is bound to the resource; then, unless it is restricted, what the
// roles around it allow. In a space the role in it counts, and without one the
// role in the organization; a private space counts its own members only.
func (g Grants) decide(r right) Decision {
	inside := !g.Private || g.Space.Role != "" || g.Bound.Role != ""
	switch {
	case g.Account.Role == RoleAdmin:
		return allowed("an administrator of the account may do everything")
	case r.admin <= InOrganization && g.Organization.Role == RoleAdmin:
		return allowed("an administrator of the organization may do it")
	case r.admin <= InSpace && g.Space.Role == RoleAdmin:
		return allowed("an administrator of the space may do it")
	case r.members && g.Account.Role == RoleMember:
		return allowed("every member of the account may do it")
	case r.needs == "":
		return Decision{Rule: "only an administrator may do it"}
	case g.Bound.allows(OnResource, r.needs):
		return allowed("a role bound to the resource allows it")
	case g.Restricted:
		return Decision{Rule: "the resource is restricted: only roles bound to it count"}
	case g.Space.allows(InSpace, r.needs):
		return allowed("the role in the space allows it")
	case !g.Private && g.Space.Role == "" && g.Organization.allows(InOrganization, r.needs):
		return allowed("the role in the organization allows it")
	case inside && g.Account.allows(InAccount, r.needs):
		return allowed("the account role allows it")
	case g.Private && !inside:
		return Decision{Rule: "the space is private and they are no member of it"}
	}
	return Decision{Rule: "no role of theirs allows it"}
}

// effective are all permissions that the grants come to: what somebody can
// hand on at most.
func (g Grants) effective() (s PermissionSet) {
	for _, p := range permissions {
		if g.decide(rightOf(p)).Allowed {
			s.Add(p)
		}
	}
	return s
}

// may decides about an action on what the grants are for.
func (g Grants) may(what Action) Decision { return g.decide(rights(what)) }

// AccessReads are the questions about what a user holds where. In each answer
// Account is empty: that is the actor's own.
type AccessReads interface {
	// OrganizationGrants are the user's in an organization.
	OrganizationGrants(userSeq, organizationSeq int64) (Grants, error)
	// SpaceGrants are the user's in a space.
	SpaceGrants(userSeq, spaceSeq int64) (Grants, error)
	// ResourceGrants are the user's on something that lives elsewhere, in a
	// space that is not known here.
	ResourceGrants(userSeq int64, resourceID string) (Grants, error)
}

// with adds what the actor holds in the account.
func (g Grants) with(a Actor) Grants {
	g.Account = Grant{a.Role, a.Permissions}
	return g
}
