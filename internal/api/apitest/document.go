package apitest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"ax/openapi"
)

// An Operation is one of the document's, as a router would have it: {list_users, GET, /v2/users}.
type Operation struct {
	ID, Method, Path string
}

// Operations lists every operation of the document, by path and method. HEAD is not listed: it goes with GET.
func Operations() []Operation {
	v, err := document()
	if err != nil {
		panic(err) // the document is built in, so this is no input but a broken build
	}
	var all []Operation
	for path, item := range v.doc.Paths.Map() {
		for method, op := range item.Operations() {
			all = append(all, Operation{ID: op.OperationID, Method: method, Path: path})
		}
	}
	slices.SortFunc(all, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}

// A validator is the document, ready to check exchanges. It does not change once loaded.
type validator struct {
	doc    *openapi3.T
	router routers.Router // matches the path as it was sent, so that %2F does not end a segment
}

// document loads ax.yaml once for all tests of a package.
var document = sync.OnceValues(func() (*validator, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		return nil, fmt.Errorf("read ax.yaml: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("ax.yaml is not a valid document: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route ax.yaml: %w", err)
	}
	return &validator{doc: doc, router: router}, nil
})
