package storetest

import (
	"fmt"
	"strconv"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// lockAtOnce counts in a user's name. Without the lock two would read the same number.
func lockAtOnce(p pair) {
	const counters, each = 16, 8
	s := subject{p.T, p.first}
	u := s.addOne()
	u.Name = "0"
	s.write(func(tx directory.Tx) error { return tx.UpdateUser(u) })
	together(counters, func(n int) {
		for range each {
			err := p.of(n).Write(p.Context(), func(tx directory.Tx) error {
				lock := func() (directory.User, bool, error) { return tx.LockUser(u.ID) }
				if n%4 >= 2 {
					lock = func() (directory.User, bool, error) { return tx.LockUserByEmail(directory.Fold(u.Email)) }
				}
				locked, _, err := lock()
				if err != nil {
					return err
				}
				so, err := strconv.Atoi(locked.Name)
				if err != nil {
					return err
				}
				locked.Name = strconv.Itoa(so + 1)
				return tx.UpdateUser(locked)
			})
			if err != nil {
				p.Errorf("counter %d: %v", n, err)
			}
		}
	})
	if got := s.user(u.ID).Name; got != strconv.Itoa(counters*each) {
		p.Errorf("counted %s, want %d", got, counters*each)
	}
}

// countAtOnce begins with no counter, so that all make it at once, too.
func countAtOnce(p pair) {
	const counters, each = 16, 8
	together(counters, func(n int) {
		for range each {
			err := p.of(n).Write(p.Context(), func(tx directory.Tx) error {
				a, err := tx.LockAttempts("account")
				if err != nil {
					return err
				}
				a.Failures++
				a.LastAt = noon
				return tx.SetAttempts(a)
			})
			if err != nil {
				p.Errorf("counter %d: %v", n, err)
			}
		}
	})
	want := directory.Attempts{Key: "account", Failures: counters * each, LastAt: noon}
	same(p, "the counter", subject{p.T, p.second}.attempts("account"), want)
}

// loseAdminsAtOnce lets all administrators go who are not the last.
func loseAdminsAtOnce(p pair) {
	dirtest.New(p, p.first) // there is one already, Ada
	s := subject{p.T, p.second}
	const admins = 24
	var users []directory.User
	for n := range admins {
		users = append(users, active(fmt.Sprintf("admin%d@example.com", n), directory.RoleAdmin))
	}
	users = append(s.add(users...), s.byEmail("ada@example.com"))
	together(len(users), func(n int) {
		err := p.of(n).Write(p.Context(), func(tx directory.Tx) error {
			u, _, err := tx.LockUser(users[n].ID)
			if err != nil {
				return err
			}
			if err := tx.LockAdmins(); err != nil {
				return err
			}
			other, err := tx.OtherAdmin(u.Seq, false)
			if err != nil || !other {
				return err
			}
			u.State = directory.StateDeleted
			return tx.UpdateUser(u)
		})
		if err != nil {
			p.Errorf("%s: %v", users[n].Email, err)
		}
	})
	remaining := 0
	for _, u := range users {
		if s.user(u.ID).State == directory.StateActive {
			remaining++
		}
	}
	if remaining != 1 {
		p.Errorf("%d administrators remain of %d", remaining, len(users))
	}
}

func (s subject) byEmail(email string) directory.User {
	s.Helper()
	u, ok, err := s.Read(s.Context()).UserByEmail(directory.Fold(email))
	if err != nil || !ok {
		s.Fatalf("UserByEmail(%q): ok %v, error %v", email, ok, err)
	}
	return u
}

func deleteEachOther(p pair) {
	w := dirtest.New(p, p.first)
	survivor := w.Admin
	for round := range 50 {
		rival := dirtest.ActorFor(w.Create(p, fmt.Sprintf("rival%d@example.com", round), "Rival", directory.RoleAdmin))
		duel := [2]directory.Actor{survivor, rival}
		var errs [2]error
		together(2, func(n int) {
			errs[n] = w.On(p.of(n)).DeleteUser(p.Context(), duel[n], duel[1-n].UserID)
		})
		won := 0
		if errs[0] != nil {
			won = 1
		}
		if errs[won] != nil || directory.KindOf(errs[1-won]) != directory.Forbidden {
			p.Fatalf("round %d: %v", round, errs)
		}
		survivor = duel[won]
		w.Admin = survivor
		if other, err := p.second.Read(p.Context()).OtherAdmin(0, true); err != nil || !other {
			p.Fatalf("round %d: an administrator remains: %v, error %v", round, other, err)
		}
	}
}
