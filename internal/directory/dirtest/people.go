package dirtest

import (
	"testing"

	"ax/internal/directory"
)

// ActorFor is the user asking through the API, from a documentation address.
func ActorFor(u directory.User) directory.Actor {
	return directory.Actor{
		UserID: u.ID, UserSeq: u.Seq, Name: u.Name, Email: u.Email, Role: u.Role, Developer: u.Developer,
		Credential: "key of " + u.Email, Via: directory.ViaKey, Address: "192.0.2.1", RequestID: "request-1",
	}
}

// A Standing is how an address can stand with a directory.
type Standing string

// The standings.
const (
	Unknown           Standing = "unknown"
	InvitedByLink     Standing = "invited by link"
	InvitedByPassword Standing = "invited by temporary password"
	Expired           Standing = "expired"
	Active            Standing = "active"
	Deleted           Standing = "deleted"
)

// Standings are all of them.
func Standings() []Standing {
	return []Standing{Unknown, InvitedByLink, InvitedByPassword, Expired, Active, Deleted}
}

// A Person is a user whom Put has made, with the secret of the invitation.
type Person struct {
	directory.User
	Secret string // the link's token or the temporary password; empty without an invitation
}

// Put brings an address into a standing, as a MEMBER named "Pat". Nothing is
// kept for an Unknown one, and the clock stays where it is.
func (w *World) Put(t testing.TB, email string, s Standing) Person {
	t.Helper()
	in := directory.CreateUser{Name: "Pat", Email: email, Role: directory.RoleMember, Mode: directory.InviteNone}
	d := *w.Directory
	switch s {
	case Unknown:
		return Person{}
	case Expired:
		d.InvitationLife = 0
		in.Mode = directory.InviteLink
	case InvitedByLink:
		in.Mode = directory.InviteLink
	case InvitedByPassword:
		in.Mode = directory.InviteTemporary
	case Active, Deleted:
	}
	made := w.invite(t, &d, in)
	p := Person{User: made.User, Secret: made.TemporaryPassword}
	if in.Mode == directory.InviteLink {
		all := w.Letters(t)
		p.Secret = all[len(all)-1].Token
	}
	if s == Deleted {
		if err := w.DeleteUser(t.Context(), w.Admin, p.ID); err != nil {
			t.Fatalf("dirtest: delete %s: %v", email, err)
		}
		p.User = w.user(t, email)
	}
	return p
}

func (w *World) invite(t testing.TB, d *directory.Directory, in directory.CreateUser) directory.CreatedUser {
	t.Helper()
	made, err := d.CreateUser(t.Context(), w.Admin, in)
	if err != nil || !made.Created {
		t.Fatalf("dirtest: create %s: made %v, error %v", in.Email, made.Created, err)
	}
	return made
}
