// Package api answers the REST API that openapi/ax.yaml describes.
//
// A request goes down once: [API.ServeHTTP] gives it an id and catches what
// goes wrong, the router finds the operation, auth.go turns the key into an
// actor, and one short function per operation (users.go) carries the values
// to the directory and back. Functions return errors; problem.go alone says
// how an error looks to a client.
package api
