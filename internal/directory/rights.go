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

	ReadOrganization   Action = "see the organization"
	CreateOrganization Action = "create organizations"
	UpdateOrganization Action = "change the organization"
	DeleteOrganization Action = "delete the organization"
	ManageOrganization Action = "choose the members of the organization"

	ReadSpace         Action = "see the space"
	CreateSpace       Action = "create spaces in the organization"
	UpdateSpace       Action = "change the space"
	DeleteSpace       Action = "delete the space"
	AddSpaceMember    Action = "add members to the space"
	AddCustomMember   Action = "give custom roles in the space"
	RemoveSpaceMember Action = "remove members from the space"

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

	case ReadOrganization:
		return right{OrganizationRead, InOrganization, false}
	case CreateOrganization:
		return right{OrganizationCreate, InAccount, false}
	case UpdateOrganization:
		return right{OrganizationUpdate, InOrganization, false}
	case DeleteOrganization:
		return right{OrganizationDelete, InAccount, false}
	case ManageOrganization:
		return right{"", InOrganization, false}

	case ReadSpace:
		return right{SpaceRead, InSpace, false}
	case CreateSpace:
		return right{SpaceCreate, InOrganization, false}
	case UpdateSpace:
		return right{SpaceUpdate, InSpace, false}
	case DeleteSpace:
		return right{SpaceDelete, InSpace, false}
	case AddSpaceMember:
		return right{"", InSpace, false}
	case AddCustomMember:
		return right{RoleBindingCreate, InSpace, false}
	case RemoveSpaceMember:
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
