package storetest

import (
	"fmt"
	"strings"
	"time"

	"ax/internal/directory"
)

func organizationCases() []testCase {
	return []testCase{
		{"InsertOrganization keeps a new one and sets its Seq", insertOrganization},
		{"InsertOrganization and UpdateOrganization report false and keep nothing when another has the name", takenOrganization},
		{"UpdateOrganization writes name and description", updateOrganization},
		{"OrganizationByID finds one", organizationByID},
		{"Organizations lists by seq, each with what the user is granted in it", listOrganizations},
		{"Organizations: the text is literal, in any case", searchOrganizations},
		{"DeleteOrganization takes along its members and its spaces", deleteOrganization},
		{"DeleteOrganization revokes the keys of bots that are in no space then", deleteOrganizationKeys},
		{"a place in the list is never used again", placesOnce},
	}
}

func insertOrganization(s subject) {
	var last int64
	for _, name := range []string{"Widgets", "Größe & Maß", "山田", "a 'b' \"c\" %_\\ --"} {
		o := organization(name)
		got := s.addOrganizations(o)[0]
		if got.Seq <= last {
			s.Errorf("%s: Seq %d came after %d", name, got.Seq, last)
		}
		last, o.Seq = got.Seq, got.Seq
		same(s, "what InsertOrganization leaves", got, o)
		kept, _ := s.organization(o.ID)
		same(s, "what comes back", kept, o)
		if kept.CreatedAt.Location() != time.UTC {
			s.Errorf("a time is in %v", kept.CreatedAt.Location())
		}
	}
}

// spellings are names that are one.
func spellings(name string) []string {
	return []string{
		name, strings.ToLower(name), strings.ToUpper(name), strings.ReplaceAll(name, "ö", "o\u0308"), strings.ReplaceAll(name, "k", "\u212a"),
	}
}

func takenOrganization(s subject) {
	held := s.addOrganizations(organization("Jörgs Werk"), organization("Other"))
	for n, name := range spellings("Jörgs Werk") {
		o := organization(name)
		o.ID = directory.OrganizationID(fmt.Sprintf("intruder %d", n))
		renamed := held[1]
		renamed.Name, renamed.Description = name, "changed"
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.InsertOrganization(&o); err != nil || ok {
				return fmt.Errorf("insert %q: inserted %v, %w", name, ok, err)
			}
			if ok, err := tx.UpdateOrganization(renamed); err != nil || ok {
				return fmt.Errorf("rename to %q: updated %v, %w", name, ok, err)
			}
			_, _, err := tx.OrganizationByID(held[0].ID) // a refusal spoils nothing
			return err
		})
	}
	page := s.organizations(directory.OrganizationQuery{All: true, Limit: 10})
	same(s, "what is there", items(page), held)
}

func updateOrganization(s subject) {
	all := s.addOrganizations(organization("One"), organization("Two"))
	for _, name := range []string{"Eins", "EINS", "One"} { // its own name in another case is not taken
		want := all[0]
		want.Name, want.Description = name, "words of "+name
		sent := want
		sent.ID, sent.CreatedAt = "another id", noon.Add(time.Hour)
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.UpdateOrganization(sent); err != nil || !ok {
				return fmt.Errorf("rename to %q: updated %v, %w", name, ok, err)
			}
			return nil
		})
		got, _ := s.organization(all[0].ID)
		same(s, "afterwards", got, want)
	}
	other, _ := s.organization(all[1].ID)
	same(s, "the other", other, all[1])
	s.write(func(tx directory.Tx) error {
		all[1].Name = "Eins"
		if ok, err := tx.UpdateOrganization(all[1]); err != nil || !ok {
			return fmt.Errorf("take a name that is free again: updated %v, %w", ok, err)
		}
		return nil
	})
}

func organizationByID(s subject) {
	o := s.addOrganizations(organization("One"))[0]
	for _, id := range []directory.OrganizationID{o.ID, "", "ID OF ONE", "id of one ", "%", "id of on_"} {
		var locked, read directory.Organization
		var found [2]bool
		s.write(func(tx directory.Tx) (err error) {
			if read, found[0], err = tx.OrganizationByID(id); err != nil {
				return err
			}
			locked, found[1], err = tx.LockOrganization(id)
			return err
		})
		if want := id == o.ID; found != [2]bool{want, want} {
			s.Errorf("%q: found %v", id, found)
		}
		same(s, "LockOrganization", locked, read)
		if id == o.ID {
			same(s, "OrganizationByID", read, o)
		}
	}
}

func listOrganizations(s subject) {
	users := s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember))
	ann, bob := users[0].Seq, users[1].Seq
	role := s.addRole("Reader", directory.OrganizationRead, directory.SpaceCreate)
	all := s.addOrganizations(organization("D"), organization("C"), organization("B"), organization("A"))
	s.join(all[0], ann, directory.RoleAdmin)
	s.join(all[0], bob, directory.RoleReadOnly)
	s.join(all[2], ann, role.ID)
	s.join(all[3], bob, directory.RoleMember)
	custom := directory.Grant{Role: role.ID, Permissions: role.Permissions}
	for _, c := range []struct {
		name string
		q    directory.OrganizationQuery
		want []directory.Grants // by the place in all
		from []int
	}{
		{
			"all", directory.OrganizationQuery{UserSeq: ann, All: true, Limit: 10},
			[]directory.Grants{{Organization: directory.Grant{Role: directory.RoleAdmin}}, {}, {Organization: custom}, {}},
			[]int{0, 1, 2, 3},
		},
		{
			"hers", directory.OrganizationQuery{UserSeq: ann, Limit: 10},
			[]directory.Grants{{Organization: directory.Grant{Role: directory.RoleAdmin}}, {Organization: custom}},
			[]int{0, 2},
		},
		{
			"hers, behind the first", directory.OrganizationQuery{UserSeq: ann, After: all[0].Seq, Limit: 10},
			[]directory.Grants{{Organization: custom}},
			[]int{2},
		},
		{
			"his, one", directory.OrganizationQuery{UserSeq: bob, Limit: 1},
			[]directory.Grants{{Organization: directory.Grant{Role: directory.RoleReadOnly}}},
			[]int{0},
		},
		{"nobody's", directory.OrganizationQuery{Limit: 10}, nil, nil},
		{"all for the host", directory.OrganizationQuery{All: true, After: all[1].Seq, Limit: 1}, []directory.Grants{{}}, []int{2}},
	} {
		var want []directory.Granted[directory.Organization]
		for n, at := range c.from {
			want = append(want, directory.Granted[directory.Organization]{Item: all[at], Grants: c.want[n]})
		}
		same(s, c.name, s.organizations(c.q), want)
		for _, row := range want {
			g, err := s.Read(s.Context()).OrganizationGrants(c.q.UserSeq, row.Item.Seq)
			if err != nil {
				s.Fatal(err)
			}
			same(s, c.name+": OrganizationGrants", g, row.Grants)
		}
	}
}

func searchOrganizations(s subject) {
	names := []string{"Größe", "100% sure", "a_b", "axb", `back\slash`, "it's"}
	for _, name := range names {
		s.addOrganizations(organization(name))
	}
	for text, want := range map[string]string{
		"": "Größe,100% sure,a_b,axb,back\\slash,it's", "GRÖSSE": "", "rÖ": "Größe", "%": "100% sure", "_": "a_b", "A_B": "a_b",
		`\`: `back\slash`, "'": "it's", "*": "", "a": "a_b,axb,back\\slash",
	} {
		var got []string
		for _, o := range s.organizations(directory.OrganizationQuery{All: true, NameContains: directory.Fold(text), Limit: 10}) {
			got = append(got, o.Item.Name)
		}
		same(s, fmt.Sprintf("%q", text), strings.Join(got, ","), want)
	}
}

// A town is what the cases about cascades delete parts of: two organizations,
// two spaces in each, and people and bots in them.
type town struct {
	organizations []directory.Organization
	spaces        []directory.Space // two of the first organization, then two of the second
	users         []directory.User  // everywhere, and only in the first organization
	bots          []directory.User  // in the first space, in the first organization's, in one of each, in no space
}

func newTown(s subject) town {
	t := town{
		organizations: s.addOrganizations(organization("First"), organization("Second")),
		users:         s.add(active("ann@example.com", directory.RoleMember), active("bob@example.com", directory.RoleMember)),
		bots:          s.add(bot("b0"), bot("b1"), bot("b2"), bot("b3")),
	}
	for n, name := range []string{"Red", "Blue", "Red", "Blue"} {
		t.spaces = append(t.spaces, s.addSpaces(space(fmt.Sprintf("%s %d", name, n), t.organizations[n/2]))...)
	}
	for _, u := range t.users {
		s.join(t.organizations[0], u.Seq, directory.RoleMember)
		s.joinSpace(t.spaces[0], u.Seq, directory.RoleMember)
		s.joinSpace(t.spaces[1], u.Seq, directory.RoleReadOnly)
		s.bind(t.spaces[0], u.Seq, directory.RoleMember)
	}
	s.join(t.organizations[1], t.users[0].Seq, directory.RoleAdmin)
	s.joinSpace(t.spaces[2], t.users[0].Seq, directory.RoleAdmin)
	s.bind(t.spaces[2], t.users[0].Seq, directory.RoleMember)
	for n, in := range [][]int{{0}, {0, 1}, {0, 2}, {}} {
		s.join(t.organizations[0], t.bots[n].Seq, directory.RoleReadOnly)
		for _, at := range in {
			if at >= 2 {
				s.join(t.organizations[1], t.bots[n].Seq, directory.RoleReadOnly)
			}
			s.joinSpace(t.spaces[at], t.bots[n].Seq, directory.RoleMember)
		}
		s.addKeys(apiKey(t.bots[n].Name, t.bots[n].Seq))
	}
	s.addKeys(apiKey("ann's", t.users[0].Seq), apiKey("bob's", t.users[1].Seq))
	return t
}

// inForce are the names of the keys that are not revoked.
func (s subject) InForce(names ...string) (there []string) {
	s.Helper()
	for _, name := range names {
		if k, _ := s.key(name); k.RevokedAt.IsZero() {
			there = append(there, name)
		}
	}
	return there
}

func deleteOrganization(s subject) {
	t := newTown(s)
	var gone directory.Cascade
	s.write(func(tx directory.Tx) (err error) {
		gone, err = tx.DeleteOrganization(t.organizations[0].Seq, noon)
		return err
	})
	// 2 people and 4 bots in it, 2 people and 3 bots in Red, 2 and 1 in Blue.
	same(s, "what went along", gone, directory.Cascade{Spaces: 2, Memberships: 14, Bindings: 2, ServiceKeys: 3})
	same(s, "organizations", items(s.organizations(directory.OrganizationQuery{All: true, Limit: 10})), t.organizations[1:])
	same(s, "spaces", items(s.spaces(directory.SpaceQuery{All: true, Limit: 10})), t.spaces[2:])
	// What is in the other is as it was, and what was in this one is nowhere.
	same(s, "ann in the other space", s.grantsIn(t.spaces[2], t.users[0].Seq), directory.Grants{
		Organization: directory.Grant{Role: directory.RoleAdmin}, Space: directory.Grant{Role: directory.RoleAdmin}, Bound: directory.Grant{Role: directory.RoleMember},
	})
	same(s, "ann in the one that is gone", s.grantsIn(t.spaces[0], t.users[0].Seq), directory.Grants{})
	s.nothingOf(t.users[1].Seq)
	s.addOrganizations(organization("First again"))
	again := organization("first")
	again.ID = "another"
	s.addOrganizations(again)
}

func deleteOrganizationKeys(s subject) {
	t := newTown(s)
	at := noon.Add(time.Hour)
	s.write(func(tx directory.Tx) error {
		_, err := tx.DeleteOrganization(t.organizations[0].Seq, at)
		return err
	})
	same(s, "keys in force", s.InForce("b0", "b1", "b2", "b3", "ann's", "bob's"), []string{"b2", "ann's", "bob's"})
	if k, _ := s.key("b0"); !k.RevokedAt.Equal(at) {
		s.Errorf("revoked at %v", k.RevokedAt)
	}
	s.write(func(tx directory.Tx) error {
		_, err := tx.DeleteOrganization(t.organizations[1].Seq, at)
		return err
	})
	same(s, "keys in force", s.InForce("b2", "ann's", "bob's"), []string{"ann's", "bob's"})
}

func placesOnce(s subject) {
	o := s.addOrganizations(organization("One"), organization("Two"))
	p := s.addSpaces(space("One", o[0]), space("Two", o[0]))
	s.write(func(tx directory.Tx) error {
		if _, err := tx.DeleteSpace(p[1].Seq, noon); err != nil {
			return err
		}
		_, err := tx.DeleteOrganization(o[1].Seq, noon)
		return err
	})
	if next := s.addOrganizations(organization("Three"))[0]; next.Seq <= o[1].Seq {
		s.Errorf("an organization got the place %d after %d", next.Seq, o[1].Seq)
	}
	if next := s.addSpaces(space("Three", o[0]))[0]; next.Seq <= p[1].Seq {
		s.Errorf("a space got the place %d after %d", next.Seq, p[1].Seq)
	}
}
