package api

import (
	"net/http"

	"ax/internal/directory"
	"ax/internal/wire"
)

func restrictionOperations() []operation {
	return []operation{
		{id: "list_resource_restrictions", method: http.MethodGet, pattern: "/v2/resource-restrictions", params: []string{"limit", "cursor", "resource_type"}, do: listRestrictions},
		{id: "create_resource_restriction", method: http.MethodPost, pattern: "/v2/resource-restrictions", do: createRestriction},
		{id: "delete_resource_restriction", method: http.MethodDelete, pattern: "/v2/resource-restrictions/{resource_id}", do: deleteRestriction},
	}
}

func listRestrictions(c *call) (answer, error) {
	limit, cursor, err := pageParams(c.query)
	if err != nil {
		return answer{}, err
	}
	t, err := oneOf(c.query, "resource_type", directory.RestrictableTypes())
	if err != nil {
		return answer{}, err
	}
	page, err := c.api.Directory.Restrictions(c.Context(), c.actor, directory.ListRestrictions{Type: t, Limit: limit, Cursor: cursor})
	return answer{status: http.StatusOK, body: wire.ResourceRestrictionList{
		ResourceRestrictions: each(page.Items, restrictionOnWire), Pagination: pagination(page.Next),
	}}, err
}

// createRestriction answers 200 whether the restriction is new or not
// (contract, "Resource restrictions").
func createRestriction(c *call) (answer, error) {
	body, err := decode[wire.CreateResourceRestrictionRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	r, err := c.api.Directory.Restrict(c.Context(), c.actor, body.ResourceID)
	return answer{status: http.StatusOK, body: restrictionOnWire(r)}, err
}

func deleteRestriction(c *call) (answer, error) {
	return noContent(c.api.Directory.Unrestrict(c.Context(), c.actor, c.PathValue("resource_id")))
}

func restrictionOnWire(r directory.Restriction) wire.ResourceRestriction {
	return wire.ResourceRestriction{ResourceType: wire.RestrictedResourceType(r.Type), ResourceID: r.ResourceID, CreatedAt: timestamp(r.CreatedAt)}
}
