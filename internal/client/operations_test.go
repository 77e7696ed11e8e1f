package client_test

import (
	"context"

	"ax/internal/client"
	"ax/internal/wire"
)

const (
	anOrganization = `{"id":"T3JnOjE=","name":"Acme","description":"","created_at":"2026-03-01T09:00:00Z"}`
	aSpace         = `{"id":"U3BhY2U6MQ==","name":"Lab","description":"","created_at":"2026-03-01T09:00:00Z","is_private":false,"organization_id":"T3JnOjE="}`
	aMembership    = `{"id":"TTox","user_id":"VXNlcjox","organization_id":"T3JnOjE=","space_id":"U3BhY2U6MQ==","role":{"type":"PREDEFINED","name":"MEMBER"}}`
	aKey           = `{"id":"QXBpS2V5OjE=","name":"ci","key_type":"USER","status":"ACTIVE","redacted_key":"ak-…wxyz","created_at":"2026-03-01T09:00:00Z","created_by_user_id":"VXNlcjox","key":"ak-secret"}`
	aRole          = `{"id":"Um9sZTox","name":"Auditor","permissions":["USER_READ"],"is_predefined":false,"created_at":"2026-03-01T09:00:00Z","updated_at":"2026-03-01T09:00:00Z"}`
	aBinding       = `{"id":"QjoxMg==","role_id":"Um9sZTox","user_id":"VXNlcjox","resource_type":"SPACE","resource_id":"U3BhY2U6MQ==","created_at":"2026-03-01T09:00:00Z","updated_at":"2026-03-01T09:00:00Z"}`
	aRestriction   = `{"resource_type":"PROJECT","resource_id":"TW9kZWw6MQ==","created_at":"2026-03-01T09:00:00Z"}`
	noMore         = `"pagination":{"has_more":false}}`

	// wrongTypes is an object whose keys every operation reads, each with a value of another type.
	wrongTypes = `{"id":1,"users":{},"organizations":{},"spaces":{},"api_keys":{},"roles":{},"role_bindings":{},"resource_restrictions":{},` +
		`"logs":{},"resource_id":1,"user":1,"rule":1,"user_id":1}`
)

// call makes a step of an operation that answers something.
func call[T any](f func(context.Context, *client.Client) (T, error)) func(context.Context, *client.Client) error {
	return func(ctx context.Context, c *client.Client) error {
		_, err := f(ctx, c)
		return err
	}
}

func restOperations() []operation {
	var all []operation
	for _, some := range [][]operation{organizationOperations(), spaceOperations(), keyOperations(), roleOperations(), bindingOperations(), otherOperations()} {
		all = append(all, some...)
	}
	return all
}

func organizationOperations() []operation {
	const id, at = "T3JnOjE=", "/v2/organizations/T3JnOjE%3D"
	return []operation{
		{"organizations list", "GET", "/v2/organizations", 200, `{"organizations":[],` + noMore, call(func(ctx context.Context, c *client.Client) (wire.OrganizationList, error) {
			return c.ListOrganizations(ctx, client.OrganizationFilter{})
		})},
		{"organizations create", "POST", "/v2/organizations", 201, anOrganization, call(func(ctx context.Context, c *client.Client) (wire.Organization, error) {
			return c.CreateOrganization(ctx, wire.CreateOrganizationRequest{Name: "Acme"})
		})},
		{"organizations get", "GET", at, 200, anOrganization, call(func(ctx context.Context, c *client.Client) (wire.Organization, error) {
			return c.GetOrganization(ctx, id)
		})},
		{"organizations update", "PATCH", at, 200, anOrganization, call(func(ctx context.Context, c *client.Client) (wire.Organization, error) {
			return c.UpdateOrganization(ctx, id, wire.UpdateOrganizationRequest{Description: wire.Null[string]()})
		})},
		{"organizations delete", "DELETE", at, 204, "", func(ctx context.Context, c *client.Client) error { return c.DeleteOrganization(ctx, id) }},
		{"organizations add-user", "POST", at + "/users", 200, aMembership, call(func(ctx context.Context, c *client.Client) (wire.OrganizationMembership, error) {
			return c.AddOrganizationUser(ctx, id, wire.AddOrganizationUserRequest{UserID: "VXNlcjox"})
		})},
		{"organizations remove-user", "DELETE", at + "/users/VXNlcjox%2F", 204, "", func(ctx context.Context, c *client.Client) error {
			return c.RemoveOrganizationUser(ctx, id, "VXNlcjox/")
		}},
	}
}

func spaceOperations() []operation {
	const id, at = "U3BhY2U6MQ==", "/v2/spaces/U3BhY2U6MQ%3D%3D"
	return []operation{
		{"spaces list", "GET", "/v2/spaces", 200, `{"spaces":[],` + noMore, call(func(ctx context.Context, c *client.Client) (wire.SpaceList, error) {
			return c.ListSpaces(ctx, client.SpaceFilter{})
		})},
		{"spaces create", "POST", "/v2/spaces", 201, aSpace, call(func(ctx context.Context, c *client.Client) (wire.Space, error) {
			return c.CreateSpace(ctx, wire.CreateSpaceRequest{Name: "Lab", OrganizationID: "T3JnOjE="})
		})},
		{"spaces get", "GET", at, 200, aSpace, call(func(ctx context.Context, c *client.Client) (wire.Space, error) { return c.GetSpace(ctx, id) })},
		{"spaces update", "PATCH", at, 200, aSpace, call(func(ctx context.Context, c *client.Client) (wire.Space, error) {
			return c.UpdateSpace(ctx, id, wire.UpdateSpaceRequest{Description: wire.Some("x")})
		})},
		{"spaces delete", "DELETE", at, 204, "", func(ctx context.Context, c *client.Client) error { return c.DeleteSpace(ctx, id) }},
		{"spaces add-user", "POST", at + "/users", 200, aMembership, call(func(ctx context.Context, c *client.Client) (wire.SpaceMembership, error) {
			return c.AddSpaceUser(ctx, id, wire.AddSpaceUserRequest{UserID: "VXNlcjox"})
		})},
		{"spaces remove-user", "DELETE", at + "/users/VXNlcjox", 204, "", func(ctx context.Context, c *client.Client) error {
			return c.RemoveSpaceUser(ctx, id, "VXNlcjox")
		}},
	}
}

func keyOperations() []operation {
	const id, at = "QXBpS2V5OjE=", "/v2/api-keys/QXBpS2V5OjE%3D"
	return []operation{
		{"api-keys list", "GET", "/v2/api-keys", 200, `{"api_keys":[],` + noMore, call(func(ctx context.Context, c *client.Client) (wire.APIKeyList, error) {
			return c.ListAPIKeys(ctx, client.APIKeyFilter{})
		})},
		{"api-keys create", "POST", "/v2/api-keys", 201, aKey, call(func(ctx context.Context, c *client.Client) (wire.CreatedAPIKey, error) {
			return c.CreateAPIKey(ctx, wire.CreateAPIKeyRequest{KeyType: wire.KeyTypeUser, Name: "ci"})
		})},
		{"api-keys refresh", "POST", at + "/refresh", 200, aKey, call(func(ctx context.Context, c *client.Client) (wire.RefreshedAPIKey, error) {
			return c.RefreshAPIKey(ctx, id, wire.RefreshAPIKeyRequest{})
		})},
		{"api-keys revoke", "PUT", at + "/revoke", 204, "", func(ctx context.Context, c *client.Client) error { return c.RevokeAPIKey(ctx, id) }},
	}
}

func roleOperations() []operation {
	const id, at = "Um9sZTox", "/v2/roles/Um9sZTox"
	return []operation{
		{"roles list", "GET", "/v2/roles", 200, `{"roles":[],` + noMore, call(func(ctx context.Context, c *client.Client) (wire.RoleList, error) {
			return c.ListRoles(ctx, client.RoleFilter{})
		})},
		{"roles create", "POST", "/v2/roles", 201, aRole, call(func(ctx context.Context, c *client.Client) (wire.Role, error) {
			return c.CreateRole(ctx, wire.CreateRoleRequest{Name: "Auditor", Permissions: []wire.Permission{"USER_READ"}})
		})},
		{"roles get", "GET", at, 200, aRole, call(func(ctx context.Context, c *client.Client) (wire.Role, error) { return c.GetRole(ctx, id) })},
		{"roles update", "PATCH", at, 200, aRole, call(func(ctx context.Context, c *client.Client) (wire.Role, error) {
			return c.UpdateRole(ctx, id, wire.UpdateRoleRequest{})
		})},
		{"roles delete", "DELETE", at, 204, "", func(ctx context.Context, c *client.Client) error { return c.DeleteRole(ctx, id) }},
	}
}

func bindingOperations() []operation {
	const id, at = "QjoxMg==", "/v2/role-bindings/QjoxMg%3D%3D"
	return []operation{
		{"role-bindings list", "GET", "/v2/role-bindings?resource_type=SPACE", 200, `{"role_bindings":[],` + noMore, call(func(ctx context.Context, c *client.Client) (wire.RoleBindingList, error) {
			return c.ListRoleBindings(ctx, client.RoleBindingFilter{ResourceType: "SPACE"})
		})},
		{"role-bindings create", "POST", "/v2/role-bindings", 201, aBinding, call(func(ctx context.Context, c *client.Client) (wire.RoleBinding, error) {
			return c.CreateRoleBinding(ctx, wire.CreateRoleBindingRequest{})
		})},
		{"role-bindings get", "GET", at, 200, aBinding, call(func(ctx context.Context, c *client.Client) (wire.RoleBinding, error) {
			return c.GetRoleBinding(ctx, id)
		})},
		{"role-bindings update", "PATCH", at, 200, aBinding, call(func(ctx context.Context, c *client.Client) (wire.RoleBinding, error) {
			return c.UpdateRoleBinding(ctx, id, wire.UpdateRoleBindingRequest{RoleID: "Um9sZTox"})
		})},
		{"role-bindings delete", "DELETE", at, 204, "", func(ctx context.Context, c *client.Client) error { return c.DeleteRoleBinding(ctx, id) }},
	}
}

func otherOperations() []operation {
	const id = "TW9kZWw6MQ=="
	return []operation{
		{"restrictions list", "GET", "/v2/resource-restrictions", 200, `{"resource_restrictions":[],` + noMore, call(func(ctx context.Context, c *client.Client) (wire.ResourceRestrictionList, error) {
			return c.ListResourceRestrictions(ctx, client.ResourceRestrictionFilter{})
		})},
		{"restrictions create", "POST", "/v2/resource-restrictions", 200, aRestriction, call(func(ctx context.Context, c *client.Client) (wire.ResourceRestriction, error) {
			return c.CreateResourceRestriction(ctx, wire.CreateResourceRestrictionRequest{ResourceID: id})
		})},
		{"restrictions delete", "DELETE", "/v2/resource-restrictions/TW9kZWw6MQ%3D%3D", 204, "", func(ctx context.Context, c *client.Client) error {
			return c.DeleteResourceRestriction(ctx, id)
		}},
		{"audit", "GET", "/v2/audit-logs", 200, `{"logs":[],` + noMore, call(func(ctx context.Context, c *client.Client) (wire.AuditLogList, error) {
			return c.ListAuditLogs(ctx, client.AuditFilter{})
		})},
		{"whoami", "GET", "/ax/v1/whoami", 200, `{"key":{"id":"QXBpS2V5OjE="},"user":{"id":"VXNlcjox"}}`, call(func(ctx context.Context, c *client.Client) (wire.WhoAmI, error) {
			return c.WhoAmI(ctx)
		})},
		{"can-i", "GET", "/ax/v1/can-i?action=USER_READ", 200, `{"allowed":false,"rule":"Nothing allows it.","action":"USER_READ"}`, call(func(ctx context.Context, c *client.Client) (wire.Decision, error) {
			return c.CanI(ctx, "USER_READ", "")
		})},
		{"deletion", "GET", "/ax/v1/users/VXNlcjox/deletion", 200, `{"user_id":"VXNlcjox","api_keys":2}`, call(func(ctx context.Context, c *client.Client) (wire.UserDeletion, error) {
			return c.PreviewUserDeletion(ctx, "VXNlcjox")
		})},
	}
}
