package directory_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// A yard is an estate with the roles that service keys are about.
func newYard(t *testing.T) *estate {
	t.Helper()
	e := newEstate(t, false)
	e.roles["keys"] = e.NewRole(t, "keys", directory.OrganizationRead, directory.SpaceRead, directory.ServiceKeyCreate, directory.ServiceKeyRead, directory.ServiceKeyRevoke)
	e.roles["see"] = e.NewRole(t, "see", directory.SpaceRead)
	e.roles["revoker"] = e.NewRole(t, "revoker", directory.ServiceKeyRevoke)
	return e
}

// botFor asks for a bot in the estate's space.
func (e *estate) botFor(account, organization, space directory.Role) directory.CreateServiceKey {
	return directory.CreateServiceKey{
		CreateKey: directory.CreateKey{Name: "machine"}, AccountRole: account,
		Organizations: []directory.BotOrganization{{ID: e.organization.ID, Role: organization, Spaces: []directory.BotSpace{{ID: e.space.ID, Role: e.role(space)}}}},
	}
}

func (e *estate) bot(t *testing.T, in directory.CreateServiceKey) (directory.IssuedKey, directory.Bot) {
	t.Helper()
	k, b, err := e.CreateServiceKey(t.Context(), e.Admin, in)
	must(t, err)
	return k, b
}

// madeBy is another key of a bot, as if the actor had made it.
func madeBy(t *testing.T, w *dirtest.World, k directory.IssuedKey, a directory.Actor) string {
	t.Helper()
	another := k.APIKey
	another.ID = foreign("ApiKey:" + a.Email)
	another.Digest, another.CreatorSeq = directory.DigestOf(another.ID), a.UserSeq
	must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error { return tx.InsertKey(another) }))
	return another.ID
}

// onTrial is the directory on a store that keeps nothing.
func (e *estate) onTrial() *directory.Directory {
	d := *e.Directory
	d.Store = trial{e.Store}
	return &d
}

// K-08: to create a service key, to list them, to refresh and to revoke one
// that somebody else made, to refresh and to revoke one's own.
func TestWhoMakesServiceKeys(t *testing.T) {
	t.Parallel()
	const adm, mem, look = directory.RoleAdmin, directory.RoleMember, directory.RoleReadOnly
	e := newYard(t)
	others, _ := e.bot(t, e.botFor(mem, look, "see"))
	for n, h := range []holder{
		{account: adm, want: "++++++"},
		{account: mem, organization: adm, want: "++++++"},
		{account: mem, organization: mem, space: adm, want: "++++++"},
		{account: mem, organization: mem, space: "keys", want: "++xx++"},
		{account: mem, organization: mem, bound: "keys", want: "++xx++"},
		{account: mem, organization: mem, space: "revoker", want: "-----+"},
		{account: mem, organization: mem, space: mem, want: "xx----"},
		{account: mem, organization: mem, want: "xx----"},
		{account: mem, elsewhere: adm, want: "------"},
		{account: mem, want: "------"},
		{account: directory.RoleMemberUIOnly, organization: adm, want: "!+x+x+"},
		{account: directory.RoleAnnotator, organization: directory.RoleAnnotator, space: directory.RoleAnnotator, want: "xx----"},
	} {
		a := e.actor(t, n, h)
		own, d, ctx, got := madeBy(t, e.World, others, a), e.onTrial(), t.Context(), ""
		for _, do := range []func() error{
			func() error { _, _, err := d.CreateServiceKey(ctx, a, e.botFor(mem, look, "see")); return err },
			func() error { _, err := d.ListKeys(ctx, a, directory.ListKeys{SpaceID: e.space.ID}); return err },
			func() error { _, err := d.RefreshKey(ctx, a, others.ID, directory.RefreshKey{}); return err },
			func() error { return d.RevokeKey(ctx, a, others.ID) },
			func() error { _, err := d.RefreshKey(ctx, a, own, directory.RefreshKey{}); return err },
			func() error { return d.RevokeKey(ctx, a, own) },
		} {
			if err := do(); kindOf(err) == directory.Invalid {
				got += "!"
			} else {
				got += verdict(err)
			}
		}
		if got != h.want {
			t.Errorf("%+v: got %s", h, got)
		}
	}
}

// K-08: nobody gets a bot, or another secret of one, that may do more than
// they may themselves.
func TestBotsStayBelow(t *testing.T) {
	t.Parallel()
	const adm, mem, look = directory.RoleAdmin, directory.RoleMember, directory.RoleReadOnly
	e := newYard(t)
	for n, c := range []struct {
		who          holder
		account      directory.Role
		in, space    directory.Role
		create, take directory.Kind
	}{
		{holder{account: mem, organization: mem, space: adm}, mem, mem, adm, ok, ok},
		{holder{account: mem, organization: mem, space: adm}, mem, look, "shape", ok, ok},
		{holder{account: mem, organization: mem, space: adm}, adm, look, mem, directory.Invalid, directory.Forbidden},
		{holder{account: mem, organization: mem, space: adm}, mem, adm, mem, directory.Invalid, directory.Forbidden},
		{holder{account: mem, organization: look, space: adm}, mem, mem, mem, directory.Invalid, directory.Forbidden},
		{holder{account: mem, organization: adm}, mem, adm, adm, ok, ok},
		{holder{account: mem, organization: adm}, adm, adm, adm, directory.Invalid, directory.Forbidden},
		{holder{account: mem, organization: mem, space: "keys"}, mem, look, "keys", ok, ok},
		{holder{account: mem, organization: mem, space: "keys"}, mem, look, "shape", directory.Invalid, directory.Forbidden},
		{holder{account: mem, organization: mem, space: "keys"}, mem, look, adm, directory.Invalid, directory.Forbidden},
		{holder{account: mem, organization: mem, space: "keys"}, mem, look, look, directory.Invalid, directory.Forbidden},
		{holder{account: directory.RoleMemberUIOnly, organization: mem, space: adm}, mem, look, look, directory.Invalid, directory.Forbidden},
		{holder{account: adm}, adm, adm, adm, ok, ok},
	} {
		a, what := e.actor(t, n, c.who), fmt.Sprintf("%d: %+v", n, c.who)
		k, _ := e.bot(t, e.botFor(c.account, c.in, c.space))
		_, _, err := e.onTrial().CreateServiceKey(t.Context(), a, e.botFor(c.account, c.in, c.space))
		wantKind(t, what+" creates", err, c.create)
		_, err = e.onTrial().RefreshKey(t.Context(), a, madeBy(t, e.World, k, a), directory.RefreshKey{})
		wantKind(t, what+" refreshes", err, c.take)
	}
}

// What a bot has in an organization without a space counts too, and what is
// bound to a space.
func TestBotsStayBelowElsewhere(t *testing.T) {
	t.Parallel()
	e := newYard(t)
	lead := e.actor(t, 0, holder{account: directory.RoleMember, organization: directory.RoleMember, space: directory.RoleAdmin})
	hut := e.NewSpace(t, e.other, "Hut", false)
	in := e.botFor(directory.RoleMember, directory.RoleReadOnly, directory.RoleMember)
	in.Organizations = append(in.Organizations, directory.BotOrganization{ID: e.other.ID, Role: directory.RoleAdmin, Spaces: []directory.BotSpace{{ID: hut.ID}}})
	k, _ := e.bot(t, in)
	must(t, e.DeleteSpace(t.Context(), e.Admin, hut.ID))
	_, err := e.RefreshKey(t.Context(), lead, k.ID, directory.RefreshKey{})
	wantKind(t, "an administrator elsewhere", err, directory.Forbidden)
	must(t, e.onTrial().RevokeKey(t.Context(), lead, k.ID)) // it is in no space but theirs

	maker := e.actor(t, 1, holder{account: directory.RoleMember, organization: directory.RoleMember, space: "keys"})
	k, b := e.bot(t, e.botFor(directory.RoleMember, directory.RoleReadOnly, "look"))
	own := madeBy(t, e.World, k, maker)
	_, err = e.CreateRoleBinding(t.Context(), e.Admin, directory.CreateBinding{Role: e.role("shape"), UserID: b.ID, Type: directory.ResourceSpace, ResourceID: string(e.space.ID)})
	must(t, err)
	_, err = e.RefreshKey(t.Context(), maker, own, directory.RefreshKey{})
	wantKind(t, "a role bound to the bot", err, directory.Forbidden)

	// What is bound to it on a project, too, unless its maker has as much there.
	maker = e.actor(t, 2, holder{account: directory.RoleMember, organization: directory.RoleMember, space: "keys"})
	k, b = e.bot(t, e.botFor(directory.RoleMember, directory.RoleReadOnly, "look"))
	own = madeBy(t, e.World, k, maker)
	bound(t, e.World, b.ID, "Project:elsewhere", e.role("shape"))
	_, err = e.onTrial().RefreshKey(t.Context(), maker, own, directory.RefreshKey{})
	wantKind(t, "a role bound to the bot on a project", err, directory.Forbidden)
	bound(t, e.World, maker.UserID, "Project:elsewhere", e.role("shape"))
	_, err = e.onTrial().RefreshKey(t.Context(), maker, own, directory.RefreshKey{})
	wantKind(t, "as much as the bot on the project", err, ok)
}

func TestServiceKeyRequests(t *testing.T) {
	t.Parallel()
	e := newYard(t)
	hut := e.NewSpace(t, e.other, "Hut", false)
	const mem = directory.RoleMember
	places := func(n int) (all []directory.BotSpace) {
		for i := range n {
			all = append(all, directory.BotSpace{ID: directory.SpaceID(foreign(fmt.Sprintf("Space:%d", i)))})
		}
		return all
	}
	type request = directory.CreateServiceKey
	first := func(in *request) *directory.BotOrganization { return &in.Organizations[0] }
	for name, c := range map[string]struct {
		change func(in *request)
		want   directory.Kind
		fields string
	}{
		"sound":                        {func(*request) {}, ok, ""},
		"an administrator":             {func(in *request) { in.AccountRole = directory.RoleAdmin }, ok, ""},
		"an annotator":                 {func(in *request) { in.AccountRole = directory.RoleAnnotator }, directory.Malformed, ""},
		"for the pages only":           {func(in *request) { in.AccountRole = directory.RoleMemberUIOnly }, directory.Malformed, ""},
		"a role of other places":       {func(in *request) { in.AccountRole = directory.RoleReadOnly }, directory.Invalid, "account_role"},
		"a custom role in the account": {func(in *request) { in.AccountRole = e.role("look") }, directory.Invalid, "account_role"},
		"no organization":              {func(in *request) { in.Organizations = nil }, directory.Invalid, "organizations"},
		"too many organizations":       {func(in *request) { in.Organizations = make([]directory.BotOrganization, 101) }, directory.Invalid, "organizations"},
		"no id":                        {func(in *request) { first(in).ID = "" }, directory.Invalid, "organizations[0].org_id"},
		"no id but a name":             {func(in *request) { first(in).ID = "One" }, directory.Malformed, ""},
		"a custom role":                {func(in *request) { first(in).Role = e.role("look") }, directory.Invalid, "organizations[0].role"},
		"an annotator there":           {func(in *request) { first(in).Role = directory.RoleAnnotator }, directory.Invalid, "organizations[0].role"},
		"no space":                     {func(in *request) { first(in).Spaces = nil }, directory.Invalid, "organizations[0].spaces"},
		"too many spaces":              {func(in *request) { first(in).Spaces = places(101) }, directory.Invalid, "organizations[0].spaces"},
		"as many as there may be":      {func(in *request) { first(in).Spaces = places(100) }, directory.NotFound, ""},
		"a space twice":                {func(in *request) { first(in).Spaces = append(first(in).Spaces, first(in).Spaces[0]) }, directory.Invalid, "organizations[0].spaces[1].space_id"},
		"an organization twice":        {func(in *request) { in.Organizations = append(in.Organizations, *first(in)) }, directory.Invalid, "organizations[1].org_id organizations[1].spaces[0].space_id"},
		"a space's name":               {func(in *request) { first(in).Spaces[0].ID = "Lab" }, directory.Malformed, ""},
		"an annotator of a space":      {func(in *request) { first(in).Spaces[0].Role = directory.RoleAnnotator }, directory.Invalid, "organizations[0].spaces[0].role"},
		"a custom role of a space":     {func(in *request) { first(in).Spaces[0].Role = e.role("look") }, ok, ""},
		"a role that is not there":     {func(in *request) { first(in).Spaces[0].Role = directory.Role(foreign("Role:0")) }, directory.Invalid, "organizations[0].spaces[0].role.id"},
		"another's space":              {func(in *request) { first(in).Spaces[0].ID = hut.ID }, directory.Invalid, "organizations[0].spaces[0].space_id"},
		"no such space":                {func(in *request) { first(in).Spaces = places(1) }, directory.NotFound, ""},
		"no such organization":         {func(in *request) { first(in).ID = directory.OrganizationID(foreign("Organization:0")) }, directory.NotFound, ""},
		"every fault": {func(in *request) {
			*in = request{AccountRole: "X", CreateKey: directory.CreateKey{ExpiresAt: e.Clock.Now()}}
		}, directory.Invalid, "name expires_at account_role organizations"},
	} {
		in := e.botFor(mem, mem, mem)
		c.change(&in)
		before := state(t, e.World)
		_, _, err := e.CreateServiceKey(t.Context(), e.Admin, in)
		wantKind(t, name, err, c.want)
		same(t, name+": faults of", strings.Join(fieldsOf(err), " "), c.fields)
		if c.want != ok {
			same(t, name+": the directory", state(t, e.World), before)
		}
	}
}

// A service key acts as its bot, wherever that is and nowhere else, whatever
// becomes of who made it.
func TestServiceKeyIsItsBot(t *testing.T) {
	t.Parallel()
	e := newYard(t)
	e.NewSpace(t, e.organization, "Closed", true)
	e.NewSpace(t, e.other, "Hut", false)
	maker := e.actor(t, 0, holder{account: directory.RoleMember, organization: directory.RoleAdmin})
	in := e.botFor("", "", "")
	k, b, err := e.CreateServiceKey(t.Context(), maker, in)
	must(t, err)
	same(t, "the bot", b, directory.Bot{
		User:          directory.User{Seq: b.Seq, ID: b.ID, Name: "machine", Role: directory.RoleMember, Developer: true, Bot: true, State: directory.StateActive, CreatedAt: e.Clock.Now()},
		Organizations: []directory.BotOrganization{{ID: e.organization.ID, Role: directory.RoleReadOnly, Spaces: []directory.BotSpace{{ID: e.space.ID, Role: directory.RoleMember}}}},
	})
	must(t, e.DeleteUser(t.Context(), e.Admin, maker.UserID))
	a, err := e.Authenticate(t.Context(), k.Secret)
	must(t, err)
	same(t, "the actor", a, directory.Actor{UserID: b.ID, UserSeq: b.Seq, Name: "machine", Role: directory.RoleMember, Developer: true, Credential: k.ID, Via: directory.ViaService})
	spaces, err := e.ListSpaces(t.Context(), a, directory.ListSpaces{})
	must(t, err)
	if len(spaces.Items) != 1 || spaces.Items[0].ID != e.space.ID {
		t.Errorf("it sees %+v", spaces.Items)
	}
	name := "X"
	_, err = e.UpdateSpace(t.Context(), a, e.space.ID, directory.UpdateSpace{Name: &name})
	wantKind(t, "a member's key changes the space", err, directory.Forbidden)
	_, err = e.CreateOwnKey(t.Context(), a, directory.CreateKey{Name: "more"})
	wantKind(t, "it makes a person's key", err, directory.Forbidden)
	_, _, err = e.CreateServiceKey(t.Context(), a, in)
	wantKind(t, "it makes a service key", err, directory.Forbidden)
	_, err = e.RefreshKey(t.Context(), a, k.ID, directory.RefreshKey{})
	wantKind(t, "it refreshes itself", err, directory.NotFound)
	users, err := e.ListUsers(t.Context(), e.Admin, directory.ListUsers{})
	must(t, err)
	if slices.ContainsFunc(users.Items, func(u directory.User) bool { return u.ID == b.ID }) {
		t.Error("the bot is among the users")
	}
	_, err = e.User(t.Context(), e.Admin, b.ID)
	wantKind(t, "the bot as a user", err, directory.NotFound)
}

// K-04: a service key ends with the last space of its bot, at the next
// request, on every server.
func TestServiceKeyEndsWithItsSpaces(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(ctx context.Context, e *estate) error{
		"its space": func(ctx context.Context, e *estate) error { return e.DeleteSpace(ctx, e.Admin, e.space.ID) },
		"its organization": func(ctx context.Context, e *estate) error {
			return e.DeleteOrganization(ctx, e.Admin, e.organization.ID)
		},
	} {
		e := newYard(t)
		hut := e.NewSpace(t, e.other, "Hut", false)
		in := e.botFor("", "", "")
		k, _ := e.bot(t, in)
		in.Organizations = append(in.Organizations, directory.BotOrganization{ID: e.other.ID, Spaces: []directory.BotSpace{{ID: hut.ID}}})
		both, _ := e.bot(t, in)
		_, err := e.Authenticate(t.Context(), k.Secret)
		must(t, err)
		must(t, end(t.Context(), e))
		_, err = e.Authenticate(t.Context(), k.Secret)
		wantKind(t, name+" is deleted", err, directory.Unauthenticated)
		_, err = e.Authenticate(t.Context(), both.Secret)
		wantKind(t, name+" is deleted, the bot has another", err, ok)
		must(t, e.DeleteSpace(t.Context(), e.Admin, hut.ID))
		_, err = e.Authenticate(t.Context(), both.Secret)
		wantKind(t, "the other is deleted", err, directory.Unauthenticated)
	}
}
