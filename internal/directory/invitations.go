package directory

import (
	"context"
	"slices"
	"strings"
	"time"
)

// How a person comes to have an account:
//
//	         create, EMAIL_LINK or                 accept the link,
//	         TEMPORARY_PASSWORD                    replace the password
//	(none) ─────────────────────────► INVITED ──────────────────────► ACTIVE
//	   │                               │  ▲  ▲                          ▲
//	   │                 resend: a new │  │  │ create again:            │
//	   │                 link, the old └──┘  │ a new invitation         │
//	   │                 secret is void      │                          │
//	   │                                  (EXPIRED: time has passed)    │
//	   └── create, NONE; also from INVITED and EXPIRED ─────────────────┘
//
// An open invitation is one unspent token and the user's InvitedUntil, which
// end at the same moment. The token of a TEMPORARY_PASSWORD invitation is the
// password itself.

// An InviteMode says how a new user comes in.
type InviteMode string

// The invite modes.
const (
	InviteNone      InviteMode = "NONE"               // ACTIVE at once, no letter: for single sign-on
	InviteLink      InviteMode = "EMAIL_LINK"         // a letter with a link
	InviteTemporary InviteMode = "TEMPORARY_PASSWORD" // a password in the answer, shown once
)

// InviteModes are all of them.
func InviteModes() []InviteMode { return []InviteMode{InviteNone, InviteLink, InviteTemporary} }

// A CreateUser asks for a new user.
type CreateUser struct {
	Name      string
	Email     string
	Role      Role
	Mode      InviteMode
	Developer *bool   // nil: by the role
	Unsound   []Fault // what the caller already found wrong
}

// A CreatedUser is what came of a CreateUser.
type CreatedUser struct {
	User              User
	Created           bool   // false: an open invitation stands, unchanged
	TemporaryPassword string // for InviteTemporary, and only now
}

// CreateUser adds a user and invites them. The address decides: an open
// invitation is left alone and returned, an active or deleted user is a
// Conflict, and an expired invitation, or any with mode NONE, begins anew
// under the same id.
func (d *Directory) CreateUser(ctx context.Context, a Actor, in CreateUser) (CreatedUser, error) {
	if err := a.may(CreateUsers); err != nil {
		return CreatedUser{}, err
	}
	if err := in.sound(); err != nil {
		return CreatedUser{}, err
	}
	fresh, err := d.newcomer(a, in)
	if err != nil {
		return CreatedUser{}, err
	}
	var out CreatedUser
	err = d.Store.Write(ctx, func(tx Tx) error {
		held, ok, err := lockAccountRole(tx, in.Role)
		switch {
		case err != nil:
			return err
		case !ok:
			return errNoSuchRole("role.id")
		}
		if err := a.mayAssign(in.Role, held); err != nil {
			return err
		}
		if out, err = d.createUser(tx, a, fresh); err != nil {
			return err
		}
		return nameRole(tx, &out.User)
	})
	return out, err
}

// A newcomer is a user as they will be if nobody has the address yet, and the
// entry that says so. All writes of a directory take turns, so what needs no
// answer of the store is made before.
type newcomer struct {
	CreateUser
	user  User
	taken string // see Key.taken
	entry Entry
}

func (d *Directory) newcomer(a Actor, in CreateUser) (n newcomer, err error) {
	id, err := d.newID("User")
	if err != nil {
		return n, err
	}
	now := d.now()
	n = newcomer{CreateUser: in, user: User{ID: UserID(id), Email: in.Email, CreatedAt: now}, taken: d.Key.taken(in.Email)}
	d.standing(&n.user, in, now)
	n.entry, err = d.entry(a, "create_user", id, in.changes(User{}, n.user))
	return n, err
}

func (in CreateUser) changes(before, after User) []Change {
	return append(changed(before, after), Change{Field: "invite_mode", To: string(in.Mode)})
}

func (d *Directory) createUser(tx Tx, a Actor, n newcomer) (CreatedUser, error) {
	u := n.user
	inserted, err := tx.InsertUser(&u, n.taken)
	if err != nil {
		return CreatedUser{}, err
	}
	if !inserted {
		return d.createAgain(tx, a, n.CreateUser)
	}
	out := CreatedUser{User: u, Created: true}
	if out.TemporaryPassword, err = d.invite(tx, a, u, n.Mode, u.CreatedAt); err != nil {
		return CreatedUser{}, err
	}
	return out, tx.Record(n.entry)
}

// createAgain is for an address that somebody has.
func (d *Directory) createAgain(tx Tx, a Actor, in CreateUser) (CreatedUser, error) {
	now := d.now()
	before, reinvite, err := reinvitable(tx, in, now)
	if err != nil || !reinvite {
		return CreatedUser{User: before}, err
	}
	if err := a.mayTouch(tx, before); err != nil {
		return CreatedUser{}, err
	}
	u := before
	d.standing(&u, in, now)
	if err := tx.UpdateUser(u); err != nil {
		return CreatedUser{}, err
	}
	if err := endInvitation(tx, u, now); err != nil {
		return CreatedUser{}, err
	}
	gone, err := endUnfit(tx, before, u)
	if err != nil {
		return CreatedUser{}, err
	}
	out := CreatedUser{User: u, Created: true}
	if out.TemporaryPassword, err = d.invite(tx, a, u, in.Mode, now); err != nil {
		return CreatedUser{}, err
	}
	return out, d.record(tx, a, "create_user", u, append(in.changes(before, u), gone.changes()...))
}

// standing gives the user what the request says, as of now.
func (d *Directory) standing(u *User, in CreateUser, now time.Time) {
	u.Name, u.Role, u.Developer = in.Name, in.Role, in.Role.developsByDefault()
	if in.Developer != nil {
		u.Developer = *in.Developer
	}
	switch in.Mode {
	case InviteNone:
		u.State, u.InvitedUntil = StateActive, time.Time{}
	case InviteLink:
		u.State, u.InvitedUntil = StateInvited, now.Add(d.InvitationLife)
	case InviteTemporary:
		u.State, u.InvitedUntil = StateInvited, now.Add(d.PasswordLife)
	}
}

// reinvitable finds who has the address already, and whether the request
// invites them anew.
func reinvitable(tx Tx, in CreateUser, now time.Time) (User, bool, error) {
	u, ok, err := tx.LockUserByEmail(Fold(in.Email))
	switch {
	case err != nil:
		return User{}, false, err
	case !ok || u.State == StateDeleted:
		return User{}, false, errAddressTaken()
	case u.State == StateActive:
		return User{}, false, errUserExists(string(StatusActive))
	}
	return u, in.Mode == InviteNone || u.Status(now) == StatusExpired, nil
}

// endInvitation makes whatever invitation stands void. A session that a
// temporary password opened ends with it.
func endInvitation(tx Tx, u User, now time.Time) error {
	if err := tx.EndSessionsOf(u.Seq); err != nil {
		return err
	}
	return voidTokens(tx, u, now, TokenInvitation, TokenTemporaryPassword)
}

// invite lets the user in as the mode says.
func (d *Directory) invite(tx Tx, a Actor, u User, mode InviteMode, now time.Time) (temporaryPassword string, err error) {
	switch mode {
	case InviteLink:
		return "", d.sendLink(tx, a, u, TokenInvitation, now, u.InvitedUntil)
	case InviteTemporary:
		if temporaryPassword, err = d.newTemporaryPassword(); err != nil {
			return "", err
		}
		err = tx.InsertToken(Token{
			Digest: DigestOf(temporaryPassword), Purpose: TokenTemporaryPassword,
			UserSeq: u.Seq, CreatedAt: now, ExpiresAt: u.InvitedUntil,
		})
	case InviteNone:
	}
	return temporaryPassword, err
}

// ResendInvitation sends an invited user a new link; the old secret, link or
// temporary password, is void.
func (d *Directory) ResendInvitation(ctx context.Context, a Actor, id UserID) error {
	if err := d.mayOnUser(ctx, a, ResendInvites, id); err != nil {
		return err
	}
	return d.Store.Write(ctx, func(tx Tx) error {
		before, err := lockBelow(tx, a, id)
		if err != nil {
			return err
		}
		now := d.now()
		if s := before.Status(now); s != StatusInvited {
			return errNotInvited(s)
		}
		if err := takeLetter(tx, before, LetterInvitation, now); err != nil {
			return err
		}
		u := before
		u.InvitedUntil = now.Add(d.InvitationLife)
		if err := tx.UpdateUser(u); err != nil {
			return err
		}
		if err := endInvitation(tx, u, now); err != nil {
			return err
		}
		if _, err := d.invite(tx, a, u, InviteLink, now); err != nil {
			return err
		}
		return d.record(tx, a, "resend_user_invitation", u, changed(before, u))
	})
}

// sound trims and checks the request, and names every fault.
func (in *CreateUser) sound() error {
	faults := faultList(in.Unsound)
	var fault string
	in.Name = faults.name(in.Name)
	in.Email, fault = ParseEmail(in.Email)
	faults.add("email", fault)
	if !in.Role.Custom() && !slices.Contains(Roles(), in.Role) && !hasFault(in.Unsound, "role") {
		faults.add("role.name", "must be one of "+listed(Roles()))
	}
	if !slices.Contains(InviteModes(), in.Mode) {
		faults.add("invite_mode", "must be one of "+listed(InviteModes()))
	}
	return faults.err()
}

// hasFault tells whether a fault with the field, or with a part of it, is known.
func hasFault(faults []Fault, field string) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { return f.Field == field || strings.HasPrefix(f.Field, field+".") })
}

func listed[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}
