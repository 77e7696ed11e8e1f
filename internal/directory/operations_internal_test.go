package directory

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"ax/openapi"
)

// TestOperationRights holds the table against the document: every operation that needs a key is in it, and no other.
func TestOperationRights(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string][]string{ // the kind of id that a parameter of a path is
		"user_id": {kindUser}, "org_id": {kindOrganization}, "space_id": {kindSpace}, "role_id": {kindRole}, "binding_id": {kindBinding}, "api_key_id": {kindKey},
		"resource_id": {kindProject, kindModel, kindDashboard, kindPrompt},
	}
	seen := 0
	for path, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			right, ok := operationRights(op.OperationID)
			if needsKey := op.Security == nil || len(*op.Security) > 0; ok != needsKey {
				t.Errorf("%s: in the table %v, needs a key %v", op.OperationID, ok, needsKey)
			}
			seen++
			for _, p := range item.Parameters {
				if p.Value.In != "path" || p.Value.Name == "user_id" && path != "/v2/users/{user_id}" { // a member is named beside the place
					continue
				}
				if !slices.Equal(right.on, kinds[p.Value.Name]) {
					t.Errorf("%s takes %s, and asks about %v", op.OperationID, p.Value.Name, right.on)
				}
			}
			if op.OperationID[:4] != "list" && right.action == "" && op.OperationID != "whoami" && op.OperationID != "can_i" && ok {
				t.Errorf("%s asks for nothing", op.OperationID)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d operations", seen)
	}
}
