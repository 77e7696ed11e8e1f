package directory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/store"
)

// ownKey makes a key for an actor, who is a person.
func ownKey(t *testing.T, w *dirtest.World, a directory.Actor, in directory.CreateKey) directory.IssuedKey {
	t.Helper()
	if in.Name == "" {
		in.Name = "laptop"
	}
	k, err := w.CreateOwnKey(t.Context(), a, in)
	must(t, err)
	return k
}

func TestCreateOwnKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now, off := w.Clock.Now(), dirtest.ActorFor(w.Create(t, "off@example.com", "Off", directory.RoleMember))
	no := false
	_, err := w.UpdateUser(t.Context(), w.Admin, off.UserID, directory.UpdateUser{Developer: &no}) // after they were authenticated
	must(t, err)
	machine := w.Member
	machine.Via = directory.ViaService
	for name, c := range map[string]struct {
		actor  directory.Actor
		in     directory.CreateKey
		want   directory.Kind
		fields string
	}{
		"by a member":                    {w.Member, directory.CreateKey{Name: " laptop ", Description: " mine "}, ok, ""},
		"by the administrator":           {w.Admin, directory.CreateKey{Name: "laptop"}, ok, ""},
		"until in a microsecond":         {w.Member, directory.CreateKey{Name: "x", ExpiresAt: now.Add(time.Microsecond)}, ok, ""},
		"the longest name":               {w.Member, directory.CreateKey{Name: strings.Repeat("é", 256), Description: strings.Repeat("é", 1000)}, ok, ""},
		"without developer access":       {w.Annotator, directory.CreateKey{Name: "x"}, directory.Forbidden, ""},
		"without it since a moment":      {off, directory.CreateKey{Name: "x"}, directory.Forbidden, ""},
		"by a service key":               {machine, directory.CreateKey{Name: "x"}, directory.Forbidden, ""},
		"until now":                      {w.Member, directory.CreateKey{Name: "x", ExpiresAt: now}, directory.Invalid, "expires_at"},
		"too long a name":                {w.Member, directory.CreateKey{Name: strings.Repeat("é", 257), Description: strings.Repeat("é", 1001)}, directory.Invalid, "name description"},
		"no name":                        {w.Member, directory.CreateKey{Name: " "}, directory.Invalid, "name"},
		"what the caller found wrong":    {w.Member, directory.CreateKey{Name: "x", Unsound: []directory.Fault{{Field: "expires_at", Detail: "?"}}}, directory.Invalid, "expires_at"},
		"no line breaks in descriptions": {w.Member, directory.CreateKey{Name: "x", Description: "a\nb"}, directory.Invalid, "description"},
	} {
		before, seen := state(t, w), len(w.Entries(t))
		k, err := w.CreateOwnKey(t.Context(), c.actor, c.in)
		wantKind(t, name, err, c.want)
		same(t, name+": faults of", strings.Join(fieldsOf(err), " "), c.fields)
		if c.want != ok {
			same(t, name+": the directory", state(t, w), before)
			continue
		}
		a, err := w.Authenticate(t.Context(), k.Secret)
		if err != nil || a.UserID != c.actor.UserID || a.Credential != k.ID || k.Name != strings.TrimSpace(c.in.Name) || !k.ExpiresAt.Equal(c.in.ExpiresAt) {
			t.Errorf("%s: %+v speaks for %+v, error %v", name, k.APIKey, a, err)
		}
		entries := since(t, w, seen)
		if len(entries) != 1 || entries[0].Operation != "create_api_key" || entries[0].Subject != k.ID || strings.Contains(entries[0].Changes, k.Secret[3:20]) {
			t.Errorf("%s: audit entries %+v", name, entries)
		}
	}
}

func TestRefreshKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.Clock.Now()
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	var never time.Time
	for name, c := range map[string]struct {
		expires time.Time // of the old key
		in      directory.RefreshKey
		want    directory.Kind
		fields  string
		until   time.Time // when the old one ends
	}{
		"at once":                    {never, directory.RefreshKey{}, ok, "", never},
		"with grace":                 {never, directory.RefreshKey{Grace: 3600}, ok, "", at(1)},
		"with the longest":           {never, directory.RefreshKey{Grace: 86400}, ok, "", at(24)},
		"grace ends with the key":    {at(2), directory.RefreshKey{Grace: 86400, ExpiresAt: at(2)}, ok, "", at(2)},
		"grace ends before the key":  {at(2), directory.RefreshKey{Grace: 3600, ExpiresAt: at(1)}, ok, "", at(1)},
		"for a lasting one":          {never, directory.RefreshKey{ExpiresAt: at(1)}, ok, "", never},
		"too much grace":             {never, directory.RefreshKey{Grace: 86401}, directory.Invalid, "grace_period_seconds", never},
		"grace beyond what fits":     {never, directory.RefreshKey{Grace: 1 << 55}, directory.Invalid, "grace_period_seconds", never},
		"less than none":             {never, directory.RefreshKey{Grace: -1}, directory.Invalid, "grace_period_seconds", never},
		"no end for one that ends":   {at(2), directory.RefreshKey{}, directory.Invalid, "expires_at", at(2)},
		"a later end":                {at(2), directory.RefreshKey{ExpiresAt: at(3)}, directory.Invalid, "expires_at", at(2)},
		"an end that was":            {never, directory.RefreshKey{ExpiresAt: now}, directory.Invalid, "expires_at", never},
		"both wrong":                 {at(2), directory.RefreshKey{ExpiresAt: at(3), Grace: 1 << 40}, directory.Invalid, "expires_at grace_period_seconds", at(2)},
		"one that ends, at its end ": {at(2), directory.RefreshKey{ExpiresAt: at(2)}, ok, "", at(2)},
	} {
		old := ownKey(t, w, w.Member, directory.CreateKey{Name: "laptop", Description: "mine", ExpiresAt: c.expires})
		before, seen := state(t, w), len(w.Entries(t))
		k, err := w.RefreshKey(t.Context(), w.Member, old.ID, c.in)
		wantKind(t, name, err, c.want)
		same(t, name+": faults of", strings.Join(fieldsOf(err), " "), c.fields)
		if c.want != ok {
			same(t, name+": the directory", state(t, w), before)
			continue
		}
		if k.ID == old.ID || k.Secret == old.Secret || k.Name != "laptop" || k.Description != "mine" || !k.ExpiresAt.Equal(c.in.ExpiresAt) {
			t.Errorf("%s: the new one is %+v", name, k)
		}
		_, err = w.Authenticate(t.Context(), k.Secret)
		wantKind(t, name+": the new one", err, ok)
		stored, _, _, err := w.Store.Read(t.Context()).KeyByDigest(old.Digest)
		must(t, err)
		if revoked := !stored.RevokedAt.IsZero(); revoked != (c.in.Grace == 0) || !stored.ExpiresAt.Equal(c.until) {
			t.Errorf("%s: the old one is %+v", name, stored)
		}
		if entries := since(t, w, seen); len(entries) != 1 || entries[0].Operation != "refresh_api_key" || entries[0].Subject != old.ID || !strings.Contains(entries[0].Changes, k.ID) {
			t.Errorf("%s: audit entries %+v", name, entries)
		}
	}
}

// The old key is good until the grace ends, and then not; what has ended is
// not refreshed.
func TestGrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := ownKey(t, w, w.Member, directory.CreateKey{})
	_, err := w.RefreshKey(t.Context(), w.Member, old.ID, directory.RefreshKey{Grace: 60})
	must(t, err)
	w.Clock.Advance(time.Minute - time.Microsecond)
	_, err = w.Authenticate(t.Context(), old.Secret)
	wantKind(t, "just before the grace ends", err, ok)
	w.Clock.Advance(time.Microsecond)
	_, err = w.Authenticate(t.Context(), old.Secret)
	wantKind(t, "as it ends", err, directory.Unauthenticated)
	_, err = w.RefreshKey(t.Context(), w.Member, old.ID, directory.RefreshKey{ExpiresAt: w.Clock.Now().Add(1)})
	wantKind(t, "refresh what has expired", err, directory.Invalid)
	other := ownKey(t, w, w.Member, directory.CreateKey{})
	must(t, w.RevokeKey(t.Context(), w.Member, other.ID))
	_, err = w.RefreshKey(t.Context(), w.Member, other.ID, directory.RefreshKey{})
	wantKind(t, "refresh what is revoked", err, directory.Invalid)
}

// Who may change a person's key: they, and the account's administrators.
func TestWhoChangesKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mel, mate := w.Member, dirtest.ActorFor(w.Create(t, "mate@example.com", "Mate", directory.RoleMember))
	updater := holding(t, w, "updater", directory.UserRead, directory.UserUpdate, directory.UserDelete)
	off := mel
	off.Developer = false
	id := ownKey(t, w, mel, directory.CreateKey{}).ID
	d := *w.Directory
	d.Store = trial{w.Store}
	for name, c := range map[string]struct {
		actor directory.Actor
		id    string
		want  directory.Kind
	}{
		"the owner": {mel, id, ok}, "the administrator": {w.Admin, id, ok},
		"another": {mate, id, directory.NotFound}, "who may change users": {updater, id, directory.NotFound}, "an annotator": {w.Annotator, id, directory.NotFound},
		"the owner without developer access": {off, id, directory.Forbidden},
		"no key":                             {w.Admin, foreign("ApiKey:0"), directory.NotFound}, "no id": {w.Admin, "laptop", directory.Malformed},
		"a member asks for no key": {mate, foreign("ApiKey:0"), directory.NotFound},
	} {
		wantKind(t, name+" revokes", d.RevokeKey(t.Context(), c.actor, c.id), c.want)
		_, err := d.RefreshKey(t.Context(), c.actor, c.id, directory.RefreshKey{})
		wantKind(t, name+" refreshes", err, c.want)
	}
	no := false
	_, err := w.UpdateUser(t.Context(), w.Admin, mel.UserID, directory.UpdateUser{Developer: &no})
	must(t, err)
	_, err = d.RefreshKey(t.Context(), w.Admin, id, directory.RefreshKey{})
	wantKind(t, "a key that could not be used", err, directory.Forbidden)
	must(t, d.RevokeKey(t.Context(), w.Admin, id))
}

// K-04: revoked, expired, refreshed, of a deleted or demoted owner: in force
// at the next request on another server of the directory.
func TestKeysEndEverywhere(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	open := func() *store.Store {
		s, err := store.OpenSQLite(folder)
		must(t, err)
		t.Cleanup(func() { must(t, s.Close()) })
		return s
	}
	first := open()
	must(t, first.Migrate(t.Context()))
	w := dirtest.New(t, first)
	other := w.On(open())
	n := 0
	for name, end := range map[string]func(a directory.Actor, k directory.IssuedKey) error{
		"revoked": func(a directory.Actor, k directory.IssuedKey) error { return w.RevokeKey(t.Context(), a, k.ID) },
		"refreshed": func(a directory.Actor, k directory.IssuedKey) error {
			_, err := w.RefreshKey(t.Context(), a, k.ID, directory.RefreshKey{ExpiresAt: k.ExpiresAt})
			return err
		},
		"deleted": func(a directory.Actor, _ directory.IssuedKey) error {
			return w.DeleteUser(t.Context(), w.Admin, a.UserID)
		},
		"expired": func(directory.Actor, directory.IssuedKey) error { w.Clock.Advance(time.Hour); return nil },
		"demoted": nil,
	} {
		n++
		a := w.As(t, w.Create(t, fmt.Sprintf("pat%d@example.com", n), "Pat", directory.RoleAdmin).Email)
		k := ownKey(t, w, a, directory.CreateKey{ExpiresAt: w.Clock.Now().Add(time.Hour)})
		_, err := other.Authenticate(t.Context(), k.Secret)
		must(t, err)
		if end != nil {
			must(t, end(a, k))
			_, err = other.Authenticate(t.Context(), k.Secret)
			wantKind(t, name, err, directory.Unauthenticated)
			continue
		}
		no := false
		_, err = w.UpdateUser(t.Context(), w.Admin, a.UserID, directory.UpdateUser{Developer: &no})
		must(t, err)
		now, err := other.Authenticate(t.Context(), k.Secret)
		must(t, err)
		_, err = other.ListKeys(t.Context(), now, directory.ListKeys{})
		wantKind(t, name, err, directory.Forbidden)
	}
}

func TestRevokeTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := ownKey(t, w, w.Member, directory.CreateKey{})
	must(t, w.RevokeKey(t.Context(), w.Member, k.ID))
	w.Clock.Advance(time.Hour)
	before := state(t, w)
	must(t, w.RevokeKey(t.Context(), w.Member, k.ID))
	same(t, "the directory", state(t, w), before)
}

// LastUsedAt is written at the first use, and then once an hour.
func TestKeyUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := ownKey(t, w, w.Member, directory.CreateKey{})
	start := w.Clock.Now()
	for _, c := range []struct {
		after time.Duration
		want  time.Duration
	}{{0, 0}, {time.Hour - 1000, 0}, {1000, time.Hour}, {30 * time.Minute, time.Hour}, {30 * time.Minute, 2 * time.Hour}} {
		w.Clock.Advance(c.after)
		_, err := w.Authenticate(t.Context(), k.Secret)
		must(t, err)
		stored, _, _, err := w.Store.Read(t.Context()).KeyByDigest(k.Digest)
		must(t, err)
		if got := stored.LastUsedAt.Sub(start); got != c.want {
			t.Errorf("used %v after the start, noted %v", w.Clock.Now().Sub(start), got)
		}
	}
}
