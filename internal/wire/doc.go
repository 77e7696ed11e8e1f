// Package wire has the structs of the API's JSON, generated from openapi/ax.yaml and shared by server and client.
//
// A field holds what the other side sent, also a status or role that this program does not know. Times are the text on the
// wire, so that a client shows them as they came. Written by hand are RoleAssignment, Nullable and the list of permissions.
package wire

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-codegen.yaml ../../openapi/ax.yaml
