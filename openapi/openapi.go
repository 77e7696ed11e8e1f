// Package openapi holds the description of the API that the server answers and the client speaks.
//
// ax.yaml is the contract: the structs of package wire are generated from it, and package apitest holds every exchange of the
// tests against it. It is served at /openapi.yaml.
package openapi

import _ "embed" // for the document below

// Document is ax.yaml, an OpenAPI 3.0.3 document in YAML. It must not be written to.
//
//go:embed ax.yaml
var Document []byte
