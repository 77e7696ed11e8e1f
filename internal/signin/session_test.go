package signin_test

import (
	"fmt"
	"strings"
	"testing"

	"ax/internal/directory"
)

// Each sign-in is a session of its own, and one that ends has ended on every
// server.
func TestA14_SessionsEndOnEveryServer(t *testing.T) {
	t.Parallel()
	ends := map[string]func(t *testing.T, w *world, in directory.SignedIn) error{
		"sign out": func(t *testing.T, w *world, in directory.SignedIn) error {
			return w.SignOut(t.Context(), in.Actor(home, "r"), in)
		},
		"sign out everywhere": func(t *testing.T, w *world, in directory.SignedIn) error {
			return w.SignOutEverywhere(t.Context(), in.Actor(home, "r"), in)
		},
		"deletion": func(t *testing.T, w *world, in directory.SignedIn) error {
			return w.DeleteUser(t.Context(), w.Admin, in.User.ID)
		},
		"a change of the password": func(t *testing.T, w *world, in directory.SignedIn) error {
			return errOf(w.auth.ChangePassword(t.Context(), from(home), in, password, another))
		},
		"a reset": func(t *testing.T, w *world, in directory.SignedIn) error {
			return errOf(w.auth.ResetPassword(t.Context(), from(home), w.resetLink(t, in.User), another))
		},
	}
	onEachEngine(t, 2, func(t *testing.T, worlds []*world) {
		here, there := worlds[0], worlds[1]
		for name, end := range ends {
			address := strings.ReplaceAll(name, " ", ".") + "@example.com"
			first := here.person(t, address)
			second, err := there.signIn(t, address, password, home)
			must(t, err)
			one, two := there.in(t, first), here.in(t, second)
			if first.Secret == second.Secret || one.Session.ID == two.Session.ID || one.Session.Digest == two.Session.Digest {
				t.Errorf("%s: two sign-ins share a session", name)
			}
			must(t, end(t, here, one))
			_, err = there.SignedInBy(t.Context(), first.Secret)
			wantKind(t, name+": the session, on the other server", err, directory.Unauthenticated)
			_, err = there.SignedInBy(t.Context(), second.Secret)
			if want := map[bool]directory.Kind{true: ok, false: directory.Unauthenticated}[name == "sign out"]; kindOf(err) != want {
				t.Errorf("%s: the person's other session: %v", name, err)
			}
			// Nor does anything come of a request that was let in just before.
			_, err = there.auth.ChangePassword(t.Context(), from(home), one, password, another+" again")
			if err == nil || there.try(t, address, another+" again") == ok {
				t.Errorf("%s: the ended session still changes the password", name)
			}
		}
	})
}

// What a browser brings along is never the session that it gets.
func TestA14_NobodyChoosesTheirSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.person(t, email)
	in := w.in(t, e)
	for _, secret := range []string{"", in.Session.ID, e.Browser, "a secret of mine", e.Secret + "=", e.Secret[:42], fmt.Sprintf("%x", in.Session.Digest)} {
		_, err := w.SignedInBy(t.Context(), secret)
		wantKind(t, secret, err, directory.Unauthenticated)
		again, err := w.auth.SignIn(t.Context(), from(home), directory.Guess{Email: email, Address: home, Browser: secret}, password)
		must(t, err)
		if again.Secret == secret || again.Secret == e.Secret || again.Browser == secret {
			t.Errorf("%q: the entrance is %+v", secret, again)
		}
	}
}
