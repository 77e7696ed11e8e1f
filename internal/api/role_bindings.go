package api

import (
	"net/http"
	"slices"

	"ax/internal/directory"
	"ax/internal/wire"
)

func roleBindingOperations() []operation {
	return []operation{
		{id: "list_role_bindings", method: http.MethodGet, pattern: "/v2/role-bindings", params: []string{"limit", "cursor", "resource_type", "user_id"}, do: listRoleBindings},
		{id: "create_role_binding", method: http.MethodPost, pattern: "/v2/role-bindings", do: createRoleBinding},
		{id: "get_role_binding", method: http.MethodGet, pattern: "/v2/role-bindings/{binding_id}", do: getRoleBinding},
		{id: "update_role_binding", method: http.MethodPatch, pattern: "/v2/role-bindings/{binding_id}", do: updateRoleBinding},
		{id: "delete_role_binding", method: http.MethodDelete, pattern: "/v2/role-bindings/{binding_id}", do: deleteRoleBinding},
	}
}

func listRoleBindings(c *call) (answer, error) {
	limit, cursor, err := pageParams(c.query)
	if err != nil {
		return answer{}, err
	}
	t := directory.ResourceType(upper(c.query.Get("resource_type")))
	if !slices.Contains(directory.BindableTypes(), t) {
		return answer{}, badRequest("resource_type: must be given, as one of %s.", listed(directory.BindableTypes()))
	}
	user, err := userFilter(c.query)
	if err != nil {
		return answer{}, err
	}
	page, err := c.api.Directory.RoleBindings(c.Context(), c.actor, directory.ListBindings{
		Type: t, UserID: user, Limit: limit, Cursor: cursor,
	})
	return answer{status: http.StatusOK, body: wire.RoleBindingList{
		RoleBindings: each(page.Items, bindingOnWire), Pagination: pagination(page.Next),
	}}, err
}

func createRoleBinding(c *call) (answer, error) {
	body, err := decode[wire.CreateRoleBindingRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	b, err := c.api.Directory.CreateRoleBinding(c.Context(), c.actor, directory.CreateBinding{
		Role: directory.Role(body.RoleID), UserID: directory.UserID(body.UserID),
		Type: directory.ResourceType(upper(string(body.ResourceType))), ResourceID: body.ResourceID,
	})
	return answer{status: http.StatusCreated, body: bindingOnWire(b)}, err
}

func getRoleBinding(c *call) (answer, error) {
	b, err := c.api.Directory.RoleBinding(c.Context(), c.actor, c.PathValue("binding_id"))
	return answer{status: http.StatusOK, body: bindingOnWire(b)}, hidden(err)
}

func updateRoleBinding(c *call) (answer, error) {
	body, err := decode[wire.UpdateRoleBindingRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	b, err := c.api.Directory.UpdateRoleBinding(c.Context(), c.actor, c.PathValue("binding_id"), directory.Role(body.RoleID))
	return answer{status: http.StatusOK, body: bindingOnWire(b)}, hidden(err)
}

func deleteRoleBinding(c *call) (answer, error) {
	return noContent(hidden(c.api.Directory.DeleteRoleBinding(c.Context(), c.actor, c.PathValue("binding_id"))))
}

func bindingOnWire(b directory.RoleBinding) wire.RoleBinding {
	return wire.RoleBinding{
		ID: b.ID, RoleID: string(b.Role), UserID: string(b.UserID), ResourceType: wire.BoundResourceType(b.Type), ResourceID: b.ResourceID,
		CreatedAt: timestamp(b.CreatedAt), UpdatedAt: timestamp(b.UpdatedAt),
	}
}
