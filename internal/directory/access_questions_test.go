package directory_test

import (
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func TestWhoAmI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	custom := holding(t, w, "custom", directory.UserRead, "DATASET_READ")
	for _, c := range []struct {
		email string
		role  directory.Role
		name  string
		may   string
	}{
		{"mel@example.com", directory.RoleMember, "", "ROLE_READ USER_CREATE USER_READ"},
		{"custom@example.com", custom.Role, "Role of custom", "DATASET_READ USER_READ"},
		{"ann@example.com", directory.RoleAnnotator, "", ""}, // without developer access too
	} {
		a, err := w.Authenticate(t.Context(), w.APIKey(t, c.email))
		must(t, err)
		who, err := w.WhoAmI(t.Context(), a)
		must(t, err)
		if who.User.Email != c.email || who.User.Role != c.role || who.User.RoleName != c.name || who.Permissions.String() != c.may || who.Key.ID != a.Credential || who.Key.Owner != a.UserID {
			t.Errorf("%s is %+v, key %s of %s, may %s", c.email, who.User, who.Key.ID, who.Key.Owner, who.Permissions)
		}
	}
}

// What CanI says is what the operation does, wherever both are asked.
func TestCanI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, other := w.NewOrganization(t, "One"), w.NewOrganization(t, "Other")
	open, private := w.NewSpace(t, o, "Open", false), w.NewSpace(t, o, "Private", true)
	w.Join(t, o, w.Member.UserID, directory.RoleMember)
	clerk := holding(t, w, "clerk", directory.UserRead, directory.UserUpdate, directory.RoleRead, directory.RoleUpdate, directory.ProjectRestrict)
	small, large := define(t, w, "Small", directory.UserRead), define(t, w, "Large", directory.SpaceDelete)
	b := bound(t, w, w.Member.UserID, "Project:1", define(t, w, "Binds", directory.RoleBindingRead, directory.RoleBindingDelete).ID)
	_, err := w.Restrict(t.Context(), w.Admin, foreign("Project:closed"))
	must(t, err)
	silent := w.Admin
	silent.Developer = false
	pat := string(w.Put(t, "pat@example.com", dirtest.InvitedByLink).ID)
	gone := string(w.Put(t, "gone@example.com", dirtest.Deleted).ID)
	member, adminID := w.Member, string(w.Admin.UserID)
	const hidden = "nothing with this id"
	for _, c := range []struct {
		actor            directory.Actor
		action, resource string
		want             bool
		rule             string
	}{
		{w.Admin, "list_audit_logs", "", true, "administrator of the account"}, {member, "list_audit_logs", "", false, "only an administrator"},
		{member, "list_users", "", true, "every member of the account"}, {w.As(t, "clerk@example.com"), "USER_DELETE", "", false, "no role"},
		{member, "Create_User", "", true, "every member"}, {clerk, "user_read", "", true, "the account role"},
		{w.Annotator, "whoami", "", true, "every good key"}, {w.Annotator, "list_users", "", false, "no role"},
		{w.Annotator, "list_spaces", "", false, "developer access is off"}, {member, "list_spaces", "", true, "every good key"},
		{silent, "list_users", "", false, "developer access is off"}, {member, "create_api_key", "", true, "every good key"},

		{member, "get_user", pat, true, "every member"}, {member, "update_user", pat, false, "no role"}, {member, "get_user", gone, false, hidden},
		{member, "get_user", foreign("User:missing"), false, hidden}, {w.Annotator, "get_user", pat, false, hidden}, {w.Annotator, "get_user", foreign("User:missing"), false, hidden},
		{clerk, "update_user", pat, true, "the account role"}, {clerk, "update_user", adminID, false, "may do more than they"}, {clerk, "USER_UPDATE", adminID, false, "may do more"},
		{clerk, "get_user", adminID, true, "the account role"}, {w.Admin, "delete_user", adminID, false, "deletes themselves"}, {w.Admin, "delete_user", pat, true, "administrator"},

		{member, "get_organization", string(o.ID), true, "role in the organization"}, {member, "update_organization", string(o.ID), false, "no role"},
		{member, "get_organization", string(other.ID), false, hidden}, {member, "update_organization", string(other.ID), false, hidden}, {w.Admin, "delete_organization", string(other.ID), true, "administrator"},
		{member, "get_space", string(open.ID), true, "role in the organization"}, {member, "get_space", string(private.ID), false, hidden}, {member, "SPACE_READ", string(private.ID), false, hidden},
		{member, "get_space", foreign("Space:missing"), false, hidden}, {w.Admin, "update_space", string(private.ID), true, "administrator"}, {member, "create_space", string(o.ID), false, "no role"},
		{member, "DATASET_CREATE", string(open.ID), true, "role in the organization"}, {member, "create_role_binding", string(open.ID), false, "no role"},

		{clerk, "update_role", string(small.ID), true, "the account role"}, {clerk, "update_role", string(large.ID), false, "allows more"}, {clerk, "get_role", string(large.ID), true, "the account role"},
		{w.Admin, "delete_role", string(directory.PredefinedRoles()[0].ID), false, "stays as it is"}, {w.Annotator, "get_role", string(small.ID), false, hidden},
		{w.Admin, "get_role", foreign("Role:missing"), false, hidden},
		{member, "get_role_binding", b.ID, true, "bound to the resource"}, {member, "delete_role_binding", b.ID, true, "bound to the resource"}, {member, "update_role_binding", b.ID, false, "no role"},
		{clerk, "get_role_binding", b.ID, false, hidden}, {w.Admin, "update_role_binding", b.ID, true, "administrator"}, {w.Admin, "get_role_binding", foreign("RoleBinding:missing"), false, hidden},

		{clerk, "create_resource_restriction", foreign("Project:1"), true, "the account role"}, {clerk, "delete_resource_restriction", foreign("Model:1"), true, "the account role"},
		{clerk, "create_resource_restriction", foreign("Prompt:1"), false, "no role"}, {clerk, "PROJECT_RESTRICT", foreign("Project:closed"), false, "restricted"},
		{clerk, "delete_resource_restriction", foreign("Project:closed"), true, "the account role"}, {member, "PROJECT_READ", foreign("Project:1"), false, "no role"},
	} {
		got, err := w.CanI(t.Context(), c.actor, directory.Question{Action: c.action, Resource: c.resource})
		must(t, err)
		if got.Allowed != c.want || !strings.Contains(got.Rule, c.rule) {
			t.Errorf("%s %s %s: %v, %q; want %v, %q", c.actor.Email, c.action, c.resource, got.Allowed, got.Rule, c.want, c.rule)
		}
	}
	for _, q := range []directory.Question{
		{Action: ""}, {Action: "fly"}, {Action: "ADMIN"}, {Action: "get_user", Resource: "x"}, {Action: "get_user", Resource: string(o.ID)},
		{Action: "list_users", Resource: pat}, {Action: "USER_READ", Resource: "pat@example.com"},
	} {
		_, err := w.CanI(t.Context(), w.Admin, q)
		wantKind(t, q.Action+" "+q.Resource, err, directory.Malformed)
	}
}

func TestCanIOnKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := w.As(t, "mel@example.com").Credential
	admins := w.As(t, "ada@example.com").Credential
	for _, c := range []struct {
		actor directory.Actor
		key   string
		want  bool
		rule  string
	}{
		{w.Member, own, true, "their own key"}, {w.Member, admins, false, "nothing with this id"}, {w.Member, foreign("ApiKey:missing"), false, "nothing with this id"}, {w.Admin, own, true, "administrator"},
	} {
		for _, action := range []string{"refresh_api_key", "revoke_api_key"} {
			got, err := w.CanI(t.Context(), c.actor, directory.Question{Action: action, Resource: c.key})
			must(t, err)
			if got.Allowed != c.want || !strings.Contains(got.Rule, c.rule) {
				t.Errorf("%s %s: %v, %q", c.actor.Email, action, got.Allowed, got.Rule)
			}
		}
	}
}

// What is counted before is what goes.
func TestPreviewUserDeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.NewOrganization(t, "One")
	one, two := w.NewSpace(t, o, "One", false), w.NewSpace(t, o, "Two", false)
	id := w.Member.UserID
	w.Join(t, o, id, directory.RoleMember)
	w.JoinSpace(t, one, id, directory.RoleMember)
	w.JoinSpace(t, two, id, directory.RoleMember)
	bound(t, w, id, "Project:1", define(t, w, "Role", directory.RoleRead).ID)
	w.APIKey(t, "mel@example.com")
	got, err := w.PreviewUserDeletion(t.Context(), w.Admin, id)
	must(t, err)
	same(t, "counts", got, directory.Holdings{Organizations: 1, Spaces: 2, Bindings: 1, Keys: 1})
	clerk := holding(t, w, "clerk", directory.UserRead, directory.UserDelete)
	for _, c := range []struct {
		actor directory.Actor
		id    directory.UserID
		want  directory.Kind
	}{
		{w.Member, id, directory.Forbidden}, {w.Annotator, id, directory.NotFound}, {w.Admin, "x", directory.Malformed}, {w.Admin, directory.UserID(foreign("User:missing")), directory.NotFound},
		{clerk, id, ok}, {clerk, w.Admin.UserID, directory.Forbidden},
	} {
		_, err := w.PreviewUserDeletion(t.Context(), c.actor, c.id)
		wantKind(t, c.actor.Email, err, c.want)
	}
	must(t, w.DeleteUser(t.Context(), w.Admin, id))
	_, err = w.PreviewUserDeletion(t.Context(), w.Admin, id)
	wantKind(t, "afterwards", err, directory.NotFound)
	h, err := w.Store.Read(t.Context()).Holdings(w.Member.UserSeq)
	must(t, err)
	same(t, "what is left", h, directory.Holdings{})
}
