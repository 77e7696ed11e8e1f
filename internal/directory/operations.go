package directory

// An operationRight is what an operation of the API asks for, and the kinds of
// ids that it is done to. Without an action, every key may do it.
type operationRight struct {
	action Action
	on     []string // kinds of ids; none for what is done in the account
	needs  []Action // beside action
	own    bool     // without an id, every key may do it for its owner
}

// Kinds of ids, as they begin.
const (
	kindUser         = "User"
	kindOrganization = "Organization"
	kindSpace        = "Space"
	kindRole         = "Role"
	kindBinding      = "RoleBinding"
	kindKey          = "ApiKey"
	kindProject      = "Project"
	kindModel        = "Model" // a project's ids say so too
	kindDashboard    = "Dashboard"
	kindPrompt       = "Prompt"
)

// operationRights is the table of operations, beside that of the rights.
func operationRights(id string) (r operationRight, ok bool) {
	user, organization, space := []string{kindUser}, []string{kindOrganization}, []string{kindSpace}
	role, binding, key := []string{kindRole}, []string{kindBinding}, []string{kindKey}
	bound, restricted := []string{kindSpace, kindProject, kindModel}, []string{kindProject, kindModel, kindDashboard, kindPrompt}
	switch id {
	case "list_users":
		return operationRight{action: ReadUsers}, true
	case "create_user":
		return operationRight{action: CreateUsers}, true
	case "get_user":
		return operationRight{action: ReadUsers, on: user}, true
	case "update_user":
		return operationRight{action: UpdateUsers, on: user}, true
	case "delete_user", "preview_user_deletion":
		return operationRight{action: DeleteUsers, on: user}, true
	case "resend_user_invitation":
		return operationRight{action: ResendInvites, on: user}, true
	case "reset_user_password":
		return operationRight{action: ResetPasswords, on: user}, true

	case "create_organization":
		return operationRight{action: CreateOrganizations}, true
	case "get_organization":
		return operationRight{action: ReadOrganizations, on: organization}, true
	case "update_organization":
		return operationRight{action: UpdateOrganizations, on: organization}, true
	case "delete_organization":
		return operationRight{action: DeleteOrganizations, on: organization}, true
	case "add_organization_user", "remove_organization_user":
		return operationRight{action: ManageOrganization, on: organization}, true

	case "create_space":
		return operationRight{action: CreateSpaces, on: organization}, true
	case "get_space":
		return operationRight{action: ReadSpaces, on: space}, true
	case "update_space":
		return operationRight{action: UpdateSpaces, on: space}, true
	case "delete_space":
		return operationRight{action: DeleteSpaces, on: space}, true
	case "add_space_user":
		return operationRight{action: AddCustomMembers, on: space}, true
	case "remove_space_user":
		return operationRight{action: RemoveSpaceMembers, on: space}, true
	}
	switch id {
	case "create_api_key":
		return operationRight{action: CreateServiceKeys, on: space, own: true}, true
	case "refresh_api_key":
		return operationRight{action: CreateServiceKeys, on: key, own: true}, true
	case "revoke_api_key":
		return operationRight{action: RevokeServiceKeys, on: key, own: true}, true

	case "list_roles":
		return operationRight{action: ReadRoles}, true
	case "create_role":
		return operationRight{action: CreateRoles}, true
	case "get_role":
		return operationRight{action: ReadRoles, on: role}, true
	case "update_role":
		return operationRight{action: UpdateRoles, on: role}, true
	case "delete_role":
		return operationRight{action: DeleteRoles, on: role}, true

	case "create_role_binding":
		return operationRight{action: CreateBindings, on: bound}, true
	case "get_role_binding":
		return operationRight{action: ReadBindings, on: binding}, true
	case "update_role_binding":
		return operationRight{action: CreateBindings, on: binding, needs: []Action{DeleteBindings}}, true
	case "delete_role_binding":
		return operationRight{action: DeleteBindings, on: binding}, true

	case "create_resource_restriction", "delete_resource_restriction":
		return operationRight{action: RestrictProjects, on: restricted}, true

	case "list_audit_logs":
		return operationRight{action: ReadAudit}, true
	// A list of these is for every key, and shows what its owner may see.
	case "list_organizations", "list_spaces", "list_api_keys", "list_role_bindings", "list_resource_restrictions", "whoami", "can_i":
		return operationRight{}, true
	}
	return operationRight{}, false
}
