package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ax/internal/directory"
)

func roleCases() []testCase {
	return []testCase{
		{"InsertRole keeps a new one and sets its Seq", insertRole},
		{"InsertRole and UpdateRole report false and keep nothing when another has the name", takenRole},
		{"UpdateRole writes name, description, permissions and UpdatedAt", updateRole},
		{"RoleByID and LockRole find one that was not deleted", roleByID},
		{"RoleDefinitions lists at most limit roles with seq above after, by seq, without deleted ones", rolePages},
		{"DeleteRole frees the name", deleteRole},
		{"RoleInUse tells whether anybody holds the role anywhere", roleInUse},
	}
}

func (s subject) role(id directory.Role) (directory.RoleDefinition, bool) {
	s.Helper()
	r, ok, err := s.Read(s.Context()).RoleByID(id)
	if err != nil {
		s.Fatalf("RoleByID(%q): %v", id, err)
	}
	return r, ok
}

func (s subject) roles(after int64, limit int) []directory.RoleDefinition {
	s.Helper()
	all, err := s.Read(s.Context()).RoleDefinitions(after, limit)
	if err != nil {
		s.Fatalf("RoleDefinitions: %v", err)
	}
	return all
}

func insertRole(s subject) {
	all := directory.Permissions()
	var last int64
	for name, permissions := range map[string][]directory.Permission{"One": {directory.RoleRead}, "a 'b' \"c\" %_\\ --": all, "First and last": {all[0], all[len(all)-1]}} {
		want := s.addRole(name, permissions...)
		if want.Seq <= last {
			s.Errorf("%s: Seq %d came after %d", name, want.Seq, last)
		}
		last = want.Seq
		got, ok := s.role(want.ID)
		if !ok || !slices.Equal(slices.Collect(got.Permissions.All()), permissions) {
			s.Errorf("%s: there %v, with %v", name, ok, got.Permissions)
		}
		same(s, "what comes back", got, want)
		if got.CreatedAt.Location() != time.UTC || got.UpdatedAt.Location() != time.UTC {
			s.Errorf("times are in %v and %v", got.CreatedAt.Location(), got.UpdatedAt.Location())
		}
	}
}

func takenRole(s subject) {
	held := s.addRole("Keeper K")
	other := s.addRole("Other")
	for n, name := range []string{"Keeper K", "keeper k", "KEEPER K", "\u212aeeper K"} { // a Kelvin sign is a K
		intruder := held
		intruder.ID, intruder.Name = directory.Role(fmt.Sprint("Um9sZTintruder", n)), name
		renamed := other
		renamed.Name, renamed.Description = name, "changed"
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.InsertRole(&intruder); err != nil || ok {
				return fmt.Errorf("insert %q: inserted %v, %w", name, ok, err)
			}
			if ok, err := tx.UpdateRole(renamed); err != nil || ok {
				return fmt.Errorf("rename to %q: updated %v, %w", name, ok, err)
			}
			_, _, err := tx.RoleByID(held.ID) // a refusal spoils nothing
			return err
		})
	}
	same(s, "what is there", s.roles(0, 10), []directory.RoleDefinition{held, other})
}

func updateRole(s subject) {
	before, other := s.addRole("One", directory.RoleRead, directory.UserRead), s.addRole("Two")
	for _, name := range []string{"ONE", "Eins", "One"} { // its own name in another case is not taken
		want := before
		want.Name, want.Description, want.UpdatedAt = name, "", noon.Add(time.Hour)
		want.Permissions = directory.PermissionSet{}
		want.Permissions.Add(directory.SpaceRead)
		sent := want
		sent.ID, sent.CreatedAt = "another id", noon.Add(time.Minute)
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.UpdateRole(sent); err != nil || !ok {
				return fmt.Errorf("rename to %q: updated %v, %w", name, ok, err)
			}
			return nil
		})
		got, _ := s.role(before.ID)
		same(s, "afterwards", got, want)
	}
	got, _ := s.role(other.ID)
	same(s, "the other", got, other)
}

func roleByID(s subject) {
	held, gone := s.addRole("One"), s.addRole("Two")
	s.write(func(tx directory.Tx) error { return tx.DeleteRole(gone.Seq, noon) })
	for _, id := range []directory.Role{held.ID, gone.ID, "", "%", directory.Role(strings.ToLower(string(held.ID))), held.ID + " "} {
		want := id == held.ID
		if _, ok := s.role(id); ok != want {
			s.Errorf("RoleByID(%q): %v", id, ok)
		}
		s.write(func(tx directory.Tx) error {
			if r, ok, err := tx.LockRole(id); err != nil || ok != want || want && r != held {
				return fmt.Errorf("LockRole(%q): %+v, %v, %w", id, r, ok, err)
			}
			return nil
		})
	}
}

func rolePages(s subject) {
	var all []directory.RoleDefinition
	for n := range 7 {
		all = append(all, s.addRole(fmt.Sprint("Role ", n), directory.RoleRead))
	}
	s.write(func(tx directory.Tx) error { return tx.DeleteRole(all[3].Seq, noon) })
	live := slices.Delete(slices.Clone(all), 3, 4)
	same(s, "all", s.roles(0, 100), live)
	same(s, "the first two", s.roles(0, 2), live[:2])
	same(s, "from behind the third", s.roles(live[2].Seq, 2), live[3:5])
	same(s, "behind a deleted one", s.roles(all[3].Seq, 1), live[3:4])
	same(s, "behind the last", s.roles(all[6].Seq, 5), nil)
}

func deleteRole(s subject) {
	gone, other := s.addRole("One", directory.RoleRead), s.addRole("Two")
	s.write(func(tx directory.Tx) error { return tx.DeleteRole(gone.Seq, noon) })
	again := gone
	again.ID = "Um9sZTphbm90aGVy"
	s.write(func(tx directory.Tx) error {
		if ok, err := tx.InsertRole(&again); err != nil || !ok {
			return fmt.Errorf("the name again: inserted %v, %w", ok, err)
		}
		return tx.DeleteRole(again.Seq, noon) // two deleted ones may have had one name
	})
	other.Name = "one"
	s.write(func(tx directory.Tx) error {
		if ok, err := tx.UpdateRole(other); err != nil || !ok {
			return fmt.Errorf("renamed to a free name: %v, %w", ok, err)
		}
		return nil
	})
}

func roleInUse(s subject) {
	u, o := s.addOne().Seq, s.addOrganizations(organization("One"))[0]
	p := s.addSpaces(space("One", o))[0]
	free := s.addRole("Free")
	used := func(id directory.Role) (used bool) {
		s.write(func(tx directory.Tx) (err error) {
			used, err = tx.RoleInUse(id)
			return err
		})
		return used
	}
	for what, give := range map[string]func(r directory.Role){
		"in the account": func(r directory.Role) { s.add(active(string(r)+"@example.com", r)) },
		"by an invited user": func(r directory.Role) {
			u := invited(string(r)+"@example.com", noon)
			u.Role = r
			s.add(u)
		},
		"in an organization": func(r directory.Role) { s.join(o, u, r) },
		"in a space":         func(r directory.Role) { s.joinSpace(p, u, r) },
		"bound":              func(r directory.Role) { s.bind(p, u, r) },
	} {
		r := s.addRole(strings.ReplaceAll(what, " ", "-")).ID
		if used(r) {
			s.Errorf("%s: in use before anybody had it", what)
		}
		give(r)
		if !used(r) {
			s.Errorf("held %s, and not in use", what)
		}
	}
	former := deleted("former@example.com")
	former.Role = free.ID
	s.add(former)
	if used(free.ID) {
		s.Error("the role of a deleted user is in use")
	}
}
