package api

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"ax/internal/api/apitest"
)

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
	if diff := gocmp.Diff(apitest.Operations(), routed); diff != "" {
		t.Errorf("(-openapi/ax.yaml +routes):\n%s", diff)
	}
}
