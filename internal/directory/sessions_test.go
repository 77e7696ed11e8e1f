package directory_test

import (
	"context"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	use := func(t *testing.T, w *dirtest.World, secret string, every time.Duration, times int) {
		for range times {
			w.Clock.Advance(every)
			_, err := w.SignedInBy(t.Context(), secret)
			must(t, err)
		}
	}
	for _, c := range []struct {
		name string
		do   func(t *testing.T, w *dirtest.World, in directory.SignedIn, secret string)
		live bool
	}{
		{"at once", func(*testing.T, *dirtest.World, directory.SignedIn, string) {}, true},
		{"idle for nearly a day", func(_ *testing.T, w *dirtest.World, _ directory.SignedIn, _ string) {
			w.Clock.Advance(24*time.Hour - time.Microsecond)
		}, true},
		{"idle for a day", func(_ *testing.T, w *dirtest.World, _ directory.SignedIn, _ string) { w.Clock.Advance(24 * time.Hour) }, false},
		{"used for nearly a week", func(t *testing.T, w *dirtest.World, _ directory.SignedIn, secret string) {
			use(t, w, secret, 23*time.Hour, 7)
			w.Clock.Advance(7*time.Hour - time.Microsecond)
		}, true},
		{"used for a week", func(t *testing.T, w *dirtest.World, _ directory.SignedIn, secret string) {
			use(t, w, secret, 23*time.Hour, 7)
			w.Clock.Advance(7 * time.Hour)
		}, false},
		{"signed out", func(t *testing.T, w *dirtest.World, in directory.SignedIn, _ string) {
			must(t, w.SignOut(t.Context(), in.Actor("", ""), in))
		}, false},
		{"signed out everywhere", func(t *testing.T, w *dirtest.World, in directory.SignedIn, _ string) {
			must(t, w.SignOutEverywhere(t.Context(), in.Actor("", ""), in))
		}, false},
		{"deleted", func(t *testing.T, w *dirtest.World, in directory.SignedIn, _ string) {
			must(t, w.DeleteUser(t.Context(), w.Admin, in.User.ID))
		}, false},
		{"another's sign-out", func(t *testing.T, w *dirtest.World, _ directory.SignedIn, _ string) {
			_, secret := signedUp(t, w, "kim@example.com", "a hash")
			other, err := w.SignedInBy(t.Context(), secret)
			must(t, err)
			must(t, w.SignOutEverywhere(t.Context(), other.Actor("", ""), other))
		}, true},
		{"tidied up", func(t *testing.T, w *dirtest.World, _ directory.SignedIn, _ string) { must(t, w.Tidy(t.Context())) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, secret := signedUp(t, w, "pat@example.com", "a hash")
			in, err := w.SignedInBy(t.Context(), secret)
			must(t, err)
			c.do(t, w, in, secret)
			want := directory.Unauthenticated
			if c.live {
				want = ok
			}
			_, err = w.SignedInBy(t.Context(), secret)
			wantKind(t, "the session", err, want)
		})
	}
}

// A session is of the kind that fits its user's state, whatever wrote either.
func TestSessionFitsState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	full, fullSecret := signedUp(t, w, "full@example.com", "a hash")
	restricted := w.Put(t, "restricted@example.com", dirtest.InvitedByPassword).User
	e, err := w.SignIn(t.Context(), visit(), guess(restricted.Email), credentials(t, w, restricted.Email), "")
	must(t, err)
	for _, c := range []struct {
		user       directory.User
		secret     string
		restricted bool
	}{{full, fullSecret, false}, {restricted, e.Secret, true}} {
		for _, state := range []directory.State{directory.StateActive, directory.StateInvited, directory.StateDeleted} {
			u := c.user
			u.State, u.InvitedUntil = state, time.Time{}
			if state == directory.StateInvited {
				u.InvitedUntil = w.Clock.Now().Add(time.Hour)
			}
			must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error { return tx.UpdateUser(u) }))
			want := directory.Unauthenticated
			if state == directory.StateActive && !c.restricted || state == directory.StateInvited && c.restricted {
				want = ok
			}
			_, err := w.SignedInBy(t.Context(), c.secret)
			wantKind(t, u.Email+" "+string(state), err, want)
		}
	}
}

func TestUnknownSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, secret := signedUp(t, w, "pat@example.com", "a hash")
	for _, bad := range []string{"", secret[:42], secret + "A", secret + "\n", w.APIKey(t, "pat@example.com")} {
		in, err := w.SignedInBy(t.Context(), bad)
		wantKind(t, bad, err, directory.Unauthenticated)
		same(t, "who", in, directory.SignedIn{})
	}
	_, err := w.Authenticate(t.Context(), secret)
	wantKind(t, "a session as an API key", err, directory.Unauthenticated)
}

func TestSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, first := signedUp(t, w, "pat@example.com", "a hash")
	w.Clock.Advance(23 * time.Hour)
	second, err := w.SignIn(t.Context(), visit(), guess("pat@example.com"), credentials(t, w, "pat@example.com"), "")
	must(t, err)
	in, err := w.SignedInBy(t.Context(), second.Secret)
	must(t, err)
	all, err := w.Sessions(t.Context(), in)
	if err != nil || len(all) != 2 || all[0].ID != in.Session.ID {
		t.Errorf("sessions %+v, error %v", all, err)
	}
	w.Clock.Advance(time.Hour)
	all, err = w.Sessions(t.Context(), in)
	if err != nil || len(all) != 1 || all[0].ID != in.Session.ID {
		t.Errorf("after the first went idle: sessions %+v, error %v", all, err)
	}
	must(t, w.SignOut(t.Context(), in.Actor("", ""), in))
	_, err = w.SignedInBy(t.Context(), first)
	wantKind(t, "the idle one", err, directory.Unauthenticated)
	w.Clock.Advance(7 * 24 * time.Hour)
	must(t, w.Tidy(t.Context()))
	if kept, err := w.Store.Read(t.Context()).SessionsOf(u.Seq); err != nil || len(kept) != 0 {
		t.Errorf("after tidying up %d sessions are kept, error %v", len(kept), err)
	}
}

// A use is noted every five minutes, so that browsing is not writing.
func TestSessionSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, secret := signedUp(t, w, "pat@example.com", "a hash")
	began := w.Clock.Now()
	for _, c := range []struct{ later, seen time.Duration }{
		{5*time.Minute - time.Microsecond, 0}, {5 * time.Minute, 5 * time.Minute}, {9 * time.Minute, 5 * time.Minute}, {10 * time.Minute, 10 * time.Minute},
	} {
		w.Clock.Advance(began.Add(c.later).Sub(w.Clock.Now()))
		_, err := w.SignedInBy(t.Context(), secret)
		must(t, err)
		s, _, _, err := w.Store.Read(t.Context()).SessionByDigest(directory.DigestOf(secret))
		if err != nil || !s.SeenAt.Equal(began.Add(c.seen)) {
			t.Errorf("%v later: seen %v later, error %v", c.later, s.SeenAt.Sub(began), err)
		}
	}
}

// A store that can be read and not written, as a database that waits for its standby, still lets people and keys in.
func TestUseThatCannotBeNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, secret := signedUp(t, w, "pat@example.com", "a hash")
	k := ownKey(t, w, w.Member, directory.CreateKey{})
	w.Clock.Advance(2 * time.Hour)
	waiting := w.On(unwritable{w.Store})
	if _, err := waiting.SignedInBy(t.Context(), secret); err != nil {
		t.Errorf("a session: %v", err)
	}
	if _, err := waiting.Authenticate(t.Context(), k.Secret); err != nil {
		t.Errorf("a key: %v", err)
	}
}

type unwritable struct{ directory.Store }

// Write implements directory.Store: it waits as long as it may.
func (unwritable) Write(ctx context.Context, _ func(directory.Tx) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestOwnKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, secret := signedUp(t, w, "pat@example.com", "a hash")
	in, err := w.SignedInBy(t.Context(), secret)
	must(t, err)
	a := in.Actor("192.0.2.7", "r")
	soon := w.Clock.Now().Add(time.Hour)
	for _, c := range []struct {
		in     directory.CreateKey
		fields []string
	}{
		{directory.CreateKey{Name: " laptop ", Description: "For e\u0301dith", ExpiresAt: soon}, nil},
		{directory.CreateKey{}, []string{"name"}},
		{directory.CreateKey{Name: "a\nb", Description: "\x00"}, []string{"name", "description"}},
		{directory.CreateKey{Name: "past", ExpiresAt: w.Clock.Now()}, []string{"expires_at"}},
	} {
		key, err := w.CreateOwnKey(t.Context(), a, c.in)
		same(t, "faults", fieldsOf(err), c.fields)
		if (key.Secret != "") != (c.fields == nil) || (err == nil) != (c.fields == nil) {
			t.Errorf("%+v: key %q, error %v", c.in, key.Secret, err)
		}
	}
	lasting, err := w.CreateOwnKey(t.Context(), a, directory.CreateKey{Name: "lasting"})
	must(t, err)
	keys, err := w.OwnKeys(t.Context(), in)
	if err != nil || len(keys) != 2 || keys[0].Name != "lasting" || keys[1].Name != "laptop" || keys[1].Description != "For édith" || !keys[1].ExpiresAt.Equal(soon) {
		t.Errorf("keys %+v, error %v", keys, err)
	}
	w.Clock.Advance(time.Hour)
	if keys, err = w.OwnKeys(t.Context(), in); err != nil || len(keys) != 1 {
		t.Errorf("after one expired: keys %+v, error %v", keys, err)
	}
	_, foreign := signedUp(t, w, "kim@example.com", "a hash")
	kim, err := w.SignedInBy(t.Context(), foreign)
	must(t, err)
	wantKind(t, "another's key", w.RevokeKey(t.Context(), kim.Actor("", ""), keys[0].ID), directory.NotFound)
	_, err = w.Authenticate(t.Context(), lasting.Secret)
	must(t, err)
	must(t, w.RevokeKey(t.Context(), a, keys[0].ID))
	_, err = w.Authenticate(t.Context(), lasting.Secret)
	wantKind(t, "the revoked key", err, directory.Unauthenticated)
	wantKind(t, "a key that is not there", w.RevokeKey(t.Context(), a, "QXBpS2V5Om5vdGhpbmc="), directory.NotFound)

	no := false
	_, err = w.UpdateUser(t.Context(), w.Admin, u.ID, directory.UpdateUser{Developer: &no})
	must(t, err)
	_, err = w.CreateOwnKey(t.Context(), a, directory.CreateKey{Name: "stale rights"})
	wantKind(t, "after developer access was taken away", err, directory.Forbidden)
}
