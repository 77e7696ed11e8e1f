package directory

// An Actor is who asks, through what and from where. It is made from a
// credential at each request and never kept.
type Actor struct {
	UserID      UserID // empty for the host and for the system
	Name        string // shown to invited people
	Email       string
	UserSeq     int64 // 0 for the host and for the system
	Role        Role
	Permissions PermissionSet // of a custom account role
	Developer   bool
	Credential  string // the id of the key that was used
	Via         Via
	Address     string // the peer's network address, without port
	RequestID   string
}

// actor is the user as one who acts. A custom role's permissions are not in it.
func (u User) actor() Actor {
	return Actor{UserID: u.ID, UserSeq: u.Seq, Name: u.Name, Email: u.Email, Role: u.Role, Developer: u.Developer}
}

// Via is the way in.
type Via string

// The ways in.
const (
	ViaKey      Via = "API_KEY"
	ViaService  Via = "SERVICE_KEY" // a key that acts as a bot
	ViaHost     Via = "HOST"        // a person at the server's own machine
	ViaSession  Via = "SESSION"     // signed in with a browser
	ViaPassword Via = "PASSWORD"    // while signing in
	ViaLink     Via = "LINK"        // holding the link of a letter
	ViaPage     Via = "PAGE"        // a page that anybody can open
)

// Host is the actor of the commands that work on the directory itself.
// Whoever can run them can read the store, so they may do everything.
func Host(osUser string) Actor {
	return Actor{Name: osUser, Role: RoleAdmin, Developer: true, Via: ViaHost, Address: "localhost"}
}

// grants are what speaks for the actor in the account.
func (a Actor) grants() Grants { return Grants{Account: Grant{a.Role, a.Permissions}} }

// may returns nil when the actor may do what in the account.
func (a Actor) may(what Action) error { return a.mayWith(a.grants(), what) }

// mayWith returns nil when the actor may do what to that for which the grants
// are. Keys of people speak for developers only, but the roles are asked
// first: what they hide stays hidden.
func (a Actor) mayWith(g Grants, what Action) error {
	if !g.may(what).Allowed {
		return errNoRight(what)
	}
	return a.developing()
}

// developing refuses the keys of people without developer access.
func (a Actor) developing() error {
	if a.Via == ViaKey && !a.Developer {
		return errNotDeveloper()
	}
	return nil
}

// mayOn is may for an action on one user: those who may not even see users
// get the answer that a missing user gets.
func (a Actor) mayOn(what Action) error {
	if !a.grants().may(ReadUsers).Allowed {
		return errUserNotFound()
	}
	return a.may(what)
}

// mayAssign holds the cap on the account roles that an actor may give: a
// MEMBER's is fixed, anybody else hands on at most what they have.
func (a Actor) mayAssign(r Role, held PermissionSet) error {
	switch {
	case a.Role == RoleAdmin, a.Role == RoleMember && (r == RoleMember || r == RoleAnnotator):
		return nil
	case a.Role == RoleMember:
		return errRoleAboveOwn(r)
	case r == RoleAdmin || !held.Within(a.grants().effective()):
		return errRoleAbove()
	}
	return nil
}
