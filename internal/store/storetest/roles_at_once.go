package storetest

import (
	"encoding/base64"
	"fmt"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func rolesAtOnce() []sharedCase {
	return []sharedCase{
		{"roles have names of their own, also at once", roleNameAtOnce},
		{"a user has one role on a resource, also at once", bindAtOnce},
		{"LockRole: nobody holds a role that is deleted at once", giveAndDeleteAtOnce},
		{"Restrict: one restriction, also at once", restrictAtOnce},
		{"ForgetEntries: the chain holds when several forget at once", forgetAtOnce},
	}
}

// wins counts those without an error; the others must be of a kind.
func (p pair) wins(errs []error, kinds ...directory.Kind) (won int) {
	p.Helper()
	for n, err := range errs {
		allowed := err == nil
		for _, k := range kinds {
			allowed = allowed || directory.KindOf(err) == k
		}
		if !allowed {
			p.Errorf("caller %d: %v", n, err)
		}
		if err == nil {
			won++
		}
	}
	return won
}

func roleNameAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	const callers = 16
	permissions := []directory.Permission{directory.RoleRead}
	others := make([]directory.RoleDefinition, callers)
	for n := range others {
		others[n] = must(w.CreateRole(p.Context(), w.Admin, directory.CreateRole{Name: fmt.Sprint("Other ", n), Permissions: permissions}))(p)
	}
	errs := make([]error, callers)
	together(callers, func(n int) {
		name := []string{"Keeper", "KEEPER", "keeper"}[n%3]
		if n%2 == 0 {
			_, errs[n] = w.On(p.of(n/2)).CreateRole(p.Context(), w.Admin, directory.CreateRole{Name: name, Permissions: permissions})
			return
		}
		_, errs[n] = w.On(p.of(n/2)).UpdateRole(p.Context(), w.Admin, others[n].ID, directory.UpdateRole{Name: &name})
	})
	if won := p.wins(errs, directory.Conflict); won != 1 {
		p.Errorf("%d have the name", won)
	}
}

func bindAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	const callers = 16
	errs := make([]error, callers)
	together(callers, func(n int) {
		_, errs[n] = w.On(p.of(n)).CreateRoleBinding(p.Context(), w.Admin, directory.CreateBinding{
			Role: directory.PredefinedRoles()[12+n%3].ID, UserID: w.Member.UserID, Type: directory.ResourceProject, ResourceID: "UHJvamVjdDox",
		})
	})
	if won := p.wins(errs, directory.Conflict); won != 1 {
		p.Errorf("%d were bound", won)
	}
}

// giveAndDeleteAtOnce gives a role in the account and on a project, while it
// is deleted.
func giveAndDeleteAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	const rounds = 15
	for round := range rounds {
		r := must(w.CreateRole(p.Context(), w.Admin, directory.CreateRole{Name: fmt.Sprint("Role ", round), Permissions: []directory.Permission{directory.RoleRead}}))(p)
		errs := make([]error, 3)
		together(len(errs), func(n int) {
			d := w.On(p.of(n + round))
			switch n {
			case 0:
				errs[n] = d.DeleteRole(p.Context(), w.Admin, r.ID)
			case 1:
				_, errs[n] = d.CreateUser(p.Context(), w.Admin, directory.CreateUser{
					Name: "Pat", Email: fmt.Sprintf("pat%d@example.com", round), Role: r.ID, Mode: directory.InviteNone,
				})
			case 2:
				_, errs[n] = d.CreateRoleBinding(p.Context(), w.Admin, directory.CreateBinding{
					Role: r.ID, UserID: w.Member.UserID, Type: directory.ResourceProject, ResourceID: base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "Project:%d", round)),
				})
			}
		})
		p.wins(errs, directory.Conflict, directory.NotFound, directory.Invalid)
		if errs[0] == nil && (errs[1] == nil || errs[2] == nil) {
			p.Errorf("round %d: the role was deleted, and given: %v", round, errs)
		}
	}
}

func restrictAtOnce(p pair) {
	w := dirtest.New(p, p.first)
	before := len(subject{p.T, p.first}.entries())
	const callers = 16
	errs := make([]error, callers)
	together(callers, func(n int) { _, errs[n] = w.On(p.of(n)).Restrict(p.Context(), w.Admin, "UHJvamVjdDox") })
	if won := p.wins(errs); won != callers {
		p.Errorf("%d of %d succeeded", won, callers)
	}
	s := subject{p.T, p.second}
	if restrictions, entries := len(s.restrictions(directory.RestrictionQuery{})), len(s.entries())-before; restrictions != 1 || entries != 1 {
		p.Errorf("%d restrictions, %d entries", restrictions, entries)
	}
}

func forgetAtOnce(p pair) {
	dirtest.New(p, p.first) // has the row that is locked
	const callers, entries = 6, 60
	for n := range entries {
		subject{p.T, p.first}.record(later(n))
	}
	sealAll(p, p.first)
	errs := make([]error, callers)
	together(callers, func(n int) {
		for i := range 10 {
			if errs[n] = p.of(n).Write(p.Context(), func(tx directory.Tx) error {
				_, err := tx.ForgetEntries(noon.Add(time.Duration(6*i+n)*time.Second), 7)
				return err
			}); errs[n] != nil {
				return
			}
		}
	})
	p.wins(errs)
	s := subject{p.T, p.second}
	place, _ := s.anchor()
	left := s.sealed(0, 1000)
	if place == 0 || len(left) == 0 || left[0] != place+1 {
		p.Errorf("the anchor is at %d, and what is left begins with %v", place, left)
	}
}
