package storetest

import (
	"strings"
	"time"

	"ax/internal/directory"
)

func keyCases() []testCase {
	return []testCase{
		{"KeyByDigest finds a key and its owner", keyByDigest},
		{"KeyByDigest shows the owner as of now", keyOwnerNow},
		{"KeysOf lists a user's keys, the newest first", keysOf},
		{"Keys lists keys by seq, of an owner, a creator or a space, in force or ended", keys},
		{"LockKey finds a service key with its bot, and who made it", lockServiceKey},
		{"EndKey writes when a key expires and whether it is revoked; NoteKeyUse when it was used last", endKey},
		{"RevokeKeysOf revokes a user's keys that are not revoked yet", revokeKeys},
	}
}

func keyByDigest(s subject) {
	users := s.add(active("ann@example.com", directory.RoleAdmin), deleted("bob@example.com"))
	lasting, passing, revoked := apiKey("lasting", users[0].Seq), apiKey("passing", users[0].Seq), apiKey("revoked", users[1].Seq)
	passing.ExpiresAt = noon.Add(time.Hour + time.Microsecond)
	revoked.RevokedAt = noon.Add(-time.Minute)
	want := map[string]directory.APIKey{"lasting": lasting, "passing": passing, "revoked": revoked}
	s.addKeys(lasting, passing, revoked)
	seqs := map[int64]bool{}
	for secret, k := range want {
		got, owner := s.key(secret)
		same(s, secret, got, k, without("Seq"))
		same(s, "its owner", owner, users[map[string]int{"revoked": 1}[secret]])
		if seqs[got.Seq] || got.Seq <= 0 {
			s.Errorf("%s: Seq %d", secret, got.Seq)
		}
		seqs[got.Seq] = true
		for _, at := range []time.Time{got.CreatedAt, got.ExpiresAt, got.RevokedAt, owner.CreatedAt} {
			if at.Location() != time.UTC {
				s.Errorf("%s: a time is in %v, not UTC", secret, at.Location())
			}
		}
	}
	for _, secret := range []string{"", "unknown", strings.ToUpper("lasting")} {
		if k, _, ok, err := s.Read(s.Context()).KeyByDigest(directory.DigestOf(secret)); ok || err != nil {
			s.Errorf("%q: %+v, ok %v, error %v", secret, k, ok, err)
		}
	}
}

func keyOwnerNow(s subject) {
	u := s.addOne()
	s.addKeys(apiKey("secret", u.Seq))
	u.Role, u.Developer, u.State = directory.RoleAnnotator, true, directory.StateDeleted
	s.write(func(tx directory.Tx) error { return tx.UpdateUser(u) })
	_, owner := s.key("secret")
	same(s, "the owner", owner, u)
}

func keysOf(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	first, second, third := apiKey("first", users[0].Seq), apiKey("second", users[0].Seq), apiKey("third", users[0].Seq)
	second.RevokedAt, third.ExpiresAt, third.Description = noon, noon.Add(-time.Hour), ""
	s.addKeys(first, second, apiKey("bob's", users[1].Seq), third)
	got, err := s.Read(s.Context()).KeysOf(users[0].Seq)
	if err != nil {
		s.Fatal(err)
	}
	same(s, "keys", got, []directory.APIKey{third, second, first}, without("Seq"))
	if none, err := s.Read(s.Context()).KeysOf(users[1].Seq + 1); err != nil || len(none) != 0 {
		s.Errorf("keys of nobody: %+v, error %v", none, err)
	}
}

func endKey(s subject) {
	u := s.addOne()
	s.addKeys(apiKey("one", u.Seq), apiKey("two", u.Seq))
	k, _ := s.key("one")
	s.write(func(tx directory.Tx) error {
		found, owner, ok, err := tx.LockKey(k.ID)
		if err != nil || !ok || found.Seq != k.Seq || found.Owner != u.ID || found.CreatedBy != u.ID || found.Service || owner != u {
			s.Errorf("LockKey: %+v of %+v, ok %v, error %v", found, owner, ok, err)
		}
		if _, _, ok, err := tx.LockKey("nothing"); ok || err != nil {
			s.Errorf("LockKey of nothing: ok %v, error %v", ok, err)
		}
		found.ExpiresAt, found.RevokedAt, found.Name = noon.Add(time.Hour), noon, "other"
		return tx.EndKey(found)
	})
	s.write(func(tx directory.Tx) error { return tx.NoteKeyUse(k.Seq, noon.Add(time.Minute)) })
	k.ExpiresAt, k.RevokedAt, k.LastUsedAt = noon.Add(time.Hour), noon, noon.Add(time.Minute)
	got, _ := s.key("one")
	same(s, "the key", got, k)
	if other, _ := s.key("two"); !other.RevokedAt.IsZero() || !other.ExpiresAt.IsZero() || !other.LastUsedAt.IsZero() {
		s.Errorf("the other key: %+v", other)
	}
}

func revokeKeys(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	earlier := apiKey("revoked earlier", users[0].Seq)
	earlier.RevokedAt = noon.Add(-time.Hour)
	s.addKeys(apiKey("one", users[0].Seq), apiKey("two", users[0].Seq), earlier, apiKey("bob's", users[1].Seq))
	s.write(func(tx directory.Tx) error { return tx.RevokeKeysOf(users[0].Seq, noon) })
	s.addKeys(apiKey("made later", users[0].Seq))
	for secret, want := range map[string]time.Time{
		"one": noon, "two": noon, "revoked earlier": noon.Add(-time.Hour), "bob's": {}, "made later": {},
	} {
		if k, _ := s.key(secret); !k.RevokedAt.Equal(want) {
			s.Errorf("%s: revoked at %v, want %v", secret, k.RevokedAt, want)
		}
	}
}
