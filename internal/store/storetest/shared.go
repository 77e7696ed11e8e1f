package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// A pair is one store through two handles, as two servers have it.
type pair struct {
	*testing.T
	first, second directory.Store
}

// of gives even and odd callers different handles.
func (p pair) of(n int) directory.Store {
	if n%2 == 0 {
		return p.first
	}
	return p.second
}

type sharedCase struct {
	name  string
	check func(p pair)
}

func sharedCases() []sharedCase {
	return []sharedCase{
		{"what one handle wrote, the other reads", readsOther},
		{"InsertInstallation reports false when there is one already, also at once", initializeAtOnce},
		{"InsertUser keeps one user per address, also at once", createAtOnce},
		{"an expired address is invited anew once, also at once", inviteAnewAtOnce},
		{"SpendToken: of many that spend one token at once, one succeeds", spendAtOnce},
		{"ClaimLetters: of many claimers, each letter goes to one", claimAtOnce},
		{"LockUser: nobody else changes that user until the transaction ends", lockAtOnce},
		{"LockAttempts: nobody else changes the counter until the transaction ends", countAtOnce},
		{"LockAdmins makes transactions that could lose an administrator wait", loseAdminsAtOnce},
		{"two administrators who delete each other at once leave one", deleteEachOther},
		{"resend and reset at once leave one good link", linksAtOnce},
		{"Users: a user who stands is never missed or doubled by a walk", walkWhileOthersWrite},
		{"Record: entries of both handles make one chain", oneChain},
	}
}

func readsOther(p pair) {
	for n := range 10 {
		email := fmt.Sprintf("user%d@example.com", n)
		subject{p.T, p.of(n)}.write(func(tx directory.Tx) error { return writeEverything(tx, email) })
		other := subject{p.T, p.of(n + 1)}
		if got := other.user(active(email, "").ID); got.Name != "Changed" {
			p.Errorf("the other handle reads %+v", got)
		}
		if ok := other.spend(email, directory.TokenReset, noon); !ok {
			p.Error("the other handle does not see the token")
		}
	}
}

func initializeAtOnce(p pair) {
	clock := dirtest.NewClock()
	d := dirtest.Unmade(p, p.first, clock)
	var keys [8]string
	var errs [8]error
	together(len(keys), func(n int) {
		own := *d
		own.Store = p.of(n)
		keys[n], errs[n] = own.Initialize(p.Context(), directory.Host("root"), fmt.Sprintf("admin%d@example.com", n), "Admin")
	})
	won := -1
	for n, err := range errs {
		switch {
		case err == nil && won < 0:
			won = n
		case err == nil:
			p.Errorf("%d and %d both made the directory", won, n)
		case directory.KindOf(err) != directory.Conflict:
			p.Errorf("%d: %v", n, err)
		}
	}
	if won < 0 {
		p.Fatal("nobody made the directory")
	}
	want := []string{fmt.Sprintf("admin%d@example.com", won)}
	same(p, "users", subject{p.T, p.second}.emails(directory.UserQuery{Now: noon, Limit: 10}), want)
	if a, err := d.Authenticate(p.Context(), keys[won]); err != nil || a.Email != want[0] {
		p.Errorf("the winner's key: %+v, %v", a, err)
	}
}

// outcomes counts what came of many calls.
type outcomes struct {
	created int
	ids     map[directory.UserID]bool
	failed  []error
}

func (p pair) createAll(w *dirtest.World, count int, request func(n int) directory.CreateUser) outcomes {
	made, errs := make([]directory.CreatedUser, count), make([]error, count)
	together(count, func(n int) {
		made[n], errs[n] = w.On(p.of(n)).CreateUser(p.Context(), w.Admin, request(n))
	})
	o := outcomes{ids: map[directory.UserID]bool{}}
	for n, m := range made {
		if errs[n] != nil {
			o.failed = append(o.failed, errs[n])
			continue
		}
		o.ids[m.User.ID] = true
		if m.Created {
			o.created++
		}
	}
	return o
}

func createAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	spellings := []string{"jörg.kask@example.com", "JÖRG.KASK@EXAMPLE.COM", "Jo\u0308rg.Kask@Example.com", "jörg.\u212aa\u017f\u212a@example.com"}
	before := len(w.Entries(p))
	o := p.createAll(w, 64, func(n int) directory.CreateUser {
		return directory.CreateUser{
			Name: fmt.Sprintf("Jörg %d", n), Email: spellings[n/2%len(spellings)], Role: directory.RoleMember, Mode: directory.InviteLink,
		}
	})
	if o.created != 1 || len(o.ids) != 1 || len(o.failed) != 0 {
		p.Errorf("64 creates: %d created, %d ids, failures %v", o.created, len(o.ids), o.failed)
	}
	found := subject{p.T, p.second}.emails(directory.UserQuery{EmailContains: directory.Fold("kask"), Now: w.Clock.Now(), Limit: 10})
	if waiting, entries := len(w.Waiting(p)), len(w.Entries(p))-before; len(found) != 1 || waiting != 1 || entries != 1 {
		p.Errorf("users %v, %d letters waiting, %d audit entries", found, waiting, entries)
	}
}

func inviteAnewAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	for round := range 10 {
		email := fmt.Sprintf("late%d@example.com", round)
		old := w.Put(p, email, dirtest.Expired)
		waiting, before := len(w.Waiting(p)), len(w.Entries(p))
		o := p.createAll(w, 16, func(int) directory.CreateUser {
			return directory.CreateUser{Name: "Late", Email: email, Role: directory.RoleMember, Mode: directory.InviteLink}
		})
		if o.created != 1 || len(o.ids) != 1 || !o.ids[old.ID] || len(o.failed) != 0 {
			p.Errorf("%d created, ids %v, failures %v", o.created, o.ids, o.failed)
		}
		// The expired letter, still unsent, gave way to the new one.
		if letters, entries := len(w.Waiting(p))-waiting, len(w.Entries(p))-before; letters != 0 || entries != 1 {
			p.Errorf("%d more letters waiting, %d audit entries", letters, entries)
		}
	}
}

func spendAtOnce(p pair) {
	const rounds, consumers = 20, 64
	u := subject{p.T, p.first}.addOne()
	for round := range rounds {
		secret := fmt.Sprintf("secret %d", round)
		subject{p.T, p.of(round)}.addTokens(token(secret, directory.TokenInvitation, u.Seq))
		var won [consumers]bool
		var errs [consumers]error
		together(consumers, func(n int) {
			errs[n] = p.of(n).Write(p.Context(), func(tx directory.Tx) (err error) {
				won[n], err = tx.SpendToken(directory.DigestOf(secret), directory.TokenInvitation, noon)
				return err
			})
		})
		if err := errors.Join(errs[:]...); err != nil {
			p.Fatal(err)
		}
		if n := count(won[:]); n != 1 {
			p.Errorf("round %d: %d of %d spent the token", round, n, consumers)
		}
	}
}

func count(all []bool) (n int) {
	for _, b := range all {
		if b {
			n++
		}
	}
	return n
}

func claimAtOnce(p pair) {
	const letters, senders, batch = 200, 4, 7
	s := subject{p.T, p.first}
	u := s.addOne()
	all := make([]directory.Letter, letters)
	for n := range all {
		all[n] = letter(n, u.Seq)
	}
	s.addLetters(all...)
	now, until := noon.Add(time.Hour), noon.Add(2*time.Hour)
	var mu sync.Mutex
	taken := map[directory.LetterID]int{}
	together(senders, func(n int) {
		for {
			var got []directory.Letter
			err := p.of(n).Write(p.Context(), func(tx directory.Tx) (err error) {
				got, err = tx.ClaimLetters(now, until, batch)
				return err
			})
			if err != nil || len(got) > batch {
				p.Errorf("sender %d claimed %d: %v", n, len(got), err)
			}
			if err != nil || len(got) == 0 {
				return
			}
			mu.Lock()
			for _, l := range got {
				taken[l.ID]++
			}
			mu.Unlock()
		}
	})
	// A claim may pass over letters that another is about to take; none is lost.
	for _, l := range s.claim(now, until, letters) {
		taken[l.ID]++
	}
	for _, l := range all {
		if taken[l.ID] != 1 {
			p.Errorf("%s was claimed %d times", l.ID, taken[l.ID])
		}
	}
}

func linksAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	for _, c := range []struct {
		standing dirtest.Standing
		purpose  directory.Purpose
		send     func(d *directory.Directory, id directory.UserID) error
	}{
		{dirtest.InvitedByLink, directory.TokenInvitation, func(d *directory.Directory, id directory.UserID) error {
			return d.ResendInvitation(p.Context(), w.Admin, id)
		}},
		{dirtest.Active, directory.TokenReset, func(d *directory.Directory, id directory.UserID) error {
			return d.ResetPassword(p.Context(), w.Admin, id)
		}},
	} {
		u := w.Put(p, strings.ReplaceAll(string(c.standing), " ", ".")+"@example.com", c.standing)
		already := len(w.Letters(p))
		const letters = 10 // more to one person would have to wait
		together(letters, func(n int) {
			if err := c.send(w.On(p.of(n)).Directory, u.ID); err != nil {
				p.Errorf("%s: %v", c.purpose, err)
			}
		})
		sent := w.Letters(p)[already:]
		good := 0
		for _, l := range sent {
			if l.Token != "" && w.Good(p, l.Token, c.purpose) {
				good++
			}
			if (l.State == directory.LetterWaiting) != (l.Token != "") {
				p.Errorf("%s: a letter is %s and has the secret %v", c.purpose, l.State, l.Token != "")
			}
		}
		if len(sent) != letters || good != 1 || (u.Secret != "" && w.Good(p, u.Secret, c.purpose)) {
			p.Errorf("%s: of %d links %d are good; the first one %v", c.purpose, len(sent), good, w.Good(p, u.Secret, c.purpose))
		}
	}
}

func walkWhileOthersWrite(p pair) {
	w := dirtest.New(p, p.first)
	s := subject{p.T, p.first}
	var standing []directory.User
	for n := range 150 {
		standing = append(standing, active(fmt.Sprintf("stands%d@example.com", n), directory.RoleMember))
	}
	s.add(standing...)
	const walkers = 3
	var seen [walkers]map[directory.UserID]int
	together(walkers+1, func(n int) {
		if n == walkers {
			for i := range 60 {
				u := active(fmt.Sprintf("comes%d@example.com", i), directory.RoleMember)
				err := p.second.Write(p.Context(), func(tx directory.Tx) error {
					_, err := tx.InsertUser(&u, "")
					return err
				})
				if err != nil {
					p.Error(err)
				}
			}
			return
		}
		seen[n] = map[directory.UserID]int{}
		in := directory.ListUsers{Limit: 7}
		for {
			page, err := w.On(p.of(n)).ListUsers(p.Context(), w.Admin, in)
			if err != nil {
				p.Error(err)
				return
			}
			for _, u := range page.Items {
				seen[n][u.ID]++
			}
			if in.Cursor = page.Next; in.Cursor == "" {
				return
			}
		}
	})
	for n := range seen {
		for _, u := range standing {
			if seen[n][u.ID] != 1 {
				p.Errorf("walk %d met %s %d times", n, u.Email, seen[n][u.ID])
			}
		}
	}
}

func oneChain(p pair) {
	const writers, each = 8, 10
	together(writers, func(n int) {
		for i := range each {
			if err := p.of(n).Write(p.Context(), func(tx directory.Tx) error { return tx.Record(entry(n*each + i)) }); err != nil {
				p.Errorf("writer %d: %v", n, err)
			}
			if s, ok := p.of(n).(sealer); ok && n < 2 {
				if _, err := s.Seal(p.Context()); err != nil {
					p.Errorf("sealer %d: %v", n, err)
				}
			}
		}
	})
	sealAll(p, p.first)
	entries := subject{p.T, p.second}.entries()
	if len(entries) != writers*each {
		p.Errorf("%d entries", len(entries))
	}
	holdsChain(p, entries)
}
