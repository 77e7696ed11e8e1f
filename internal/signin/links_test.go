package signin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// A link is good once, and the acceptance is told once.
func TestT01_Accept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, email, dirtest.InvitedByLink)
	e, err := w.accept(t, p.Secret, password)
	must(t, err)
	if u := w.in(t, e).User; u.State != directory.StateActive || u.ID != p.ID {
		t.Errorf("signed in as %+v", u)
	}
	w.Clock.Advance(10 * time.Minute)
	wantKind(t, "again, with the same password, ten minutes later", errOf(w.accept(t, p.Secret, password)), directory.Gone)
	if n := w.count(t, "accept_invitation", p.ID); n != 1 {
		t.Errorf("%d acceptances in the audit log", n)
	}
}

// Time ends everything by itself: nothing tidies here.
func TestT06_ExpiryNeedsNoJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := w.Put(t, "link@example.com", dirtest.InvitedByLink)
	temporary := w.Put(t, "temporary@example.com", dirtest.InvitedByPassword)
	reset := w.resetLink(t, w.person(t, email).User)
	start := w.Clock.Now()
	at := func(life time.Duration) { w.Clock.Advance(start.Add(life + time.Second).Sub(w.Clock.Now())) }
	at(30 * time.Minute)
	wantKind(t, "a reset's link", errOf(w.auth.ResetPassword(t.Context(), from(home), reset, another)), directory.Gone)
	at(24 * time.Hour)
	if got := w.try(t, temporary.Email, temporary.Secret); got != directory.Unauthenticated {
		t.Errorf("a temporary password gives %d", got)
	}
	at(7 * 24 * time.Hour)
	wantKind(t, "an invitation's link", errOf(w.accept(t, link.Secret, password)), directory.Gone)
	for _, address := range []string{link.Email, temporary.Email} {
		if status := w.user(t, address).Status(w.Clock.Now()); status != directory.StatusExpired {
			t.Errorf("%s is %s", address, status)
		}
	}
}

// R-TK-05: only the newest reset counts, and none outlives a password.
func TestT07_NewestResetCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.person(t, email).User
	a, b := w.resetLink(t, u), w.resetLink(t, u)
	wantKind(t, "the first", errOf(w.auth.ResetPassword(t.Context(), from(home), a, another)), directory.Gone)
	if got := w.try(t, email, password); got != ok {
		t.Errorf("the present password gives %d", got)
	}
	wantKind(t, "the second", errOf(w.auth.ResetPassword(t.Context(), from(home), b, another)), ok)
	must(t, w.ForgotPassword(t.Context(), from(home), email))
	c := w.lastLink(t, email)
	e, err := w.signIn(t, email, another, home)
	must(t, err)
	_, err = w.auth.ChangePassword(t.Context(), from(home), w.in(t, e), another, password)
	must(t, err)
	wantKind(t, "one from before a change", errOf(w.auth.ResetPassword(t.Context(), from(home), c, another+" again")), directory.Gone)
}

// A link is one person's, whoever is signed in.
func TestT08_LinkIsOnePersons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, "kim@example.com")
	before := w.hash(t, "kim@example.com")
	link := w.resetLink(t, w.person(t, email).User)
	e, err := w.auth.ResetPassword(t.Context(), from(home), link, another)
	if err != nil || e.User.Email != email || w.in(t, e).User.Email != email {
		t.Errorf("signed in as %s, error %v", e.User.Email, err)
	}
	if w.hash(t, "kim@example.com") != before || w.try(t, "kim@example.com", another) == ok {
		t.Error("another person's password changed")
	}
}

// Of a secret that is changed in any way, or meant for something else, nothing
// is said but that it does not work.
func TestT09_OtherTextsAreNoLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	invited := w.Put(t, "invited@example.com", dirtest.InvitedByLink)
	temporary := w.Put(t, "temporary@example.com", dirtest.InvitedByPassword)
	e := w.person(t, email)
	reset := w.resetLink(t, e.User)
	accept := func(link string) error { return errOf(w.accept(t, link, password)) }
	set := func(link string) error { return errOf(w.auth.ResetPassword(t.Context(), from(home), link, another)) }
	none := accept("no link at all")
	wantKind(t, "no link", none, directory.Gone)
	for link, spend := range map[string]func(string) error{invited.Secret: accept, reset: set} {
		texts := []string{"", temporary.Secret, e.Secret, e.Browser, w.APIKey(t, email), fmt.Sprintf("%x", directory.DigestOf(link)), invited.User.Email}
		texts = append(texts, link[:42], link[1:], link+"A", link+"=", " "+link, link+"\n", strings.ToLower(link), strings.ToUpper(link))
		if link == reset {
			texts = append(texts, invited.Secret)
		} else {
			texts = append(texts, reset)
		}
		for i := range link {
			for bit := range 8 {
				flipped := []byte(link)
				flipped[i] ^= 1 << bit
				texts = append(texts, string(flipped))
			}
		}
		for _, text := range texts {
			if diff := cmp.Diff(none, spend(text)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", text, diff)
			}
		}
		_, err := w.SignedInBy(t.Context(), link)
		wantKind(t, "a link as a session", err, directory.Unauthenticated)
		_, err = w.Authenticate(t.Context(), link)
		wantKind(t, "a link as a key", err, directory.Unauthenticated)
		if got := w.try(t, "invited@example.com", link); got != directory.Unauthenticated {
			t.Errorf("a link as a password gives %d", got)
		}
		wantKind(t, "the link itself", spend(link), ok)
	}
}

// A temporary password opens one session, until its end, and an administrator
// who sends another invitation takes it back.
func TestT11_TemporaryPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, email, dirtest.InvitedByPassword)
	if got := w.try(t, email, strings.ToUpper(p.Secret)); got != directory.Unauthenticated {
		t.Errorf("in capitals it gives %d", got)
	}
	e, err := w.signIn(t, email, p.Secret, home)
	must(t, err)
	in := w.in(t, e)
	if !e.Restricted || !in.Session.Restricted {
		t.Error("its session is good for everything")
	}
	_, err = w.CreateOwnKey(t.Context(), in.Actor(home, "r"), directory.CreateKey{Name: "key"})
	wantKind(t, "a key", err, directory.Forbidden)
	_, err = w.auth.ChangePassword(t.Context(), from(home), in, p.Secret, another)
	if err == nil {
		t.Error("it is a present password")
	}
	_, err = w.Authenticate(t.Context(), p.Secret)
	wantKind(t, "as an API key", err, directory.Unauthenticated)
	if got := w.try(t, email, p.Secret); got != directory.Unauthenticated {
		t.Errorf("a second time it gives %d", got)
	}
	for name, end := range map[string]func(p dirtest.Person) error{
		"resend": func(p dirtest.Person) error { return w.ResendInvitation(t.Context(), w.Admin, p.ID) },
		"delete": func(p dirtest.Person) error { return w.DeleteUser(t.Context(), w.Admin, p.ID) },
		"a day":  func(dirtest.Person) error { w.Clock.Advance(24 * time.Hour); return nil },
	} {
		p := w.Put(t, name[:1]+"@example.com", dirtest.InvitedByPassword)
		must(t, end(p))
		if got := w.try(t, p.Email, p.Secret); got != directory.Unauthenticated {
			t.Errorf("after %s it gives %d", name, got)
		}
	}
}

// Whoever did not hear the answer and asks again gets the same user and no
// password; a new invitation is the way on.
func TestT12_TemporaryPasswordIsShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var made [4]directory.CreatedUser
	for n := range made {
		var err error
		made[n], err = w.CreateUser(t.Context(), w.Admin, directory.CreateUser{Name: "Pat", Email: email, Role: directory.RoleMember, Mode: directory.InviteTemporary})
		must(t, err)
		if n > 0 && (made[n].Created || made[n].TemporaryPassword != "" || made[n].User.ID != made[0].User.ID) {
			t.Errorf("asked again: %+v", made[n])
		}
	}
	if n := w.count(t, "create_user", made[0].User.ID); n != 1 {
		t.Errorf("%d creations in the audit log", n)
	}
	for _, e := range w.Entries(t) {
		if strings.Contains(e.Changes, made[0].TemporaryPassword) {
			t.Errorf("the audit log has the password: %s", e.Changes)
		}
	}
	must(t, w.ResendInvitation(t.Context(), w.Admin, made[0].User.ID))
	if got := w.try(t, email, made[0].TemporaryPassword); got != directory.Unauthenticated {
		t.Errorf("after the new invitation the password gives %d", got)
	}
	wantKind(t, "the new link", errOf(w.accept(t, w.lastLink(t, email), password)), ok)
}

// A reset is for who has an account: for others it is refused and no letter goes.
func TestT13_ResetIsForActiveUsers(t *testing.T) {
	t.Parallel()
	for standing, want := range map[dirtest.Standing]directory.Kind{
		dirtest.InvitedByLink: directory.Malformed, dirtest.InvitedByPassword: directory.Malformed, dirtest.Expired: directory.Malformed,
		dirtest.Deleted: directory.NotFound, dirtest.Active: ok,
	} {
		w := newWorld(t)
		p := w.Put(t, email, standing)
		before := len(w.Letters(t))
		wantKind(t, string(standing), w.Directory.ResetPassword(t.Context(), w.Admin, p.ID), want)
		must(t, w.ForgotPassword(t.Context(), from(home), email))
		letters := w.Letters(t)[before:]
		if standing != dirtest.Active && len(letters) != 0 || standing == dirtest.Active && len(letters) != 2 {
			t.Errorf("%s: %d letters", standing, len(letters))
		}
	}
}

// Links by the forgotten-password page are few, whoever asks for them.
func TestT14_ForgottenPasswordsAreCapped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, email)
	before := len(w.Letters(t))
	refused := 0
	for range 100 {
		if err := w.ForgotPassword(t.Context(), from(home), email); err != nil {
			wantKind(t, "asked again", err, directory.TooMany)
			if waitOf(t, err) > 0 {
				refused++
			}
		}
		w.Clock.Advance(600 * time.Millisecond)
	}
	if sent := len(w.Letters(t)) - before; sent > 9 || refused+sent != 100 {
		t.Errorf("%d letters in a minute, %d requests refused", sent, refused)
	}
}
