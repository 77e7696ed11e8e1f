package storetest

import (
	"encoding/base64"
	"errors"
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

func bot(name string) directory.User {
	u := active("", directory.RoleMember)
	u.ID, u.Name, u.Bot = directory.UserID("id of "+name), name, true
	return u
}

func organization(name string) directory.Organization {
	return directory.Organization{ID: directory.OrganizationID("id of " + name), Name: name, Description: "For " + name, CreatedAt: noon}
}

func space(name string, in directory.Organization) directory.Space {
	return directory.Space{
		ID: directory.SpaceID("id of " + name), OrganizationSeq: in.Seq, OrganizationID: in.ID,
		Name: name, Description: "For " + name, CreatedAt: noon,
	}
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
			if ok, err := tx.InsertUser(&users[i], ""); err != nil || !ok {
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

// addOrganizations keeps organizations whose names are free.
func (s subject) addOrganizations(all ...directory.Organization) []directory.Organization {
	s.Helper()
	s.write(func(tx directory.Tx) error {
		for i := range all {
			if ok, err := tx.InsertOrganization(&all[i]); err != nil || !ok {
				return fmt.Errorf("insert %s: inserted %v, %w", all[i].Name, ok, err)
			}
		}
		return nil
	})
	return all
}

// addSpaces keeps spaces whose names are free.
func (s subject) addSpaces(all ...directory.Space) []directory.Space {
	s.Helper()
	s.write(func(tx directory.Tx) error {
		for i := range all {
			if ok, err := tx.InsertSpace(&all[i]); err != nil || !ok {
				return fmt.Errorf("insert %s: inserted %v, %w", all[i].Name, ok, err)
			}
		}
		return nil
	})
	return all
}

func (s subject) addRole(name string, permissions ...directory.Permission) directory.RoleDefinition {
	s.Helper()
	r := directory.RoleDefinition{
		ID: directory.Role(base64.StdEncoding.EncodeToString([]byte("Role:" + name))), Name: name, Description: "For " + name, CreatedAt: noon, UpdatedAt: noon,
	}
	for _, p := range permissions {
		r.Permissions.Add(p)
	}
	s.write(func(tx directory.Tx) error {
		if ok, err := tx.InsertRole(&r); err != nil || !ok {
			return fmt.Errorf("insert %s: inserted %v, %w", name, ok, err)
		}
		return nil
	})
	return r
}

// join, joinSpace and bind give a user a role.
func (s subject) join(in directory.Organization, user int64, role directory.Role) {
	s.Helper()
	m := directory.Membership{ID: fmt.Sprint("member ", user, " of ", in.ID), Role: role, CreatedAt: noon}
	s.write(func(tx directory.Tx) error { return tx.SetOrganizationMember(in.Seq, user, &m) })
}

func (s subject) joinSpace(in directory.Space, user int64, role directory.Role) {
	s.Helper()
	m := directory.Membership{ID: fmt.Sprint("member ", user, " of ", in.ID), Role: role, CreatedAt: noon}
	s.write(func(tx directory.Tx) error { return tx.SetSpaceMember(in.Seq, user, &m) })
}

func (s subject) bind(on directory.Space, user int64, role directory.Role) {
	s.Helper()
	b := directory.RoleBinding{
		ID: fmt.Sprint("binding of ", user, " on ", on.ID), Role: role, UserSeq: user,
		Type: directory.ResourceSpace, ResourceID: string(on.ID), SpaceSeq: on.Seq, CreatedAt: noon, UpdatedAt: noon,
	}
	s.write(func(tx directory.Tx) error {
		if ok, err := tx.InsertRoleBinding(&b); err != nil || !ok {
			return fmt.Errorf("insert %s: inserted %v, %w", b.ID, ok, err)
		}
		return nil
	})
}

func (s subject) organization(id directory.OrganizationID) (directory.Organization, bool) {
	s.Helper()
	o, ok, err := s.Read(s.Context()).OrganizationByID(id)
	if err != nil {
		s.Fatalf("OrganizationByID(%q): %v", id, err)
	}
	return o, ok
}

func (s subject) space(id directory.SpaceID) (directory.Space, bool) {
	s.Helper()
	p, ok, err := s.Read(s.Context()).SpaceByID(id)
	if err != nil {
		s.Fatalf("SpaceByID(%q): %v", id, err)
	}
	return p, ok
}

func (s subject) organizations(q directory.OrganizationQuery) []directory.Granted[directory.Organization] {
	s.Helper()
	page, err := s.Read(s.Context()).Organizations(q)
	if err != nil {
		s.Fatalf("Organizations(%+v): %v", q, err)
	}
	return page
}

func (s subject) spaces(q directory.SpaceQuery) []directory.Granted[directory.Space] {
	s.Helper()
	page, err := s.Read(s.Context()).Spaces(q)
	if err != nil {
		s.Fatalf("Spaces(%+v): %v", q, err)
	}
	return page
}

// items leaves the grants out.
func items[T any](all []directory.Granted[T]) (out []T) {
	for _, one := range all {
		out = append(out, one.Item)
	}
	return out
}

func (s subject) grantsIn(p directory.Space, user int64) directory.Grants {
	s.Helper()
	g, err := s.Read(s.Context()).SpaceGrants(user, p.Seq)
	if err != nil {
		s.Fatalf("SpaceGrants: %v", err)
	}
	return g
}

// nothingOf fails unless the user holds nothing in any organization or space.
func (s subject) nothingOf(user int64) {
	s.Helper()
	for _, o := range s.organizations(directory.OrganizationQuery{UserSeq: user, All: true, Limit: 100}) {
		same(s, o.Item.Name, o.Grants, directory.Grants{})
	}
	for _, p := range s.spaces(directory.SpaceQuery{UserSeq: user, All: true, Limit: 100}) {
		same(s, p.Item.Name, p.Grants, directory.Grants{Private: p.Item.Private})
	}
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
	asked, holder, ok, err := s.Read(s.Context()).KeyByDigest(directory.DigestOf(secret))
	if err != nil || !ok {
		s.Fatalf("KeyByDigest: ok %v, error %v", ok, err)
	}
	k, there, err := s.Read(s.Context()).KeyByID(asked.ID)
	owner, found, err1 := s.Read(s.Context()).UserByID(holder.ID)
	if err := errors.Join(err, err1); err != nil || !there || !found {
		s.Fatalf("its key %v, its owner %v, error %v", there, found, err)
	}
	part := directory.APIKey{Seq: k.Seq, ID: k.ID, UserSeq: k.UserSeq, ExpiresAt: k.ExpiresAt, RevokedAt: k.RevokedAt, LastUsedAt: k.LastUsedAt}
	same(s, "what KeyByDigest tells of the key", asked, part)
	k.Owner, k.Service, k.CreatorSeq, k.CreatedBy = "", false, 0, "" // of other tables
	told := owner
	told.CreatedAt, told.InvitedUntil = time.Time{}, time.Time{}
	same(s, "what KeyByDigest tells of its owner", holder, told)
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
