package directory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

const binder, bindReader = directory.RoleBindingCreate, directory.RoleBindingRead

// bound gives somebody a role on a project.
func bound(t testing.TB, w *dirtest.World, who directory.UserID, project string, role directory.Role) directory.RoleBinding {
	t.Helper()
	b, err := w.CreateRoleBinding(t.Context(), w.Admin, directory.CreateBinding{Role: role, UserID: who, Type: directory.ResourceProject, ResourceID: foreign(project)})
	must(t, err)
	return b
}

// R-AC-04: nobody binds a role that allows more than they may do there.
func TestBindWithin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	small, large := define(t, w, "Small", binder).ID, define(t, w, "Large", binder, directory.UserDelete).ID
	everywhere := holding(t, w, "everywhere", binder)
	here := holding(t, w, "here", directory.UserRead)
	bound(t, w, here.UserID, "Project:here", small)
	admin := directory.PredefinedRoles()[14].ID // of a project
	n := 0
	for _, c := range []struct {
		actor   directory.Actor
		project string
		role    directory.Role
		want    directory.Kind
	}{
		{w.Admin, "Project:here", large, ok}, {w.Admin, "Model:1", admin, ok}, {w.Admin, "Project:here", directory.Role(foreign("Role:missing")), directory.NotFound},
		{w.Member, "Project:here", small, directory.Forbidden}, {w.Annotator, "Project:here", small, directory.Forbidden},
		{everywhere, "Project:here", small, ok}, {everywhere, "Project:other", small, ok}, {everywhere, "Project:other", large, directory.Forbidden}, {everywhere, "Project:other", admin, directory.Forbidden},
		{everywhere, "Project:other", directory.Role(foreign("Role:missing")), directory.NotFound},
		{here, "Project:here", small, ok}, {here, "Project:here", large, directory.Forbidden}, {here, "Project:other", small, directory.Forbidden},
	} {
		n++
		to := w.Create(t, fmt.Sprintf("pat%d@example.com", n), "Pat", directory.RoleMember)
		_, err := w.CreateRoleBinding(t.Context(), c.actor, directory.CreateBinding{Role: c.role, UserID: to.ID, Type: directory.ResourceProject, ResourceID: foreign(c.project)})
		wantKind(t, fmt.Sprintf("%d: %s on %s", n, c.actor.Email, c.project), err, c.want)
	}
}

func TestBindRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := define(t, w, "Role", binder).ID
	bound(t, w, w.Member.UserID, "Project:taken", role)
	gone := w.Put(t, "gone@example.com", dirtest.Deleted).ID
	sound := directory.CreateBinding{Role: role, UserID: w.Annotator.UserID, Type: directory.ResourceProject, ResourceID: foreign("Project:1")}
	for name, c := range map[string]struct {
		change func(in *directory.CreateBinding)
		want   directory.Kind
	}{
		"sound":                   {func(*directory.CreateBinding) {}, ok},
		"somebody invited":        {func(in *directory.CreateBinding) { in.UserID = w.Put(t, "i@example.com", dirtest.InvitedByLink).ID }, ok},
		"no id of a role":         {func(in *directory.CreateBinding) { in.Role = "ADMIN" }, directory.Malformed},
		"no id of a user":         {func(in *directory.CreateBinding) { in.UserID = "mel@example.com" }, directory.Malformed},
		"no id of a resource":     {func(in *directory.CreateBinding) { in.ResourceID = "x" }, directory.Malformed},
		"another type":            {func(in *directory.CreateBinding) { in.Type = directory.ResourceDashboard }, directory.Invalid},
		"an id of another type":   {func(in *directory.CreateBinding) { in.ResourceID = foreign("Dashboard:1") }, directory.Invalid},
		"a user who is not there": {func(in *directory.CreateBinding) { in.UserID = directory.UserID(foreign("User:missing")) }, directory.NotFound},
		"a deleted user":          {func(in *directory.CreateBinding) { in.UserID = gone }, directory.NotFound},
		"a second role on one project": {func(in *directory.CreateBinding) {
			in.UserID, in.ResourceID = w.Member.UserID, foreign("Project:taken")
		}, directory.Conflict},
		"a space that is not there": {func(in *directory.CreateBinding) {
			in.Type, in.ResourceID = directory.ResourceSpace, foreign("Space:missing")
		}, directory.NotFound},
	} {
		in := sound
		c.change(&in)
		b, err := w.CreateRoleBinding(t.Context(), w.Admin, in)
		wantKind(t, name, err, c.want)
		if err == nil && (b.Seq == 0 || b.Role != in.Role || b.UserID != in.UserID || b.ResourceID != in.ResourceID || b.CreatedAt != w.Clock.Now()) {
			t.Errorf("%s: made %+v", name, b)
		}
	}
	missing := sound
	missing.Type, missing.ResourceID = directory.ResourceSpace, foreign("Space:missing")
	_, err := w.CreateRoleBinding(t.Context(), w.Member, missing)
	wantKind(t, "a space that is not there, by somebody who may bind nowhere", err, directory.Forbidden)
}

// A binding that may not be read is not there, whatever is asked of it (Z-02).
func TestBindingsOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role, next := define(t, w, "Role", binder, bindReader).ID, define(t, w, "Next", bindReader).ID
	wide := define(t, w, "Wide", directory.UserDelete).ID
	reader := holding(t, w, "reader", bindReader)
	half := holding(t, w, "half", bindReader, directory.RoleBindingDelete)
	changer := holding(t, w, "changer", bindReader, binder, directory.RoleBindingDelete)
	here := holding(t, w, "here", directory.UserRead)
	bound(t, w, here.UserID, "Project:1", role)
	pat := w.Create(t, "pat@example.com", "Pat", directory.RoleMember).ID
	b := bound(t, w, pat, "Project:1", role)
	missing := foreign("RoleBinding:missing")
	get := func(a directory.Actor, id string) error {
		_, err := w.RoleBinding(t.Context(), a, id)
		return err
	}
	update := func(a directory.Actor, id string) error {
		_, err := w.UpdateRoleBinding(t.Context(), a, id, next)
		return err
	}
	remove := func(a directory.Actor, id string) error { return w.DeleteRoleBinding(t.Context(), a, id) }
	const hidden = directory.NotFound
	for _, c := range []struct {
		name                string
		actor               directory.Actor
		get, update, remove directory.Kind
	}{
		{"a member", w.Member, hidden, hidden, hidden}, {"an annotator", w.Annotator, hidden, hidden, hidden},
		{"a reader", reader, ok, hidden, hidden}, {"with a role on the project", here, ok, hidden, hidden},
		{"who may delete only", half, ok, hidden, ok}, {"who may both", changer, ok, ok, ok}, {"an administrator", w.Admin, ok, ok, ok},
	} {
		wantKind(t, c.name+" reads", get(c.actor, b.ID), c.get)
		wantKind(t, c.name+" updates", update(c.actor, b.ID), c.update)
		wantKind(t, c.name+" deletes", remove(c.actor, b.ID), c.remove)
		for _, do := range []func(directory.Actor, string) error{get, update, remove} {
			foreignErr, missingErr := do(w.Member, b.ID), do(c.actor, missing)
			if foreignErr == nil || missingErr == nil || foreignErr.Error() != missingErr.Error() {
				t.Errorf("%s: foreign %v, missing %v", c.name, foreignErr, missingErr)
			}
			wantKind(t, c.name+" asks for what is no id", do(c.actor, "x"), directory.Malformed)
		}
		if c.remove == ok {
			b = bound(t, w, pat, "Project:1", role)
		}
	}
	_, err := w.UpdateRoleBinding(t.Context(), changer, b.ID, wide)
	wantKind(t, "a role that allows more", err, directory.Forbidden)
	_, err = w.UpdateRoleBinding(t.Context(), w.Admin, b.ID, directory.Role(foreign("Role:missing")))
	wantKind(t, "a role that is not there", err, directory.NotFound)
	_, err = w.UpdateRoleBinding(t.Context(), w.Admin, b.ID, "ADMIN")
	wantKind(t, "no id of a role", err, directory.Malformed)
}

func TestUpdateBindingChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role, next := define(t, w, "Role", binder).ID, define(t, w, "Next", binder).ID
	before := bound(t, w, w.Member.UserID, "Project:1", role)
	w.Clock.Advance(time.Hour)
	seen := len(w.Entries(t))
	again, err := w.UpdateRoleBinding(t.Context(), w.Admin, before.ID, role)
	must(t, err)
	if same(t, "the same role", again, before); len(since(t, w, seen)) != 0 {
		t.Error("nothing changed, and an entry says so")
	}
	after, err := w.UpdateRoleBinding(t.Context(), w.Admin, before.ID, next)
	must(t, err)
	want := before
	want.Role, want.UpdatedAt = next, w.Clock.Now()
	same(t, "another", after, want)
	must(t, w.DeleteRoleBinding(t.Context(), w.Admin, before.ID))
	var did []string
	for _, e := range since(t, w, seen) {
		did = append(did, e.Operation+" "+e.Subject+" "+e.Changes)
	}
	same(t, "entries", did, []string{
		fmt.Sprintf(`update_role_binding %s [{"field":"role_id","from":"%s","to":"%s"}]`, before.ID, role, next),
		fmt.Sprintf(`delete_role_binding %s [{"field":"role_id","from":"%s","to":""},{"field":"user_id","from":"%s","to":""},{"field":"resource_id","from":"%s","to":""}]`,
			before.ID, next, w.Member.UserID, before.ResourceID),
	})
}

// A list shows what may be read, and nothing else, whatever the page's size.
func TestListBindings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := define(t, w, "Role", bindReader).ID
	blind := define(t, w, "Blind", "PROJECT_READ").ID
	here := holding(t, w, "here", directory.UserRead)
	var all, visible []string
	for n := range 9 {
		project := fmt.Sprint("Project:", n%3)
		b := bound(t, w, w.Create(t, fmt.Sprintf("pat%d@example.com", n), "Pat", directory.RoleMember).ID, project, role)
		if all = append(all, b.ID); n%3 == 1 {
			visible = append(visible, b.ID)
		}
	}
	mine, hidden := bound(t, w, here.UserID, "Project:1", role), bound(t, w, here.UserID, "Project:2", blind)
	all, visible = append(all, mine.ID, hidden.ID), append(visible, mine.ID)
	for name, c := range map[string]struct {
		actor directory.Actor
		user  directory.UserID
		want  []string
	}{
		"an administrator":    {w.Admin, "", all},
		"of one user":         {w.Admin, here.UserID, []string{mine.ID, hidden.ID}},
		"a reader everywhere": {holding(t, w, "reader", bindReader), "", all},
		"a reader of one":     {here, "", visible},
		"a member":            {w.Member, "", nil},
		"a member, of itself": {w.Member, w.Member.UserID, nil},
	} {
		for limit := 1; limit <= 12; limit++ {
			var got []string
			for cursor := ""; ; {
				p, err := w.RoleBindings(t.Context(), c.actor, directory.ListBindings{Type: directory.ResourceProject, UserID: c.user, Limit: limit, Cursor: cursor})
				must(t, err)
				for _, b := range p.Items {
					got = append(got, b.ID)
				}
				if p.Next != "" && len(p.Items) != limit {
					t.Errorf("%s by %d: a page of %d, and more", name, limit, len(p.Items))
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s by %d: %d of %d", name, limit, len(got), len(c.want))
			}
		}
	}
	for id, want := range map[directory.UserID]directory.Kind{directory.UserID(foreign("User:missing")): directory.NotFound, w.Put(t, "gone@example.com", dirtest.Deleted).ID: directory.NotFound, "x": directory.Malformed} {
		_, err := w.RoleBindings(t.Context(), w.Member, directory.ListBindings{Type: directory.ResourceProject, UserID: id})
		wantKind(t, "of "+string(id), err, want)
	}
	first, err := w.RoleBindings(t.Context(), w.Admin, directory.ListBindings{Type: directory.ResourceProject, Limit: 1})
	must(t, err)
	_, err = w.RoleBindings(t.Context(), w.Admin, directory.ListBindings{Type: directory.ResourceSpace, Limit: 1, Cursor: first.Next})
	wantKind(t, "a cursor of another type", err, directory.Malformed)
	_, err = w.RoleBindings(t.Context(), w.Annotator, directory.ListBindings{Type: directory.ResourceProject})
	wantKind(t, "a key without developer access", err, directory.Forbidden)
}

func TestRestrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	projects := holding(t, w, "projects", directory.ProjectRestrict)
	here := holding(t, w, "here", directory.UserRead)
	bound(t, w, here.UserID, "Project:here", define(t, w, "Restricting", directory.ProjectRestrict).ID)
	for _, c := range []struct {
		actor    directory.Actor
		resource string
		want     directory.Kind
	}{
		{w.Admin, "Project:1", ok}, {w.Admin, "Model:121:aBcD", ok}, {w.Admin, "Dashboard:1", ok}, {w.Admin, "Prompt:1", ok},
		{w.Admin, "Space:1", directory.Malformed}, {w.Admin, "Dataset:1", directory.Malformed}, {w.Admin, "", directory.Invalid},
		{w.Member, "Project:1", directory.Forbidden}, {w.Annotator, "Project:1", directory.Forbidden},
		{projects, "Project:1", ok}, {projects, "Dashboard:1", directory.Forbidden}, {projects, "Prompt:1", directory.Forbidden},
		{here, "Project:here", ok}, {here, "Project:1", directory.Forbidden},
	} {
		name := c.actor.Email + " on " + c.resource
		seen := len(w.Entries(t))
		for range 2 {
			r, err := w.Restrict(t.Context(), c.actor, foreign(c.resource))
			wantKind(t, name, err, c.want)
			if err == nil && (r.Seq == 0 || r.ResourceID != foreign(c.resource)) {
				t.Errorf("%s: %+v", name, r)
			}
		}
		wantKind(t, name+", undone", w.Unrestrict(t.Context(), c.actor, foreign(c.resource)), c.want)
		if c.want == ok {
			wantKind(t, name+", undone again", w.Unrestrict(t.Context(), c.actor, foreign(c.resource)), directory.NotFound)
		}
		if n := len(w.Entries(t)) - seen; n != map[bool]int{true: 2}[c.want == ok] {
			t.Errorf("%s: %d entries", name, n)
		}
	}
}

// What is restricted is inherited by nobody but administrators.
func TestRestrictedGrants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	everywhere := holding(t, w, "everywhere", binder)
	bind := func(a directory.Actor) error {
		to := w.Create(t, fmt.Sprintf("to%d@example.com", len(w.Entries(t))), "Pat", directory.RoleMember)
		_, err := w.CreateRoleBinding(t.Context(), a, directory.CreateBinding{Role: everywhere.Role, UserID: to.ID, Type: directory.ResourceProject, ResourceID: foreign("Project:1")})
		return err
	}
	wantKind(t, "before", bind(everywhere), ok)
	_, err := w.Restrict(t.Context(), w.Admin, foreign("Project:1"))
	must(t, err)
	wantKind(t, "an account role", bind(everywhere), directory.Forbidden)
	wantKind(t, "an administrator", bind(w.Admin), ok)
	bound(t, w, everywhere.UserID, "Project:1", everywhere.Role)
	wantKind(t, "a role bound to it", bind(everywhere), ok)
}

func TestListRestrictions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here := holding(t, w, "here", directory.UserRead)
	bound(t, w, here.UserID, "Project:2", define(t, w, "Reading", "PROJECT_READ").ID)
	bound(t, w, here.UserID, "Project:3", define(t, w, "Blind", "DATASET_READ").ID)
	var all []string
	for _, id := range []string{"Project:1", "Prompt:1", "Project:2", "Dashboard:1", "Project:3"} {
		_, err := w.Restrict(t.Context(), w.Admin, foreign(id))
		must(t, err)
		all = append(all, foreign(id))
	}
	for name, c := range map[string]struct {
		actor directory.Actor
		kind  directory.ResourceType
		want  []string
	}{
		"an administrator":             {w.Admin, "", all},
		"of one type":                  {w.Admin, directory.ResourceProject, []string{all[0], all[2], all[4]}},
		"who may restrict prompts":     {holding(t, w, "prompts", directory.PromptRestrict), "", all[1:2]},
		"who may read one":             {here, "", all[2:3]},
		"whose account role may read":  {holding(t, w, "reads", "PROJECT_READ", "DASHBOARD_READ", "PROMPT_READ"), "", nil},
		"a member":                     {w.Member, "", nil},
		"who may restrict all of them": {holding(t, w, "all", directory.ProjectRestrict, directory.PromptRestrict, directory.DashboardRestrict), "", all},
	} {
		for limit := 1; limit <= 6; limit++ {
			var got []string
			for cursor := ""; ; {
				p, err := w.Restrictions(t.Context(), c.actor, directory.ListRestrictions{Type: c.kind, Limit: limit, Cursor: cursor})
				must(t, err)
				for _, r := range p.Items {
					got = append(got, r.ResourceID)
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s by %d: got %d, want %d", name, limit, len(got), len(c.want))
			}
		}
	}
}
