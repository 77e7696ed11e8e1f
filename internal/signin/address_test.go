package signin_test

import (
	"fmt"
	"testing"

	"ax/internal/directory"
)

// lookAlikes are addresses that are one for some program and two for another,
// with the rule's answer.
func lookAlikes() []struct {
	a, b string
	same bool
} {
	return []struct {
		a, b string
		same bool
	}{
		{"mike@example.com", "mi\u212ae@example.com", true}, // the Kelvin sign
		{"soren@example.com", "\u017foren@example.com", true},
		{"jos\u00e9@example.com", "JOSE\u0301@example.com", true},
		{"ann@b\u00fccher.example", "ANN@xn--bcher-kva.example", true},
		{"gro\u00df@example.com", "GRO\u1e9e@example.com", true},
		{"irena@example.com", "\u0130rena@example.com", false},
		{"ivan@example.com", "\u0131van@example.com", false},
		{"weiss@example.com", "wei\u00df@example.com", false},
		{"anna@example.com", "\uff41nna@example.com", false},
		{"paul@example.com", "p\u0430ul@example.com", false}, // Cyrillic
		{"max@example.com", "max+x@example.com", false},
	}
}

// The rule is one on both engines: never two users for one key, and never one
// for two.
func TestE05_LookAlikesOnBothEngines(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 1, func(t *testing.T, worlds []*world) {
		w := worlds[0]
		for _, pair := range lookAlikes() {
			in := directory.CreateUser{Name: "Pat", Email: pair.a, Role: directory.RoleMember, Mode: directory.InviteLink}
			first, err := w.CreateUser(t.Context(), w.Admin, in)
			must(t, err)
			in.Email = pair.b
			second, err := w.CreateUser(t.Context(), w.Admin, in)
			must(t, err)
			if one := first.User.ID == second.User.ID; one != pair.same || second.Created == pair.same {
				t.Errorf("%+q and %+q are one user: %v, want %v", pair.a, pair.b, one, pair.same)
			}
		}
	})
}

// R-TK-06: who asks with a look-alike gets no letter; who asks with another
// spelling of the same address has it sent to the one that is stored.
func TestE06_LettersGoToTheStoredAddress(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 1, func(t *testing.T, worlds []*world) {
		w := worlds[0]
		for n, pair := range lookAlikes() {
			u := w.Create(t, pair.a, "Pat", directory.RoleMember)
			asked, fault := directory.ParseEmail(pair.b)
			if fault != "" {
				t.Fatalf("%+q: %s", pair.b, fault)
			}
			before := len(w.Letters(t))
			must(t, w.ForgotPassword(t.Context(), from(fmt.Sprint("address ", n)), asked))
			letters := w.Letters(t)[before:]
			if !pair.same && len(letters) != 0 || pair.same && (len(letters) != 1 || letters[0].To != u.Email) {
				t.Errorf("asked for %+q, with %+q stored, the letters are %+v", asked, u.Email, letters)
			}
		}
	})
}
