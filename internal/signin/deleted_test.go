package signin_test

import (
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// Z-10: a deleted person finds every way closed, on each server: signing in, a session, a key, the links of every letter, a
// temporary password; and nothing can be done about them but to delete them again, which changes nothing.
func TestZ10_DeletedIsOut(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 2, func(t *testing.T, worlds []*world) {
		here, there := worlds[0], worlds[1]
		entrance := here.person(t, email)
		in := here.in(t, entrance)
		key, reset := here.APIKey(t, email), here.resetLink(t, in.User)
		invited := here.Put(t, "invited@example.com", dirtest.InvitedByLink)
		temporary := here.Put(t, "temporary@example.com", dirtest.InvitedByPassword)
		people := []directory.User{in.User, invited.User, temporary.User}
		for _, u := range people {
			must(t, here.DeleteUser(t.Context(), here.Admin, u.ID))
		}
		entries := len(here.Entries(t))

		wantKind(t, "signing in", errOf(there.signIn(t, email, password, home)), directory.Unauthenticated)
		wantKind(t, "with a temporary password", errOf(there.signIn(t, temporary.Email, temporary.Secret, home)), directory.Unauthenticated)
		wantKind(t, "the session", errOf(there.SignedInBy(t.Context(), entrance.Secret)), directory.Unauthenticated)
		wantKind(t, "the key", errOf(there.Authenticate(t.Context(), key)), directory.Unauthenticated)
		wantKind(t, "a reset's link", errOf(there.auth.ResetPassword(t.Context(), from(home), reset, another)), directory.Gone)
		wantKind(t, "an invitation's link", errOf(there.accept(t, invited.Secret, another)), directory.Gone)
		must(t, there.ForgotPassword(t.Context(), from(home), email))
		if letters := there.Waiting(t); len(letters) != 0 {
			t.Errorf("%d letters wait", len(letters))
		}
		failed := len(here.Entries(t)) - entries // sign-ins that failed are recorded
		session := in.Actor(home, "r")
		wantKind(t, "a key of one's own", errOf(there.CreateOwnKey(t.Context(), session, directory.CreateKey{Name: "key"})), directory.NotFound)
		wantKind(t, "another name of one's own", errOf(there.RenameSelf(t.Context(), session, "New")), directory.NotFound)

		name, yes := "New", true
		for _, u := range people {
			wantKind(t, "reading", errOf(there.User(t.Context(), there.Admin, u.ID)), directory.NotFound)
			wantKind(t, "a change", errOf(there.UpdateUser(t.Context(), there.Admin, u.ID, directory.UpdateUser{Name: &name, Developer: &yes})), directory.NotFound)
			wantKind(t, "resending", there.ResendInvitation(t.Context(), there.Admin, u.ID), directory.NotFound)
			wantKind(t, "a reset", there.ResetPassword(t.Context(), there.Admin, u.ID), directory.NotFound)
			for _, mode := range directory.InviteModes() {
				_, err := there.CreateUser(t.Context(), there.Admin, directory.CreateUser{Name: "New", Email: u.Email, Role: directory.RoleAdmin, Mode: mode})
				wantKind(t, "inviting again", err, directory.Conflict)
			}
			wantKind(t, "a key by the host", errOf2(there.CreateHostKey(t.Context(), directory.Host("root"), u.Email, "key")), directory.NotFound)
			must(t, there.DeleteUser(t.Context(), there.Admin, u.ID))
		}
		if n := len(here.Entries(t)) - entries; n != failed {
			t.Errorf("%d entries more", n-failed)
		}
	})
}

func errOf2[A, B any](_ A, _ B, err error) error { return err }
