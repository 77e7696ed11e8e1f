// Package client speaks the /v2 API, to any server that has it. Where the
// requests go, over a socket or to a handler in this process ([Loopback]),
// is one http.RoundTripper, and nothing else here knows the difference.
package client
