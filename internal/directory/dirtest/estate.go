package dirtest

import (
	"testing"

	"ax/internal/directory"
)

// As is the actor whom a new key of an ACTIVE user speaks for.
func (w *World) As(t testing.TB, email string) directory.Actor {
	t.Helper()
	a, err := w.Authenticate(t.Context(), w.APIKey(t, email))
	if err != nil {
		t.Fatalf("dirtest: authenticate %s: %v", email, err)
	}
	a.Address, a.RequestID = "192.0.2.1", "request-1"
	return a
}

// NewRole defines a custom role.
func (w *World) NewRole(t testing.TB, name string, permissions ...directory.Permission) directory.Role {
	t.Helper()
	r, err := w.CreateRole(t.Context(), w.Admin, directory.CreateRole{Name: name, Permissions: permissions})
	if err != nil {
		t.Fatalf("dirtest: define %s: %v", name, err)
	}
	return r.ID
}

// NewOrganization adds an organization.
func (w *World) NewOrganization(t testing.TB, name string) directory.Organization {
	t.Helper()
	o, err := w.CreateOrganization(t.Context(), w.Admin, directory.CreateOrganization{Name: name, Description: "All about " + name})
	if err != nil {
		t.Fatalf("dirtest: create %s: %v", name, err)
	}
	return o
}

// NewSpace adds a space to an organization.
func (w *World) NewSpace(t testing.TB, in directory.Organization, name string, private bool) directory.Space {
	t.Helper()
	s, err := w.CreateSpace(t.Context(), w.Admin, directory.CreateSpace{OrganizationID: in.ID, Name: name, Private: private})
	if err != nil {
		t.Fatalf("dirtest: create %s: %v", name, err)
	}
	return s
}

// Join makes a user a member of an organization.
func (w *World) Join(t testing.TB, in directory.Organization, user directory.UserID, role directory.Role) {
	t.Helper()
	if _, err := w.AddOrganizationMember(t.Context(), w.Admin, in.ID, directory.AddMember{UserID: user, Role: role}); err != nil {
		t.Fatalf("dirtest: join %s: %v", in.Name, err)
	}
}

// JoinSpace makes a user a member of a space, whose organization they are in.
func (w *World) JoinSpace(t testing.TB, in directory.Space, user directory.UserID, role directory.Role) {
	t.Helper()
	if _, err := w.AddSpaceMember(t.Context(), w.Admin, in.ID, directory.AddMember{UserID: user, Role: role}); err != nil {
		t.Fatalf("dirtest: join %s: %v", in.Name, err)
	}
}
