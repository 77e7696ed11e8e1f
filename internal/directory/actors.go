package directory

import "slices"

// An Actor is who asks, through what and from where. It is made from a
// credential at each request and never kept.
type Actor struct {
	UserID     UserID // empty for the host and for the system
	Name       string // shown to invited people
	Email      string
	Role       Role
	Developer  bool
	Credential string // the id of the key that was used
	Via        Via
	Address    string // the peer's network address, without port
	RequestID  string
}

// Via is the way in.
type Via string

// The ways in.
const (
	ViaKey      Via = "API_KEY"
	ViaHost     Via = "HOST"     // a person at the server's own machine
	ViaSession  Via = "SESSION"  // signed in with a browser
	ViaPassword Via = "PASSWORD" // while signing in
	ViaLink     Via = "LINK"     // holding the link of a letter
	ViaPage     Via = "PAGE"     // a page that anybody can open
)

// Host is the actor of the commands that work on the directory itself.
// Whoever can run them can read the store, so they may do everything.
func Host(osUser string) Actor {
	return Actor{Name: osUser, Role: RoleAdmin, Developer: true, Via: ViaHost, Address: "localhost"}
}

// An Action is something an actor may or may not do, worded to follow
// "does not allow you to".
type Action string

// The actions on users.
const (
	ReadUsers      Action = "see users"
	CreateUsers    Action = "create users"
	UpdateUsers    Action = "change users"
	DeleteUsers    Action = "delete users"
	ResendInvites  Action = "resend invitations"
	ResetPasswords Action = "reset passwords"
)

// rights returns who may do what: the one table of it.
func rights(a Action) []Role {
	switch a {
	case ReadUsers, CreateUsers:
		return []Role{RoleAdmin, RoleMember}
	case UpdateUsers, DeleteUsers, ResendInvites, ResetPasswords:
		return []Role{RoleAdmin}
	}
	return nil
}

// may returns nil when the actor may do a. Keys speak for developers only,
// but the role is asked first: what a role hides stays hidden.
func (a Actor) may(what Action) error {
	if !slices.Contains(rights(what), a.Role) {
		return errNoRight(what)
	}
	if a.Via == ViaKey && !a.Developer {
		return errNotDeveloper()
	}
	return nil
}

// mayOn is may for an action on one user: those who may not even see users
// get the answer that a missing user gets.
func (a Actor) mayOn(what Action) error {
	if !slices.Contains(rights(ReadUsers), a.Role) {
		return errUserNotFound()
	}
	return a.may(what)
}

// mayAssign holds the cap on the roles that an actor may give.
func (a Actor) mayAssign(r Role) error {
	if a.Role != RoleAdmin && r != RoleMember && r != RoleAnnotator {
		return errRoleAboveOwn(r)
	}
	return nil
}
