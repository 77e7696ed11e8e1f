package storetest

import (
	"time"

	"ax/internal/directory"
)

func passwordCases() []testCase {
	return []testCase{
		{"PasswordHash is empty for a user without a password, and SetPassword writes it", setPassword},
		{"TokenByDigest finds any token and its user", tokenByDigest},
		{"OpenToken finds a user's token of a purpose that is not used, not void and not expired", openToken},
	}
}

func setPassword(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), invited("bob@example.com", noon))
	hash := func(u directory.User) string {
		s.Helper()
		h, err := s.Read(s.Context()).PasswordHash(u.Seq)
		if err != nil {
			s.Fatal(err)
		}
		return h
	}
	for _, want := range []string{"", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", "another"} {
		if want != "" {
			s.write(func(tx directory.Tx) error { return tx.SetPassword(users[0].Seq, want, noon) })
		}
		if got := hash(users[0]); got != want {
			s.Errorf("the hash is %q, want %q", got, want)
		}
	}
	if got := hash(users[1]); got != "" {
		s.Errorf("the other user's hash is %q", got)
	}
	changed := users[0]
	changed.Name = "Ann B"
	s.write(func(tx directory.Tx) error { return tx.UpdateUser(changed) })
	if got := hash(users[0]); got != "another" {
		s.Errorf("after UpdateUser the hash is %q", got)
	}
	same(s, "the user", s.user(changed.ID), changed)
}

func tokenByDigest(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), deleted("bob@example.com"))
	good := token("good", directory.TokenInvitation, users[0].Seq)
	used, void, expired := token("used", directory.TokenReset, users[0].Seq), token("void", directory.TokenReset, users[1].Seq), token("expired", directory.TokenTemporaryPassword, users[0].Seq)
	used.UsedAt, void.VoidAt, expired.ExpiresAt = noon.Add(time.Minute), noon.Add(time.Microsecond), noon.Add(-time.Hour)
	s.addTokens(good, used, void, expired)
	for secret, want := range map[string]directory.Token{"good": good, "used": used, "void": void, "expired": expired} {
		got, u, ok, err := s.Read(s.Context()).TokenByDigest(directory.DigestOf(secret))
		if err != nil || !ok {
			s.Fatalf("%s: ok %v, error %v", secret, ok, err)
		}
		same(s, secret, got, want)
		if u.Seq != want.UserSeq || u.Email == "" {
			s.Errorf("%s: its user is %+v", secret, u)
		}
		for _, at := range []time.Time{got.CreatedAt, got.ExpiresAt, got.UsedAt, got.VoidAt} {
			if at.Location() != time.UTC {
				s.Errorf("%s: a time is in %v, not UTC", secret, at.Location())
			}
		}
	}
	if got, _, ok, err := s.Read(s.Context()).TokenByDigest(directory.DigestOf("unknown")); ok || err != nil {
		s.Errorf("unknown: %+v, ok %v, error %v", got, ok, err)
	}
}

func openToken(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	const purpose = directory.TokenTemporaryPassword
	used, void := token("used", purpose, users[0].Seq), token("void", purpose, users[0].Seq)
	used.UsedAt, void.VoidAt = noon, noon
	s.addTokens(used, void, token("another purpose", directory.TokenReset, users[0].Seq), token("another user", purpose, users[1].Seq))
	look := func(what string, at time.Time, want string) {
		s.Helper()
		got, ok, err := s.Read(s.Context()).OpenToken(users[0].Seq, purpose, at)
		if err != nil || ok != (want != "") || ok && got.Digest != directory.DigestOf(want) {
			s.Errorf("%s: ok %v, error %v, token %+v", what, ok, err, got)
		}
	}
	look("none is open", noon, "")
	s.addTokens(token("good", purpose, users[0].Seq))
	end := token("", "", 0).ExpiresAt
	look("one is open", noon, "good")
	look("in its last microsecond", end.Add(-time.Microsecond), "good")
	look("when it has ended", end, "")
	s.spend("good", purpose, noon)
	look("when it was spent", noon, "")
}
