package directory_test

import (
	"testing"

	"ax/internal/directory"
)

// Whoever has one address of an IPv6 network has them all: changing between
// them begins no new count. Other networks, and IPv4 addresses, are apart.
func TestGuessesByNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guess := func(address, email string) error {
		return w.CountGuess(t.Context(), directory.Guess{Email: email, Address: address})
	}
	hosts := []string{"2001:db8::1", "2001:db8::2", "2001:db8::ffff:1"}
	for i := range 50 {
		must(t, guess(hosts[i%len(hosts)], string(rune('a'+i%26))+string(rune('a'+i/26))+"@example.com"))
	}
	wantKind(t, "the same network", guess("2001:db8::3", "another@example.com"), directory.TooMany)
	must(t, guess("2001:db8:0:1::1", "another@example.com"))
	must(t, guess("192.0.2.1", "yet-another@example.com"))
}
