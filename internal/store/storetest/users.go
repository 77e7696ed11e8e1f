package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ax/internal/directory"
)

func userCases() []testCase {
	return []testCase{
		{"InsertUser keeps a new user and sets its Seq", insertUser},
		{"Seq is unique and increasing", increasingSeq},
		{"InsertUser reports false and keeps nothing when a user of any state has the address", takenAddress},
		{"UserByID finds any user, deleted ones too", userByID},
		{"UserByEmail finds any user by the folded address", userByEmail},
		{"LockUser is UserByID and LockUserByEmail is UserByEmail", lockUser},
		{"UpdateUser writes name, role, developer, state and invitation end", updateUser},
		{"OtherAdmin tells whether an ACTIVE administrator besides the one at seq exists", otherAdmin},
		{"text comes back as it was, in any script and length", text},
	}
}

func insertUser(s subject) {
	for i, u := range []directory.User{
		active("ann@example.com", directory.RoleAdmin),
		invited("Bob@Example.COM", noon.Add(7*24*time.Hour+time.Microsecond)),
		deleted("cid@example.com"),
	} {
		u.Developer = i == 0
		kept := u
		kept.Seq = -1
		s.write(func(tx directory.Tx) error {
			ok, err := tx.InsertUser(&kept, "")
			if err == nil && !ok {
				err = errors.New("not inserted")
			}
			return err
		})
		if kept.Seq <= 0 {
			s.Errorf("%s: Seq %d is no place in a list that begins after 0", u.Email, kept.Seq)
		}
		u.Seq = kept.Seq
		same(s, "what InsertUser leaves", kept, u)
		got := s.user(u.ID)
		same(s, "what comes back", got, u)
		for _, at := range []time.Time{got.CreatedAt, got.InvitedUntil} {
			if at.Location() != time.UTC {
				s.Errorf("%s: a time is in %v, not UTC", u.Email, at.Location())
			}
		}
	}
}

func increasingSeq(s subject) {
	var last int64
	for i := range 20 {
		// Every third one is rolled back: its place may be used or not.
		_ = s.Write(s.Context(), func(tx directory.Tx) error {
			u := active(fmt.Sprintf("gone%d@example.com", i), directory.RoleMember)
			_, err := tx.InsertUser(&u, "")
			return errors.Join(err, errOnPurpose)
		})
		for _, u := range s.add(
			active(fmt.Sprintf("a%d@example.com", i), directory.RoleMember),
			active(fmt.Sprintf("b%d@example.com", i), directory.RoleMember),
		) {
			if u.Seq <= last {
				s.Fatalf("Seq %d came after %d", u.Seq, last)
			}
			last = u.Seq
		}
	}
}

func takenAddress(s subject) {
	held := s.add(
		active("active@example.com", directory.RoleMember),
		invited("invited@example.com", noon.Add(time.Hour)),
		invited("expired@example.com", noon.Add(-time.Hour)),
		deleted("deleted@example.com"),
		active("jörg.kask@example.com", directory.RoleMember),
	)
	spellings := []func(string) string{
		strings.ToLower, strings.ToUpper, strings.ToTitle,
		func(s string) string { return strings.ReplaceAll(s, "ö", "o\u0308") },
		func(s string) string { return strings.ReplaceAll(s, "k", "\u212a") },
		func(s string) string { return strings.ReplaceAll(s, "s", "\u017f") },
	}
	for _, before := range held {
		for n, spell := range spellings {
			u := active(spell(before.Email), directory.RoleAdmin)
			u.ID = directory.UserID(fmt.Sprintf("intruder %d on %s", n, before.Email))
			s.write(func(tx directory.Tx) error {
				if ok, err := tx.InsertUser(&u, ""); err != nil || ok {
					return fmt.Errorf("insert %q beside %q: inserted %v, %w", u.Email, before.Email, ok, err)
				}
				// What is refused must not spoil the transaction either.
				_, _, err := tx.UserByID(before.ID)
				return err
			})
			if _, ok, err := s.Read(s.Context()).UserByID(u.ID); ok || err != nil {
				s.Errorf("the refused user is there: ok %v, error %v", ok, err)
			}
		}
		same(s, "who had the address", s.user(before.ID), before)
	}
}

func userByID(s subject) {
	for _, u := range s.add(
		active("ann@example.com", directory.RoleAdmin), invited("bob@example.com", noon), deleted("cid@example.com"),
	) {
		same(s, "UserByID", s.user(u.ID), u)
	}
	for _, id := range []directory.UserID{"", "id of nobody@example.com", "ID OF ANN@EXAMPLE.COM", "id of ann@example.com ", "%", "id of ann@example.co_"} {
		if u, ok, err := s.Read(s.Context()).UserByID(id); ok || err != nil {
			s.Errorf("UserByID(%q): %+v, ok %v, error %v", id, u, ok, err)
		}
	}
}

func userByEmail(s subject) {
	for _, u := range s.add(
		active("Ann@Example.com", directory.RoleAdmin), invited("bob@example.com", noon), deleted("jörg@example.com"),
	) {
		got, ok, err := s.Read(s.Context()).UserByEmail(directory.Fold(strings.ToUpper(u.Email)))
		if err != nil || !ok {
			s.Fatalf("UserByEmail(%s): ok %v, error %v", u.Email, ok, err)
		}
		same(s, "UserByEmail", got, u)
	}
	for _, email := range []string{"", "nn@example.com", "ann@example.co", "a_n@example.com", "%@example.com", "dann@example.com"} {
		if u, ok, err := s.Read(s.Context()).UserByEmail(directory.Fold(email)); ok || err != nil {
			s.Errorf("UserByEmail(%q) is exact: got %+v, ok %v, error %v", email, u, ok, err)
		}
	}
}

func lockUser(s subject) {
	type answer struct {
		User directory.User
		OK   bool
	}
	s.add(active("ann@example.com", directory.RoleAdmin), invited("bob@example.com", noon), deleted("cid@example.com"))
	for _, email := range []string{"ann@example.com", "bob@example.com", "cid@example.com", "nobody@example.com"} {
		var read, locked, readByEmail, lockedByEmail answer
		s.write(func(tx directory.Tx) error {
			id := directory.UserID("id of " + email)
			var errs [4]error
			read.User, read.OK, errs[0] = tx.UserByID(id)
			locked.User, locked.OK, errs[1] = tx.LockUser(id)
			readByEmail.User, readByEmail.OK, errs[2] = tx.UserByEmail(directory.Fold(email))
			lockedByEmail.User, lockedByEmail.OK, errs[3] = tx.LockUserByEmail(directory.Fold(email))
			return errors.Join(errs[:]...)
		})
		if want := email != "nobody@example.com"; read.OK != want {
			s.Errorf("%s: found %v", email, read.OK)
		}
		same(s, "LockUser", locked, read)
		same(s, "UserByEmail", readByEmail, read)
		same(s, "LockUserByEmail", lockedByEmail, read)
	}
}

func updateUser(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	want := users[0]
	for _, change := range []directory.User{
		{Name: "Ann B", Role: directory.RoleAdmin, Developer: true, State: directory.StateInvited, InvitedUntil: noon.Add(time.Hour)},
		{Name: "Ann C", Role: directory.RoleAnnotator, State: directory.StateActive},
		{Name: "Ann D", Role: directory.RoleMemberUIOnly, State: directory.StateDeleted},
	} {
		want.Name, want.Role, want.Developer = change.Name, change.Role, change.Developer
		want.State, want.InvitedUntil = change.State, change.InvitedUntil
		sent := want
		sent.ID, sent.Email, sent.CreatedAt = "another id", "another@example.com", noon.Add(time.Hour)
		var seen directory.User
		s.write(func(tx directory.Tx) (err error) {
			if err = tx.UpdateUser(sent); err == nil {
				seen, _, err = tx.UserByID(want.ID)
			}
			return err
		})
		same(s, "in the transaction", seen, want)
		same(s, "afterwards", s.user(want.ID), want)
		same(s, "the other user", s.user(users[1].ID), users[1])
	}
	if _, ok, err := s.Read(s.Context()).UserByEmail(directory.Fold("ANN@example.com")); !ok || err != nil {
		s.Errorf("the address changed: ok %v, error %v", ok, err)
	}
}

func otherAdmin(s subject) {
	asker := s.add(active("asker@example.com", directory.RoleAdmin))[0]
	other := s.add(active("other@example.com", directory.RoleAdmin))[0]
	until := map[directory.State]time.Time{directory.StateInvited: noon.Add(time.Hour)}
	for _, role := range directory.Roles() {
		for _, state := range []directory.State{directory.StateActive, directory.StateInvited, directory.StateDeleted} {
			for _, developer := range []bool{false, true} {
				other.Role, other.State, other.Developer, other.InvitedUntil = role, state, developer, until[state]
				s.write(func(tx directory.Tx) error { return tx.UpdateUser(other) })
				for _, asked := range []bool{false, true} {
					want := role == directory.RoleAdmin && state == directory.StateActive && (developer || !asked)
					got, err := s.Read(s.Context()).OtherAdmin(asker.Seq, asked)
					if err != nil || got != want {
						s.Errorf("the other a %s, %s, developer %v; asked with developer %v: %v, want %v; error %v",
							role, state, developer, asked, got, want, err)
					}
				}
			}
		}
	}
	if got, err := s.Read(s.Context()).OtherAdmin(other.Seq, false); err != nil || !got {
		s.Errorf("seen from the other, the asker is one: %v, error %v", got, err)
	}
}

func text(s subject) {
	for i, name := range []string{
		"O'Brien \"the\\best\" --; DROP TABLE users; $1 ? :name %s %_",
		"Zoë Ångström", "Ελένη Παπαδοπούλου", "Дарья", "محمد", "שרה", "山田太郎", "สมชาย", "नेहा",
		"👩\u200d👩\u200d👧\u200d👦", "e\u0301 stays decomposed", strings.Repeat("漢", 255), strings.Repeat("😀", 255),
		" spaces  kept ", "tab\tand\nline",
	} {
		u := active(fmt.Sprintf("user%d@example.com", i), directory.RoleMember)
		u.Name = name
		same(s, "a name", s.user(s.add(u)[0].ID).Name, name)
	}
}
