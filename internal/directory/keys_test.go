package directory_test

import (
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.APIKey(t, w.Member.Email)
	k, owner, _, err := w.Store.Read(t.Context()).KeyByDigest(directory.DigestOf(key))
	must(t, err)
	k, _, err = w.Store.Read(t.Context()).KeyByID(k.ID)
	must(t, err)
	a, err := w.Authenticate(t.Context(), key)
	must(t, err)
	same(t, "the actor", a, directory.Actor{
		UserID: owner.ID, UserSeq: owner.Seq, Name: "Mel Member", Email: "mel@example.com", Role: directory.RoleMember, Developer: true,
		Credential: k.ID, Via: directory.ViaKey,
	})
	if strings.Contains(k.Redacted, key[3:20]) || k.Redacted == key || !k.ExpiresAt.IsZero() || !k.CreatedAt.Equal(w.Clock.Now()) {
		t.Errorf("the stored key: %+v", k)
	}
	fresh, err := newWorld(t).Authenticate(t.Context(), key)
	wantKind(t, "a key of another directory", err, directory.Unauthenticated)
	same(t, "its actor", fresh, directory.Actor{})
}

// K-04: what ends a key ends it at the next request.
func TestKeyEnds(t *testing.T) {
	t.Parallel()
	expired := func(at time.Duration) func(t *testing.T, w *dirtest.World, k *directory.APIKey) {
		return func(_ *testing.T, w *dirtest.World, k *directory.APIKey) { k.ExpiresAt = w.Clock.Now().Add(at) }
	}
	for _, c := range []struct {
		name string
		end  func(t *testing.T, w *dirtest.World, k *directory.APIKey)
		kind directory.Kind
	}{
		{"in force", func(*testing.T, *dirtest.World, *directory.APIKey) {}, ok},
		{"a microsecond before it expires", expired(time.Microsecond), ok},
		{"at the moment it expires", expired(0), directory.Unauthenticated},
		{"expired", expired(-time.Hour), directory.Unauthenticated},
		{"revoked", func(_ *testing.T, w *dirtest.World, k *directory.APIKey) { k.RevokedAt = w.Clock.Now() }, directory.Unauthenticated},
	} {
		w := newWorld(t)
		p := w.Put(t, "pat@example.com", dirtest.Active)
		secret := w.APIKey(t, "pat@example.com")
		k, _, _, err := w.Store.Read(t.Context()).KeyByDigest(directory.DigestOf(secret))
		must(t, err)
		k, _, err = w.Store.Read(t.Context()).KeyByID(k.ID)
		must(t, err)
		// The same user's next key, as it would be after the end.
		secret = another(t, w)
		k.ID, k.Digest, k.UserSeq = "another", directory.DigestOf(secret), p.Seq
		c.end(t, w, &k)
		must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error { return tx.InsertKey(k) }))
		_, err = w.Authenticate(t.Context(), secret)
		wantKind(t, c.name, err, c.kind)
	}
}

// another is the text of a key that only this directory's tests know.
func another(t *testing.T, w *dirtest.World) string {
	t.Helper()
	return dirtest.New(t, newStore(t)).APIKey(t, w.Member.Email)
}

// Rights are those of the owner as they are now.
func TestKeyFollowsOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.Active)
	key := w.APIKey(t, "pat@example.com")
	no := false
	_, err := w.UpdateUser(t.Context(), w.Admin, p.ID, directory.UpdateUser{Developer: &no})
	must(t, err)
	a, err := w.Authenticate(t.Context(), key)
	must(t, err)
	_, err = w.ListUsers(t.Context(), a, directory.ListUsers{})
	wantKind(t, "without developer access", err, directory.Forbidden)
	u := stored(t, w, "pat@example.com")
	for _, c := range []struct {
		state directory.State
		kind  directory.Kind
	}{{directory.StateActive, ok}, {directory.StateInvited, directory.Unauthenticated}, {directory.StateDeleted, directory.Unauthenticated}} {
		u.State, u.InvitedUntil = c.state, time.Time{}
		if c.state == directory.StateInvited {
			u.InvitedUntil = w.Clock.Now().Add(time.Hour)
		}
		must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error { return tx.UpdateUser(u) }))
		_, err := w.Authenticate(t.Context(), key)
		wantKind(t, "owner "+string(c.state), err, c.kind)
	}
}

func TestCreateHostKey(t *testing.T) {
	t.Parallel()
	for standing, want := range map[dirtest.Standing]directory.Kind{
		dirtest.Unknown: directory.NotFound, dirtest.InvitedByLink: directory.Conflict, dirtest.InvitedByPassword: directory.Conflict,
		dirtest.Expired: directory.Conflict, dirtest.Active: ok, dirtest.Deleted: directory.NotFound,
	} {
		w := newWorld(t)
		p := w.Put(t, "pat@example.com", standing)
		before, seen := state(t, w), len(w.Entries(t))
		key, owner, err := w.CreateHostKey(t.Context(), directory.Host("root"), " PAT@example.com ", "laptop")
		wantKind(t, string(standing), err, want)
		if want != ok {
			same(t, "the directory", state(t, w), before)
			if key != "" {
				t.Errorf("%s: a key beside the refusal", standing)
			}
			continue
		}
		same(t, "the owner", owner, p.User)
		a, err := w.Authenticate(t.Context(), key)
		if err != nil || a.UserID != p.ID {
			t.Errorf("the key speaks for %+v, error %v", a, err)
		}
		entries := since(t, w, seen)
		if len(entries) != 1 || entries[0].Operation != "create_api_key" || entries[0].Subject != a.Credential || strings.Contains(entries[0].Changes, key[3:20]) {
			t.Errorf("audit entries %+v", entries)
		}
	}
}
