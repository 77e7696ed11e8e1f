// Package apitest holds the exchanges of tests against openapi/ax.yaml. It is for tests only.
//
// Wrap what serves (Handler) or what asks (Transport), and use it as before. After each exchange the test fails, showing the
// exchange, when
//
//   - the answer is not one that the document has for this operation: its status, headers, content type or body differ, or a
//     problem's status is not the HTTP status;
//   - the answer is 2xx and the request is not one that the document allows: no key, an undeclared or repeated query
//     parameter, a parameter or body outside its schema.
//
// A request that was refused may be as wrong as the test wants. A path that the document does not have must be answered like
// a missing thing, another method on a path that it has with MethodNotAllowed. HEAD is GET without a body.
package apitest
