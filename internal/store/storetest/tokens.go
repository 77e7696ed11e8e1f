package storetest

import (
	"errors"
	"time"

	"ax/internal/directory"
)

func tokenCases() []testCase {
	return []testCase{
		{"SpendToken marks the token used, once", spendOnce},
		{"SpendToken refuses what is not for purpose, used, void, expired or known", spendRefused},
		{"a token that was spent in a transaction that failed is good", spendRolledBack},
		{"VoidTokens ends a user's unspent tokens of one purpose", voidTokens},
	}
}

func spendOnce(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	for _, p := range []directory.Purpose{directory.TokenInvitation, directory.TokenTemporaryPassword, directory.TokenReset} {
		s.addTokens(token("ann's "+string(p), p, users[0].Seq), token("bob's "+string(p), p, users[1].Seq))
		if !s.spend("ann's "+string(p), p, noon) {
			s.Errorf("%s: not spent", p)
		}
		for _, later := range []time.Duration{0, time.Minute, -time.Minute} {
			if s.spend("ann's "+string(p), p, noon.Add(later)) {
				s.Errorf("%s, %v later: spent again", p, later)
			}
		}
		if used := s.token("ann's " + string(p)); !used.UsedAt.Equal(noon) || !used.VoidAt.IsZero() {
			s.Errorf("%s: the spent token is %+v", p, used)
		}
		if !s.spend("bob's "+string(p), p, noon) {
			s.Errorf("%s: the other token is not spent", p)
		}
	}
}

func spendRefused(s subject) {
	u := s.addOne()
	t := token("good", directory.TokenInvitation, u.Seq)
	used, void := token("used", directory.TokenInvitation, u.Seq), token("void", directory.TokenInvitation, u.Seq)
	used.UsedAt, void.VoidAt = noon, noon
	s.addTokens(t, used, void)
	for _, c := range []struct {
		why, secret string
		purpose     directory.Purpose
		at          time.Time
	}{
		{"unknown", "bad", t.Purpose, noon},
		{"other case", "GOOD", t.Purpose, noon},
		{"for a reset", "good", directory.TokenReset, noon},
		{"for a temporary password", "good", directory.TokenTemporaryPassword, noon},
		{"for nothing", "good", "", noon},
		{"expired this moment", "good", t.Purpose, t.ExpiresAt},
		{"expired long ago", "good", t.Purpose, t.ExpiresAt.Add(100 * 24 * time.Hour)},
		{"used", "used", t.Purpose, noon},
		{"void", "void", t.Purpose, noon},
	} {
		if s.spend(c.secret, c.purpose, c.at) {
			s.Errorf("%s: spent", c.why)
		}
	}
	if !s.spend("good", t.Purpose, t.ExpiresAt.Add(-time.Microsecond)) {
		s.Error("in its last microsecond: not spent")
	}
}

func spendRolledBack(s subject) {
	u := s.addOne()
	s.addTokens(token("good", directory.TokenReset, u.Seq))
	err := s.Write(s.Context(), func(tx directory.Tx) error {
		if ok, err := tx.SpendToken(directory.DigestOf("good"), directory.TokenReset, noon); err != nil || !ok {
			return errors.Join(err, errors.New("not spent"))
		}
		if ok, err := tx.SpendToken(directory.DigestOf("good"), directory.TokenReset, noon); err != nil || ok {
			return errors.Join(err, errors.New("spent twice in one transaction"))
		}
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		s.Fatal(err)
	}
	if !s.spend("good", directory.TokenReset, noon) {
		s.Error("the token is gone")
	}
}

func voidTokens(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	s.addTokens(
		token("first", directory.TokenReset, users[0].Seq), token("second", directory.TokenReset, users[0].Seq),
		token("other purpose", directory.TokenInvitation, users[0].Seq), token("other user", directory.TokenReset, users[1].Seq),
	)
	s.write(func(tx directory.Tx) error { return tx.VoidTokens(users[0].Seq, directory.TokenReset, noon) })
	s.addTokens(token("later", directory.TokenReset, users[0].Seq))
	for _, c := range []struct {
		secret  string
		purpose directory.Purpose
		good    bool
	}{
		{"first", directory.TokenReset, false},
		{"second", directory.TokenReset, false},
		{"other purpose", directory.TokenInvitation, true},
		{"other user", directory.TokenReset, true},
		{"later", directory.TokenReset, true},
	} {
		if ok := s.spend(c.secret, c.purpose, noon); ok != c.good {
			s.Errorf("%s: spent %v, want %v", c.secret, ok, c.good)
		}
	}
	before := map[string]directory.Token{"first": s.token("first"), "later": s.token("later")}
	if !before["first"].VoidAt.Equal(noon) || !before["later"].VoidAt.IsZero() {
		s.Errorf("void and spent: %+v", before)
	}
	s.write(func(tx directory.Tx) error {
		return tx.VoidTokens(users[0].Seq, directory.TokenReset, noon.Add(time.Minute))
	})
	for secret, was := range before {
		same(s, secret+", voided again", s.token(secret), was)
	}
}
