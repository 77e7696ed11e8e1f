package api

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"ax/internal/api/apitest"
)

// unmounted are the operations of the document that have no route yet. Whoever mounts one takes it out.
func unmounted() []string {
	return []string{
		"list_organizations", "create_organization", "get_organization", "update_organization", "delete_organization", "add_organization_user", "remove_organization_user",
		"list_spaces", "create_space", "get_space", "update_space", "delete_space", "add_space_user", "remove_space_user",
		"list_api_keys", "create_api_key", "refresh_api_key", "revoke_api_key",
		"list_roles", "create_role", "get_role", "update_role", "delete_role",
		"list_role_bindings", "create_role_binding", "get_role_binding", "update_role_binding", "delete_role_binding",
		"list_resource_restrictions", "create_resource_restriction", "delete_resource_restriction",
		"list_audit_logs",
		"whoami", "can_i", "preview_user_deletion",
	}
}

// Mounted lists the operations of the document that are answered.
func Mounted() []apitest.Operation {
	return slices.DeleteFunc(apitest.Operations(), func(op apitest.Operation) bool { return slices.Contains(unmounted(), op.ID) })
}

// TestRoutesAreTheDocument fails for an operation that is not routed and for a route that is not in the document.
func TestRoutesAreTheDocument(t *testing.T) {
	t.Parallel()
	var routed []apitest.Operation
	for _, op := range operations() {
		routed = append(routed, apitest.Operation{ID: op.id, Method: op.method, Path: op.pattern})
	}
	slices.SortFunc(routed, func(a, b apitest.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	if diff := gocmp.Diff(Mounted(), routed); diff != "" {
		t.Errorf("(-openapi/ax.yaml +routes):\n%s", diff)
	}
	for _, id := range unmounted() {
		if !slices.ContainsFunc(apitest.Operations(), func(op apitest.Operation) bool { return op.ID == id }) {
			t.Errorf("%s is not in the document", id)
		}
	}
}
