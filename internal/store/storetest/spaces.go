package storetest

import (
	"fmt"
	"strings"
	"time"

	"ax/internal/directory"
)

func spaceCases() []testCase {
	return []testCase{
		{"InsertSpace keeps a new one and sets its Seq", insertSpace},
		{"InsertSpace and UpdateSpace report false and keep nothing when another in the organization has the name", takenSpace},
		{"UpdateSpace writes name, description, privacy and settings", updateSpace},
		{"SpaceByID finds one", spaceByID},
		{"Spaces lists by seq, each with what the user is granted in it", listSpaces},
		{"Spaces: the text is literal, in any case", searchSpaces},
		{"DeleteSpace takes along its members and the role bindings on it", deleteSpace},
		{"DeleteSpace revokes the keys of bots that are in no space then", deleteSpaceKeys},
	}
}

// allSettings has a value in each.
func allSettings() directory.SpaceSettings {
	yes := true
	return directory.SpaceSettings{
		LLM: directory.LLMIntegration{IntegrationID: "SW50ZWdyYXRpb246MQ==", Model: "größte \"1\""}, Models: &yes,
		GradientStart: "#fff", GradientEnd: "#000", Runtime: directory.AgentRuntime{IntegrationID: "SW50ZWdyYXRpb246Mg=="},
	}
}

func insertSpace(s subject) {
	o := s.addOrganizations(organization("One"))[0]
	no := false
	for n, settings := range []directory.SpaceSettings{{}, allSettings(), {Models: &no}, {GradientEnd: "x"}} {
		p := space(fmt.Sprintf("Space %d", n), o)
		p.Private, p.Settings = n%2 == 1, settings
		got := s.addSpaces(p)[0]
		p.Seq = got.Seq
		same(s, "what InsertSpace leaves", got, p)
		kept, _ := s.space(p.ID)
		same(s, "what comes back", kept, p)
	}
}

func takenSpace(s subject) {
	o := s.addOrganizations(organization("One"), organization("Two"))
	held := s.addSpaces(space("Jörgs Werk", o[0]), space("Other", o[0]))
	for n, name := range spellings("Jörgs Werk") {
		p, elsewhere := space(name, o[0]), space(name, o[1])
		p.ID, elsewhere.ID = directory.SpaceID(fmt.Sprintf("intruder %d", n)), directory.SpaceID(fmt.Sprintf("elsewhere %d", n))
		renamed := held[1]
		renamed.Name = name
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.InsertSpace(&p); err != nil || ok {
				return fmt.Errorf("insert %q: inserted %v, %w", name, ok, err)
			}
			if ok, err := tx.UpdateSpace(renamed); err != nil || ok {
				return fmt.Errorf("rename to %q: updated %v, %w", name, ok, err)
			}
			ok, err := tx.InsertSpace(&elsewhere)
			if err != nil || ok != (n == 0) {
				return fmt.Errorf("insert %q in the other organization: inserted %v, %w", name, ok, err)
			}
			return nil
		})
	}
	same(s, "what is there", items(s.spaces(directory.SpaceQuery{All: true, OrganizationSeq: o[0].Seq, Limit: 10})), held)
}

func updateSpace(s subject) {
	o := s.addOrganizations(organization("One"), organization("Two"))
	all := s.addSpaces(space("One", o[0]), space("Two", o[0]), space("Eins", o[1]))
	want := all[0]
	for _, c := range []struct {
		name     string
		private  bool
		settings directory.SpaceSettings
	}{{"ONE", true, allSettings()}, {"Eins", false, directory.SpaceSettings{}}} {
		want.Name, want.Description, want.Private, want.Settings = c.name, "words of "+c.name, c.private, c.settings
		sent := want
		sent.ID, sent.CreatedAt, sent.OrganizationSeq, sent.OrganizationID = "another id", noon.Add(time.Hour), o[1].Seq, o[1].ID
		s.write(func(tx directory.Tx) error {
			if ok, err := tx.UpdateSpace(sent); err != nil || !ok {
				return fmt.Errorf("%s: updated %v, %w", c.name, ok, err)
			}
			return nil
		})
		got, _ := s.space(want.ID)
		same(s, "afterwards", got, want)
		other, _ := s.space(all[1].ID)
		same(s, "the other", other, all[1])
	}
}

func spaceByID(s subject) {
	o := s.addOrganizations(organization("One"))[0]
	p := s.addSpaces(space("One", o))[0]
	for _, id := range []directory.SpaceID{p.ID, "", "ID OF ONE", "%", "id of on_"} {
		var locked, read directory.Space
		var found [2]bool
		s.write(func(tx directory.Tx) (err error) {
			if read, found[0], err = tx.SpaceByID(id); err != nil {
				return err
			}
			locked, found[1], err = tx.LockSpace(id)
			return err
		})
		if want := id == p.ID; found != [2]bool{want, want} {
			s.Errorf("%q: found %v", id, found)
		}
		same(s, "LockSpace", locked, read)
	}
}

// listSpaces has a user for each way to have something to do with a space.
func listSpaces(s subject) {
	o := s.addOrganizations(organization("One"), organization("Two"))
	public, hidden := space("public", o[0]), space("private", o[0])
	hidden.Private = true
	foreign, foreignHidden := space("public", o[1]), space("private", o[1])
	foreign.ID, foreignHidden.ID, foreignHidden.Private = "foreign", "foreign private", true
	all := s.addSpaces(foreign, hidden, foreignHidden, public)
	role := s.addRole("Reader", directory.SpaceRead)
	custom := directory.Grant{Role: role.ID, Permissions: role.Permissions}
	const member, admin = directory.RoleMember, directory.RoleAdmin
	held := func(r directory.Role) directory.Grant { return directory.Grant{Role: r} }
	for n, c := range []struct {
		name string
		give func(user int64)
		want map[int]directory.Grants // by the place in all; absent: not listed
	}{
		{"nothing", func(int64) {}, nil},
		{"a member of the organization", func(u int64) { s.join(o[0], u, member) }, map[int]directory.Grants{3: {Organization: held(member)}}},
		{"its administrator", func(u int64) { s.join(o[0], u, admin) }, map[int]directory.Grants{
			1: {Organization: held(admin), Private: true}, 3: {Organization: held(admin)},
		}},
		{"a member of a private space", func(u int64) { s.join(o[0], u, role.ID); s.joinSpace(all[1], u, member) }, map[int]directory.Grants{
			1: {Organization: custom, Space: held(member), Private: true}, 3: {Organization: custom},
		}},
		{"a custom one of two", func(u int64) {
			s.join(o[0], u, member)
			s.join(o[1], u, member)
			s.joinSpace(all[3], u, role.ID)
			s.joinSpace(all[2], u, role.ID)
		}, map[int]directory.Grants{
			0: {Organization: held(member)}, 2: {Organization: held(member), Space: custom, Private: true}, 3: {Organization: held(member), Space: custom},
		}},
		{"roles bound", func(u int64) { s.bind(all[2], u, role.ID); s.bind(all[0], u, member) }, map[int]directory.Grants{
			0: {Bound: held(member)}, 2: {Bound: custom, Private: true},
		}},
	} {
		u := s.add(active(fmt.Sprintf("user%d@example.com", n), member))[0].Seq
		c.give(u)
		var want, everything []directory.Granted[directory.Space]
		for at := range all {
			g, listed := c.want[at]
			if listed {
				want = append(want, directory.Granted[directory.Space]{Item: all[at], Grants: g})
			}
			g = s.grantsIn(all[at], u)
			if listed {
				same(s, c.name+": SpaceGrants", g, c.want[at])
			}
			everything = append(everything, directory.Granted[directory.Space]{Item: all[at], Grants: g})
		}
		same(s, c.name, s.spaces(directory.SpaceQuery{UserSeq: u, Limit: 10}), want)
		same(s, c.name+", all", s.spaces(directory.SpaceQuery{UserSeq: u, All: true, Limit: 10}), everything)
		same(s, c.name+", behind the second", s.spaces(directory.SpaceQuery{UserSeq: u, All: true, After: all[1].Seq, Limit: 1}), everything[2:3])
		same(s, c.name+", in the other", s.spaces(directory.SpaceQuery{UserSeq: u, All: true, OrganizationSeq: o[1].Seq, Limit: 10}),
			[]directory.Granted[directory.Space]{everything[0], everything[2]})
	}
}

func searchSpaces(s subject) {
	o := s.addOrganizations(organization("One"))[0]
	for _, name := range []string{"Größe", "100% sure", "a_b", "axb", `back\slash`} {
		s.addSpaces(space(name, o))
	}
	for text, want := range map[string]string{"": "Größe,100% sure,a_b,axb,back\\slash", "rÖ": "Größe", "%": "100% sure", "_": "a_b", `\`: `back\slash`, "A": "a_b,axb,back\\slash"} {
		var got []string
		for _, p := range s.spaces(directory.SpaceQuery{All: true, NameContains: directory.Fold(text), Limit: 10}) {
			got = append(got, p.Item.Name)
		}
		same(s, fmt.Sprintf("%q", text), strings.Join(got, ","), want)
	}
}

func deleteSpace(s subject) {
	t := newTown(s)
	var gone directory.Cascade
	s.write(func(tx directory.Tx) (err error) {
		gone, err = tx.DeleteSpace(t.spaces[0].Seq, noon)
		return err
	})
	same(s, "what went along", gone, directory.Cascade{Memberships: 5, Bindings: 2, ServiceKeys: 1})
	same(s, "spaces", items(s.spaces(directory.SpaceQuery{All: true, Limit: 10})), t.spaces[1:])
	same(s, "ann in it", s.grantsIn(t.spaces[0], t.users[0].Seq), directory.Grants{})
	same(s, "ann beside it", s.grantsIn(t.spaces[1], t.users[0].Seq), directory.Grants{
		Organization: directory.Grant{Role: directory.RoleMember}, Space: directory.Grant{Role: directory.RoleReadOnly},
	})
	same(s, "ann elsewhere", s.grantsIn(t.spaces[2], t.users[0].Seq).Bound, directory.Grant{Role: directory.RoleMember})
}

func deleteSpaceKeys(s subject) {
	t := newTown(s)
	del := func(n int) {
		s.write(func(tx directory.Tx) error {
			_, err := tx.DeleteSpace(t.spaces[n].Seq, noon)
			return err
		})
	}
	all := []string{"b0", "b1", "b2", "b3", "ann's", "bob's"}
	del(0)
	same(s, "without the first", s.InForce(all...), all[1:])
	del(1)
	same(s, "without the second", s.InForce(all...), all[2:])
	del(2)
	same(s, "without the third", s.InForce(all...), all[3:])
}
