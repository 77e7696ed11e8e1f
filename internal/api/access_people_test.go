package api_test

import (
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// people are the actors of the matrix.
func people() (all []standing) {
	for _, account := range []string{"ADMIN", "MEMBER", "MEMBER_UI_ONLY", "ANNOTATOR", "clerk", "updater", "blind", "remover", "roles", "reader", "binder", "giver", "keys", "orgs", "spaces", "restrict", "nothing"} {
		all = append(all, standing{name: account, account: account}, standing{name: account + " without developer access", account: account, idle: true})
	}
	in := func(roles ...string) standing {
		s := standing{name: strings.Join(roles, " "), account: "MEMBER", in: map[string]string{}}
		for _, r := range roles {
			place, role, _ := strings.Cut(r, ":")
			s.in[place] = role
			if role == "ANNOTATOR" {
				s.account = "ANNOTATOR"
			}
		}
		return s
	}
	for _, role := range []string{"ADMIN", "MEMBER", "READ_ONLY", "ANNOTATOR", "reader", "binder", "giver", "keys", "orgs", "spaces", "nothing"} {
		all = append(all, in("A:"+role))
		if role == "ANNOTATOR" {
			all = append(all, in("A:ANNOTATOR", "A1:ANNOTATOR"), in("A:ANNOTATOR", "AP:ANNOTATOR"))
			continue
		}
		all = append(all, in("A:MEMBER", "A1:"+role), in("A:READ_ONLY", "AP:"+role), in("A:nothing", "A1:"+role))
		if role != "ADMIN" && role != "MEMBER" && role != "READ_ONLY" {
			for _, place := range []string{"A1", "AP", "open", "closed"} {
				all = append(all, standing{name: "bound " + place + ":" + role, account: "MEMBER", bound: map[string]string{place: role}})
			}
		}
	}
	for _, place := range []string{"open", "closed"} {
		all = append(all, standing{name: "bound " + place + ":restrict", account: "MEMBER_UI_ONLY", bound: map[string]string{place: "restrict"}})
	}
	maker, idle, ui := in("A:MEMBER", "A1:keys"), in("A:ADMIN"), in("A:ADMIN")
	maker.name, maker.made = "maker", true
	idle.name, idle.idle = "administrator without developer access", true
	ui.name, ui.account = "administrator who is UI only", "MEMBER_UI_ONLY"
	return append(all, maker, idle, ui, in("B:ADMIN"), in("B:MEMBER"), in("B:MEMBER", "B1:ADMIN"), in("B:MEMBER", "BP:MEMBER"), in("A:MEMBER", "A1:ADMIN", "B:MEMBER", "B1:ADMIN"))
}

// enter makes one of them, with a key.
func (m *matrix) enter(t *testing.T, s standing) {
	t.Helper()
	u := m.user(t, s.name, m.roles[s.account])
	developer := !s.idle
	_, err := m.UpdateUser(t.Context(), m.Admin, u.ID, directory.UpdateUser{Developer: &developer})
	must(t, err)
	for _, place := range append([]string{"A", "B"}, spaces()...) {
		if role := s.in[place]; role != "" {
			m.join(t, place, u.ID, m.roles[role])
		}
	}
	for place, role := range s.bound {
		m.bind(t, place, u.ID, m.roles[role])
	}
	m.keys[s.name] = m.APIKey(t, u.Email)
	if s.made { // as an administrator; then no more
		m.join(t, "A1", u.ID, directory.RoleAdmin)
		m.ids["key made"] = m.serviceKey(t, m.keys[s.name], directory.RoleMember, "A1").ID
		m.join(t, "A1", u.ID, m.roles[s.in["A1"]])
	}
	m.people = append(m.people, s)
}

func (m *matrix) user(t *testing.T, name string, role directory.Role) directory.User {
	t.Helper()
	email := strings.NewReplacer(" ", "-", ":", "-").Replace(name) + "@matrix.example"
	u := m.Create(t, strings.ToLower(email), name, role)
	m.ids["user "+name] = string(u.ID)
	return u
}

func (m *matrix) join(t *testing.T, place string, id directory.UserID, role directory.Role) {
	t.Helper()
	var err error
	if in := (directory.AddMember{UserID: id, Role: role}); len(place) == 1 {
		_, err = m.AddOrganizationMember(t.Context(), m.Admin, directory.OrganizationID(m.ids[place]), in)
	} else {
		_, err = m.AddSpaceMember(t.Context(), m.Admin, directory.SpaceID(m.ids[place]), in)
	}
	must(t, err)
}

func (m *matrix) bind(t *testing.T, place string, id directory.UserID, role directory.Role) string {
	t.Helper()
	kind := directory.ResourceSpace
	if place == "open" || place == "closed" {
		kind = directory.ResourceProject
	}
	b, err := m.CreateRoleBinding(t.Context(), m.Admin, directory.CreateBinding{Role: role, UserID: id, Type: kind, ResourceID: m.ids[place]})
	must(t, err)
	return b.ID
}

// targets are those to whom things are done.
func (m *matrix) targets(t *testing.T) {
	t.Helper()
	m.ids["admin"] = string(m.user(t, "an administrator", directory.RoleAdmin).ID)
	m.ids["member"] = string(m.Member.UserID)
	m.ids["annotator"] = string(m.Annotator.UserID)
	m.ids["holder"] = string(m.user(t, "holder of strong", m.roles["strong"]).ID)
	m.ids["invited"] = string(m.Put(t, "invited@matrix.example", dirtest.InvitedByLink).ID)
	for name, role := range map[string]string{"guest": "", "chief": "ADMIN", "reading": "READ_ONLY", "holder of spaces": "strong"} {
		u := m.user(t, name, directory.RoleMember)
		for _, place := range append([]string{"A", "B"}, spaces()...) {
			switch {
			case len(place) == 1:
				m.join(t, place, u.ID, directory.RoleMember)
			case role != "":
				m.join(t, place, u.ID, m.roles[role])
			}
		}
	}
	u := m.user(t, "bound", directory.RoleMember)
	m.user(t, "unbound", directory.RoleMember)
	for _, place := range []string{"A1", "AP", "B1", "open", "closed"} {
		m.ids["binding "+place] = m.bind(t, place, u.ID, m.roles["weak"])
	}
	m.ids["key of another"] = m.made(t, `POST /v2/api-keys {"key_type":"USER","name":"of the first administrator"}`)
}

// serviceKey makes one, in the name of a key's owner, with a bot that holds a role in the places.
func (m *matrix) serviceKey(t *testing.T, secret string, role directory.Role, places ...string) directory.IssuedKey {
	t.Helper()
	var in []directory.BotOrganization
	for _, place := range places {
		in = append(in, directory.BotOrganization{
			ID: directory.OrganizationID(m.ids[place[:1]]), Role: directory.RoleReadOnly,
			Spaces: []directory.BotSpace{{ID: directory.SpaceID(m.ids[place]), Role: role}},
		})
	}
	a, err := m.Authenticate(t.Context(), secret)
	must(t, err)
	k, bot, err := m.CreateServiceKey(t.Context(), a, directory.CreateServiceKey{
		CreateKey: directory.CreateKey{Name: "key of " + strings.Join(places, " ")}, AccountRole: directory.RoleMember, Organizations: in,
	})
	must(t, err)
	m.ids["bot"] = string(bot.ID)
	return k
}

func (m *matrix) serviceKeys(t *testing.T) {
	t.Helper()
	for _, places := range []string{"A1", "AP", "A1 B1"} {
		m.ids["key "+places] = m.serviceKey(t, m.key, directory.RoleMember, strings.Fields(places)...).ID
	}
	for name, role := range map[string]string{"bot": "ADMIN", "bot with a custom role": "binder"} {
		m.keys[name] = m.serviceKey(t, m.key, m.roles[role], "A2").Secret
		m.people = append(m.people, standing{name: name, account: "MEMBER", in: map[string]string{"A": "READ_ONLY", "A2": role}, bot: true})
	}
}

// nothings are ids of what was deleted, of what never was, and of what is something else; and keys that are good no more.
func (m *matrix) nothings(t *testing.T) {
	t.Helper()
	m.ids["deleted organization"] = m.made(t, `POST /v2/organizations {"name":"gone"}`)
	must(t, m.DeleteOrganization(t.Context(), m.Admin, directory.OrganizationID(m.ids["deleted organization"])))
	m.ids["deleted space"] = m.made(t, `POST /v2/spaces {"name":"gone","organization_id":"<A>"}`)
	must(t, m.DeleteSpace(t.Context(), m.Admin, directory.SpaceID(m.ids["deleted space"])))
	role := m.role(t, "gone", "SPACE_READ")
	m.ids["deleted role"] = string(role)
	must(t, m.DeleteRole(t.Context(), m.Admin, role))
	m.ids["deleted binding"] = m.bind(t, "A2", directory.UserID(m.ids["user unbound"]), m.roles["weak"])
	must(t, m.DeleteRoleBinding(t.Context(), m.Admin, m.ids["deleted binding"]))
	u := m.user(t, "gone", directory.RoleAdmin)
	m.keys["gone"], m.ids["deleted user"] = m.APIKey(t, u.Email), string(u.ID)
	must(t, m.DeleteUser(t.Context(), m.Admin, u.ID))
	m.keys["revoked"] = m.serviceKey(t, m.key, directory.RoleAdmin, "A1").Secret
	a, err := m.Authenticate(t.Context(), m.keys["revoked"])
	must(t, err)
	must(t, m.RevokeKey(t.Context(), m.Admin, a.Credential))
	m.ids["predefined role"] = string(directory.PredefinedRoles()[0].ID)
	for kind, prefix := range map[string]string{"organization": "Organization", "space": "Space", "role": "Role", "binding": "RoleBinding", "user": "User", "key": "ApiKey"} {
		m.ids["missing "+kind], m.ids["other "+kind] = idOf(prefix+":0000000000000000"), m.ids["A1"]
	}
	m.ids["other space"] = m.ids["A"]
}
