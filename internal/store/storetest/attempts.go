package storetest

import (
	"fmt"
	"time"

	"ax/internal/directory"
)

func attemptCases() []testCase {
	return []testCase{
		{"LockAttempts finds a counter, new ones at zero, and SetAttempts writes it", setAttempts},
		{"a counter whose transaction failed stays as it was", attemptsRolledBack},
		{"ClearAttempts removes a counter", clearAttempts},
		{"ForgetAttempts removes at most n counters last used before a time", forgetAttempts},
	}
}

// attempts reads a counter, as a transaction finds it.
func (s subject) attempts(key string) (a directory.Attempts) {
	s.Helper()
	s.write(func(tx directory.Tx) (err error) {
		a, err = tx.LockAttempts(key)
		return err
	})
	return a
}

func (s subject) count(key string, failures int, at time.Time) {
	s.Helper()
	s.write(func(tx directory.Tx) error {
		if _, err := tx.LockAttempts(key); err != nil {
			return err
		}
		return tx.SetAttempts(directory.Attempts{Key: key, Failures: failures, LastAt: at})
	})
}

func setAttempts(s subject) {
	same(s, "a new one", s.attempts("one"), directory.Attempts{Key: "one"})
	for n := range 3 {
		at := noon.Add(time.Duration(n) * time.Microsecond)
		s.count("one", n+1, at)
		got := s.attempts("one")
		same(s, "written", got, directory.Attempts{Key: "one", Failures: n + 1, LastAt: at})
		if got.LastAt.Location() != time.UTC {
			s.Errorf("its time is in %v, not UTC", got.LastAt.Location())
		}
	}
	same(s, "another", s.attempts("ONE"), directory.Attempts{Key: "ONE"})
}

func attemptsRolledBack(s subject) {
	s.count("one", 3, noon)
	_ = s.Write(s.Context(), func(tx directory.Tx) error {
		if _, err := tx.LockAttempts("one"); err != nil {
			return err
		}
		if err := tx.SetAttempts(directory.Attempts{Key: "one", Failures: 9, LastAt: noon.Add(time.Hour)}); err != nil {
			return err
		}
		return errOnPurpose
	})
	same(s, "the counter", s.attempts("one"), directory.Attempts{Key: "one", Failures: 3, LastAt: noon})
}

func clearAttempts(s subject) {
	s.count("one", 3, noon)
	s.count("two", 4, noon)
	s.write(func(tx directory.Tx) error { return tx.ClearAttempts("one") })
	s.write(func(tx directory.Tx) error { return tx.ClearAttempts("never counted") })
	same(s, "cleared", s.attempts("one"), directory.Attempts{Key: "one"})
	same(s, "the other", s.attempts("two"), directory.Attempts{Key: "two", Failures: 4, LastAt: noon})
}

func forgetAttempts(s subject) {
	for n := range 5 {
		s.count(fmt.Sprint("old ", n), 7, noon.Add(-time.Microsecond))
	}
	s.count("recent", 7, noon)
	// remaining looks without making the counters that are gone.
	remaining := func() (n int) {
		_ = s.Write(s.Context(), func(tx directory.Tx) error {
			n = 0
			for i := range 5 {
				a, err := tx.LockAttempts(fmt.Sprint("old ", i))
				if err != nil {
					return err
				}
				if a.Failures > 0 {
					n++
				}
			}
			return errOnPurpose
		})
		return n
	}
	for _, want := range []int{5, 3, 1, 0} {
		if got := remaining(); got != want {
			s.Errorf("%d old counters remain, want %d", got, want)
		}
		s.write(func(tx directory.Tx) error { return tx.ForgetAttempts(noon, 2) })
	}
	same(s, "a recent one", s.attempts("recent"), directory.Attempts{Key: "recent", Failures: 7, LastAt: noon})
}
