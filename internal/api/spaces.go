package api

import (
	"net/http"

	"ax/internal/directory"
	"ax/internal/wire"
)

func spaceOperations() []operation {
	const one, members = "/v2/spaces/{space_id}", "/v2/spaces/{space_id}/users"
	return []operation{
		{id: "list_spaces", method: http.MethodGet, pattern: "/v2/spaces", params: []string{"limit", "cursor", "org_id", "name"}, do: listSpaces},
		{id: "create_space", method: http.MethodPost, pattern: "/v2/spaces", do: createSpace},
		{id: "get_space", method: http.MethodGet, pattern: one, do: getSpace},
		{id: "update_space", method: http.MethodPatch, pattern: one, do: updateSpace},
		{id: "delete_space", method: http.MethodDelete, pattern: one, do: deleteSpace},
		{id: "add_space_user", method: http.MethodPost, pattern: members, do: addSpaceUser},
		{id: "remove_space_user", method: http.MethodDelete, pattern: members + "/{user_id}", do: removeSpaceUser},
	}
}

func (c *call) spaceID() directory.SpaceID { return directory.SpaceID(c.PathValue("space_id")) }

func listSpaces(c *call) (answer, error) {
	limit, cursor, err := pageParams(c.query)
	if err != nil {
		return answer{}, err
	}
	name, err := nameFilter(c.query)
	if err != nil {
		return answer{}, err
	}
	organization, err := idFilter(c.query, "org_id", "this is not an id; leave it out for all organizations")
	if err != nil {
		return answer{}, err
	}
	in := directory.ListSpaces{OrganizationID: directory.OrganizationID(organization), Name: name, Limit: limit, Cursor: cursor}
	page, err := c.api.Directory.ListSpaces(c.Context(), c.actor, in)
	return answer{status: http.StatusOK, body: wire.SpaceList{
		Spaces: each(page.Items, spaceOnWire), Pagination: pagination(page.Next),
	}}, err
}

func createSpace(c *call) (answer, error) {
	body, err := decode[wire.CreateSpaceRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	s, err := c.api.Directory.CreateSpace(c.Context(), c.actor, directory.CreateSpace{
		OrganizationID: directory.OrganizationID(body.OrganizationID), Name: body.Name, Description: body.Description,
		Private: body.IsPrivate != nil && *body.IsPrivate,
	})
	return answer{status: http.StatusCreated, body: spaceOnWire(s)}, err
}

func getSpace(c *call) (answer, error) {
	s, err := c.api.Directory.Space(c.Context(), c.actor, c.spaceID())
	return answer{status: http.StatusOK, body: spaceOnWire(s)}, hidden(err)
}

func updateSpace(c *call) (answer, error) {
	body, err := decode[wire.UpdateSpaceRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	in := directory.UpdateSpace{
		Name: body.Name, Description: directory.Clearable[string](body.Description), Private: body.IsPrivate,
		LLM:    clearable(body.DefaultLLMIntegration, llmIntegrationFrom),
		Models: body.MLModelsEnabled, GradientStart: body.GradientStartColor, GradientEnd: body.GradientEndColor,
		Runtime: clearable(body.DefaultAgentRuntime, agentRuntimeFrom),
	}
	s, err := c.api.Directory.UpdateSpace(c.Context(), c.actor, c.spaceID(), in)
	return answer{status: http.StatusOK, body: spaceOnWire(s)}, err
}

// clearable carries a key over that null clears.
func clearable[From, To any](n wire.Nullable[From], one func(From) To) directory.Clearable[To] {
	out := directory.Clearable[To]{Set: n.Set}
	if n.Value != nil {
		value := one(*n.Value)
		out.Value = &value
	}
	return out
}

func llmIntegrationFrom(i wire.LLMIntegration) directory.LLMIntegration {
	return directory.LLMIntegration{IntegrationID: i.IntegrationID, Model: i.ModelName}
}

func agentRuntimeFrom(r wire.AgentRuntime) directory.AgentRuntime {
	return directory.AgentRuntime{IntegrationID: r.IntegrationID}
}

func deleteSpace(c *call) (answer, error) {
	return noContent(c.api.Directory.DeleteSpace(c.Context(), c.actor, c.spaceID()))
}

func addSpaceUser(c *call) (answer, error) {
	body, err := decode[wire.AddSpaceUserRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	m, err := c.api.Directory.AddSpaceMember(c.Context(), c.actor, c.spaceID(), memberFrom(body.UserID, body.Role))
	return answer{status: http.StatusOK, body: wire.SpaceMembership{
		ID: m.ID, UserID: string(m.UserID), SpaceID: c.PathValue("space_id"), Role: assigned(m.Role, m.RoleName),
	}}, err
}

func removeSpaceUser(c *call) (answer, error) {
	return noContent(c.api.Directory.RemoveSpaceMember(c.Context(), c.actor, c.spaceID(), c.userID()))
}

// spaceOnWire leaves out the settings that are not set.
func spaceOnWire(s directory.Space) wire.Space {
	out := wire.Space{
		ID: string(s.ID), Name: s.Name, Description: s.Description, CreatedAt: timestamp(s.CreatedAt),
		IsPrivate: s.Private, OrganizationID: string(s.OrganizationID), MLModelsEnabled: s.Settings.Models,
		GradientStartColor: s.Settings.GradientStart, GradientEndColor: s.Settings.GradientEnd,
	}
	if i := s.Settings.LLM; i != (directory.LLMIntegration{}) {
		out.DefaultLLMIntegration = &wire.LLMIntegration{IntegrationID: i.IntegrationID, ModelName: i.Model}
	}
	if r := s.Settings.Runtime; r != (directory.AgentRuntime{}) {
		out.DefaultAgentRuntime = &wire.AgentRuntime{IntegrationID: r.IntegrationID}
	}
	return out
}
