package apitest_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"ax/internal/api/apitest"
	"ax/openapi"
)

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestDocumentIsValid(t *testing.T) {
	t.Parallel()
	doc := load(t)
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.0.3" {
		t.Errorf("the document is OpenAPI %s, want 3.0.3", doc.OpenAPI)
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	want := []apitest.Operation{
		{ID: "can_i", Method: "GET", Path: "/ax/v1/can-i"},
		{ID: "preview_user_deletion", Method: "GET", Path: "/ax/v1/users/{user_id}/deletion"},
		{ID: "whoami", Method: "GET", Path: "/ax/v1/whoami"},
		{ID: "get_livez", Method: "GET", Path: "/livez"},
		{ID: "get_openapi", Method: "GET", Path: "/openapi.yaml"},
		{ID: "get_readyz", Method: "GET", Path: "/readyz"},
		{ID: "list_api_keys", Method: "GET", Path: "/v2/api-keys"},
		{ID: "create_api_key", Method: "POST", Path: "/v2/api-keys"},
		{ID: "refresh_api_key", Method: "POST", Path: "/v2/api-keys/{api_key_id}/refresh"},
		{ID: "revoke_api_key", Method: "PUT", Path: "/v2/api-keys/{api_key_id}/revoke"},
		{ID: "list_audit_logs", Method: "GET", Path: "/v2/audit-logs"},
		{ID: "list_organizations", Method: "GET", Path: "/v2/organizations"},
		{ID: "create_organization", Method: "POST", Path: "/v2/organizations"},
		{ID: "delete_organization", Method: "DELETE", Path: "/v2/organizations/{org_id}"},
		{ID: "get_organization", Method: "GET", Path: "/v2/organizations/{org_id}"},
		{ID: "update_organization", Method: "PATCH", Path: "/v2/organizations/{org_id}"},
		{ID: "add_organization_user", Method: "POST", Path: "/v2/organizations/{org_id}/users"},
		{ID: "remove_organization_user", Method: "DELETE", Path: "/v2/organizations/{org_id}/users/{user_id}"},
		{ID: "list_resource_restrictions", Method: "GET", Path: "/v2/resource-restrictions"},
		{ID: "create_resource_restriction", Method: "POST", Path: "/v2/resource-restrictions"},
		{ID: "delete_resource_restriction", Method: "DELETE", Path: "/v2/resource-restrictions/{resource_id}"},
		{ID: "list_role_bindings", Method: "GET", Path: "/v2/role-bindings"},
		{ID: "create_role_binding", Method: "POST", Path: "/v2/role-bindings"},
		{ID: "delete_role_binding", Method: "DELETE", Path: "/v2/role-bindings/{binding_id}"},
		{ID: "get_role_binding", Method: "GET", Path: "/v2/role-bindings/{binding_id}"},
		{ID: "update_role_binding", Method: "PATCH", Path: "/v2/role-bindings/{binding_id}"},
		{ID: "list_roles", Method: "GET", Path: "/v2/roles"},
		{ID: "create_role", Method: "POST", Path: "/v2/roles"},
		{ID: "delete_role", Method: "DELETE", Path: "/v2/roles/{role_id}"},
		{ID: "get_role", Method: "GET", Path: "/v2/roles/{role_id}"},
		{ID: "update_role", Method: "PATCH", Path: "/v2/roles/{role_id}"},
		{ID: "list_spaces", Method: "GET", Path: "/v2/spaces"},
		{ID: "create_space", Method: "POST", Path: "/v2/spaces"},
		{ID: "delete_space", Method: "DELETE", Path: "/v2/spaces/{space_id}"},
		{ID: "get_space", Method: "GET", Path: "/v2/spaces/{space_id}"},
		{ID: "update_space", Method: "PATCH", Path: "/v2/spaces/{space_id}"},
		{ID: "add_space_user", Method: "POST", Path: "/v2/spaces/{space_id}/users"},
		{ID: "remove_space_user", Method: "DELETE", Path: "/v2/spaces/{space_id}/users/{user_id}"},
		{ID: "list_users", Method: "GET", Path: "/v2/users"},
		{ID: "create_user", Method: "POST", Path: "/v2/users"},
		{ID: "delete_user", Method: "DELETE", Path: "/v2/users/{user_id}"},
		{ID: "get_user", Method: "GET", Path: "/v2/users/{user_id}"},
		{ID: "update_user", Method: "PATCH", Path: "/v2/users/{user_id}"},
		{ID: "resend_user_invitation", Method: "POST", Path: "/v2/users/{user_id}/resend-invitation"},
		{ID: "reset_user_password", Method: "POST", Path: "/v2/users/{user_id}/reset-password"},
	}
	if diff := cmp.Diff(want, apitest.Operations()); diff != "" {
		t.Error(diff)
	}
}

// The statuses are those that the API's clients were written for, and 413, 415, 431, 500 and 503, which any server has.
func TestStatuses(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"list_users":                  "200 400 401 403 429 431 500 503",
		"create_user":                 "200 201 400 401 403 404 409 413 415 422 429 431 500 503",
		"get_user":                    "200 400 401 404 429 431 500 503",
		"update_user":                 "200 400 401 403 404 413 415 422 429 431 500 503",
		"delete_user":                 "204 400 401 403 404 429 431 500 503",
		"resend_user_invitation":      "204 400 401 403 404 429 431 500 503",
		"reset_user_password":         "204 400 401 403 404 429 431 500 503",
		"list_organizations":          "200 400 401 403 429 431 500 503",
		"create_organization":         "201 400 401 403 409 413 415 422 429 431 500 503",
		"get_organization":            "200 400 401 404 429 431 500 503",
		"update_organization":         "200 400 401 403 404 409 413 415 422 429 431 500 503",
		"delete_organization":         "204 400 401 403 404 429 431 500 503",
		"add_organization_user":       "200 400 401 403 404 413 415 422 429 431 500 503",
		"remove_organization_user":    "204 400 401 403 404 429 431 500 503",
		"list_spaces":                 "200 400 401 403 404 429 431 500 503",
		"create_space":                "201 400 401 403 404 409 413 415 422 429 431 500 503",
		"get_space":                   "200 400 401 404 429 431 500 503",
		"update_space":                "200 400 401 403 404 409 413 415 422 429 431 500 503",
		"delete_space":                "204 400 401 403 404 429 431 500 503",
		"add_space_user":              "200 400 401 403 404 413 415 422 429 431 500 503",
		"remove_space_user":           "204 400 401 403 404 429 431 500 503",
		"list_api_keys":               "200 400 401 403 404 429 431 500 503",
		"create_api_key":              "201 400 401 403 404 413 415 422 429 431 500 503",
		"refresh_api_key":             "200 400 401 403 404 413 415 422 429 431 500 503",
		"revoke_api_key":              "204 400 401 403 404 429 431 500 503",
		"list_roles":                  "200 400 401 403 429 431 500 503",
		"create_role":                 "201 400 401 403 404 409 413 415 422 429 431 500 503",
		"get_role":                    "200 400 401 403 404 429 431 500 503",
		"update_role":                 "200 400 401 403 404 409 413 415 422 429 431 500 503",
		"delete_role":                 "204 400 401 403 404 409 429 431 500 503",
		"list_role_bindings":          "200 400 401 403 404 429 431 500 503",
		"create_role_binding":         "201 400 401 403 404 409 413 415 422 429 431 500 503",
		"get_role_binding":            "200 400 401 404 429 431 500 503",
		"update_role_binding":         "200 400 401 404 409 413 415 422 429 431 500 503",
		"delete_role_binding":         "204 400 401 404 429 431 500 503",
		"list_resource_restrictions":  "200 400 401 403 429 431 500 503",
		"create_resource_restriction": "200 400 401 403 404 413 415 422 429 431 500 503",
		"delete_resource_restriction": "204 400 401 403 404 429 431 500 503",
		"list_audit_logs":             "200 400 401 403 429 431 500 503",
		"whoami":                      "200 400 401 429 431 500 503",
		"can_i":                       "200 400 401 429 431 500 503",
		"preview_user_deletion":       "200 400 401 403 404 429 431 500 503",
		"get_openapi":                 "200 431 500 503",
		"get_livez":                   "200 431 500 503",
		"get_readyz":                  "200 431 500 503",
	}
	got := map[string]string{}
	eachOperation(t, func(t *testing.T, _ string, op *openapi3.Operation) {
		got[op.OperationID] = strings.Join(slices.Sorted(maps.Keys(op.Responses.Map())), " ")
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOperationsAskForAKey(t *testing.T) {
	t.Parallel()
	bearer := &openapi3.SecurityRequirements{{"bearer": []string{}}}
	eachOperation(t, func(t *testing.T, path string, op *openapi3.Operation) {
		want := &openapi3.SecurityRequirements{}
		if strings.HasPrefix(path, "/v2/") || strings.HasPrefix(path, "/ax/v1/") {
			want = bearer
			for _, status := range []int{400, 401, 429} {
				if op.Responses.Status(status) == nil {
					t.Errorf("%s does not declare %d", op.OperationID, status)
				}
			}
		}
		if diff := cmp.Diff(want, op.Security); diff != "" {
			t.Errorf("security of %s:\n%s", op.OperationID, diff)
		}
	})
}

// Clients read a problem from every fault, and JSON from every success that has a body.
func TestContentTypes(t *testing.T) {
	t.Parallel()
	eachOperation(t, func(t *testing.T, path string, op *openapi3.Operation) {
		for status, ref := range op.Responses.Map() {
			types := slices.Sorted(maps.Keys(ref.Value.Content))
			want := []string{"application/json"}
			switch {
			case status >= "400":
				want = []string{"application/problem+json"}
			case status == "204":
				want = nil
			case !strings.HasPrefix(path, "/v2/") && !strings.HasPrefix(path, "/ax/v1/"):
				continue
			}
			if diff := cmp.Diff(want, types); diff != "" {
				t.Errorf("%s %s:\n%s", op.OperationID, status, diff)
			}
		}
	})
}

func eachOperation(t *testing.T, check func(*testing.T, string, *openapi3.Operation)) {
	t.Helper()
	for path, item := range load(t).Paths.Map() {
		for _, op := range item.Operations() {
			check(t, path, op)
		}
	}
}
