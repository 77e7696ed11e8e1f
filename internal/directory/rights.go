package directory

// A right is what an action asks for: a permission, or being an administrator
// no narrower than of admin's level. An empty permission leaves only those.
type right struct {
	needs   Permission
	admin   Level
	members bool // every MEMBER of the account has it, whatever else
}

// rightOf asks for the permission itself.
func rightOf(p Permission) right {
	return right{needs: p, admin: reach(p), members: p == UserRead || p == UserCreate || p == RoleRead}
}

// An Action is something an actor may or may not do, worded to follow
// "does not allow you to".
type Action string

// The actions.
const (
	ReadUsers      Action = "see users"
	CreateUsers    Action = "create users"
	UpdateUsers    Action = "change users"
	SetDeveloper   Action = "change developer access"
	DeleteUsers    Action = "delete users"
	ResendInvites  Action = "resend invitations"
	ResetPasswords Action = "reset passwords"

	ReadOrganizations   Action = "see the organization"
	CreateOrganizations Action = "create organizations"
	UpdateOrganizations Action = "change the organization"
	DeleteOrganizations Action = "delete the organization"
	ManageOrganization  Action = "choose the members of the organization"

	ReadSpaces         Action = "see the space"
	CreateSpaces       Action = "create spaces in the organization"
	UpdateSpaces       Action = "change the space"
	DeleteSpaces       Action = "delete the space"
	AddSpaceMembers    Action = "add members to the space"
	AddCustomMembers   Action = "give custom roles in the space"
	RemoveSpaceMembers Action = "remove members from the space"

	ReadRoles   Action = "see roles"
	CreateRoles Action = "create roles"
	UpdateRoles Action = "change roles"
	DeleteRoles Action = "delete roles"

	ReadBindings   Action = "see role bindings"
	CreateBindings Action = "bind roles"
	DeleteBindings Action = "remove role bindings"

	RestrictProjects   Action = "restrict projects"
	RestrictDashboards Action = "restrict dashboards"
	RestrictPrompts    Action = "restrict prompts"

	ReadServiceKeys   Action = "see the service keys of the space"
	CreateServiceKeys Action = "create service keys in the space"
	RevokeServiceKeys Action = "revoke service keys of the space"
	ReadOthersKeys    Action = "see the keys of others"
	ManageOthersKeys  Action = "change the keys of others"

	ReadAudit Action = "read the audit log"
)

// rights is the one table of what each action asks for (contract, the "Needs"
// of each operation). An action that is not in it is for nobody but the
// account's administrators.
func rights(a Action) right {
	switch a {
	case ReadUsers:
		return right{UserRead, InAccount, true}
	case CreateUsers:
		return right{UserCreate, InAccount, true}
	case UpdateUsers, ResetPasswords:
		return right{UserUpdate, InAccount, false}
	case DeleteUsers:
		return right{UserDelete, InAccount, false}
	case ResendInvites:
		return right{UserCreate, InAccount, false}

	case ReadOrganizations:
		return right{OrganizationRead, InOrganization, false}
	case CreateOrganizations:
		return right{OrganizationCreate, InAccount, false}
	case UpdateOrganizations:
		return right{OrganizationUpdate, InOrganization, false}
	case DeleteOrganizations:
		return right{OrganizationDelete, InAccount, false}
	case ManageOrganization:
		return right{"", InOrganization, false}

	case ReadSpaces:
		return right{SpaceRead, InSpace, false}
	case CreateSpaces:
		return right{SpaceCreate, InOrganization, false}
	case UpdateSpaces:
		return right{SpaceUpdate, InSpace, false}
	case DeleteSpaces:
		return right{SpaceDelete, InSpace, false}
	case AddSpaceMembers:
		return right{"", InSpace, false}
	case AddCustomMembers:
		return right{RoleBindingCreate, InSpace, false}
	case RemoveSpaceMembers:
		return right{RoleBindingDelete, InSpace, false}

	case ReadRoles:
		return right{RoleRead, InAccount, true}
	case CreateRoles:
		return right{RoleCreate, InAccount, false}
	case UpdateRoles:
		return right{RoleUpdate, InAccount, false}
	case DeleteRoles:
		return right{RoleDelete, InAccount, false}

	case ReadBindings:
		return right{RoleBindingRead, InSpace, false}
	case CreateBindings:
		return right{RoleBindingCreate, InSpace, false}
	case DeleteBindings:
		return right{RoleBindingDelete, InSpace, false}

	case RestrictProjects:
		return right{ProjectRestrict, InSpace, false}
	case RestrictDashboards:
		return right{DashboardRestrict, InSpace, false}
	case RestrictPrompts:
		return right{PromptRestrict, InSpace, false}

	case ReadServiceKeys:
		return right{ServiceKeyRead, InSpace, false}
	case CreateServiceKeys:
		return right{ServiceKeyCreate, InSpace, false}
	case RevokeServiceKeys:
		return right{ServiceKeyRevoke, InSpace, false}

	case SetDeveloper, ReadOthersKeys, ManageOthersKeys, ReadAudit:
	}
	return right{"", InAccount, false}
}
