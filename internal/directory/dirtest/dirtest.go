// Package dirtest gives tests a directory whose surroundings are in their
// hands: a clock to move, people of three roles, and the letters that left.
//
//	w := dirtest.New(t, store)
//	made, err := w.CreateUser(ctx, w.Admin, directory.CreateUser{…})
//	w.Clock.Advance(directory.DefaultInvitationLife)
//	link := w.Waiting(t)[0].Token
//
// It knows the store only by its contract, so that the directory's own tests
// can use it with any.
package dirtest

import (
	"crypto/rand"
	"testing"

	"ax/internal/directory"
)

// A World is a directory, just made, and what surrounds it.
type World struct {
	*directory.Directory
	Clock *Clock

	// The people who are there, all ACTIVE and as they ask through the API.
	Admin     directory.Actor // the first administrator
	Member    directory.Actor
	Annotator directory.Actor // without developer access, as the role has it
}

// New makes a directory on an empty, migrated store. Nothing waits in its
// outbox.
func New(t testing.TB, store directory.Store) *World {
	t.Helper()
	w := &World{Clock: NewClock()}
	w.Directory = Unmade(t, store, w.Clock)
	if _, err := w.Initialize(t.Context(), directory.Host("root"), "ada@example.com", "Ada Admin"); err != nil {
		t.Fatalf("dirtest: make the directory: %v", err)
	}
	w.Admin = ActorFor(w.user(t, "ada@example.com"))
	w.Member = ActorFor(w.Create(t, "mel@example.com", "Mel Member", directory.RoleMember))
	w.Annotator = ActorFor(w.Create(t, "ann@example.com", "Ann Annotator", directory.RoleAnnotator))
	return w
}

// Unmade returns a directory with a key of its own, which nobody has
// initialized yet.
func Unmade(t testing.TB, store directory.Store, clock *Clock) *directory.Directory {
	t.Helper()
	text, err := directory.NewKey(rand.Reader)
	if err != nil {
		t.Fatalf("dirtest: %v", err)
	}
	key, err := directory.ParseKey(text)
	if err != nil {
		t.Fatalf("dirtest: %v", err)
	}
	return &directory.Directory{
		Store: store, Key: key, Now: clock.Now, Rand: rand.Reader,
		InvitationLife: directory.DefaultInvitationLife, PasswordLife: directory.DefaultPasswordLife,
	}
}

// On is the same world seen through another handle on its store, as a second
// server of the same directory has it.
func (w *World) On(store directory.Store) *World {
	again, d := *w, *w.Directory
	d.Store = store
	again.Directory = &d
	return &again
}

// Create adds an ACTIVE user, without a letter.
func (w *World) Create(t testing.TB, email, name string, role directory.Role) directory.User {
	t.Helper()
	return w.invite(t, w.Directory, directory.CreateUser{Name: name, Email: email, Role: role, Mode: directory.InviteNone}).User
}

// APIKey issues a key for an ACTIVE user.
func (w *World) APIKey(t testing.TB, email string) string {
	t.Helper()
	key, _, err := w.CreateHostKey(t.Context(), directory.Host("root"), email, "a test's key")
	if err != nil {
		t.Fatalf("dirtest: issue a key: %v", err)
	}
	return key
}

// Entries are all audit entries, oldest first.
func (w *World) Entries(t testing.TB) []directory.Entry {
	t.Helper()
	entries, err := w.Store.Read(t.Context()).Entries(0, everything)
	if err != nil {
		t.Fatalf("dirtest: read the audit log: %v", err)
	}
	return entries
}

const everything = 1_000_000

func (w *World) user(t testing.TB, email string) directory.User {
	t.Helper()
	u, ok, err := w.Store.Read(t.Context()).UserByEmail(directory.Fold(email))
	if err != nil || !ok {
		t.Fatalf("dirtest: user %s: found %v, error %v", email, ok, err)
	}
	return u
}
