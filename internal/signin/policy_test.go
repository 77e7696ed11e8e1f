package signin_test

import (
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// The four ways to set a password, each for pat@example.com.
func setPaths() map[string]func(t *testing.T, w *world) func(password string) error {
	return map[string]func(t *testing.T, w *world) func(string) error{
		"accept an invitation": func(t *testing.T, w *world) func(string) error {
			link := w.Put(t, email, dirtest.InvitedByLink).Secret
			return func(p string) error { return errOf(w.accept(t, link, p)) }
		},
		"reset": func(t *testing.T, w *world) func(string) error {
			link := w.resetLink(t, w.person(t, email).User)
			return func(p string) error { return errOf(w.auth.ResetPassword(t.Context(), from(home), link, p)) }
		},
		"change": func(t *testing.T, w *world) func(string) error {
			in := w.in(t, w.person(t, email))
			return func(p string) error { return errOf(w.auth.ChangePassword(t.Context(), from(home), in, password, p)) }
		},
		"replace a temporary one": func(t *testing.T, w *world) func(string) error {
			in := w.newcomer(t, email)
			return func(p string) error { return errOf(w.auth.ReplaceTemporaryPassword(t.Context(), from(home), in, p)) }
		},
	}
}

// What anybody would guess is refused with a reason wherever a password is
// set, costs no hash, spends nothing; and the next one is taken.
func TestA12_GuessablePasswordsOnEveryPath(t *testing.T) {
	t.Parallel()
	for name, path := range setPaths() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			set := path(t, w)
			before, calls := w.hash(t, email), w.meter.calls.Load()
			for _, bad := range []string{
				"passwordpassword", "123456789012345", "qwertyuiopasdfgh", // the lists
				"Observatory2026!!", "observatory observatory", // the product
				"pat@example.com", "pat.example.com.2026", "PAT@EXAMPLE.COM 1", // the address
				"", "fourteen chars", strings.Repeat("x", 15), strings.Repeat("teapot l", 129), "teapot lantern \xff",
			} {
				err := set(bad)
				wantKind(t, bad, err, directory.Invalid)
				if err != nil && !strings.HasPrefix(err.Error(), "password: ") {
					t.Errorf("%q: refused with %q", bad, err)
				}
			}
			if got := w.hash(t, email); got != before || w.meter.calls.Load() != calls {
				t.Errorf("%d hashes for refused passwords; the stored one was %q and is %q", w.meter.calls.Load()-calls, before, got)
			}
			wantKind(t, "a sound one", set(another), ok)
			if got := w.try(t, email, another); got != ok {
				t.Errorf("sign in with it: kind %d", got)
			}
		})
	}
}

// R-AU-01, R-AU-02, R-AU-03: characters are counted, all of them are taken
// and none is changed, on every path.
func TestRAU01_LengthOnEveryPath(t *testing.T) {
	t.Parallel()
	for name, path := range setPaths() {
		for _, sound := range []string{
			"vjkq zxwm bpfgh", "😀🐙🚲🌵🎈🧊🥝🪁🐌🍋🎩🚀🌙🔑🪴", "  two spaces at each end  ", "тихая река зимой", "e\u0301gal wie, Hauptsache lang", strings.Repeat("seven small owls sing ", 50)[:1024],
		} {
			t.Run(name+" "+sound[:15], func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				wantKind(t, "set it", path(t, w)(sound), ok)
				for typed, want := range map[string]directory.Kind{
					sound: ok, strings.ToUpper(sound) + "x": directory.Unauthenticated, sound + " ": directory.Unauthenticated, sound[:len(sound)-1]: directory.Unauthenticated,
				} {
					if got := w.try(t, email, typed); got != want {
						t.Errorf("%q: kind %d, want %d", typed, got, want)
					}
				}
			})
		}
	}
}

// A temporary password is none to keep.
func TestT11_TemporaryPasswordIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, email, dirtest.InvitedByPassword)
	e, err := w.signIn(t, email, p.Secret, home)
	must(t, err)
	_, err = w.auth.ReplaceTemporaryPassword(t.Context(), from(home), w.in(t, e), p.Secret)
	wantKind(t, "the temporary one itself", err, directory.Invalid)
	_, err = w.auth.ReplaceTemporaryPassword(t.Context(), from(home), w.in(t, e), another)
	wantKind(t, "one of one's own", err, ok)
}

// A change asks for the present password; it and a reset end whatever let
// anybody in before.
func TestRAU05_AnotherPasswordEndsTheRest(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(w *world, in directory.SignedIn, link string) (directory.Entrance, error){
		"change": func(w *world, in directory.SignedIn, _ string) (directory.Entrance, error) {
			return w.auth.ChangePassword(t.Context(), from(home), in, password, another)
		},
		"reset": func(w *world, _ directory.SignedIn, link string) (directory.Entrance, error) {
			return w.auth.ResetPassword(t.Context(), from(home), link, another)
		},
	} {
		worlds := newWorlds(t, sqlite(t), 2)
		w, other := worlds[0], worlds[1]
		first := w.person(t, email)
		second, err := w.signIn(t, email, password, home)
		must(t, err)
		in, link := w.in(t, first), w.resetLink(t, first.User)
		_, err = w.auth.ChangePassword(t.Context(), from(home), in, wrong, another)
		wantKind(t, "change without the present password", err, directory.Invalid)
		third, err := set(w, in, link)
		must(t, err)
		for what, e := range map[string]directory.Entrance{"the session at hand": first, "the other session": second} {
			_, err := other.SignedInBy(t.Context(), e.Secret)
			wantKind(t, name+": "+what, err, directory.Unauthenticated)
		}
		other.in(t, third)
		if w.Good(t, link, directory.TokenReset) {
			t.Errorf("%s: a reset's link is still good", name)
		}
		if old, now := other.try(t, email, password), other.try(t, email, another); old != directory.Unauthenticated || now != ok {
			t.Errorf("%s: the old password gives %d, the new one %d", name, old, now)
		}
	}
}

// A password that nobody changes is good for ever: there is no rotation.
func TestRAU06_PasswordsDoNotAge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, email)
	for range 10 {
		w.Clock.Advance(365 * 24 * time.Hour)
		if e, err := w.signIn(t, email, password, home); err != nil || e.Restricted {
			t.Errorf("a year later: restricted %v, error %v", e.Restricted, err)
		}
	}
}

// The owner hears of every change by the address that is stored, and the
// letter holds nothing that could be used.
func TestRAU11_NoticeOfChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.person(t, email)
	for _, l := range w.Waiting(t) {
		t.Errorf("after the acceptance a letter waits: %s", l.Kind)
	}
	for name, set := range map[string]func() (directory.Entrance, error){
		"change": func() (directory.Entrance, error) {
			return w.auth.ChangePassword(t.Context(), from(home), w.in(t, e), password, another)
		},
		"reset": func() (directory.Entrance, error) {
			return w.auth.ResetPassword(t.Context(), from(home), w.resetLink(t, e.User), password)
		},
	} {
		before := len(w.Letters(t))
		if name == "reset" {
			before++ // the link's
		}
		var err error
		e, err = set()
		must(t, err)
		all := w.Letters(t)
		if len(all) != before+1 {
			t.Fatalf("%s: %d letters, want one", name, len(all)-before)
		}
		if l := all[len(all)-1]; l.Kind != directory.LetterPasswordChanged || l.To != email || l.Token != "" {
			t.Errorf("%s: a %s to %s with the secret %q", name, l.Kind, l.To, l.Token)
		}
	}
}
