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
		{ID: "get_livez", Method: "GET", Path: "/livez"},
		{ID: "get_openapi", Method: "GET", Path: "/openapi.yaml"},
		{ID: "get_readyz", Method: "GET", Path: "/readyz"},
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
		"list_users":             "200 400 401 403 429 431 500 503",
		"create_user":            "200 201 400 401 403 404 409 413 415 422 429 431 500 503",
		"get_user":               "200 400 401 404 429 431 500 503",
		"update_user":            "200 400 401 403 404 413 415 422 429 431 500 503",
		"delete_user":            "204 400 401 403 404 429 431 500 503",
		"resend_user_invitation": "204 400 401 403 404 429 431 500 503",
		"reset_user_password":    "204 400 401 403 404 429 431 500 503",
		"get_openapi":            "200 431 500 503",
		"get_livez":              "200 431 500 503",
		"get_readyz":             "200 431 500 503",
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
		if strings.HasPrefix(path, "/v2/") {
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
			case !strings.HasPrefix(path, "/v2/"):
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
