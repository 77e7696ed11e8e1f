package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ax/internal/directory"
)

func active(email string, role directory.Role) directory.User {
	return directory.User{
		ID: directory.UserID("id of " + email), Name: "Name of " + email, Email: email, Role: role,
		State: directory.StateActive, CreatedAt: noon,
	}
}

func invited(email string, until time.Time) directory.User {
	u := active(email, directory.RoleMember)
	u.State, u.InvitedUntil = directory.StateInvited, until
	return u
}

func deleted(email string) directory.User {
	u := active(email, directory.RoleMember)
	u.State = directory.StateDeleted
	return u
}

func token(secret string, p directory.Purpose, userSeq int64) directory.Token {
	return directory.Token{
		Digest: directory.DigestOf(secret), Purpose: p, UserSeq: userSeq,
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}
}

func apiKey(secret string, userSeq int64) directory.APIKey {
	return directory.APIKey{
		ID: "id of " + secret, UserSeq: userSeq, Name: "Name of " + secret,
		Digest: directory.DigestOf(secret), Redacted: "ak-…" + secret, Description: "For " + secret, CreatedAt: noon,
	}
}

func session(secret string, userSeq int64) directory.Session {
	return directory.Session{
		ID: "id of " + secret, Digest: directory.DigestOf(secret), UserSeq: userSeq,
		CreatedAt: noon, SeenAt: noon.Add(time.Minute), ExpiresAt: noon.Add(time.Hour), Address: "2001:db8::1", Agent: "Browser «1»",
	}
}

// letter is the n-th of a user's letters: later ones are due later.
func letter(n int, userSeq int64) directory.Letter {
	at := noon.Add(time.Duration(n) * time.Second)
	return directory.Letter{
		ID: directory.LetterID(fmt.Sprintf("letter %d", n)), Kind: directory.LetterInvitation, State: directory.LetterWaiting,
		UserSeq: userSeq, To: "pat@example.com", ToName: "Pat", From: "Ada", Sealed: []byte{0, 1, 0xff, byte(n)},
		ExpiresAt: at.Add(time.Hour), CreatedAt: noon, DueAt: at,
	}
}

func entry(n int) directory.Entry {
	return directory.Entry{
		ID: fmt.Sprintf("entry %d", n), At: noon.Add(time.Duration(n)), Operation: "create_user",
		ActorID: "id of ada", Actor: "ada@example.com", Credential: "a key", Via: directory.ViaKey,
		Address: "192.0.2.1", RequestID: "request-1", Subject: "id of pat", Changes: `[{"field":"name","to":"Pat"}]`,
		Salt: []byte{0, 1, 0xfe, byte(n)}, Digest: []byte{0xff, 0, byte(n)},
	}
}

// write runs fn in a transaction that must succeed. fn must not end the test.
func (s subject) write(fn func(tx directory.Tx) error) {
	s.Helper()
	if err := s.Write(s.Context(), fn); err != nil {
		s.Fatalf("Write: %v", err)
	}
}

// add keeps users whose addresses are free, and returns them with their Seqs.
func (s subject) add(users ...directory.User) []directory.User {
	s.Helper()
	s.write(func(tx directory.Tx) error {
		for i := range users {
			if ok, err := tx.InsertUser(&users[i]); err != nil || !ok {
				return fmt.Errorf("insert %s: inserted %v, %w", users[i].Email, ok, err)
			}
		}
		return nil
	})
	return users
}

func (s subject) addOne() directory.User {
	s.Helper()
	return s.add(active("pat@example.com", directory.RoleMember))[0]
}

func (s subject) addTokens(tokens ...directory.Token) {
	s.Helper()
	s.write(func(tx directory.Tx) error { return each(tokens, tx.InsertToken) })
}

func (s subject) addKeys(keys ...directory.APIKey) {
	s.Helper()
	s.write(func(tx directory.Tx) error { return each(keys, tx.InsertKey) })
}

func (s subject) addSessions(sessions ...directory.Session) {
	s.Helper()
	s.write(func(tx directory.Tx) error { return each(sessions, tx.InsertSession) })
}

func (s subject) addLetters(letters ...directory.Letter) {
	s.Helper()
	s.write(func(tx directory.Tx) error { return each(letters, tx.InsertLetter) })
}

func (s subject) record(entries ...directory.Entry) {
	s.Helper()
	s.write(func(tx directory.Tx) error { return each(entries, tx.Record) })
}

func each[T any](items []T, do func(T) error) error {
	for _, item := range items {
		if err := do(item); err != nil {
			return err
		}
	}
	return nil
}

// user is the user with the id, who must be there.
func (s subject) user(id directory.UserID) directory.User {
	s.Helper()
	u, ok, err := s.Read(s.Context()).UserByID(id)
	if err != nil || !ok {
		s.Fatalf("UserByID(%q): ok %v, error %v", id, ok, err)
	}
	return u
}

// spend tries to spend a token and keeps the outcome.
func (s subject) spend(secret string, p directory.Purpose, at time.Time) (ok bool) {
	s.Helper()
	s.write(func(tx directory.Tx) (err error) {
		ok, err = tx.SpendToken(directory.DigestOf(secret), p, at)
		return err
	})
	return ok
}

// token is the token of a secret, which must be there.
func (s subject) token(secret string) directory.Token {
	s.Helper()
	t, _, ok, err := s.Read(s.Context()).TokenByDigest(directory.DigestOf(secret))
	if err != nil || !ok {
		s.Fatalf("TokenByDigest of %q: ok %v, error %v", secret, ok, err)
	}
	return t
}

func (s subject) key(secret string) (directory.APIKey, directory.User) {
	s.Helper()
	k, owner, ok, err := s.Read(s.Context()).KeyByDigest(directory.DigestOf(secret))
	if err != nil || !ok {
		s.Fatalf("KeyByDigest: ok %v, error %v", ok, err)
	}
	return k, owner
}

func (s subject) letter(id directory.LetterID) directory.Letter {
	s.Helper()
	l, ok, err := s.Read(s.Context()).LetterByID(id)
	if err != nil || !ok {
		s.Fatalf("LetterByID(%q): ok %v, error %v", id, ok, err)
	}
	return l
}

// claim takes letters and keeps the claim.
func (s subject) claim(at, until time.Time, n int) (letters []directory.Letter) {
	s.Helper()
	s.write(func(tx directory.Tx) (err error) {
		letters, err = tx.ClaimLetters(at, until, n)
		return err
	})
	return letters
}

func (s subject) entries() []directory.Entry {
	s.Helper()
	entries, err := s.Read(s.Context()).Entries(0, 1000)
	if err != nil {
		s.Fatalf("Entries: %v", err)
	}
	return entries
}

// same ends the test when got is not want; nothing is as good as an empty list.
func same[T any](t testing.TB, what string, got, want T, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, append(options, cmpopts.EquateEmpty())...); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// without leaves out fields, which the store gives itself.
func without(fields ...string) cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		return ok && slices.Contains(fields, f.Name())
	}, cmp.Ignore())
}
