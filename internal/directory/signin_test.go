package directory_test

import (
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// signedUp makes an active user with a password, and a session of theirs.
func signedUp(t *testing.T, w *dirtest.World, email, hash string) (u directory.User, secret string) {
	t.Helper()
	p := w.Put(t, email, dirtest.InvitedByLink)
	e, err := w.AcceptInvitation(t.Context(), visit(), p.Secret, hash)
	must(t, err)
	return e.User, e.Secret
}

func guess(email string) directory.Guess { return directory.Guess{Email: email, Address: "192.0.2.7"} }

func credentials(t *testing.T, w *dirtest.World, email string) directory.Credentials {
	t.Helper()
	c, err := w.SignInCredentials(t.Context(), email)
	must(t, err)
	return c
}

// Who cannot sign in looks like nobody.
func TestSignInCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, _ := signedUp(t, w, "Zoë@example.com", "a hash")
	same(t, "with a password", credentials(t, w, "ZOE\u0308@EXAMPLE.com"), directory.Credentials{User: u, PasswordHash: "a hash"})
	active := w.Put(t, "active@example.com", dirtest.Active)
	same(t, "without one", credentials(t, w, "active@example.com"), directory.Credentials{User: active.User})
	temporary := w.Put(t, "temporary@example.com", dirtest.InvitedByPassword)
	c := credentials(t, w, "temporary@example.com")
	same(t, "with a temporary one", c, directory.Credentials{User: temporary.User, Temporary: directory.DigestOf(temporary.Secret)})
	if !c.IsTemporary(temporary.Secret) || c.IsTemporary("") || c.IsTemporary(temporary.Secret+" ") || (directory.Credentials{}).IsTemporary("") {
		t.Error("IsTemporary does not tell the temporary password from others")
	}
	for _, standing := range []dirtest.Standing{dirtest.InvitedByLink, dirtest.Expired, dirtest.Deleted, dirtest.Unknown} {
		email := strings.ReplaceAll(string(standing), " ", ".") + "@example.com"
		w.Put(t, email, standing)
		same(t, string(standing), credentials(t, w, email), directory.Credentials{})
	}
	w.Clock.Advance(24 * time.Hour)
	same(t, "with an expired temporary one", credentials(t, w, "temporary@example.com"), directory.Credentials{})
	must(t, w.DeleteUser(t.Context(), w.Admin, u.ID))
	same(t, "deleted, with a password", credentials(t, w, u.Email), directory.Credentials{})
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, first := signedUp(t, w, "pat@example.com", "a hash")
	seen := len(w.Entries(t))
	e, err := w.SignIn(t.Context(), visit(), guess("pat@example.com"), credentials(t, w, "pat@example.com"), "")
	must(t, err)
	if e.Restricted || e.User.ID != u.ID || e.Browser == "" || !wellFormedToken(e.Secret) || e.Secret == first {
		t.Errorf("entrance %+v", e)
	}
	for _, secret := range []string{first, e.Secret} {
		in, err := w.SignedInBy(t.Context(), secret)
		if err != nil || in.User.ID != u.ID || in.Session.Restricted {
			t.Errorf("signed in as %+v, error %v", in, err)
		}
	}
	entries := since(t, w, seen)
	if len(entries) != 1 || entries[0].Operation != "sign_in" || entries[0].Via != directory.ViaPassword || entries[0].Address != "192.0.2.7" {
		t.Errorf("audit entries %+v", entries)
	}
	_, err = w.SignIn(t.Context(), visit(), guess("pat@example.com"), credentials(t, w, "pat@example.com"), "a stronger hash")
	must(t, err)
	if got := hashOf(t, w, "pat@example.com"); got != "a stronger hash" {
		t.Errorf("the hash is %q", got)
	}
}

// What was checked must still stand when the session begins.
func TestSignInOfYesterday(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, w *dirtest.World, u directory.User){
		"the password changed": func(t *testing.T, w *dirtest.World, u directory.User) {
			_, err := w.ResetPasswordByLink(t.Context(), visit(), resetLink(t, w, u), "new hash")
			must(t, err)
		},
		"the user was deleted": func(t *testing.T, w *dirtest.World, u directory.User) {
			must(t, w.DeleteUser(t.Context(), w.Admin, u.ID))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			u, _ := signedUp(t, w, "pat@example.com", "a hash")
			c := credentials(t, w, "pat@example.com")
			change(t, w, u)
			before := state(t, w)
			_, err := w.SignIn(t.Context(), visit(), guess("pat@example.com"), c, "")
			wantKind(t, "sign in", err, directory.Unauthenticated)
			if err != nil && err.Error() != directory.ErrWrongPassword().Error() {
				t.Errorf("it is told apart from a wrong password: %v", err)
			}
			same(t, "the directory", state(t, w), before)
		})
	}
	w := newWorld(t)
	_, err := w.SignIn(t.Context(), visit(), guess("nobody@example.com"), directory.Credentials{}, "")
	wantKind(t, "nobody", err, directory.Unauthenticated)
}

// T-11: a temporary password opens one session, which is good for choosing a
// password and for nothing else.
func TestTemporarySignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByPassword)
	c := credentials(t, w, "pat@example.com")
	e, err := w.SignIn(t.Context(), visit(), guess("pat@example.com"), c, "")
	must(t, err)
	in, err := w.SignedInBy(t.Context(), e.Secret)
	must(t, err)
	if !e.Restricted || !in.Session.Restricted || in.User.State != directory.StateInvited {
		t.Errorf("entrance %+v, signed in %+v", e, in)
	}
	_, err = w.SignIn(t.Context(), visit(), guess("pat@example.com"), c, "")
	wantKind(t, "a second time", err, directory.Unauthenticated)
	same(t, "what a second time is checked against", credentials(t, w, "pat@example.com"), directory.Credentials{})
	if was, err := w.WasTemporary(t.Context(), p.Secret, in.User); err != nil || !was {
		t.Errorf("the temporary password is known as such: %v, error %v", was, err)
	}
	_, err = w.CreateOwnKey(t.Context(), in.Actor("192.0.2.7", "r"), directory.CreateKey{Name: "key"})
	wantKind(t, "a key before a password is chosen", err, directory.Forbidden)
	_, err = w.ChangePassword(t.Context(), visit(), in, credentials(t, w, "pat@example.com"), "a hash")
	wantKind(t, "a change instead of a choice", err, directory.Unauthenticated)

	full, err := w.ReplaceTemporaryPassword(t.Context(), visit(), in, "a hash")
	must(t, err)
	if u := stored(t, w, "pat@example.com"); u.State != directory.StateActive || !u.InvitedUntil.IsZero() || hashOf(t, w, "pat@example.com") != "a hash" {
		t.Errorf("the user is %+v", u)
	}
	_, err = w.SignedInBy(t.Context(), e.Secret)
	wantKind(t, "the restricted session", err, directory.Unauthenticated)
	now, err := w.SignedInBy(t.Context(), full.Secret)
	if err != nil || now.Session.Restricted {
		t.Errorf("signed in %+v, error %v", now, err)
	}
	for what, in := range map[string]directory.SignedIn{"again with the old session": in, "with the full session": now} {
		_, err = w.ReplaceTemporaryPassword(t.Context(), visit(), in, "another hash")
		wantKind(t, what, err, directory.Unauthenticated)
	}
}

// Whoever takes the temporary password back ends the session that it opened.
func TestTemporarySessionEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w *dirtest.World, id directory.UserID) error{
		"resend": func(t *testing.T, w *dirtest.World, id directory.UserID) error {
			return w.ResendInvitation(t.Context(), w.Admin, id)
		},
		"delete": func(t *testing.T, w *dirtest.World, id directory.UserID) error {
			return w.DeleteUser(t.Context(), w.Admin, id)
		},
		"activate": func(t *testing.T, w *dirtest.World, _ directory.UserID) error {
			_, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{Name: "Pat", Email: "pat@example.com", Role: directory.RoleMember, Mode: directory.InviteNone})
			return err
		},
		"an hour": func(_ *testing.T, w *dirtest.World, _ directory.UserID) error { w.Clock.Advance(time.Hour); return nil },
	} {
		w := newWorld(t)
		p := w.Put(t, "pat@example.com", dirtest.InvitedByPassword)
		e, err := w.SignIn(t.Context(), visit(), guess("pat@example.com"), credentials(t, w, "pat@example.com"), "")
		must(t, err)
		in, err := w.SignedInBy(t.Context(), e.Secret)
		must(t, err)
		must(t, end(t, w, p.ID))
		_, err = w.SignedInBy(t.Context(), e.Secret)
		wantKind(t, name, err, directory.Unauthenticated)
		if name == "an hour" {
			continue
		}
		// A request that was let in a moment before, and hashed meanwhile.
		_, err = w.ReplaceTemporaryPassword(t.Context(), visit(), in, "a hash")
		if err == nil || hashOf(t, w, "pat@example.com") != "" {
			t.Errorf("%s: the ended session still chose a password, error %v", name, err)
		}
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, first := signedUp(t, w, "pat@example.com", "old hash")
	in, err := w.SignedInBy(t.Context(), first)
	must(t, err)
	c := credentials(t, w, "pat@example.com")
	link := resetLink(t, w, u)
	seen := len(w.Entries(t))
	e, err := w.ChangePassword(t.Context(), visit(), in, c, "new hash")
	must(t, err)
	if got := hashOf(t, w, "pat@example.com"); got != "new hash" {
		t.Errorf("the hash is %q", got)
	}
	_, err = w.SignedInBy(t.Context(), first)
	wantKind(t, "the earlier session", err, directory.Unauthenticated)
	_, err = w.SignedInBy(t.Context(), e.Secret)
	wantKind(t, "the new session", err, ok)
	if w.Good(t, link, directory.TokenReset) {
		t.Error("a reset link outlived the change")
	}
	if waiting := w.Waiting(t); len(waiting) != 1 || waiting[0].Kind != directory.LetterPasswordChanged {
		t.Errorf("letters wait: %+v", waiting)
	}
	if entries := since(t, w, seen); len(entries) != 1 || entries[0].Operation != "change_password" || entries[0].Via != directory.ViaSession {
		t.Errorf("audit entries %+v", entries)
	}
	before := state(t, w)
	_, err = w.ChangePassword(t.Context(), visit(), in, c, "newer hash")
	wantKind(t, "against the old password", err, directory.Unauthenticated)
	same(t, "the directory", state(t, w), before)
}

// who asks for a link learns nothing from the answer.
func TestForgotPassword(t *testing.T) {
	t.Parallel()
	for _, standing := range dirtest.Standings() {
		t.Run(string(standing), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.Put(t, "pat@example.com", standing)
			before := len(w.Waiting(t))
			for n := range 3 {
				must(t, w.ForgotPassword(t.Context(), visit(), "PAT@example.com"))
				want := before
				if standing == dirtest.Active {
					want++ // only the newest
				}
				if got := w.Waiting(t); len(got) != want {
					t.Errorf("after %d: %d letters wait, want %d", n+1, len(got), want)
				}
			}
			wantKind(t, "a fourth time", w.ForgotPassword(t.Context(), visit(), "pat@example.com"), directory.TooMany)
			wantKind(t, "for another address", w.ForgotPassword(t.Context(), visit(), "kim@example.com"), ok)
			if standing != dirtest.Active {
				return
			}
			letter := w.Waiting(t)[0]
			if letter.To != "pat@example.com" || letter.From != "" || !w.Good(t, letter.Token, directory.TokenReset) {
				t.Errorf("the letter is %+v", letter)
			}
			entries := w.Entries(t)
			if e := entries[len(entries)-1]; e.Operation != "forgot_password" || e.Via != directory.ViaPage || e.ActorID != "" || e.Subject != string(p.ID) {
				t.Errorf("audit entry %+v", e)
			}
		})
	}
}

func TestSignInFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, _ := signedUp(t, w, "pat@example.com", "a hash")
	seen := len(w.Entries(t))
	must(t, w.SignInFailed(t.Context(), visit(), credentials(t, w, "pat@example.com")))
	must(t, w.SignInFailed(t.Context(), visit(), directory.Credentials{}))
	entries := since(t, w, seen)
	if len(entries) != 2 || entries[0].Subject != string(u.ID) || entries[1].Subject != "" || entries[0].ActorID != "" || entries[0].Operation != "sign_in_failed" {
		t.Errorf("audit entries %+v", entries)
	}
}

func TestRenameSelf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := len(w.Entries(t))
	u, err := w.RenameSelf(t.Context(), w.Annotator, " Anna ")
	if err != nil || u.Name != "Anna" || stored(t, w, "ann@example.com").Name != "Anna" {
		t.Errorf("renamed to %+v, error %v", u, err)
	}
	_, err = w.RenameSelf(t.Context(), w.Annotator, "Anna")
	must(t, err)
	_, err = w.RenameSelf(t.Context(), w.Annotator, " ")
	wantKind(t, "blank", err, directory.Invalid)
	if entries := since(t, w, seen); len(entries) != 1 || entries[0].Operation != "rename_self" {
		t.Errorf("audit entries %+v", entries)
	}
}
