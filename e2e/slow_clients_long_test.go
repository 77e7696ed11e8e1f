//go:build long

package e2e_test

import (
	"testing"
	"time"
)

// Where all that the server has room for are in the middle of a request, a new client waits, until the limits have ended one.
func TestMoreRequestsThanFiles(t *testing.T) {
	t.Parallel()
	s := initialized(t, sqlite)
	s.startWithFiles(256)
	bodies := s.crowd(300, s.filler("").Replace("{post}Content-Length: 100000\r\n\r\n{"))
	defer drip(bodies)()
	s.newcomers("late", 16)
	wantClosed(t, "clients with slow bodies", bodies, 2*time.Minute)
}
