package directory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/store"
)

func newStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.OpenSQLite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func newWorld(t testing.TB) *dirtest.World {
	t.Helper()
	return dirtest.New(t, newStore(t))
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

// same fails when got is not want; nothing is as good as an empty list.
func same[T any](t testing.TB, what string, got, want T, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, append(options, cmpopts.EquateEmpty())...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// stored is the user as the store has it, deleted or not.
func stored(t testing.TB, w *dirtest.World, email string) directory.User {
	t.Helper()
	u, found, err := w.Store.Read(t.Context()).UserByEmail(directory.Fold(email))
	if err != nil || !found {
		t.Fatalf("user %s: found %v, error %v", email, found, err)
	}
	return u
}

// waitingTo are the letters that wait for one address.
func waitingTo(t testing.TB, w *dirtest.World, email string) []directory.OpenLetter {
	t.Helper()
	var letters []directory.OpenLetter
	for _, l := range w.Waiting(t) {
		if l.To == email {
			letters = append(letters, l)
		}
	}
	return letters
}

// since are the audit entries that came after the first n.
func since(t testing.TB, w *dirtest.World, n int) []directory.Entry {
	t.Helper()
	return w.Entries(t)[n:]
}

// A faulty store fails its transactions' n-th call that writes, counted from
// 1; with none to fail it only counts.
type faulty struct {
	directory.Store
	fail  int
	calls int
}

var errBroken = errors.New("the store is broken")

func (s *faulty) Write(ctx context.Context, fn func(directory.Tx) error) error {
	return s.Store.Write(ctx, func(tx directory.Tx) error {
		s.calls = 0
		return fn(faultyTx{tx, s})
	})
}

type faultyTx struct {
	directory.Tx
	store *faulty
}

func (tx faultyTx) next() error {
	if tx.store.calls++; tx.store.calls == tx.store.fail {
		return errBroken
	}
	return nil
}

func (tx faultyTx) then(do func() error) error {
	if err := tx.next(); err != nil {
		return err
	}
	return do()
}

func (tx faultyTx) thenTell(do func() (bool, error)) (bool, error) {
	if err := tx.next(); err != nil {
		return false, err
	}
	return do()
}

func (tx faultyTx) InsertInstallation(i directory.Installation) (bool, error) {
	return tx.thenTell(func() (bool, error) { return tx.Tx.InsertInstallation(i) })
}

func (tx faultyTx) InsertUser(u *directory.User, taken string) (bool, error) {
	return tx.thenTell(func() (bool, error) { return tx.Tx.InsertUser(u, taken) })
}

func (tx faultyTx) UpdateUser(u directory.User) error {
	return tx.then(func() error { return tx.Tx.UpdateUser(u) })
}

func (tx faultyTx) InsertOrganization(o *directory.Organization) (bool, error) {
	return tx.thenTell(func() (bool, error) { return tx.Tx.InsertOrganization(o) })
}

func (tx faultyTx) UpdateOrganization(o directory.Organization) (bool, error) {
	return tx.thenTell(func() (bool, error) { return tx.Tx.UpdateOrganization(o) })
}

func (tx faultyTx) DeleteOrganization(seq int64, now time.Time) (gone directory.Cascade, err error) {
	return gone, tx.then(func() error { gone, err = tx.Tx.DeleteOrganization(seq, now); return err })
}

func (tx faultyTx) InsertSpace(s *directory.Space) (bool, error) {
	return tx.thenTell(func() (bool, error) { return tx.Tx.InsertSpace(s) })
}

func (tx faultyTx) UpdateSpace(s directory.Space) (bool, error) {
	return tx.thenTell(func() (bool, error) { return tx.Tx.UpdateSpace(s) })
}

func (tx faultyTx) DeleteSpace(seq int64, now time.Time) (gone directory.Cascade, err error) {
	return gone, tx.then(func() error { gone, err = tx.Tx.DeleteSpace(seq, now); return err })
}

func (tx faultyTx) SetOrganizationMember(in, userSeq int64, m *directory.Membership) error {
	return tx.then(func() error { return tx.Tx.SetOrganizationMember(in, userSeq, m) })
}

func (tx faultyTx) SetSpaceMember(in, userSeq int64, m *directory.Membership) error {
	return tx.then(func() error { return tx.Tx.SetSpaceMember(in, userSeq, m) })
}

func (tx faultyTx) RemoveOrganizationMember(in, userSeq int64) (gone directory.Cascade, ok bool, err error) {
	err = tx.then(func() error { gone, ok, err = tx.Tx.RemoveOrganizationMember(in, userSeq); return err })
	return gone, ok, err
}

func (tx faultyTx) RemoveSpaceMember(in, userSeq int64) (gone directory.Cascade, ok bool, err error) {
	err = tx.then(func() error { gone, ok, err = tx.Tx.RemoveSpaceMember(in, userSeq); return err })
	return gone, ok, err
}

func (tx faultyTx) EndAccess(userSeq int64) (gone directory.Cascade, err error) {
	return gone, tx.then(func() error { gone, err = tx.Tx.EndAccess(userSeq); return err })
}

func (tx faultyTx) InsertToken(t directory.Token) error {
	return tx.then(func() error { return tx.Tx.InsertToken(t) })
}

func (tx faultyTx) InsertKey(k directory.APIKey) error {
	return tx.then(func() error { return tx.Tx.InsertKey(k) })
}

func (tx faultyTx) InsertLetter(l directory.Letter) error {
	return tx.then(func() error { return tx.Tx.InsertLetter(l) })
}

func (tx faultyTx) InsertSession(s directory.Session) error {
	return tx.then(func() error { return tx.Tx.InsertSession(s) })
}

func (tx faultyTx) EndSession(userSeq int64, id string) error {
	return tx.then(func() error { return tx.Tx.EndSession(userSeq, id) })
}

func (tx faultyTx) EndSessionsOf(userSeq int64) error {
	return tx.then(func() error { return tx.Tx.EndSessionsOf(userSeq) })
}

func (tx faultyTx) SetPassword(userSeq int64, hash string, now time.Time) error {
	return tx.then(func() error { return tx.Tx.SetPassword(userSeq, hash, now) })
}

func (tx faultyTx) SetAttempts(a directory.Attempts) error {
	return tx.then(func() error { return tx.Tx.SetAttempts(a) })
}

func (tx faultyTx) EndKey(k directory.APIKey) error {
	return tx.then(func() error { return tx.Tx.EndKey(k) })
}

func (tx faultyTx) RevokeKeysOf(userSeq int64, now time.Time) error {
	return tx.then(func() error { return tx.Tx.RevokeKeysOf(userSeq, now) })
}

func (tx faultyTx) VoidTokens(userSeq int64, p directory.Purpose, now time.Time) error {
	return tx.then(func() error { return tx.Tx.VoidTokens(userSeq, p, now) })
}

func (tx faultyTx) WithdrawLetters(userSeq int64, kind directory.LetterKind, now time.Time) error {
	return tx.then(func() error { return tx.Tx.WithdrawLetters(userSeq, kind, now) })
}

func (tx faultyTx) Record(e directory.Entry) error {
	return tx.then(func() error { return tx.Tx.Record(e) })
}

// credentialsOf is whatever lets a user in, as text.
func credentialsOf(t testing.TB, w *dirtest.World, u directory.User) string {
	t.Helper()
	r := w.Store.Read(t.Context())
	hash, err := r.PasswordHash(u.Seq)
	must(t, err)
	sessions, err := r.SessionsOf(u.Seq)
	must(t, err)
	keys, err := r.KeysOf(u.Seq)
	must(t, err)
	return fmt.Sprintf("  hash %q, sessions %+v, keys %+v\n", hash, sessions, keys)
}

// access is every organization and space, and who is in them, as text.
func access(t testing.TB, w *dirtest.World) (text string) {
	t.Helper()
	r := w.Store.Read(t.Context())
	users, err := r.Users(directory.UserQuery{Now: w.Clock.Now(), Limit: 1000})
	must(t, err)
	seqs := []int64{0}
	for _, u := range users {
		seqs = append(seqs, u.Seq)
	}
	for _, seq := range seqs {
		organizations, err := r.Organizations(directory.OrganizationQuery{UserSeq: seq, All: seq == 0, Limit: 1000})
		must(t, err)
		spaces, err := r.Spaces(directory.SpaceQuery{UserSeq: seq, All: seq == 0, Limit: 1000})
		must(t, err)
		if len(organizations)+len(spaces) > 0 {
			text += fmt.Sprintf("access of %d: %+v %+v\n", seq, organizations, spaces)
		}
	}
	return text
}

// state is everything that can be seen of a directory, as text.
func state(t testing.TB, w *dirtest.World, people ...dirtest.Person) string {
	t.Helper()
	text := ""
	for _, p := range people {
		u, found, err := w.Store.Read(t.Context()).UserByID(p.ID)
		must(t, err)
		text += fmt.Sprintf("user %v %+v\n%s", found, u, credentialsOf(t, w, u))
		for _, purpose := range []directory.Purpose{directory.TokenInvitation, directory.TokenTemporaryPassword, directory.TokenReset} {
			text += fmt.Sprintf("secret good for %s: %v\n", purpose, w.Good(t, p.Secret, purpose))
		}
	}
	users, err := w.Store.Read(t.Context()).Users(directory.UserQuery{Now: w.Clock.Now(), Limit: 1000})
	must(t, err)
	for _, u := range users {
		text += fmt.Sprintf("%+v\n", u)
		text += credentialsOf(t, w, u)
	}
	for _, l := range w.Letters(t) {
		text += fmt.Sprintf("%+v\n", l)
	}
	for _, ended := range []bool{false, true} {
		keys, err := w.Store.Read(t.Context()).Keys(directory.KeyQuery{Ended: ended, Now: w.Clock.Now(), Limit: 1000})
		must(t, err)
		text += fmt.Sprintf("keys, ended %v: %+v\n", ended, keys)
	}
	text += access(t, w)
	for _, e := range w.Entries(t) {
		text += fmt.Sprintf("entry %s %s\n", e.Operation, e.Subject)
	}
	return text
}
