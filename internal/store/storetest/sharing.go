package storetest

import (
	"fmt"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func organizationsAtOnce() []sharedCase {
	return []sharedCase{
		{"organizations and spaces have names of their own, also at once", nameAtOnce},
		{"LockOrganization: who leaves an organization is in none of its spaces, also at once", joinAndLeaveAtOnce},
		{"LockUser: who is deleted is a member of nothing, also at once", joinAndDeleteAtOnce},
		{"LockOrganizations: a bot's key ends with its last space, also when two end at once", deleteAtOnce},
		{"LockOrganization: nothing joins an organization that is deleted at once", fillAndDeleteAtOnce},
		{"Organizations and Spaces: what stands is never missed or doubled by a walk", walkOrganizations},
	}
}

// nameAtOnce lets some make, and some rename to, one name in many spellings.
func nameAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	const callers, rounds = 16, 5
	for round := range rounds {
		name := fmt.Sprintf("Jörgs Werk %d", round)
		spelled := spellings(name)
		home := must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: fmt.Sprintf("Home %d", round)}))(p)
		others, spaces := make([]directory.Organization, callers), make([]directory.Space, callers)
		for n := range callers {
			others[n] = must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: fmt.Sprintf("Other %d %d", round, n)}))(p)
			spaces[n] = must(w.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: home.ID, Name: fmt.Sprint("Other ", n)}))(p)
		}
		var errs [2][callers]error
		together(2*callers, func(n int) {
			d, at, name := w.On(p.of(n)), n/2, spelled[n/2%len(spelled)]
			switch n % 4 {
			case 0:
				_, errs[0][at] = d.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: name})
			case 1:
				_, errs[1][at] = d.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: home.ID, Name: name})
			case 2:
				_, errs[0][at] = d.UpdateOrganization(p.Context(), w.Admin, others[at].ID, directory.UpdateOrganization{Name: &name})
			case 3:
				_, errs[1][at] = d.UpdateSpace(p.Context(), w.Admin, spaces[at].ID, directory.UpdateSpace{Name: &name})
			}
		})
		for kind := range errs {
			won := 0
			for n, err := range errs[kind] {
				switch {
				case err == nil:
					won++
				case directory.KindOf(err) != directory.Conflict:
					p.Errorf("kind %d, caller %d: %v", kind, n, err)
				}
			}
			if won != 1 {
				p.Errorf("kind %d: %d of %d have the name", kind, won, callers)
			}
		}
		s := subject{p.T, p.second}
		if n := len(s.organizations(directory.OrganizationQuery{All: true, NameContains: directory.Fold(name), Limit: 10})); n != 1 {
			p.Errorf("%d organizations have the name", n)
		}
		if n := len(s.spaces(directory.SpaceQuery{All: true, OrganizationSeq: home.Seq, NameContains: directory.Fold(name), Limit: 10})); n != 1 {
			p.Errorf("%d spaces have the name", n)
		}
	}
}

// must ends the test on an error.
func must[T any](v T, err error) func(p pair) T {
	return func(p pair) T {
		p.Helper()
		if err != nil {
			p.Fatal(err)
		}
		return v
	}
}

func joinAndLeaveAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	s := subject{p.T, p.first}
	o := must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: "One"}))(p)
	var spaces []directory.Space
	for n := range 4 {
		spaces = append(spaces, must(w.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: o.ID, Name: fmt.Sprint(n)}))(p))
	}
	add := directory.AddMember{UserID: w.Member.UserID, Role: directory.RoleMember}
	for round := range 20 {
		if _, err := w.AddOrganizationMember(p.Context(), w.Admin, o.ID, add); err != nil {
			p.Fatal(err)
		}
		together(len(spaces)+1, func(n int) {
			d := w.On(p.of(n))
			if n == len(spaces) {
				if err := d.RemoveOrganizationMember(p.Context(), w.Admin, o.ID, add.UserID); err != nil {
					p.Error(err)
				}
				return
			}
			if _, err := d.AddSpaceMember(p.Context(), w.Admin, spaces[n].ID, add); err != nil && directory.KindOf(err) != directory.Malformed {
				p.Error(err)
			}
		})
		for _, at := range spaces {
			if g := s.grantsIn(at, w.Member.UserSeq); g != (directory.Grants{}) {
				p.Fatalf("round %d: who left has %+v in %s", round, g, at.Name)
			}
		}
	}
}

func joinAndDeleteAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	s := subject{p.T, p.second}
	o := must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: "One"}))(p)
	at := must(w.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: o.ID, Name: "One"}))(p)
	for round := range 20 {
		u := w.Create(p, fmt.Sprintf("pat%d@example.com", round), "Pat", directory.RoleMember)
		add := directory.AddMember{UserID: u.ID, Role: directory.RoleMember}
		if round%2 == 0 {
			if _, err := w.AddOrganizationMember(p.Context(), w.Admin, o.ID, add); err != nil {
				p.Fatal(err)
			}
		}
		together(3, func(n int) {
			d := w.On(p.of(n))
			var err error
			switch n {
			case 0:
				_, err = d.AddOrganizationMember(p.Context(), w.Admin, o.ID, add)
			case 1:
				_, err = d.AddSpaceMember(p.Context(), w.Admin, at.ID, add)
			case 2:
				if err := d.DeleteUser(p.Context(), w.Admin, u.ID); err != nil {
					p.Error(err)
				}
			}
			if kind := directory.KindOf(err); err != nil && kind != directory.NotFound && kind != directory.Malformed {
				p.Error(err)
			}
		})
		s.nothingOf(u.Seq)
	}
}

// deleteAtOnce takes both organizations of a bot away at one moment.
func deleteAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	s := subject{p.T, p.first}
	for round := range 20 {
		b := s.add(bot(fmt.Sprint("bot ", round)))[0]
		s.addKeys(apiKey(b.Name, b.Seq))
		var both [2]directory.Organization
		for n := range both {
			both[n] = must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: fmt.Sprint(round, " ", n)}))(p)
			at := must(w.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: both[n].ID, Name: "One"}))(p)
			s.join(both[n], b.Seq, directory.RoleReadOnly)
			s.joinSpace(at, b.Seq, directory.RoleMember)
		}
		together(2, func(n int) {
			if err := w.On(p.of(n)).DeleteOrganization(p.Context(), w.Admin, both[n].ID); err != nil {
				p.Error(err)
			}
		})
		if k, _ := s.key(b.Name); k.RevokedAt.IsZero() {
			p.Fatalf("round %d: a key outlived its last space", round)
		}
	}
}

func fillAndDeleteAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	for round := range 20 {
		o := must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: fmt.Sprint(round)}))(p)
		add := directory.AddMember{UserID: w.Member.UserID, Role: directory.RoleMember}
		name := "Renamed"
		together(5, func(n int) {
			d := w.On(p.of(n))
			var err error
			switch n {
			case 0:
				_, err = d.AddOrganizationMember(p.Context(), w.Admin, o.ID, add)
			case 1:
				_, err = d.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: o.ID, Name: "One"})
			case 2:
				_, err = d.UpdateOrganization(p.Context(), w.Admin, o.ID, directory.UpdateOrganization{Name: &name})
			default:
				err = d.DeleteOrganization(p.Context(), w.Admin, o.ID)
			}
			if err != nil && directory.KindOf(err) != directory.NotFound {
				p.Errorf("round %d, caller %d: %v", round, n, err)
			}
		})
	}
	s := subject{p.T, p.second}
	same(p, "organizations", s.organizations(directory.OrganizationQuery{All: true, Limit: 10}), nil)
	same(p, "spaces", s.spaces(directory.SpaceQuery{All: true, Limit: 10}), nil)
}

// walkOrganizations walks through both lists while others come and go.
func walkOrganizations(p pair) {
	w := dirtest.New(p, p.first)
	home := must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: "Home"}))(p)
	standing := map[string]bool{string(home.ID): true}
	const each, walkers = 40, 3
	for n := range each {
		o := must(w.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: fmt.Sprint("stands ", n)}))(p)
		at := must(w.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: home.ID, Name: fmt.Sprint("stands ", n)}))(p)
		standing[string(o.ID)], standing[string(at.ID)] = true, true
	}
	var seen [walkers]map[string]int
	together(walkers+2, func(n int) {
		d := w.On(p.of(n))
		if n >= walkers {
			for i := range 20 {
				o, err := d.CreateOrganization(p.Context(), w.Admin, directory.CreateOrganization{Name: fmt.Sprint("comes ", n, " ", i)})
				if err != nil {
					p.Error(err)
					return
				}
				at, err := d.CreateSpace(p.Context(), w.Admin, directory.CreateSpace{OrganizationID: home.ID, Name: fmt.Sprint("comes ", n, " ", i)})
				if err == nil && i%2 == 0 {
					err = d.DeleteSpace(p.Context(), w.Admin, at.ID)
				}
				if err == nil && i%3 == 0 {
					err = d.DeleteOrganization(p.Context(), w.Admin, o.ID)
				}
				if err != nil {
					p.Error(err)
				}
			}
			return
		}
		seen[n] = map[string]int{}
		organizations := directory.ListOrganizations{Limit: 7}
		for {
			page, err := d.ListOrganizations(p.Context(), w.Admin, organizations)
			if err != nil {
				p.Error(err)
				return
			}
			for _, o := range page.Items {
				seen[n][string(o.ID)]++
			}
			if organizations.Cursor = page.Next; page.Next == "" {
				break
			}
		}
		spaces := directory.ListSpaces{OrganizationID: home.ID, Limit: 6}
		for {
			page, err := d.ListSpaces(p.Context(), w.Admin, spaces)
			if err != nil {
				p.Error(err)
				return
			}
			for _, at := range page.Items {
				seen[n][string(at.ID)]++
			}
			if spaces.Cursor = page.Next; page.Next == "" {
				return
			}
		}
	})
	for n := range seen {
		for id := range standing {
			if seen[n][id] != 1 {
				p.Errorf("walk %d met %s %d times", n, id, seen[n][id])
			}
		}
		for id, times := range seen[n] {
			if times != 1 {
				p.Errorf("walk %d met %s %d times", n, id, times)
			}
		}
	}
}
