package storetest

import (
	"fmt"
	"time"

	"ax/internal/directory"
)

func memberCases() []testCase {
	return []testCase{
		{"SetOrganizationMember and SetSpaceMember keep a membership; where there is one already, it only gets the role", setMember},
		{"RemoveOrganizationMember ends a membership, and what the user has in the organization's spaces", removeOrganizationMember},
		{"RemoveSpaceMember ends a membership and the user's role binding on the space", removeSpaceMember},
		{"EndAccess ends all memberships and role bindings of a user", endAccess},
		{"grants of a role that was deleted allow nothing, and a predefined role can be bound by its id", grantsOfRoles},
		{"InsertRoleBinding and InsertRole report false and keep nothing when the place is taken", insertTaken},
	}
}

func setMember(s subject) {
	u := s.addOne().Seq
	o := s.addOrganizations(organization("One"))[0]
	p := s.addSpaces(space("One", o))[0]
	for n, role := range directory.MemberRoles() {
		for _, set := range []func(tx directory.Tx, m *directory.Membership) error{
			func(tx directory.Tx, m *directory.Membership) error { return tx.SetOrganizationMember(o.Seq, u, m) },
			func(tx directory.Tx, m *directory.Membership) error { return tx.SetSpaceMember(p.Seq, u, m) },
		} {
			m := directory.Membership{ID: fmt.Sprint("id ", n), UserID: "id of pat", Role: role, CreatedAt: noon.Add(time.Duration(n) * time.Hour)}
			s.write(func(tx directory.Tx) error { return set(tx, &m) })
			same(s, "what stands", m, directory.Membership{ID: "id 0", UserID: "id of pat", Role: role, CreatedAt: noon})
		}
		same(s, "grants", s.grantsIn(p, u), directory.Grants{Organization: directory.Grant{Role: role}, Space: directory.Grant{Role: role}})
	}
}

func removeOrganizationMember(s subject) {
	t := newTown(s)
	remove := func(o directory.Organization, user int64) (gone directory.Cascade, ok bool) {
		s.write(func(tx directory.Tx) (err error) {
			gone, ok, err = tx.RemoveOrganizationMember(o.Seq, user)
			return err
		})
		return gone, ok
	}
	if gone, ok := remove(t.organizations[1], t.users[1].Seq); ok || gone != (directory.Cascade{}) {
		s.Errorf("who is no member was removed: %+v", gone)
	}
	gone, ok := remove(t.organizations[0], t.users[0].Seq)
	if !ok {
		s.Error("a member was not removed")
	}
	same(s, "what went along", gone, directory.Cascade{Memberships: 2, Bindings: 1})
	for _, at := range t.spaces[:2] {
		same(s, "ann in it", s.grantsIn(at, t.users[0].Seq), directory.Grants{})
	}
	if g := s.grantsIn(t.spaces[2], t.users[0].Seq); g.Organization.Role == "" || g.Space.Role == "" || g.Bound.Role == "" {
		s.Errorf("ann elsewhere: %+v", g)
	}
	if g := s.grantsIn(t.spaces[0], t.users[1].Seq); g.Organization.Role == "" || g.Space.Role == "" || g.Bound.Role == "" {
		s.Errorf("bob: %+v", g)
	}
	if _, ok := remove(t.organizations[0], t.users[0].Seq); ok {
		s.Error("removed twice")
	}
}

func removeSpaceMember(s subject) {
	t := newTown(s)
	s.bind(t.spaces[3], t.users[0].Seq, directory.RoleMember)
	remove := func(p directory.Space, user int64) (gone directory.Cascade, ok bool) {
		s.write(func(tx directory.Tx) (err error) {
			gone, ok, err = tx.RemoveSpaceMember(p.Seq, user)
			return err
		})
		return gone, ok
	}
	if _, ok := remove(t.spaces[3], t.users[0].Seq); ok || s.grantsIn(t.spaces[3], t.users[0].Seq).Bound.Role == "" {
		s.Error("who is no member was removed, or lost a role that was bound")
	}
	gone, ok := remove(t.spaces[0], t.users[0].Seq)
	if !ok {
		s.Error("a member was not removed")
	}
	same(s, "what went along", gone, directory.Cascade{Bindings: 1})
	same(s, "ann in it", s.grantsIn(t.spaces[0], t.users[0].Seq), directory.Grants{Organization: directory.Grant{Role: directory.RoleMember}})
	if s.grantsIn(t.spaces[1], t.users[0].Seq).Space.Role == "" || s.grantsIn(t.spaces[2], t.users[0].Seq).Bound.Role == "" {
		s.Error("ann lost what she has elsewhere")
	}
	if g := s.grantsIn(t.spaces[0], t.users[1].Seq); g.Space.Role == "" || g.Bound.Role == "" {
		s.Errorf("bob: %+v", g)
	}
}

func endAccess(s subject) {
	t := newTown(s)
	var gone, again directory.Cascade
	s.write(func(tx directory.Tx) (err error) {
		if gone, err = tx.EndAccess(t.users[0].Seq); err != nil {
			return err
		}
		again, err = tx.EndAccess(t.users[0].Seq)
		return err
	})
	same(s, "what went", gone, directory.Cascade{Memberships: 5, Bindings: 2})
	same(s, "what went then", again, directory.Cascade{})
	s.nothingOf(t.users[0].Seq)
	if g := s.grantsIn(t.spaces[0], t.users[1].Seq); g.Organization.Role == "" || g.Space.Role == "" || g.Bound.Role == "" {
		s.Errorf("bob: %+v", g)
	}
}

func grantsOfRoles(s subject) {
	u := s.addOne().Seq
	o := s.addOrganizations(organization("One"))[0]
	p := s.addSpaces(space("One", o))[0]
	const missing directory.Role = "Um9sZTptaXNzaW5n"
	predefined := directory.PredefinedRoles()[9] // a space's member
	s.join(o, u, missing)
	s.joinSpace(p, u, missing)
	s.bind(p, u, predefined.ID)
	none := directory.Grant{Role: missing}
	same(s, "grants", s.grantsIn(p, u), directory.Grants{
		Organization: none, Space: none, Bound: directory.Grant{Role: predefined.ID, Permissions: predefined.Permissions},
	})
	g, err := s.Read(s.Context()).ResourceGrants(u, "a project")
	if err != nil {
		s.Fatal(err)
	}
	same(s, "grants on something else", g, directory.Grants{})
}

func insertTaken(s subject) {
	u := s.addOne().Seq
	o := s.addOrganizations(organization("One"))[0]
	p := s.addSpaces(space("One", o))[0]
	s.bind(p, u, directory.RoleMember)
	r := s.addRole("Reader", directory.SpaceRead)
	s.write(func(tx directory.Tx) error {
		b := directory.RoleBinding{ID: "another", Role: r.ID, UserSeq: u, Type: directory.ResourceSpace, ResourceID: string(p.ID), SpaceSeq: p.Seq, CreatedAt: noon, UpdatedAt: noon}
		if ok, err := tx.InsertRoleBinding(&b); err != nil || ok {
			return fmt.Errorf("a second role on one resource: inserted %v, %w", ok, err)
		}
		other := r
		other.ID, other.Name = "Um9sZTphbm90aGVy", "READER"
		if ok, err := tx.InsertRole(&other); err != nil || ok {
			return fmt.Errorf("a second role of one name: inserted %v, %w", ok, err)
		}
		return nil
	})
	got, ok, err := s.Read(s.Context()).RoleByID(r.ID)
	if err != nil || !ok {
		s.Fatalf("RoleByID: ok %v, error %v", ok, err)
	}
	same(s, "the role", got, r)
	same(s, "the binding", s.grantsIn(p, u).Bound.Role, directory.RoleMember)
}
