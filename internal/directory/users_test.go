package directory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func TestUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n, standing := range dirtest.Standings() {
		p := w.Put(t, fmt.Sprintf("pat%d@example.com", n), standing)
		if standing == dirtest.Unknown {
			continue
		}
		got, err := w.User(t.Context(), w.Member, p.ID)
		if standing == dirtest.Deleted {
			wantKind(t, "a deleted user", err, directory.NotFound)
			_, missing := w.User(t.Context(), w.Member, noSuchUser)
			same(t, "told like a missing one", err.Error(), missing.Error())
			continue
		}
		must(t, err)
		same(t, string(standing), got, p.User)
	}
	for _, id := range []directory.UserID{"", "pat0@example.com", "VXNlcjpub2JvZHkw\n", "%"} {
		_, err := w.User(t.Context(), w.Member, id)
		wantKind(t, fmt.Sprintf("%q", id), err, directory.Malformed)
	}
	_, err := w.User(t.Context(), w.Member, "Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk=")
	wantKind(t, "a well-formed id of another kind", err, directory.NotFound)
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	yes, no := true, false
	for _, c := range []struct {
		name string
		in   directory.UpdateUser
		kind directory.Kind
		want func(u *directory.User)
	}{
		{"name", directory.UpdateUser{Name: text("  Zoe\u0308 ")}, ok, func(u *directory.User) { u.Name = "Zoë" }},
		{"developer off", directory.UpdateUser{Developer: &no}, ok, func(u *directory.User) { u.Developer = false }},
		{"both", directory.UpdateUser{Name: text("Zoe"), Developer: &no}, ok, func(u *directory.User) { u.Name, u.Developer = "Zoe", false }},
		{"nothing new", directory.UpdateUser{Name: text(" Pat "), Developer: &yes}, ok, nil},
		{"nothing", directory.UpdateUser{}, directory.Malformed, nil},
		{"empty name", directory.UpdateUser{Name: text("")}, directory.Malformed, nil},
		{"blank name", directory.UpdateUser{Name: text(" \u00a0\t"), Developer: &no}, directory.Malformed, nil},
		{"long name", directory.UpdateUser{Name: text(strings.Repeat("é", 256))}, directory.Invalid, nil},
		{"name with NUL", directory.UpdateUser{Name: text("a\x00b")}, directory.Invalid, nil},
	} {
		for _, standing := range []dirtest.Standing{dirtest.Active, dirtest.InvitedByLink, dirtest.Expired, dirtest.Deleted} {
			t.Run(c.name+", "+string(standing), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				p := w.Put(t, "pat@example.com", standing)
				before, seen := state(t, w, p), len(w.Entries(t))
				kind := c.kind
				if standing == dirtest.Deleted && kind == ok {
					kind = directory.NotFound
				}
				got, err := w.UpdateUser(t.Context(), w.Admin, p.ID, c.in)
				wantKind(t, "update", err, kind)
				if kind != ok || c.want == nil {
					same(t, "the directory", state(t, w, p), before)
					return
				}
				want := p.User
				c.want(&want)
				same(t, "the answer", got, want)
				same(t, "the user", stored(t, w, "pat@example.com"), want)
				if entries := since(t, w, seen); len(entries) != 1 || entries[0].Operation != "update_user" {
					t.Errorf("audit entries %+v", entries)
				}
			})
		}
	}
	w := newWorld(t)
	_, err := w.UpdateUser(t.Context(), w.Admin, noSuchUser, directory.UpdateUser{Name: text("Pat")})
	wantKind(t, "an id that nobody has", err, directory.NotFound)
	_, err = w.UpdateUser(t.Context(), w.Admin, "pat", directory.UpdateUser{Name: text("Pat")})
	wantKind(t, "what is no id", err, directory.Malformed)
}

// Developer access of the last administrator who can use the API is kept,
// whoever else is there.
func TestKeepDeveloperAdmin(t *testing.T) {
	t.Parallel()
	no := false
	for _, c := range rivals() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.add(t, w)
			want := directory.Forbidden
			if c.active && c.developer {
				want = ok
			}
			_, err := w.UpdateUser(t.Context(), directory.Host("root"), w.Admin.UserID, directory.UpdateUser{Developer: &no})
			wantKind(t, "take developer access away", err, want)
			if got := stored(t, w, w.Admin.Email).Developer; got != (want != ok) {
				t.Errorf("afterwards developer is %v", got)
			}
			name := "Ada B"
			_, err = w.UpdateUser(t.Context(), directory.Host("root"), w.Admin.UserID, directory.UpdateUser{Name: &name})
			wantKind(t, "rename", err, ok)
		})
	}
}

// A rival is who else might be an administrator.
type rival struct {
	name              string
	active, developer bool
	add               func(t *testing.T, w *dirtest.World)
}

func rivals() []rival {
	admin := func(mode directory.InviteMode, developer bool) func(t *testing.T, w *dirtest.World) {
		return func(t *testing.T, w *dirtest.World) {
			t.Helper()
			_, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{
				Name: "Rival", Email: "rival@example.com", Role: directory.RoleAdmin, Mode: mode, Developer: &developer,
			})
			must(t, err)
		}
	}
	return []rival{
		{"nobody else", false, false, func(*testing.T, *dirtest.World) {}},
		{"an active administrator", true, true, admin(directory.InviteNone, true)},
		{"an active administrator without developer access", true, false, admin(directory.InviteNone, false)},
		{"an invited administrator", false, true, admin(directory.InviteLink, true)},
		{"an administrator with a temporary password", false, true, admin(directory.InviteTemporary, true)},
		{"a deleted administrator", false, true, func(t *testing.T, w *dirtest.World) {
			t.Helper()
			u := w.Create(t, "rival@example.com", "Rival", directory.RoleAdmin)
			must(t, w.DeleteUser(t.Context(), w.Admin, u.ID))
		}},
		{"a member", false, true, func(t *testing.T, w *dirtest.World) {
			t.Helper()
			w.Create(t, "rival@example.com", "Rival", directory.RoleMember)
		}},
	}
}

func TestKeepAdmin(t *testing.T) {
	t.Parallel()
	for _, c := range rivals() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.add(t, w)
			want := directory.Forbidden
			if c.active && c.developer { // else nobody could use the API any more
				want = ok
			}
			before := state(t, w)
			err := w.DeleteUser(t.Context(), directory.Host("root"), w.Admin.UserID)
			wantKind(t, "delete the administrator", err, want)
			if want == ok {
				return
			}
			same(t, "the directory", state(t, w), before)
			if err != nil && !strings.Contains(err.Error(), "last active administrator") {
				t.Errorf("the sentence does not say why: %q", err)
			}
		})
	}
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	for _, standing := range dirtest.Standings() {
		if standing == dirtest.Unknown {
			continue
		}
		t.Run(string(standing), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p, other := w.Put(t, "pat@example.com", standing), w.Put(t, "kim@example.com", dirtest.InvitedByLink)
			seen := len(w.Entries(t))
			must(t, w.DeleteUser(t.Context(), w.Admin, p.ID))
			want := 1
			if standing == dirtest.Deleted {
				want = 0
			}
			if got := since(t, w, seen); len(got) != want || want == 1 && (got[0].Operation != "delete_user" || got[0].Subject != string(p.ID)) {
				t.Errorf("audit entries %+v", got)
			}
			u := p.User
			u.State, u.InvitedUntil = directory.StateDeleted, time.Time{}
			same(t, "the user", stored(t, w, "pat@example.com"), u)
			if len(waitingTo(t, w, "pat@example.com")) != 0 || w.Good(t, p.Secret, directory.TokenInvitation) || w.Good(t, p.Secret, directory.TokenTemporaryPassword) {
				t.Error("the invitation outlived its user")
			}
			if len(waitingTo(t, w, "kim@example.com")) != 1 || !w.Good(t, other.Secret, directory.TokenInvitation) {
				t.Error("the other's invitation ended too")
			}
			deletedForGood(t, w, p.ID)
		})
	}
	w := newWorld(t)
	wantKind(t, "an id that nobody has", w.DeleteUser(t.Context(), w.Admin, noSuchUser), directory.NotFound)
	wantKind(t, "what is no id", w.DeleteUser(t.Context(), w.Admin, "pat@example.com"), directory.Malformed)
}

// deletedForGood tries every other verb on a deleted user.
func deletedForGood(t *testing.T, w *dirtest.World, id directory.UserID) {
	t.Helper()
	before := state(t, w)
	name := "Pat Again"
	_, err := w.User(t.Context(), w.Admin, id)
	wantKind(t, "get", err, directory.NotFound)
	_, err = w.UpdateUser(t.Context(), w.Admin, id, directory.UpdateUser{Name: &name})
	wantKind(t, "update", err, directory.NotFound)
	wantKind(t, "resend", w.ResendInvitation(t.Context(), w.Admin, id), directory.NotFound)
	wantKind(t, "reset", w.ResetPassword(t.Context(), w.Admin, id), directory.NotFound)
	wantKind(t, "delete again", w.DeleteUser(t.Context(), w.Admin, id), ok)
	_, _, err = w.CreateHostKey(t.Context(), directory.Host("root"), "pat@example.com", "key")
	wantKind(t, "a key", err, directory.NotFound)
	_, err = w.AdoptHostUser(t.Context(), directory.Host("root"), "pat@example.com", "Pat")
	wantKind(t, "adopt", err, directory.Conflict)
	page, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Email: "pat@"})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("listed: %+v, error %v", page.Items, err)
	}
	same(t, "the directory", state(t, w), before)
}

func TestDeleteEndsCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.Active)
	keys := []string{w.APIKey(t, "pat@example.com"), w.APIKey(t, "pat@example.com")}
	others := w.APIKey(t, "mel@example.com")
	must(t, w.ResetPassword(t.Context(), w.Admin, p.ID))
	link := w.Waiting(t)[0].Token
	must(t, w.DeleteUser(t.Context(), w.Admin, p.ID))
	for _, key := range keys {
		_, err := w.Authenticate(t.Context(), key)
		wantKind(t, "a key of the deleted user", err, directory.Unauthenticated)
		k, _, _, err := w.Store.Read(t.Context()).KeyByDigest(directory.DigestOf(key))
		if err != nil || !k.RevokedAt.Equal(w.Clock.Now()) {
			t.Errorf("the key was revoked at %v, error %v", k.RevokedAt, err)
		}
	}
	if _, err := w.Authenticate(t.Context(), others); err != nil {
		t.Errorf("another's key: %v", err)
	}
	if w.Good(t, link, directory.TokenReset) || len(w.Waiting(t)) != 0 {
		t.Error("the reset link outlived its user")
	}
}

func TestDeleteSelf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Create(t, "second@example.com", "Second", directory.RoleAdmin)
	before := state(t, w)
	err := w.DeleteUser(t.Context(), w.Admin, w.Admin.UserID)
	wantKind(t, "delete oneself", err, directory.Forbidden)
	if err != nil && !strings.Contains(err.Error(), "yourself") {
		t.Errorf("the sentence does not say why: %q", err)
	}
	same(t, "the directory", state(t, w), before)
}
