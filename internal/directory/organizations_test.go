package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// A trial is a store that keeps nothing, so that one world serves many tries.
type trial struct{ directory.Store }

var errTrial = errors.New("only a trial")

func (s trial) Write(ctx context.Context, fn func(directory.Tx) error) error {
	err := s.Store.Write(ctx, func(tx directory.Tx) error { return errors.Join(fn(tx), errTrial) })
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) == 1 && errors.Is(err, errTrial) {
		return nil
	}
	return err
}

// verdict is + for done, x for refused, - for not there, ? for anything else.
func verdict(err error) string {
	switch kindOf(err) { //nolint:exhaustive // the others are shown as they are
	case ok:
		return "+"
	case directory.Forbidden:
		return "x"
	case directory.NotFound:
		return "-"
	}
	return "?" + err.Error()
}

// A holder is somebody with a role in the account, the organization and the
// space that the tries are about, and one bound on that space.
type holder struct {
	account, organization, space, bound directory.Role
	elsewhere                           directory.Role // in another organization
	want                                string
}

// An estate is a world with an organization, a space in it, and two targets:
// one who is in both, and one who is in the organization.
type estate struct {
	*dirtest.World
	organization directory.Organization
	other        directory.Organization
	space        directory.Space
	inside       directory.User // a member of the space
	outside      directory.User // of the organization only
	free         directory.User // of nothing
	roles        map[string]directory.Role
}

func newEstate(t *testing.T, private bool) *estate {
	t.Helper()
	w := newWorld(t)
	e := &estate{World: w, organization: w.NewOrganization(t, "One"), other: w.NewOrganization(t, "Two"), roles: map[string]directory.Role{}}
	e.space = w.NewSpace(t, e.organization, "Lab", private)
	e.inside, e.outside = w.Create(t, "in@example.com", "In", directory.RoleMember), w.Create(t, "out@example.com", "Out", directory.RoleMember)
	e.free = w.Create(t, "free@example.com", "Free", directory.RoleMember)
	for _, u := range []directory.User{e.inside, e.outside} {
		w.Join(t, e.organization, u.ID, directory.RoleMember)
	}
	w.JoinSpace(t, e.space, e.inside.ID, directory.RoleMember)
	for name, permissions := range map[string][]directory.Permission{
		"look":     {directory.OrganizationRead, directory.SpaceRead},
		"organize": {directory.OrganizationRead, directory.OrganizationUpdate, directory.OrganizationDelete, directory.OrganizationCreate, directory.SpaceRead, directory.SpaceCreate},
		"blind":    {directory.OrganizationUpdate, directory.SpaceUpdate, directory.SpaceDelete, directory.RoleBindingCreate, directory.RoleBindingDelete},
		"bind":     {directory.SpaceRead, directory.RoleBindingCreate, directory.RoleBindingDelete},
		"take":     {directory.SpaceRead, directory.RoleBindingDelete},
		"shape":    {directory.SpaceRead, directory.SpaceUpdate, directory.SpaceDelete},
	} {
		e.roles[name] = w.NewRole(t, name, permissions...)
	}
	return e
}

// role is a predefined one, or a custom one by its name.
func (e *estate) role(r directory.Role) directory.Role {
	if custom, there := e.roles[string(r)]; there {
		return custom
	}
	return r
}

// actor makes somebody who holds that, with developer access.
func (e *estate) actor(t *testing.T, n int, h holder) directory.Actor {
	t.Helper()
	email, yes := fmt.Sprintf("holder%d@example.com", n), true
	u, err := e.CreateUser(t.Context(), e.Admin, directory.CreateUser{
		Name: "Holder", Email: email, Role: e.role(h.account), Mode: directory.InviteNone, Developer: &yes,
	})
	must(t, err)
	if h.organization != "" {
		e.Join(t, e.organization, u.User.ID, e.role(h.organization))
	}
	if h.elsewhere != "" {
		e.Join(t, e.other, u.User.ID, e.role(h.elsewhere))
	}
	if h.space != "" {
		e.JoinSpace(t, e.space, u.User.ID, e.role(h.space))
	}
	if h.bound != "" {
		_, err := e.CreateRoleBinding(t.Context(), e.Admin, directory.CreateBinding{
			Role: e.role(h.bound), UserID: u.User.ID, Type: directory.ResourceSpace, ResourceID: string(e.space.ID),
		})
		must(t, err)
	}
	return e.As(t, email)
}

func (e *estate) try(t *testing.T, holders []holder, tries []func(ctx context.Context, d *directory.Directory, a directory.Actor) error) {
	t.Helper()
	d := *e.Directory
	for n, h := range holders {
		d.Store = e.Store
		a := e.actor(t, n, h)
		d.Store = trial{e.Store}
		got := ""
		for _, try := range tries {
			got += verdict(try(t.Context(), &d, a))
		}
		if got != h.want {
			t.Errorf("%+v: got %s, want %s", h, got, h.want)
		}
	}
}

func TestRightsOnOrganizations(t *testing.T) {
	t.Parallel()
	e := newEstate(t, false)
	id, name := e.organization.ID, "Renamed"
	const member, admin, reader, annotator, ui = directory.RoleMember, directory.RoleAdmin, directory.RoleReadOnly, directory.RoleAnnotator, directory.RoleMemberUIOnly
	e.try(t, []holder{
		// get, list, update, delete, add, remove, make a space, make an organization
		{account: admin, want: "++++++++"},
		{account: member, want: "-------x"},
		{account: ui, want: "-------x"},
		{account: annotator, want: "-------x"},
		{account: member, organization: admin, want: "+++++++x"},
		{account: ui, organization: admin, want: "+++++++x"},
		{account: member, organization: member, want: "++xxxxxx"},
		{account: member, organization: reader, want: "++xxxxxx"},
		{account: annotator, organization: annotator, want: "++xxxxxx"},
		{account: member, elsewhere: admin, want: "-------x"},
		{account: member, organization: member, elsewhere: admin, want: "++xxxxxx"},
		{account: member, organization: member, space: admin, want: "++xxxxxx"},
		{account: member, organization: "look", want: "++xxxxxx"},
		{account: member, organization: "organize", want: "++++xx+x"},
		{account: member, organization: "blind", want: "-------x"},
		{account: member, bound: "look", want: "-------x"},
		{account: "look", want: "++xxxxxx"},
		{account: "organize", want: "++++xx++"},
		{account: "blind", want: "-------x"},
		{account: "look", organization: admin, want: "+++++++x"},
	}, []func(ctx context.Context, d *directory.Directory, a directory.Actor) error{
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			_, err := d.Organization(ctx, a, id)
			return err
		},
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			page, err := d.ListOrganizations(ctx, a, directory.ListOrganizations{Name: "one"})
			if err == nil && (len(page.Items) != 1 || page.Items[0] != e.organization) {
				_, err = d.Organization(ctx, e.Admin, "T3JnYW5pemF0aW9uOm5v") // as if it were asked for
			}
			return err
		},
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			_, err := d.UpdateOrganization(ctx, a, id, directory.UpdateOrganization{Name: &name})
			return err
		},
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			return d.DeleteOrganization(ctx, a, id)
		},
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			_, err := d.AddOrganizationMember(ctx, a, id, directory.AddMember{UserID: e.free.ID, Role: member})
			return err
		},
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			return d.RemoveOrganizationMember(ctx, a, id, e.outside.ID)
		},
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			_, err := d.CreateSpace(ctx, a, directory.CreateSpace{OrganizationID: id, Name: "New"})
			return err
		},
		func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
			_, err := d.CreateOrganization(ctx, a, directory.CreateOrganization{Name: "New"})
			return err
		},
	})
}

func TestRightsOnSpaces(t *testing.T) {
	t.Parallel()
	const member, admin, reader, annotator, ui = directory.RoleMember, directory.RoleAdmin, directory.RoleReadOnly, directory.RoleAnnotator, directory.RoleMemberUIOnly
	for private, holders := range map[bool][]holder{
		// get, list, update, delete, add a member, add one with a custom role, remove
		false: {
			{account: admin, want: "+++++++"},
			{account: member, want: "-------"},
			{account: member, organization: admin, want: "+++++++"},
			{account: member, organization: admin, space: reader, want: "+++++++"},
			{account: member, organization: member, want: "++xxxxx"},
			{account: ui, organization: reader, want: "++xxxxx"},
			{account: annotator, organization: annotator, want: "++xxxxx"},
			{account: member, organization: member, space: admin, want: "+++++++"},
			{account: member, organization: member, space: member, want: "++xxxxx"},
			{account: member, organization: member, space: reader, want: "++xxxxx"},
			{account: member, organization: member, space: "bind", want: "++xxx++"},
			{account: member, organization: member, space: "take", want: "++xxxx+"},
			{account: member, organization: member, space: "shape", want: "++++xxx"},
			{account: member, organization: member, space: "blind", want: "-------"}, // the role in the space counts
			{account: member, organization: "bind", want: "++xxx++"},
			{account: member, organization: "bind", space: reader, want: "++xxxxx"},
			{account: member, organization: "blind", space: reader, want: "++xxxxx"},
			{account: member, bound: "bind", want: "++xxx++"},
			{account: member, organization: member, bound: "shape", want: "++++xxx"},
			{account: member, elsewhere: admin, want: "-------"},
			{account: "bind", want: "++xxx++"},
			{account: "blind", organization: reader, want: "++++x++"},
		},
		true: {
			{account: admin, want: "+++++++"},
			{account: member, want: "-------"},
			{account: member, organization: admin, want: "+++++++"},
			{account: member, organization: member, want: "-------"},
			{account: member, organization: "bind", want: "-------"},
			{account: annotator, organization: annotator, want: "-------"},
			{account: member, organization: member, space: admin, want: "+++++++"},
			{account: member, organization: member, space: member, want: "++xxxxx"},
			{account: annotator, organization: annotator, space: annotator, want: "++xxxxx"},
			{account: member, organization: "bind", space: reader, want: "++xxxxx"},
			{account: member, organization: member, space: "bind", want: "++xxx++"},
			{account: member, bound: "take", want: "++xxxx+"},
			{account: "shape", want: "-------"},
			{account: "shape", organization: member, want: "-------"},
			{account: "shape", organization: member, space: reader, want: "++++xxx"},
			{account: member, elsewhere: admin, want: "-------"},
		},
	} {
		t.Run(fmt.Sprint("private ", private), func(t *testing.T) {
			t.Parallel()
			e := newEstate(t, private)
			id, name := e.space.ID, "Renamed"
			e.try(t, holders, []func(ctx context.Context, d *directory.Directory, a directory.Actor) error{
				func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
					_, err := d.Space(ctx, a, id)
					return err
				},
				func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
					page, err := d.ListSpaces(ctx, a, directory.ListSpaces{})
					if err == nil && len(page.Items) != 1 {
						_, err = d.Space(ctx, e.Admin, "U3BhY2U6bm9uZQ==") // as if it were asked for
					}
					return err
				},
				func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
					_, err := d.UpdateSpace(ctx, a, id, directory.UpdateSpace{Name: &name})
					return err
				},
				func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
					return d.DeleteSpace(ctx, a, id)
				},
				func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
					_, err := d.AddSpaceMember(ctx, a, id, directory.AddMember{UserID: e.outside.ID, Role: member})
					return err
				},
				func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
					_, err := d.AddSpaceMember(ctx, a, id, directory.AddMember{UserID: e.outside.ID, Role: e.roles["take"]})
					return err
				},
				func(ctx context.Context, d *directory.Directory, a directory.Actor) error {
					return d.RemoveSpaceMember(ctx, a, id, e.inside.ID)
				},
			})
		})
	}
}

// R-AC-04, Z-07: what somebody who may bind roles, and is no administrator of
// the space, does to whom.
func TestWhoReplacesWhoseRole(t *testing.T) {
	t.Parallel()
	e := newEstate(t, false)
	actors := map[string]directory.Actor{}
	for n, name := range []string{"bind", "take", "ADMIN"} {
		actors[name] = e.actor(t, n, holder{account: directory.RoleMember, organization: directory.RoleMember, space: directory.Role(name)})
	}
	e.roles["add"] = e.NewRole(t, "add", directory.SpaceRead, directory.RoleBindingCreate)
	see := e.NewRole(t, "see", directory.SpaceRead) // which all of them have
	actors["add"] = e.actor(t, 10, holder{account: directory.RoleMember, organization: directory.RoleMember, space: "add"})
	d := *e.Directory
	for n, c := range []struct {
		held             directory.Role
		as               string
		replaced, remove string // by the role see, and altogether
	}{
		{"", "bind", "+", "-"}, {"", "add", "+", "x"}, {"", "take", "x", "-"},
		{directory.RoleMember, "bind", "+", "+"}, {directory.RoleMember, "add", "x", "x"}, {directory.RoleMember, "take", "x", "+"},
		{"take", "bind", "+", "+"}, {"bind", "bind", "+", "+"}, {"bind", "take", "x", "x"}, {"shape", "bind", "x", "x"}, {"shape", "take", "x", "x"},
		{directory.RoleAdmin, "bind", "x", "x"}, {directory.RoleAdmin, "add", "x", "x"}, {directory.RoleAdmin, "take", "x", "x"},
		{directory.RoleAdmin, "ADMIN", "+", "+"}, {"shape", "ADMIN", "+", "+"}, {"", "ADMIN", "+", "-"},
	} {
		u := e.Create(t, fmt.Sprintf("target%d@example.com", n), "Target", directory.RoleMember)
		d.Store = e.Store
		e.Join(t, e.organization, u.ID, directory.RoleMember)
		if c.held != "" {
			e.JoinSpace(t, e.space, u.ID, e.role(c.held))
		}
		d.Store = trial{e.Store}
		_, err := d.AddSpaceMember(t.Context(), actors[c.as], e.space.ID, directory.AddMember{UserID: u.ID, Role: see})
		if got := verdict(err); got != c.replaced {
			t.Errorf("%s gives %q the role see: %s, want %s (%v)", c.as, c.held, got, c.replaced, err)
		}
		if got := verdict(d.RemoveSpaceMember(t.Context(), actors[c.as], e.space.ID, u.ID)); got != c.remove {
			t.Errorf("%s removes %q: %s, want %s", c.as, c.held, got, c.remove)
		}
	}
}

// A bot belongs to where its key was made for. It is not added to anything,
// and not removed.
func TestBotsAreNoMembers(t *testing.T) {
	t.Parallel()
	e := newEstate(t, false)
	bot := directory.User{ID: "VXNlcjpib3QxMjM0NTY3", Name: "Bot", Role: directory.RoleMember, Bot: true, State: directory.StateActive, CreatedAt: e.Clock.Now()}
	must(t, e.Store.Write(t.Context(), func(tx directory.Tx) error {
		if _, err := tx.InsertUser(&bot, ""); err != nil {
			return err
		}
		m := directory.Membership{ID: "a", Role: directory.RoleReadOnly, CreatedAt: e.Clock.Now()}
		return errors.Join(tx.SetOrganizationMember(e.organization.Seq, bot.Seq, &m), tx.SetSpaceMember(e.space.Seq, bot.Seq, &m))
	}))
	add := directory.AddMember{UserID: bot.ID, Role: directory.RoleAdmin}
	_, err := e.AddOrganizationMember(t.Context(), e.Admin, e.organization.ID, add)
	wantKind(t, "add", err, directory.NotFound)
	_, err = e.AddSpaceMember(t.Context(), e.Admin, e.space.ID, add)
	wantKind(t, "add to the space", err, directory.NotFound)
	wantKind(t, "remove", e.RemoveOrganizationMember(t.Context(), e.Admin, e.organization.ID, bot.ID), directory.NotFound)
	wantKind(t, "remove from the space", e.RemoveSpaceMember(t.Context(), e.Admin, e.space.ID, bot.ID), directory.NotFound)
}

// held is all that a user holds in the estate.
func (e *estate) held(t *testing.T, u directory.User) directory.Grants {
	t.Helper()
	g, err := e.Store.Read(t.Context()).SpaceGrants(u.Seq, e.space.Seq)
	must(t, err)
	return g
}

// What goes with whom: leaving, deletion, and an invitation that makes an
// annotator of somebody.
func TestAccessEnds(t *testing.T) {
	t.Parallel()
	all := func(t *testing.T, e *estate, u directory.User) {
		t.Helper()
		e.Join(t, e.organization, u.ID, directory.RoleMember)
		e.JoinSpace(t, e.space, u.ID, directory.RoleMember)
		_, err := e.CreateRoleBinding(t.Context(), e.Admin, directory.CreateBinding{
			Role: e.roles["look"], UserID: u.ID, Type: directory.ResourceSpace, ResourceID: string(e.space.ID),
		})
		must(t, err)
	}
	for name, c := range map[string]struct {
		end  func(ctx context.Context, e *estate, u directory.User) error
		left string // organization, space, binding
		says string // in the audit entry
	}{
		"removed from the space": {func(ctx context.Context, e *estate, u directory.User) error {
			return e.RemoveSpaceMember(ctx, e.Admin, e.space.ID, u.ID)
		}, "o", `{"field":"role_bindings","from":1}`},
		"removed from the organization": {func(ctx context.Context, e *estate, u directory.User) error {
			return e.RemoveOrganizationMember(ctx, e.Admin, e.organization.ID, u.ID)
		}, "", `{"field":"memberships","from":1},{"field":"role_bindings","from":1}`},
		"deleted": {func(ctx context.Context, e *estate, u directory.User) error {
			return e.DeleteUser(ctx, e.Admin, u.ID)
		}, "", `{"field":"memberships","from":2},{"field":"role_bindings","from":1}`},
		"invited anew as a member": {func(ctx context.Context, e *estate, u directory.User) error {
			_, err := e.CreateUser(ctx, e.Admin, directory.CreateUser{Name: "Pat", Email: u.Email, Role: directory.RoleMemberUIOnly, Mode: directory.InviteNone})
			return err
		}, "osb", `"field":"invite_mode"`},
		"invited anew as an annotator": {func(ctx context.Context, e *estate, u directory.User) error {
			_, err := e.CreateUser(ctx, e.Admin, directory.CreateUser{Name: "Pat", Email: u.Email, Role: directory.RoleAnnotator, Mode: directory.InviteNone})
			return err
		}, "", `{"field":"memberships","from":2},{"field":"role_bindings","from":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t, false)
			p, other := e.Put(t, "pat@example.com", dirtest.InvitedByLink), e.Put(t, "kim@example.com", dirtest.InvitedByLink)
			all(t, e, p.User)
			all(t, e, other.User)
			before := e.held(t, other.User)
			seen := len(e.Entries(t))
			must(t, c.end(t.Context(), e, p.User))
			left := ""
			g := e.held(t, p.User)
			for n, role := range []directory.Role{g.Organization.Role, g.Space.Role, g.Bound.Role} {
				if role != "" {
					left += "osb"[n : n+1]
				}
			}
			if left != c.left {
				t.Errorf("left: %q, want %q", left, c.left)
			}
			same(t, "the other", e.held(t, other.User), before)
			if entries := since(t, e.World, seen); len(entries) != 1 || !strings.Contains(entries[0].Changes, c.says) {
				t.Errorf("audit entries %+v, want one with %s", entries, c.says)
			}
		})
	}
}

// L-01: one entry for each change, which says who and what; none where
// nothing changed.
func TestOrganizationsAreRecorded(t *testing.T) {
	t.Parallel()
	e := newEstate(t, false)
	name, private := "Renamed", true
	for _, c := range []struct {
		operation, subject, says string
		do                       func(ctx context.Context) error
	}{
		{"update_organization", string(e.organization.ID), `[{"field":"name","from":"One","to":"Renamed"}]`, func(ctx context.Context) error {
			_, err := e.UpdateOrganization(ctx, e.Admin, e.organization.ID, directory.UpdateOrganization{Name: &name})
			return err
		}},
		{"", "", "", func(ctx context.Context) error {
			_, err := e.UpdateOrganization(ctx, e.Admin, e.organization.ID, directory.UpdateOrganization{Name: &name})
			return err
		}},
		{"update_space", string(e.space.ID), `[{"field":"is_private","from":false,"to":true},{"field":"ml_models_enabled","to":true}]`, func(ctx context.Context) error {
			_, err := e.UpdateSpace(ctx, e.Admin, e.space.ID, directory.UpdateSpace{Private: &private, Models: &private})
			return err
		}},
		{"", "", "", func(ctx context.Context) error {
			_, err := e.UpdateSpace(ctx, e.Admin, e.space.ID, directory.UpdateSpace{Private: &private, Models: &private})
			return err
		}},
		{"add_organization_user", string(e.organization.ID), `[{"field":"user_id","to":"` + string(e.inside.ID) + `"},{"field":"role","from":"MEMBER","to":"ADMIN"}]`, func(ctx context.Context) error {
			_, err := e.AddOrganizationMember(ctx, e.Admin, e.organization.ID, directory.AddMember{UserID: e.inside.ID, Role: directory.RoleAdmin})
			return err
		}},
		{"add_space_user", string(e.space.ID), `[{"field":"user_id","to":"` + string(e.outside.ID) + `"},{"field":"role","to":"ADMIN"}]`, func(ctx context.Context) error {
			_, err := e.AddSpaceMember(ctx, e.Admin, e.space.ID, directory.AddMember{UserID: e.outside.ID, Role: directory.RoleAdmin})
			return err
		}},
		{"", "", "", func(ctx context.Context) error {
			_, err := e.AddSpaceMember(ctx, e.Admin, e.space.ID, directory.AddMember{UserID: e.outside.ID, Role: directory.RoleAdmin})
			return err
		}},
		{"remove_space_user", string(e.space.ID), `[{"field":"user_id","from":"` + string(e.outside.ID) + `"},{"field":"role","from":"ADMIN"}]`, func(ctx context.Context) error {
			return e.RemoveSpaceMember(ctx, e.Admin, e.space.ID, e.outside.ID)
		}},
		{"delete_space", string(e.space.ID), `{"field":"name","from":"Lab"},{"field":"is_private","from":true},{"field":"ml_models_enabled","from":true},{"field":"memberships","from":1}]`, func(ctx context.Context) error {
			return e.DeleteSpace(ctx, e.Admin, e.space.ID)
		}},
		{"delete_organization", string(e.organization.ID), `{"field":"memberships","from":2}]`, func(ctx context.Context) error {
			return e.DeleteOrganization(ctx, e.Admin, e.organization.ID)
		}},
	} {
		seen := len(e.Entries(t))
		must(t, c.do(t.Context()))
		entries := since(t, e.World, seen)
		if c.operation == "" {
			same(t, "after what changed nothing", entries, nil)
			continue
		}
		if len(entries) != 1 || entries[0].Operation != c.operation || entries[0].Subject != c.subject || entries[0].ActorID != string(e.Admin.UserID) ||
			!strings.HasSuffix(entries[0].Changes, c.says) {
			t.Errorf("%s on %s: entries %+v, want %s", c.operation, c.subject, entries, c.says)
		}
	}
}

// Each change of organizations, spaces and members is there with its audit
// entry, or not at all, wherever the store breaks (L-06).
func TestOrganizationsAllOrNothing(t *testing.T) {
	t.Parallel()
	name := "Renamed"
	for what, do := range map[string]func(ctx context.Context, d *directory.Directory, e *estate) error{
		"create an organization": func(ctx context.Context, d *directory.Directory, e *estate) error {
			_, err := d.CreateOrganization(ctx, e.Admin, directory.CreateOrganization{Name: "New"})
			return err
		},
		"change an organization": func(ctx context.Context, d *directory.Directory, e *estate) error {
			_, err := d.UpdateOrganization(ctx, e.Admin, e.organization.ID, directory.UpdateOrganization{Name: &name})
			return err
		},
		"delete an organization": func(ctx context.Context, d *directory.Directory, e *estate) error {
			return d.DeleteOrganization(ctx, e.Admin, e.organization.ID)
		},
		"add a member": func(ctx context.Context, d *directory.Directory, e *estate) error {
			_, err := d.AddOrganizationMember(ctx, e.Admin, e.organization.ID, directory.AddMember{UserID: e.free.ID, Role: directory.RoleMember})
			return err
		},
		"remove a member": func(ctx context.Context, d *directory.Directory, e *estate) error {
			return d.RemoveOrganizationMember(ctx, e.Admin, e.organization.ID, e.inside.ID)
		},
		"create a space": func(ctx context.Context, d *directory.Directory, e *estate) error {
			_, err := d.CreateSpace(ctx, e.Admin, directory.CreateSpace{OrganizationID: e.organization.ID, Name: "New"})
			return err
		},
		"change a space": func(ctx context.Context, d *directory.Directory, e *estate) error {
			_, err := d.UpdateSpace(ctx, e.Admin, e.space.ID, directory.UpdateSpace{Name: &name})
			return err
		},
		"delete a space": func(ctx context.Context, d *directory.Directory, e *estate) error {
			return d.DeleteSpace(ctx, e.Admin, e.space.ID)
		},
		"add a member to a space": func(ctx context.Context, d *directory.Directory, e *estate) error {
			_, err := d.AddSpaceMember(ctx, e.Admin, e.space.ID, directory.AddMember{UserID: e.outside.ID, Role: directory.RoleMember})
			return err
		},
		"remove a member of a space": func(ctx context.Context, d *directory.Directory, e *estate) error {
			return d.RemoveSpaceMember(ctx, e.Admin, e.space.ID, e.inside.ID)
		},
		"delete a member": func(ctx context.Context, d *directory.Directory, e *estate) error {
			return d.DeleteUser(ctx, e.Admin, e.inside.ID)
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t, true)
			broken := &faulty{Store: e.Store}
			d := *e.Directory
			d.Store = broken
			before := state(t, e.World)
			for broken.fail = 1; ; broken.fail++ {
				err := do(t.Context(), &d, e)
				if broken.calls < broken.fail {
					must(t, err)
					break
				}
				if !errors.Is(err, errBroken) {
					t.Errorf("step %d broken: error %v", broken.fail, err)
				}
				same(t, fmt.Sprintf("step %d broken: the directory", broken.fail), state(t, e.World), before)
			}
			if broken.fail < 3 || state(t, e.World) == before {
				t.Errorf("the operation did nothing, in %d steps", broken.fail-1)
			}
		})
	}
}

// Z-11: a user with 10,000 memberships, keys and role bindings goes with all
// of them, or stays with all of them.
func TestZ11_DeletionOfWhoHasMuch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, others := w.Create(t, "pat@example.com", "Pat", directory.RoleMember), w.Create(t, "kim@example.com", "Kim", directory.RoleMember)
	const many = 10_000
	must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error {
		for n := range many {
			id := fmt.Sprint("number ", n)
			o := directory.Organization{ID: directory.OrganizationID(id), Name: id, CreatedAt: w.Clock.Now()}
			if _, err := tx.InsertOrganization(&o); err != nil {
				return err
			}
			for _, seq := range []int64{u.Seq, others.Seq}[:2-n%2] {
				m := directory.Membership{ID: id, Role: directory.RoleMember, CreatedAt: w.Clock.Now()}
				b := directory.RoleBinding{ID: fmt.Sprint(id, seq), Role: directory.RoleMember, UserSeq: seq, Type: directory.ResourceProject, ResourceID: id, CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now()}
				k := directory.APIKey{ID: b.ID, UserSeq: seq, Name: id, Digest: directory.DigestOf(b.ID), CreatedAt: w.Clock.Now()}
				if _, err := tx.InsertRoleBinding(&b); err != nil {
					return err
				}
				if err := errors.Join(tx.SetOrganizationMember(o.Seq, seq, &m), tx.InsertKey(k)); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	count := func(u directory.User) (memberships, bindings, keys int) {
		r := w.Store.Read(t.Context())
		organizations, err := r.Organizations(directory.OrganizationQuery{UserSeq: u.Seq, Limit: 2 * many})
		must(t, err)
		bound, err := r.RoleBindings(directory.BindingQuery{Type: directory.ResourceProject, UserID: u.ID, Limit: 2 * many})
		must(t, err)
		all, err := r.KeysOf(u.Seq)
		must(t, err)
		for _, k := range all {
			if k.RevokedAt.IsZero() {
				keys++
			}
		}
		return len(organizations), len(bound), keys
	}
	broken := &faulty{Store: w.Store}
	d := *w.Directory
	d.Store = broken
	for broken.fail = 1; ; broken.fail++ {
		err := d.DeleteUser(t.Context(), w.Admin, u.ID)
		if broken.calls < broken.fail {
			must(t, err)
			break
		}
		if m, b, k := count(u); m != many || b != many || k != many {
			t.Errorf("step %d broken: %d memberships, %d bindings, %d keys are left", broken.fail, m, b, k)
		}
	}
	if m, b, k := count(u); m+b+k != 0 {
		t.Errorf("%d memberships, %d bindings, %d keys are left", m, b, k)
	}
	if m, b, k := count(others); m != many/2 || b != many/2 || k != many/2 {
		t.Errorf("of the other %d memberships, %d bindings, %d keys are left", m, b, k)
	}
}
