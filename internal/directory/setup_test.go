package directory_test

import (
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func TestInitialize(t *testing.T) {
	t.Parallel()
	clock := dirtest.NewClock()
	d := dirtest.Unmade(t, newStore(t), clock)
	host := directory.Host("root")
	wantKind(t, "before it is made", d.CheckKey(t.Context()), directory.Unavailable)
	for _, bad := range []struct{ email, name string }{{"", "Ada"}, {"ada", "Ada"}, {"ada@example.com", ""}, {"ada@example.com", "\x00"}} {
		_, err := d.Initialize(t.Context(), host, bad.email, bad.name)
		wantKind(t, bad.email+", "+bad.name, err, directory.Invalid)
	}
	wantKind(t, "after a refusal", d.CheckKey(t.Context()), directory.Unavailable)

	key, err := d.Initialize(t.Context(), host, "Ada@Example.com", " Ada ")
	must(t, err)
	must(t, d.CheckKey(t.Context()))
	a, err := d.Authenticate(t.Context(), key)
	must(t, err)
	if a.Email != "Ada@Example.com" || a.Name != "Ada" || a.Role != directory.RoleAdmin || !a.Developer {
		t.Errorf("the first administrator: %+v", a)
	}
	w := &dirtest.World{Directory: d, Clock: clock, Admin: a}
	before := state(t, w)
	for _, email := range []string{"ada@example.com", "eve@example.com"} {
		key, err := d.Initialize(t.Context(), host, email, "Eve")
		wantKind(t, "a second time", err, directory.Conflict)
		if key != "" || err == nil || !strings.Contains(err.Error(), "2026-03-01 09:00:00 UTC") {
			t.Errorf("key %q, error %v", key, err)
		}
	}
	same(t, "the directory", state(t, w), before)
	entries := w.Entries(t)
	if len(entries) != 2 || entries[0].Operation != "create_user" || entries[1].Operation != "create_api_key" ||
		entries[0].Via != directory.ViaHost || entries[0].Actor != "root" || entries[0].ActorID != "" {
		t.Errorf("audit entries %+v", entries)
	}
	if letters := w.Letters(t); len(letters) != 0 {
		t.Errorf("letters %+v", letters)
	}
}

// CheckAdministrator refuses what Initialize refuses, before anything is made.
func TestCheckAdministrator(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		email, name string
		fields      []string
	}{
		{"ada@example.com", "Ada", nil}, {"ada", "Ada", []string{"email"}}, {"ada@example.com", " ", []string{"name"}},
		{"", "", []string{"name", "email"}}, {"ada@localhost", "Ada", []string{"email"}},
	} {
		err := directory.CheckAdministrator(c.email, c.name)
		same(t, c.email+", "+c.name, fieldsOf(err), c.fields)
		if (err == nil) != (c.fields == nil) {
			t.Errorf("%q, %q: error %v", c.email, c.name, err)
		}
	}
}

func TestRecordHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := len(w.Entries(t))
	must(t, w.RecordHost(t.Context(), directory.Host("ops"), "backup", directory.Change{Field: "file", To: "/backups/1.db"}))
	entries := since(t, w, seen)
	if len(entries) != 1 || entries[0].Operation != "backup" || entries[0].Actor != "ops" || entries[0].Changes != `[{"field":"file","to":"/backups/1.db"}]` {
		t.Errorf("audit entries %+v", entries)
	}
}

func TestForeignKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, w.CheckKey(t.Context()))
	other := dirtest.Unmade(t, w.Store, w.Clock)
	wantKind(t, "another key", other.CheckKey(t.Context()), directory.Unavailable)
	w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	if l, err := other.ReadLetter(t.Context(), directory.Host("root"), w.Waiting(t)[0].ID); err == nil {
		t.Errorf("another key opens a letter: %+v", l)
	}
}

func TestAdoptHostUser(t *testing.T) {
	t.Parallel()
	for standing, want := range map[dirtest.Standing]directory.Kind{
		dirtest.Unknown: ok, dirtest.InvitedByLink: ok, dirtest.InvitedByPassword: ok, dirtest.Expired: ok, dirtest.Active: ok,
		dirtest.Deleted: directory.Conflict,
	} {
		w := newWorld(t)
		p := w.Put(t, "pat@example.com", standing)
		before := state(t, w)
		key, err := w.AdoptHostUser(t.Context(), directory.Host("pat"), "Pat@example.com", "Pat Host")
		wantKind(t, string(standing), err, want)
		if want != ok {
			same(t, "the directory", state(t, w), before)
			continue
		}
		a, err := w.Authenticate(t.Context(), key)
		must(t, err)
		u := stored(t, w, "pat@example.com")
		if a.UserID != u.ID || u.State != directory.StateActive || p.ID != "" && p.ID != u.ID {
			t.Errorf("%s: the key speaks for %+v, the user is %+v", standing, a, u)
		}
		if wantRole := directory.RoleAdmin; standing != dirtest.Active && u.Role != wantRole || standing == dirtest.Active && u.Role != directory.RoleMember {
			t.Errorf("%s: role %s", standing, u.Role)
		}
		if w.Good(t, p.Secret, directory.TokenInvitation) || w.Good(t, p.Secret, directory.TokenTemporaryPassword) || len(w.Waiting(t)) != 0 {
			t.Errorf("%s: the open invitation outlived the adoption", standing)
		}
		again, err := w.AdoptHostUser(t.Context(), directory.Host("pat"), "pat@example.com", "Pat Host")
		if err != nil || again == key {
			t.Errorf("%s: a second time: error %v, the same key %v", standing, err, again == key)
		}
	}
}
