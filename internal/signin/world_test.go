package signin_test

import (
	"crypto/sha256"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/pgtest"
	"ax/internal/signin"
	"ax/internal/store"
)

const (
	password = "teapot lantern gravel 42"
	another  = "orchid velvet tramline 7"
	wrong    = "not the one that was chosen"
	email    = "pat@example.com"
)

// A world is a directory behind its door, on one handle of a store.
type world struct {
	*dirtest.World
	auth  *signin.Authenticator
	meter *meter
}

// newWorld is one handle on a new SQLite store.
func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorlds(t, sqlite(t), 1)[0]
}

// newWorlds are so many servers of one new directory. They share a clock and
// a meter, and each has slots of its own.
func newWorlds(t testing.TB, open func() (*store.Store, error), n int) []*world {
	t.Helper()
	first := dirtest.New(t, opened(t, open))
	first.Product = "Observatory"
	worlds, m := make([]*world, n), &meter{}
	for i := range worlds {
		w := first
		if i > 0 {
			w = first.On(opened(t, open))
		}
		hasher := signin.NewHasher().Deriving(m.derive)
		worlds[i] = &world{w, &signin.Authenticator{Directory: w.Directory, Hasher: hasher}, m}
	}
	return worlds
}

func sqlite(t testing.TB) func() (*store.Store, error) {
	folder := t.TempDir()
	return func() (*store.Store, error) { return store.OpenSQLite(folder) }
}

func postgres(t testing.TB) func() (*store.Store, error) {
	url := pgtest.URL(t, pgtest.Unsynced())
	return func() (*store.Store, error) { return store.OpenPostgres(t.Context(), url) }
}

// onEachEngine runs a test against so many servers on SQLite, and again on
// PostgreSQL.
func onEachEngine(t *testing.T, servers int, test func(t *testing.T, worlds []*world)) {
	t.Helper()
	for name, place := range map[string]func(testing.TB) func() (*store.Store, error){"SQLite": sqlite, "Postgres": postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorlds(t, place(t), servers))
		})
	}
}

func opened(t testing.TB, open func() (*store.Store, error)) *store.Store {
	t.Helper()
	s, err := open()
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	must(t, s.Migrate(t.Context()))
	return s
}

// A meter derives cheaply and counts. Nothing here depends on what a
// derivation costs; the tests that call real have Argon2id itself.
type meter struct{ calls, running atomic.Int64 }

func (m *meter) derive(password, salt []byte, _, _ uint32, _ uint8, _ uint32) []byte {
	m.calls.Add(1)
	sum := sha256.Sum256(slices.Concat(salt, password))
	return sum[:]
}

// real is the hasher that the program has.
func (w *world) real() *world {
	w.auth.Hasher.Deriving(argon2.IDKey)
	return w
}

// ok stands for no error where a table names the kind of one.
const ok directory.Kind = -1

func kindOf(err error) directory.Kind {
	if err == nil {
		return ok
	}
	return directory.KindOf(err)
}

func wantKind(t testing.TB, what string, err error, want directory.Kind) {
	t.Helper()
	if got := kindOf(err); got != want {
		t.Errorf("%s: error %v is of kind %d, want %d", what, err, got, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitOf is how long a caller is told to wait, 0 for one who is not.
func waitOf(t testing.TB, err error) time.Duration {
	t.Helper()
	e, is := errors.AsType[*directory.Error](err)
	if !is || e.Kind != directory.TooMany && e.Kind != directory.Unavailable {
		return 0
	}
	if e.RetryAfter <= 0 {
		t.Errorf("%v: no time to wait", err)
	}
	return e.RetryAfter
}

func from(address string) directory.Visit {
	return directory.Visit{Address: address, Agent: "Browser", RequestID: "request-7"}
}

// home is where people sit who are who they say.
const home = "192.0.2.7"

func (w *world) signIn(t testing.TB, email, password, address string) (directory.Entrance, error) {
	t.Helper()
	return w.auth.SignIn(t.Context(), from(address), directory.Guess{Email: email, Address: address}, password)
}

// try is a sign-in whose outcome is all that matters.
func (w *world) try(t testing.TB, email, password string) directory.Kind {
	t.Helper()
	_, err := w.signIn(t, email, password, home)
	return kindOf(err)
}

func (w *world) accept(t testing.TB, link, password string) (directory.Entrance, error) {
	t.Helper()
	return w.auth.AcceptInvitation(t.Context(), from(home), link, password)
}

// person is an active user with a password, signed in.
func (w *world) person(t testing.TB, email string) directory.Entrance {
	t.Helper()
	e, err := w.accept(t, w.Put(t, email, dirtest.InvitedByLink).Secret, password)
	must(t, err)
	return e
}

// newcomer has signed in with a temporary password and chosen none yet.
func (w *world) newcomer(t testing.TB, email string) directory.SignedIn {
	t.Helper()
	e, err := w.signIn(t, email, w.Put(t, email, dirtest.InvitedByPassword).Secret, home)
	must(t, err)
	return w.in(t, e)
}

func (w *world) in(t testing.TB, e directory.Entrance) directory.SignedIn {
	t.Helper()
	in, err := w.SignedInBy(t.Context(), e.Secret)
	must(t, err)
	return in
}

// resetLink sends an active user a reset and returns its link's token.
func (w *world) resetLink(t testing.TB, u directory.User) string {
	t.Helper()
	must(t, w.Directory.ResetPassword(t.Context(), w.Admin, u.ID))
	return w.lastLink(t, u.Email)
}

func (w *world) lastLink(t testing.TB, email string) (link string) {
	t.Helper()
	for _, l := range w.Waiting(t) {
		if l.To == email && l.Token != "" {
			link = l.Token
		}
	}
	if link == "" {
		t.Fatalf("no letter with a link waits for %s", email)
	}
	return link
}

func (w *world) user(t testing.TB, email string) directory.User {
	t.Helper()
	u, found, err := w.Store.Read(t.Context()).UserByEmail(directory.Fold(email))
	if err != nil || !found {
		t.Fatalf("user %s: found %v, error %v", email, found, err)
	}
	return u
}

func (w *world) hash(t testing.TB, email string) string {
	t.Helper()
	hash, err := w.Store.Read(t.Context()).PasswordHash(w.user(t, email).Seq)
	must(t, err)
	return hash
}

// sessions is how many a user has.
func (w *world) sessions(t testing.TB, u directory.User) int {
	t.Helper()
	all, err := w.Store.Read(t.Context()).SessionsOf(u.Seq)
	must(t, err)
	return len(all)
}

// count is how often the audit log has an operation on a user.
func (w *world) count(t testing.TB, operation string, id directory.UserID) (n int) {
	t.Helper()
	for _, e := range w.Entries(t) {
		if e.Operation == operation && e.Subject == string(id) {
			n++
		}
	}
	return n
}
