package storetest

import (
	"fmt"
	"time"

	"ax/internal/directory"
)

func bindingCases() []testCase {
	return []testCase{
		{"InsertRoleBinding keeps a binding and sets its Seq", insertBinding},
		{"InsertRoleBinding reports false and keeps nothing when the user has a role on the resource", boundTwice},
		{"LockRoleBinding and RoleBinding find one by its id", bindingByID},
		{"UpdateRoleBinding writes the role and UpdatedAt", updateBinding},
		{"DeleteRoleBinding removes it", deleteBinding},
		{"BindableSpace is the seq of the space with the id", bindableSpace},
		{"RoleBindings lists at most q.Limit bindings with seq above q.After, by seq", bindingPages},
		{"RoleBindings narrows to what a viewer may be able to see", bindingsOfViewer},
	}
}

// binding is of a role on a project.
func binding(user directory.User, project string, role directory.Role) directory.RoleBinding {
	return directory.RoleBinding{
		ID: fmt.Sprint("binding of ", user.Seq, " on ", project), Role: role, UserSeq: user.Seq, UserID: user.ID,
		Type: directory.ResourceProject, ResourceID: project, CreatedAt: noon, UpdatedAt: noon,
	}
}

func (s subject) addBindings(all ...directory.RoleBinding) []directory.RoleBinding {
	s.Helper()
	s.write(func(tx directory.Tx) error {
		for i := range all {
			if ok, err := tx.InsertRoleBinding(&all[i]); err != nil || !ok {
				return fmt.Errorf("insert %s: inserted %v, %w", all[i].ID, ok, err)
			}
		}
		return nil
	})
	return all
}

func (s subject) binding(id string) (directory.RoleBinding, bool) {
	s.Helper()
	b, ok, err := s.Read(s.Context()).RoleBinding(id)
	if err != nil {
		s.Fatalf("RoleBinding(%q): %v", id, err)
	}
	return b, ok
}

func (s subject) bindings(q directory.BindingQuery) []directory.RoleBinding {
	s.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	all, err := s.Read(s.Context()).RoleBindings(q)
	if err != nil {
		s.Fatalf("RoleBindings(%+v): %v", q, err)
	}
	return all
}

func insertBinding(s subject) {
	u, p := s.addOne(), s.addSpaces(space("One", s.addOrganizations(organization("One"))[0]))[0]
	onSpace := binding(u, "", "ADMIN")
	onSpace.ID, onSpace.Type, onSpace.ResourceID, onSpace.SpaceSeq = "on a space", directory.ResourceSpace, string(p.ID), p.Seq
	kept := s.addBindings(binding(u, "a project", "Um9sZTpvbmU="), onSpace)
	if kept[0].Seq >= kept[1].Seq {
		s.Errorf("Seq %d came before %d", kept[0].Seq, kept[1].Seq)
	}
	for _, want := range kept {
		got, _ := s.binding(want.ID)
		same(s, "what comes back", got, want)
		if got.CreatedAt.Location() != time.UTC || got.UpdatedAt.Location() != time.UTC {
			s.Errorf("times are in %v and %v", got.CreatedAt.Location(), got.UpdatedAt.Location())
		}
	}
}

func boundTwice(s subject) {
	users := s.add(active("a@example.com", "MEMBER"), active("b@example.com", "MEMBER"))
	held := s.addBindings(binding(users[0], "one", "ADMIN"))
	again := binding(users[0], "one", "MEMBER")
	again.ID = "another"
	s.write(func(tx directory.Tx) error {
		if ok, err := tx.InsertRoleBinding(&again); err != nil || ok {
			return fmt.Errorf("inserted %v, %w", ok, err)
		}
		_, _, err := tx.RoleBinding(again.ID) // a refusal spoils nothing
		return err
	})
	rest := s.addBindings(binding(users[0], "two", "ADMIN"), binding(users[1], "one", "ADMIN"))
	same(s, "what is there", s.bindings(directory.BindingQuery{Type: directory.ResourceProject}), append(held, rest...))
}

func bindingByID(s subject) {
	held := s.addBindings(binding(s.addOne(), "one", "ADMIN"))[0]
	for _, id := range []string{held.ID, "", "%", held.ID + " ", "BINDING of 1 on one"} {
		want := id == held.ID
		if _, ok := s.binding(id); ok != want {
			s.Errorf("RoleBinding(%q): %v", id, ok)
		}
		s.write(func(tx directory.Tx) error {
			if b, ok, err := tx.LockRoleBinding(id); err != nil || ok != want || want && b != held {
				return fmt.Errorf("LockRoleBinding(%q): %+v, %v, %w", id, b, ok, err)
			}
			return nil
		})
	}
}

func updateBinding(s subject) {
	u := s.addOne()
	all := s.addBindings(binding(u, "one", "ADMIN"), binding(u, "two", "ADMIN"))
	want := all[0]
	want.Role, want.UpdatedAt = "MEMBER", noon.Add(time.Hour)
	sent := want
	sent.ID, sent.ResourceID, sent.CreatedAt = "another id", "two", noon.Add(time.Minute)
	s.write(func(tx directory.Tx) error { return tx.UpdateRoleBinding(sent) })
	got, _ := s.binding(want.ID)
	same(s, "afterwards", got, want)
	other, _ := s.binding(all[1].ID)
	same(s, "the other", other, all[1])
}

func deleteBinding(s subject) {
	u := s.addOne()
	all := s.addBindings(binding(u, "one", "ADMIN"), binding(u, "two", "ADMIN"))
	s.write(func(tx directory.Tx) error { return tx.DeleteRoleBinding(all[0].Seq) })
	same(s, "what is left", s.bindings(directory.BindingQuery{Type: directory.ResourceProject}), all[1:])
	all[0].ID = "the next"
	s.write(func(tx directory.Tx) error { return tx.DeleteRoleBinding(all[1].Seq) })
	if next := s.addBindings(all[0])[0]; next.Seq <= all[1].Seq { // a cursor may hold it
		s.Errorf("Seq %d was given again, behind %d", next.Seq, all[1].Seq)
	}
}

func bindableSpace(s subject) {
	p := s.addSpaces(space("One", s.addOrganizations(organization("One"))[0]))[0]
	for _, id := range []string{string(p.ID), "", "%", "ID OF ONE"} {
		seq, ok, err := s.Read(s.Context()).BindableSpace(id)
		if want := id == string(p.ID); err != nil || ok != want || want != (seq == p.Seq) {
			s.Errorf("%q: %d, %v, %v", id, seq, ok, err)
		}
	}
}

func bindingPages(s subject) {
	users := s.add(active("a@example.com", "MEMBER"), active("b@example.com", "MEMBER"))
	var all []directory.RoleBinding
	for n := range 6 {
		all = append(all, binding(users[n%2], fmt.Sprint("project ", n), "ADMIN"))
	}
	all = s.addBindings(all...)
	s.bind(s.addSpaces(space("One", s.addOrganizations(organization("One"))[0]))[0], users[0].Seq, "ADMIN")
	project := directory.BindingQuery{Type: directory.ResourceProject}
	same(s, "of one type", s.bindings(project), all)
	project.Limit = 2
	same(s, "the first two", s.bindings(project), all[:2])
	project.After = all[1].Seq
	same(s, "the next two", s.bindings(project), all[2:4])
	project.UserID = users[0].ID
	same(s, "the next two of one user", s.bindings(project), []directory.RoleBinding{all[2], all[4]})
	project.UserID = "nobody"
	same(s, "of nobody", s.bindings(project), nil)
	same(s, "of a space", len(s.bindings(directory.BindingQuery{Type: directory.ResourceSpace})), 1)
}

func bindingsOfViewer(s subject) {
	users := s.add(active("viewer@example.com", "MEMBER"), active("b@example.com", "MEMBER"))
	viewer := users[0].Seq
	o := s.addOrganizations(organization("Mine"), organization("Other"))
	p := s.addSpaces(space("Mine", o[0]), space("Other", o[1]), space("Bound", o[1]))
	for _, at := range p {
		s.bind(at, users[1].Seq, "ADMIN")
	}
	s.addBindings(binding(users[1], "mine", "ADMIN"), binding(users[1], "other", "ADMIN"), binding(users[0], "mine", "ADMIN"))
	s.join(o[0], viewer, "MEMBER")
	s.bind(p[2], viewer, "ADMIN")
	on := func(t directory.ResourceType) (on []string) {
		for _, b := range s.bindings(directory.BindingQuery{Type: t, Viewer: viewer, UserID: users[1].ID}) {
			on = append(on, b.ResourceID)
		}
		return on
	}
	same(s, "spaces", on(directory.ResourceSpace), []string{"id of Mine", "id of Bound"})
	same(s, "projects", on(directory.ResourceProject), []string{"mine"})
}

func restrictionCases() []testCase {
	return []testCase{
		{"Restrict keeps a restriction, or returns the one that is there", restrict},
		{"Unrestrict reports false when there was none", unrestrict},
		{"Restrictions lists at most q.Limit restrictions with seq above q.After, by seq, that a viewer may be able to see", restrictions},
	}
}

func (s subject) restrict(id string, t directory.ResourceType, at time.Time) (r directory.Restriction, inserted bool) {
	s.Helper()
	r = directory.Restriction{Type: t, ResourceID: id, CreatedAt: at}
	s.write(func(tx directory.Tx) (err error) {
		inserted, err = tx.Restrict(&r)
		return err
	})
	return r, inserted
}

func (s subject) restrictions(q directory.RestrictionQuery) []directory.Restriction {
	s.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	all, err := s.Read(s.Context()).Restrictions(q)
	if err != nil {
		s.Fatalf("Restrictions(%+v): %v", q, err)
	}
	return all
}

func restrict(s subject) {
	first, inserted := s.restrict("one", directory.ResourcePrompt, noon)
	again, twice := s.restrict("one", directory.ResourcePrompt, noon.Add(time.Hour))
	if !inserted || twice {
		s.Errorf("inserted %v, then %v", inserted, twice)
	}
	same(s, "the second time", again, first)
	same(s, "what is there", s.restrictions(directory.RestrictionQuery{}), []directory.Restriction{first})
}

func unrestrict(s subject) {
	s.restrict("one", directory.ResourceProject, noon)
	s.restrict("two", directory.ResourceProject, noon)
	for _, want := range []bool{true, false} {
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.Unrestrict("one"); err != nil || ok != want {
				return fmt.Errorf("removed %v, %w", ok, err)
			}
			return nil
		})
	}
	same(s, "what is left", len(s.restrictions(directory.RestrictionQuery{})), 1)
}

func restrictions(s subject) {
	u := s.addOne()
	var all []directory.Restriction
	for n, t := range []directory.ResourceType{directory.ResourceProject, directory.ResourcePrompt, directory.ResourceDashboard, directory.ResourceProject} {
		r, _ := s.restrict(fmt.Sprint("resource ", n), t, noon)
		all = append(all, r)
	}
	s.addBindings(binding(u, "resource 3", "ADMIN"), binding(u, "not restricted", "ADMIN"))
	same(s, "all", s.restrictions(directory.RestrictionQuery{}), all)
	same(s, "a page", s.restrictions(directory.RestrictionQuery{After: all[0].Seq, Limit: 2}), all[1:3])
	same(s, "of one type", s.restrictions(directory.RestrictionQuery{Type: directory.ResourceProject}), []directory.Restriction{all[0], all[3]})
	same(s, "for somebody with a role on one", s.restrictions(directory.RestrictionQuery{Viewer: u.Seq}), all[3:])
}

func accessCases() []testCase {
	return []testCase{
		{"OrganizationGrants, SpaceGrants: predefined and custom roles, each where it is held", grantsHeld},
		{"SpaceGrants tells of a private space", grantsPrivate},
		{"ResourceGrants: the role bound to it, and whether it is restricted", grantsOnResource},
		{"the permissions of a role are those of now, and none once it is deleted", grantsNow},
	}
}

func grantsHeld(s subject) {
	u, other := s.addOne().Seq, s.add(active("other@example.com", "MEMBER"))[0].Seq
	o := s.addOrganizations(organization("One"), organization("Two"))
	p := s.addSpaces(space("One", o[0]), space("Two", o[0]))
	custom := s.addRole("Custom", directory.SpaceRead, directory.RoleBindingRead)
	held := directory.Grant{Role: custom.ID, Permissions: custom.Permissions}
	s.join(o[0], u, "READ_ONLY")
	s.joinSpace(p[0], u, custom.ID)
	s.bind(p[1], u, custom.ID)
	s.join(o[1], other, custom.ID)
	inOne := directory.Grant{Role: "READ_ONLY"}
	same(s, "the first space", s.grantsIn(p[0], u), directory.Grants{Organization: inOne, Space: held})
	same(s, "the second space", s.grantsIn(p[1], u), directory.Grants{Organization: inOne, Bound: held})
	same(s, "for another", s.grantsIn(p[0], other), directory.Grants{})
	for n, want := range [2][2]directory.Grant{{inOne, {}}, {{}, held}} {
		for m, user := range []int64{u, other} {
			g, err := s.Read(s.Context()).OrganizationGrants(user, o[n].Seq)
			if err != nil {
				s.Fatal(err)
			}
			same(s, fmt.Sprintf("user %d in organization %d", m, n), g, directory.Grants{Organization: want[m]})
		}
	}
}

func grantsPrivate(s subject) {
	u, hidden := s.addOne().Seq, space("Hidden", s.addOrganizations(organization("One"))[0])
	hidden.Private = true
	same(s, "grants", s.grantsIn(s.addSpaces(hidden)[0], u), directory.Grants{Private: true})
}

func grantsOnResource(s subject) {
	u := s.addOne()
	custom := s.addRole("Custom", "PROJECT_READ")
	s.addBindings(binding(u, "bound", custom.ID), binding(u, "both", directory.PredefinedRoles()[14].ID))
	s.restrict("both", directory.ResourceProject, noon)
	s.restrict("restricted", directory.ResourceProject, noon)
	admin := directory.PredefinedRoles()[14]
	for id, want := range map[string]directory.Grants{
		"bound": {Bound: directory.Grant{Role: custom.ID, Permissions: custom.Permissions}}, "restricted": {Restricted: true}, "neither": {},
		"both": {Bound: directory.Grant{Role: admin.ID, Permissions: admin.Permissions}, Restricted: true},
	} {
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.InsertInstallation(directory.Installation{CreatedAt: noon, KeyCheck: []byte{1}}); err != nil {
				return fmt.Errorf("%v, %w", ok, err)
			}
			return nil
		})
		g, err := s.Read(s.Context()).ResourceGrants(u.Seq, id)
		if err != nil {
			s.Fatal(err)
		}
		same(s, id, g, want)
	}
}

func grantsNow(s subject) {
	u, p := s.addOne().Seq, s.addSpaces(space("One", s.addOrganizations(organization("One"))[0]))[0]
	r := s.addRole("Custom", directory.SpaceRead)
	s.joinSpace(p, u, r.ID)
	r.Permissions.Add(directory.SpaceUpdate)
	s.write(func(tx directory.Tx) error {
		_, err := tx.UpdateRole(r)
		return err
	})
	same(s, "changed", s.grantsIn(p, u).Space, directory.Grant{Role: r.ID, Permissions: r.Permissions})
	s.write(func(tx directory.Tx) error { return tx.DeleteRole(r.Seq, noon) })
	same(s, "deleted", s.grantsIn(p, u).Space, directory.Grant{Role: r.ID})
}
