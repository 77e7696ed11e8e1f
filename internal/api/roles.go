package api

import (
	"net/http"

	"ax/internal/directory"
	"ax/internal/wire"
)

func roleOperations() []operation {
	return []operation{
		{id: "list_roles", method: http.MethodGet, pattern: "/v2/roles", params: []string{"limit", "cursor", "is_predefined"}, do: listRoles},
		{id: "create_role", method: http.MethodPost, pattern: "/v2/roles", do: createRole},
		{id: "get_role", method: http.MethodGet, pattern: "/v2/roles/{role_id}", do: getRole},
		{id: "update_role", method: http.MethodPatch, pattern: "/v2/roles/{role_id}", do: updateRole},
		{id: "delete_role", method: http.MethodDelete, pattern: "/v2/roles/{role_id}", do: deleteRole},
	}
}

func (c *call) roleID() directory.Role { return directory.Role(c.PathValue("role_id")) }

func listRoles(c *call) (answer, error) {
	limit, cursor, err := pageParams(c.query)
	if err != nil {
		return answer{}, err
	}
	in := directory.ListRoles{Limit: limit, Cursor: cursor}
	if c.query.Has("is_predefined") {
		predefined := c.query.Get("is_predefined") == "true"
		if !predefined && c.query.Get("is_predefined") != "false" {
			return answer{}, badRequest("is_predefined: must be true or false.")
		}
		in.Predefined = &predefined
	}
	page, err := c.api.Directory.ListRoles(c.Context(), c.actor, in)
	return answer{status: http.StatusOK, body: wire.RoleList{Roles: each(page.Items, roleOnWire), Pagination: pagination(page.Next)}}, err
}

func createRole(c *call) (answer, error) {
	body, err := decode[wire.CreateRoleRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	r, err := c.api.Directory.CreateRole(c.Context(), c.actor, directory.CreateRole{
		Name: body.Name, Description: body.Description, Permissions: permissionsFrom(body.Permissions),
	})
	return answer{status: http.StatusCreated, body: roleOnWire(r)}, err
}

func getRole(c *call) (answer, error) {
	r, err := c.api.Directory.RoleDefinition(c.Context(), c.actor, c.roleID())
	return answer{status: http.StatusOK, body: roleOnWire(r)}, err
}

func updateRole(c *call) (answer, error) {
	body, err := decode[wire.UpdateRoleRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	in := directory.UpdateRole{Name: body.Name, Description: cleared(body.Description)}
	if body.Permissions != nil {
		permissions := permissionsFrom(body.Permissions)
		in.Permissions = &permissions
	}
	r, err := c.api.Directory.UpdateRole(c.Context(), c.actor, c.roleID(), in)
	return answer{status: http.StatusOK, body: roleOnWire(r)}, err
}

func deleteRole(c *call) (answer, error) {
	return noContent(c.api.Directory.DeleteRole(c.Context(), c.actor, c.roleID()))
}

func roleOnWire(r directory.RoleDefinition) wire.Role {
	return wire.Role{
		ID: string(r.ID), Name: r.Name, Description: r.Description, IsPredefined: r.Predefined,
		CreatedAt: timestamp(r.CreatedAt), UpdatedAt: timestamp(r.UpdatedAt), Permissions: permissionsOnWire(r.Permissions),
	}
}

func permissionsOnWire(s directory.PermissionSet) []wire.Permission {
	out := []wire.Permission{}
	for p := range s.All() {
		out = append(out, wire.Permission(p))
	}
	return out
}

func permissionsFrom(given []wire.PermissionInput) []directory.Permission {
	return each(given, func(p wire.PermissionInput) directory.Permission { return directory.Permission(upper(string(p))) })
}

// assigned is a role that somebody holds, on the wire. name is a custom one's.
func assigned(role directory.Role, name string) wire.RoleAssignment {
	if role.Custom() {
		return wire.RoleAssignment{Type: wire.RoleTypeCustom, ID: string(role), Name: name}
	}
	return wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: string(role)}
}

// roleFrom reads an assignment of a request, noting what only the wire can
// have wrong. Whether there is such a role is for the directory to say.
func roleFrom(field string, r wire.RoleAssignment, note func(field, detail string)) directory.Role {
	switch kind := upper(r.Type); {
	case kind == wire.RoleTypeCustom && !directory.Role(r.ID).Custom():
		note(field+".id", "must be the id of a role, as the list of roles shows it")
	case kind == wire.RoleTypeCustom:
		return directory.Role(r.ID)
	case kind != wire.RoleTypePredefined:
		note(field+".type", "must be PREDEFINED or CUSTOM")
	case r.ID != "":
		note(field+".id", "a PREDEFINED role has a name and no id")
	default:
		return directory.Role(upper(r.Name))
	}
	return ""
}

// cleared is what a key that null clears asks for: nil leaves it, the empty
// text clears it.
func cleared(n wire.Nullable[string]) *string {
	switch {
	case !n.Set:
		return nil
	case n.Value == nil:
		return new(string)
	}
	return n.Value
}

// each is all of them, never nil: a list on the wire is [] when it is empty.
func each[From, To any](all []From, one func(From) To) []To {
	out := make([]To, len(all))
	for i, x := range all {
		out[i] = one(x)
	}
	return out
}

func pagination(next string) wire.Pagination {
	return wire.Pagination{NextCursor: next, HasMore: next != ""}
}
