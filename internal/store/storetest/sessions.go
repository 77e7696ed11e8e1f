package storetest

import (
	"time"

	"ax/internal/directory"
)

func sessionCases() []testCase {
	return []testCase{
		{"SessionByDigest finds a session and its user", sessionByDigest},
		{"SessionsOf lists a user's sessions, the newest first", sessionsOf},
		{"SeeSession notes when a session was used", seeSession},
		{"EndSession ends one session of a user, by its id", endSession},
		{"EndSessionsOf ends all sessions of a user", endSessionsOf},
		{"ForgetSessions removes at most n that ended", forgetSessions},
	}
}

// sessions are the ids of a user's sessions, as they are listed.
func (s subject) sessions(userSeq int64) []string {
	s.Helper()
	all, err := s.Read(s.Context()).SessionsOf(userSeq)
	if err != nil {
		s.Fatal(err)
	}
	ids := []string{}
	for _, one := range all {
		ids = append(ids, one.ID)
	}
	return ids
}

func sessionByDigest(s subject) {
	users := s.add(active("ann@example.com", directory.RoleAdmin), invited("bob@example.com", noon))
	full, restricted := session("full", users[0].Seq), session("restricted", users[1].Seq)
	restricted.Restricted, restricted.Agent = true, ""
	s.addSessions(full, restricted)
	for secret, want := range map[string]directory.Session{"full": full, "restricted": restricted} {
		got, u, ok, err := s.Read(s.Context()).SessionByDigest(directory.DigestOf(secret))
		if err != nil || !ok {
			s.Fatalf("%s: ok %v, error %v", secret, ok, err)
		}
		same(s, secret, got, want)
		same(s, "its user", u, s.user(users[map[string]int{"restricted": 1}[secret]].ID))
		for _, at := range []time.Time{got.CreatedAt, got.SeenAt, got.ExpiresAt} {
			if at.Location() != time.UTC {
				s.Errorf("%s: a time is in %v, not UTC", secret, at.Location())
			}
		}
	}
	if got, _, ok, err := s.Read(s.Context()).SessionByDigest(directory.DigestOf("unknown")); ok || err != nil {
		s.Errorf("unknown: %+v, ok %v, error %v", got, ok, err)
	}
	gone := users[0]
	gone.State = directory.StateDeleted
	s.write(func(tx directory.Tx) error { return tx.UpdateUser(gone) })
	if _, u, _, err := s.Read(s.Context()).SessionByDigest(full.Digest); err != nil || u.State != directory.StateDeleted {
		s.Errorf("the user is as of now: %+v, error %v", u, err)
	}
}

func sessionsOf(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	first, second, third := session("a", users[0].Seq), session("b", users[0].Seq), session("c", users[0].Seq)
	second.CreatedAt, third.CreatedAt = noon.Add(time.Hour), noon.Add(time.Microsecond)
	s.addSessions(first, second, session("bob's", users[1].Seq), third)
	same(s, "sessions", s.sessions(users[0].Seq), []string{second.ID, third.ID, first.ID})
	same(s, "sessions of nobody", s.sessions(users[1].Seq+1), []string{})
}

func seeSession(s subject) {
	u := s.addOne()
	want, other := session("seen", u.Seq), session("other", u.Seq)
	s.addSessions(want, other)
	want.SeenAt = noon.Add(10 * time.Minute)
	s.write(func(tx directory.Tx) error { return tx.SeeSession(want.Digest, want.SeenAt) })
	for _, want := range []directory.Session{want, other} {
		got, _, _, err := s.Read(s.Context()).SessionByDigest(want.Digest)
		if err != nil {
			s.Fatal(err)
		}
		same(s, want.ID, got, want)
	}
	s.write(func(tx directory.Tx) error { return tx.SeeSession(directory.DigestOf("ended"), noon) })
	if got := s.sessions(u.Seq); len(got) != 2 {
		s.Errorf("using a session that has ended made one: %v", got)
	}
}

func endSession(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	s.addSessions(session("one", users[0].Seq), session("two", users[0].Seq))
	s.write(func(tx directory.Tx) error { return tx.EndSession(users[1].Seq, "id of one") })
	if got := s.sessions(users[0].Seq); len(got) != 2 {
		s.Errorf("another user ended a session: %v are left", got)
	}
	s.write(func(tx directory.Tx) error { return tx.EndSession(users[0].Seq, "id of one") })
	same(s, "left", s.sessions(users[0].Seq), []string{"id of two"})
	if _, _, ok, err := s.Read(s.Context()).SessionByDigest(directory.DigestOf("one")); ok || err != nil {
		s.Errorf("the ended session is found: ok %v, error %v", ok, err)
	}
}

func endSessionsOf(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	s.addSessions(session("one", users[0].Seq), session("two", users[0].Seq), session("three", users[0].Seq), session("bob's", users[1].Seq))
	for range 2 { // none is left the second time
		s.write(func(tx directory.Tx) error { return tx.EndSessionsOf(users[0].Seq) })
		same(s, "left", s.sessions(users[0].Seq), []string{})
	}
	same(s, "the other user's", s.sessions(users[1].Seq), []string{"id of bob's"})
}

func forgetSessions(s subject) {
	u := s.addOne()
	for _, secret := range []string{"a", "b", "c"} {
		ended := session(secret, u.Seq)
		ended.ExpiresAt = noon.Add(-time.Microsecond)
		s.addSessions(ended)
	}
	live := session("live", u.Seq)
	live.ExpiresAt = noon.Add(time.Microsecond)
	s.addSessions(live)
	for _, left := range []int{2, 1, 1} {
		s.write(func(tx directory.Tx) error { return tx.ForgetSessions(noon, 2) })
		if got := s.sessions(u.Seq); len(got) != left {
			s.Errorf("%v are left, want %d", got, left)
		}
	}
	same(s, "left", s.sessions(u.Seq), []string{"id of live"})
}
