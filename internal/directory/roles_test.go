package directory_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// define makes a role.
func define(t testing.TB, w *dirtest.World, name string, permissions ...directory.Permission) directory.RoleDefinition {
	t.Helper()
	r, err := w.CreateRole(t.Context(), w.Admin, directory.CreateRole{Name: name, Permissions: permissions})
	must(t, err)
	return r
}

// holding is somebody whose account role allows just that, asking through the API.
func holding(t testing.TB, w *dirtest.World, name string, permissions ...directory.Permission) directory.Actor {
	t.Helper()
	r, yes := define(t, w, "Role of "+name, permissions...), true
	made, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{
		Name: name, Email: name + "@example.com", Role: r.ID, Mode: directory.InviteNone, Developer: &yes,
	})
	must(t, err)
	if made.User.RoleName != r.Name {
		t.Errorf("the answer names the role %q", made.User.RoleName)
	}
	a, err := w.Authenticate(t.Context(), w.APIKey(t, made.User.Email))
	must(t, err)
	return a
}

func foreign(kind string) string { return base64.StdEncoding.EncodeToString([]byte(kind)) }

// R-AC-04: nobody defines a role that allows more than they may do.
func TestCreateRoleWithin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	definer := holding(t, w, "definer", directory.RoleCreate, directory.RoleRead, "DATASET_READ")
	silent := w.Admin
	silent.Developer = false
	for _, c := range []struct {
		name  string
		actor directory.Actor
		gives []directory.Permission
		want  directory.Kind
	}{
		{"an administrator gives everything", w.Admin, directory.Permissions(), ok},
		{"the host does", directory.Host("root"), directory.Permissions(), ok},
		{"a member defines no role", w.Member, []directory.Permission{directory.RoleRead}, directory.Forbidden},
		{"an annotator defines none", w.Annotator, []directory.Permission{directory.RoleRead}, directory.Forbidden},
		{"a custom role with ROLE_CREATE gives what it has", definer, []directory.Permission{directory.RoleRead, directory.RoleCreate, "DATASET_READ"}, ok},
		{"and nothing else", definer, []directory.Permission{directory.RoleRead, directory.RoleUpdate}, directory.Forbidden},
		{"a key of somebody without developer access", silent, []directory.Permission{directory.RoleRead}, directory.Forbidden},
	} {
		seen := len(w.Entries(t))
		_, err := w.CreateRole(t.Context(), c.actor, directory.CreateRole{Name: c.name, Permissions: c.gives})
		wantKind(t, c.name, err, c.want)
		if entries := len(w.Entries(t)) - seen; entries != map[bool]int{true: 1}[c.want == ok] {
			t.Errorf("%s: %d entries", c.name, entries)
		}
	}
}

// Who may change roles could change their own, were it not for R-AC-04 before and after.
func TestUpdateAndDeleteRoleWithin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	keeper := holding(t, w, "keeper", directory.RoleUpdate, directory.RoleDelete, directory.RoleRead)
	own, small, large := keeper.Role, define(t, w, "Small", directory.RoleRead), define(t, w, "Large", directory.RoleRead, directory.UserDelete)
	name, more := "Renamed", []directory.Permission{directory.RoleRead, directory.UserDelete}
	update := func(id directory.Role, in directory.UpdateRole) func(a directory.Actor) error {
		return func(a directory.Actor) error {
			_, err := w.UpdateRole(t.Context(), a, id, in)
			return err
		}
	}
	remove := func(id directory.Role) func(a directory.Actor) error {
		return func(a directory.Actor) error { return w.DeleteRole(t.Context(), a, id) }
	}
	predefined := directory.PredefinedRoles()[0].ID
	missing := directory.Role(foreign("Role:missing"))
	for _, c := range []struct {
		name string
		do   func(a directory.Actor) error
		want [3]directory.Kind // a member, the keeper, an administrator
	}{
		{"widen one's own", update(own, directory.UpdateRole{Permissions: &more}), [3]directory.Kind{directory.Forbidden, directory.Forbidden, ok}},
		{"rename a wider one", update(large.ID, directory.UpdateRole{Name: &name}), [3]directory.Kind{directory.Forbidden, directory.Forbidden, ok}},
		{"narrow a wider one", update(large.ID, directory.UpdateRole{Permissions: &[]directory.Permission{directory.RoleRead}}), [3]directory.Kind{directory.Forbidden, directory.Forbidden, ok}},
		{"describe a narrower one", update(small.ID, directory.UpdateRole{Description: &name}), [3]directory.Kind{directory.Forbidden, ok, ok}},
		{"change a predefined one", update(predefined, directory.UpdateRole{Description: &name}), [3]directory.Kind{directory.Forbidden, directory.Forbidden, directory.Forbidden}},
		{"change one that is not there", update(missing, directory.UpdateRole{Name: &name}), [3]directory.Kind{directory.Forbidden, directory.NotFound, directory.NotFound}},
		{"change nothing", update(small.ID, directory.UpdateRole{}), [3]directory.Kind{directory.Forbidden, directory.Malformed, directory.Malformed}},
		{"change what is no id", update("x", directory.UpdateRole{Name: &name}), [3]directory.Kind{directory.Forbidden, directory.Malformed, directory.Malformed}},
		{"delete a predefined one", remove(predefined), [3]directory.Kind{directory.Forbidden, directory.Forbidden, directory.Forbidden}},
		{"delete one that is held", remove(own), [3]directory.Kind{directory.Forbidden, directory.Forbidden, directory.Conflict}},
		{"delete one that is not there", remove(missing), [3]directory.Kind{directory.Forbidden, directory.NotFound, directory.NotFound}},
		{"delete a narrower one", remove(small.ID), [3]directory.Kind{directory.Forbidden, ok, directory.NotFound}},
	} {
		for n, a := range []directory.Actor{w.Member, keeper, w.Admin} {
			wantKind(t, fmt.Sprintf("%s, actor %d", c.name, n), c.do(a), c.want[n])
		}
	}
}

func TestRoleRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taken := define(t, w, "Keeper", directory.RoleRead)
	const read = directory.RoleRead
	for _, c := range []struct {
		name, says string
		in         directory.CreateRole
	}{
		{"all kinds of characters", "", directory.CreateRole{Name: ` Az 09-_.,()[]'"/:\&@#$%!?+= `, Permissions: []directory.Permission{read}}},
		{"no name", "name: must not be empty", directory.CreateRole{Name: "  ", Permissions: []directory.Permission{read}}},
		{"255 characters", "", directory.CreateRole{Name: strings.Repeat("x", 255), Permissions: []directory.Permission{read}}},
		{"256", "name: must be at most 255", directory.CreateRole{Name: strings.Repeat("x", 256), Permissions: []directory.Permission{read}}},
		{"another letter", "name: may hold letters and digits of ASCII", directory.CreateRole{Name: "Kéeper", Permissions: []directory.Permission{read}}},
		{"a character that none has", "name: may hold", directory.CreateRole{Name: "a<b", Permissions: []directory.Permission{read}}},
		{"no permissions", "permissions: must hold at least one", directory.CreateRole{Name: "x"}},
		{"twice the same", "", directory.CreateRole{Name: "twice", Permissions: []directory.Permission{read, read}}},
		{"an unknown one", `"RESOURCE_RESTRICT" is not a permission`, directory.CreateRole{Name: "x", Permissions: []directory.Permission{"RESOURCE_RESTRICT"}}},
		{"too many", "permissions: may hold at most 1000", directory.CreateRole{Name: "x", Permissions: slices.Repeat([]directory.Permission{read}, 1001)}},
		{"a long description", "description: must be at most 1000", directory.CreateRole{Name: "x", Description: strings.Repeat("é", 1001), Permissions: []directory.Permission{read}}},
		{"all at once", "name: must not be empty; permissions: must hold at least one", directory.CreateRole{}},
		{"a name that is taken, in another case", "A role with this name", directory.CreateRole{Name: "KEEPER", Permissions: []directory.Permission{read}}},
		{"a predefined name, in another case", "A role with this name", directory.CreateRole{Name: "account ADMIN", Permissions: []directory.Permission{read}}},
	} {
		_, err := w.CreateRole(t.Context(), w.Admin, c.in)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
	blank, predefined, same := "\t ", "Space Admin", "keeper"
	for name, in := range map[string]directory.UpdateRole{"name: must not be blank": {Name: &blank}, "A role with this name": {Name: &predefined}, "": {Name: &same}} {
		_, err := w.UpdateRole(t.Context(), w.Admin, taken.ID, in)
		if (err == nil) != (name == "") || err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("rename: %v, want %q", err, name)
		}
	}
}

func TestUpdateRoleChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, err := w.CreateRole(t.Context(), w.Admin, directory.CreateRole{Name: "One", Description: "words", Permissions: []directory.Permission{directory.RoleRead}})
	must(t, err)
	w.Clock.Advance(time.Hour)
	seen := len(w.Entries(t))
	name, none := "One", ""
	again, err := w.UpdateRole(t.Context(), w.Admin, before.ID, directory.UpdateRole{Name: &name})
	must(t, err)
	if same(t, "nothing new", again, before); len(since(t, w, seen)) != 0 {
		t.Error("nothing changed, and an entry says so")
	}
	name = "Two"
	after, err := w.UpdateRole(t.Context(), w.Admin, before.ID, directory.UpdateRole{Name: &name, Description: &none, Permissions: &[]directory.Permission{directory.UserRead}})
	must(t, err)
	want := before
	want.Name, want.Description, want.UpdatedAt, want.Permissions = "Two", "", w.Clock.Now(), directory.PermissionSet{}
	want.Permissions.Add(directory.UserRead)
	same(t, "afterwards", after, want)
	entry := since(t, w, seen)[0]
	if entry.Operation != "update_role" || entry.Subject != string(before.ID) || entry.Changes !=
		`[{"field":"name","from":"One","to":"Two"},{"field":"description","from":"words","to":""},{"field":"permissions","from":"ROLE_READ","to":"USER_READ"}]` {
		t.Errorf("entry %+v", entry)
	}
}

// A change of a role holds for those who hold it at their next request (K-04).
func TestRoleChangesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := holding(t, w, "reader", directory.UserRead)
	key := w.APIKey(t, "reader@example.com")
	_, err := w.ListUsers(t.Context(), a, directory.ListUsers{})
	must(t, err)
	_, err = w.UpdateRole(t.Context(), w.Admin, a.Role, directory.UpdateRole{Permissions: &[]directory.Permission{directory.RoleRead}})
	must(t, err)
	a, err = w.Authenticate(t.Context(), key)
	must(t, err)
	_, err = w.ListUsers(t.Context(), a, directory.ListUsers{})
	wantKind(t, "afterwards", err, directory.Forbidden)
}

func TestListRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := []directory.RoleDefinition{define(t, w, "One", directory.RoleRead), define(t, w, "Two", directory.RoleRead), define(t, w, "Three", directory.RoleRead)}
	must(t, w.DeleteRole(t.Context(), w.Admin, own[1].ID))
	all := append(directory.PredefinedRoles(), own[0], own[2])
	yes, no := true, false
	for _, c := range []struct {
		name       string
		predefined *bool
		want       []directory.RoleDefinition
	}{{"all", nil, all}, {"predefined", &yes, all[:15]}, {"our own", &no, all[15:]}} {
		for limit := 1; limit <= 18; limit++ {
			var got []directory.Role
			for cursor := ""; ; {
				p, err := w.ListRoles(t.Context(), w.Member, directory.ListRoles{Predefined: c.predefined, Limit: limit, Cursor: cursor})
				must(t, err)
				for _, r := range p.Items {
					got = append(got, r.ID)
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			var want []directory.Role
			for _, r := range c.want {
				want = append(want, r.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s by %d: %d roles, want %d", c.name, limit, len(got), len(want))
			}
		}
	}
	first, err := w.ListRoles(t.Context(), w.Admin, directory.ListRoles{Limit: 1})
	must(t, err)
	_, err = w.ListRoles(t.Context(), w.Admin, directory.ListRoles{Predefined: &no, Cursor: first.Next})
	wantKind(t, "a cursor with another filter", err, directory.Malformed)
	_, err = w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Cursor: first.Next})
	wantKind(t, "a cursor of another list", err, directory.Malformed)
	for _, a := range []directory.Actor{w.Annotator, holding(t, w, "other", directory.UserRead)} {
		_, err := w.ListRoles(t.Context(), a, directory.ListRoles{})
		wantKind(t, a.Email+" lists", err, directory.Forbidden)
		for _, id := range []directory.Role{own[0].ID, own[1].ID, directory.Role(foreign("Role:missing"))} {
			_, err = w.RoleDefinition(t.Context(), a, id)
			wantKind(t, a.Email+" reads one", err, directory.Forbidden)
		}
	}
	for id, want := range map[directory.Role]directory.Kind{own[0].ID: ok, own[1].ID: directory.NotFound, all[3].ID: ok, directory.Role(w.Admin.UserID): directory.NotFound, "x": directory.Malformed} {
		_, err := w.RoleDefinition(t.Context(), w.Member, id)
		wantKind(t, string(id), err, want)
	}
}

// R-AC-04, Z-04: nobody gives a role in the account that allows more than they may do.
func TestAssignWithin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	creator := holding(t, w, "creator", directory.UserCreate, directory.UserRead)
	likeMember := holding(t, w, "like", directory.UserCreate, directory.UserRead, directory.RoleRead)
	small, large := define(t, w, "Small", directory.UserRead).ID, define(t, w, "Large", directory.UserRead, directory.UserDelete).ID
	for n, c := range []struct {
		actor directory.Actor
		role  directory.Role
		want  directory.Kind
	}{
		{w.Admin, small, ok}, {w.Admin, large, ok}, {w.Admin, directory.RoleAdmin, ok},
		{w.Member, small, directory.Forbidden}, {w.Member, directory.RoleMember, ok}, {w.Member, directory.RoleAnnotator, ok},
		{w.Member, directory.RoleAdmin, directory.Forbidden}, {w.Member, directory.RoleMemberUIOnly, directory.Forbidden},
		{creator, small, ok}, {creator, creator.Role, ok}, {creator, large, directory.Forbidden}, {creator, directory.RoleAdmin, directory.Forbidden},
		{creator, directory.RoleMember, directory.Forbidden}, {creator, directory.RoleAnnotator, ok}, {creator, directory.RoleMemberUIOnly, ok},
		{likeMember, directory.RoleMember, ok}, {likeMember, directory.RoleAdmin, directory.Forbidden},
		{w.Admin, directory.Role(foreign("Role:missing")), directory.Invalid}, {w.Admin, directory.PredefinedRoles()[0].ID, directory.Invalid},
	} {
		_, err := w.CreateUser(t.Context(), c.actor, directory.CreateUser{Name: "Pat", Email: fmt.Sprintf("pat%d@example.com", n), Role: c.role, Mode: directory.InviteNone})
		wantKind(t, fmt.Sprintf("%s gives %s", c.actor.Email, c.role), err, c.want)
	}
}

// Z-07: who may change users changes none who may do more.
func TestTouchWithin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := holding(t, w, "clerk", directory.UserRead, directory.UserUpdate, directory.UserDelete, directory.UserCreate)
	strong := holding(t, w, "strong", directory.UserRead, directory.UserUpdate, directory.RoleDelete)
	weak := holding(t, w, "weak", directory.UserRead)
	name := "Renamed"
	for _, c := range []struct {
		who  directory.UserID
		want directory.Kind
	}{{w.Admin.UserID, directory.Forbidden}, {strong.UserID, directory.Forbidden}, {weak.UserID, ok}, {w.Annotator.UserID, ok}} {
		_, err := w.UpdateUser(t.Context(), clerk, c.who, directory.UpdateUser{Name: &name})
		wantKind(t, "rename", err, c.want)
		wantKind(t, "reset", w.ResetPassword(t.Context(), clerk, c.who), c.want)
		wantKind(t, "delete", w.DeleteUser(t.Context(), clerk, c.who), c.want)
	}
	yes := true
	_, err := w.UpdateUser(t.Context(), clerk, w.Member.UserID, directory.UpdateUser{Developer: &yes})
	wantKind(t, "developer access", err, directory.Forbidden)
	// Nor does inviting anew take somebody's role from them, before they came or when they did not come in time.
	for _, late := range []time.Duration{0, directory.DefaultInvitationLife} {
		for role, want := range map[directory.Role]directory.Kind{directory.RoleAdmin: directory.Forbidden, strong.Role: directory.Forbidden, weak.Role: ok} {
			in := directory.CreateUser{Name: "New", Email: fmt.Sprintf("new%d%d@example.com", late, want), Role: role, Mode: directory.InviteLink}
			if role == strong.Role {
				in.Email = "strong" + in.Email
			}
			_, err := w.CreateUser(t.Context(), w.Admin, in)
			must(t, err)
			w.Clock.Advance(late)
			in.Role, in.Mode = directory.RoleAnnotator, directory.InviteNone
			_, err = w.CreateUser(t.Context(), clerk, in)
			wantKind(t, fmt.Sprintf("invite a %s anew after %s", role, late), err, want)
		}
	}
}
