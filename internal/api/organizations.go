package api

import (
	"net/http"
	"net/url"
	"unicode/utf8"

	"ax/internal/directory"
	"ax/internal/wire"
)

func organizationOperations() []operation {
	const one, members = "/v2/organizations/{org_id}", "/v2/organizations/{org_id}/users"
	return []operation{
		{id: "list_organizations", method: http.MethodGet, pattern: "/v2/organizations", params: []string{"limit", "cursor", "name"}, do: listOrganizations},
		{id: "create_organization", method: http.MethodPost, pattern: "/v2/organizations", do: createOrganization},
		{id: "get_organization", method: http.MethodGet, pattern: one, do: getOrganization},
		{id: "update_organization", method: http.MethodPatch, pattern: one, do: updateOrganization},
		{id: "delete_organization", method: http.MethodDelete, pattern: one, do: deleteOrganization},
		{id: "add_organization_user", method: http.MethodPost, pattern: members, do: addOrganizationUser},
		{id: "remove_organization_user", method: http.MethodDelete, pattern: members + "/{user_id}", do: removeOrganizationUser},
	}
}

func (c *call) organizationID() directory.OrganizationID {
	return directory.OrganizationID(c.PathValue("org_id"))
}

func listOrganizations(c *call) (answer, error) {
	limit, cursor, err := pageParams(c.query)
	if err != nil {
		return answer{}, err
	}
	name, err := nameFilter(c.query)
	if err != nil {
		return answer{}, err
	}
	in := directory.ListOrganizations{Name: name, Limit: limit, Cursor: cursor}
	page, err := c.api.Directory.ListOrganizations(c.Context(), c.actor, in)
	return answer{status: http.StatusOK, body: wire.OrganizationList{
		Organizations: each(page.Items, organizationOnWire), Pagination: pagination(page.Next),
	}}, err
}

const maxNameFilter = 255 // characters

// nameFilter reads the part of a name that a list is narrowed to.
func nameFilter(q url.Values) (string, error) {
	name := q.Get("name")
	if utf8.RuneCountInString(name) > maxNameFilter {
		return "", badRequest("name: must be at most %d characters.", maxNameFilter)
	}
	return name, nil
}

func createOrganization(c *call) (answer, error) {
	body, err := decode[wire.CreateOrganizationRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	in := directory.CreateOrganization{Name: body.Name, Description: body.Description}
	o, err := c.api.Directory.CreateOrganization(c.Context(), c.actor, in)
	return answer{status: http.StatusCreated, body: organizationOnWire(o)}, err
}

func getOrganization(c *call) (answer, error) {
	o, err := c.api.Directory.Organization(c.Context(), c.actor, c.organizationID())
	return answer{status: http.StatusOK, body: organizationOnWire(o)}, hidden(err)
}

func updateOrganization(c *call) (answer, error) {
	body, err := decode[wire.UpdateOrganizationRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	in := directory.UpdateOrganization{Name: body.Name, Description: cleared(body.Description)}
	o, err := c.api.Directory.UpdateOrganization(c.Context(), c.actor, c.organizationID(), in)
	return answer{status: http.StatusOK, body: organizationOnWire(o)}, err
}

func deleteOrganization(c *call) (answer, error) {
	return noContent(c.api.Directory.DeleteOrganization(c.Context(), c.actor, c.organizationID()))
}

func addOrganizationUser(c *call) (answer, error) {
	body, err := decode[wire.AddOrganizationUserRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	m, err := c.api.Directory.AddOrganizationMember(c.Context(), c.actor, c.organizationID(), memberFrom(body.UserID, body.Role))
	return answer{status: http.StatusOK, body: wire.OrganizationMembership{
		ID: m.ID, UserID: string(m.UserID), OrganizationID: c.PathValue("org_id"), Role: assigned(m.Role, m.RoleName),
	}}, err
}

// memberFrom reads a request for a membership.
func memberFrom(userID string, role wire.RoleAssignment) directory.AddMember {
	in := directory.AddMember{UserID: directory.UserID(userID)}
	in.Role = roleFrom("role", role, func(field, detail string) {
		in.Unsound = append(in.Unsound, directory.Fault{Field: field, Detail: detail})
	})
	return in
}

func removeOrganizationUser(c *call) (answer, error) {
	return noContent(c.api.Directory.RemoveOrganizationMember(c.Context(), c.actor, c.organizationID(), c.userID()))
}

func organizationOnWire(o directory.Organization) wire.Organization {
	return wire.Organization{ID: string(o.ID), Name: o.Name, Description: o.Description, CreatedAt: timestamp(o.CreatedAt)}
}
