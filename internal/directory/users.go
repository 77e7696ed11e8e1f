package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// A UserID is the public id of a user: opaque, random, never reused.
type UserID string

// A State is what the store keeps of a user's standing.
type State string

// The states. A deleted user is kept for its address and its history.
const (
	StateActive  State = "ACTIVE"
	StateInvited State = "INVITED"
	StateDeleted State = "DELETED"
)

// A Status is a state as of a moment.
type Status string

// The statuses of users that can be seen.
const (
	StatusActive  Status = "ACTIVE"
	StatusInvited Status = "INVITED"
	StatusExpired Status = "EXPIRED"
)

// Statuses are all of them.
func Statuses() []Status { return []Status{StatusActive, StatusInvited, StatusExpired} }

// A User is a person, or once was one.
type User struct {
	Seq          int64 // place in the listing; given by the store
	ID           UserID
	Name         string
	Email        string // as given and mailed to; its Fold is the identity
	Role         Role
	Developer    bool // may use the API
	Bot          bool // no person: what a service key acts as; nobody sees it among the users
	State        State
	InvitedUntil time.Time // when the open invitation ends; zero unless invited
	CreatedAt    time.Time
	RoleName     string // of a custom role, where it is shown
}

// Status is the user's status at now.
func (u User) Status(now time.Time) Status {
	switch {
	case u.State == StateInvited && !u.InvitedUntil.After(now):
		return StatusExpired
	case u.State == StateInvited:
		return StatusInvited
	}
	return StatusActive
}

// A UserQuery asks for a page of users that are not deleted, by seq.
type UserQuery struct {
	EmailContains string   // folded; empty for any
	Statuses      []Status // empty for all
	Now           time.Time
	After         int64 // seq of the last one seen
	Limit         int
}

// UserReads are the questions about users.
type UserReads interface {
	// UserByID finds any user, deleted ones too; ok is false without one.
	UserByID(id UserID) (u User, ok bool, err error)
	// UserByEmail finds any user by the folded address.
	UserByEmail(folded string) (u User, ok bool, err error)
	// Users lists at most q.Limit users with seq above q.After, by seq. No bot
	// is among them.
	Users(q UserQuery) ([]User, error)
	// OtherAdmin tells whether an ACTIVE administrator besides the one at
	// seq exists, who is a person, with developer access when developer is set.
	OtherAdmin(seq int64, developer bool) (bool, error)
}

// UserTx is what operations on users ask of a transaction.
type UserTx interface {
	// InsertUser keeps a new user and sets its Seq. It reports false, and
	// keeps nothing, when a user of any state has the address, or when one
	// whose address was erased has taken in its place.
	InsertUser(u *User, taken string) (inserted bool, err error)
	// LockUser is UserByID, and nobody else changes that user until the
	// transaction ends.
	LockUser(id UserID) (u User, ok bool, err error)
	// LockUserByEmail is UserByEmail with the lock of LockUser.
	LockUserByEmail(folded string) (u User, ok bool, err error)
	// UpdateUser writes name, role, developer, state and invitation end.
	UpdateUser(u User) error
	// LockAdmins makes transactions that could lose an administrator wait
	// for each other.
	LockAdmins() error
}

// Page limits (contract, "Conventions").
const (
	DefaultLimit = 50
	MaxLimit     = 100
)

// A ListUsers asks for a page of users.
type ListUsers struct {
	Email    string // literal substring, in any case
	Statuses []Status
	Limit    int // 0 for DefaultLimit
	Cursor   string
}

// ListUsers returns a page in insertion order, deleted users left out.
func (d *Directory) ListUsers(ctx context.Context, a Actor, in ListUsers) (Page[User], error) {
	if err := a.may(ReadUsers); err != nil {
		return Page[User]{}, err
	}
	q := UserQuery{EmailContains: Fold(in.Email), Statuses: uniqueStatuses(in.Statuses), Now: d.now()}
	return page(d.Key, "users", q.filter(), in.Limit, in.Cursor, func(after int64, limit int) ([]User, error) {
		q.After, q.Limit = after, limit
		r := d.Store.Read(ctx)
		users, err := r.Users(q)
		if err == nil {
			err = nameRoles(r, users)
		}
		return users, err
	}, func(u User) int64 { return u.Seq })
}

func uniqueStatuses(s []Status) []Status {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}

func (q UserQuery) filter() []string {
	parts := []string{q.EmailContains}
	for _, s := range q.Statuses {
		parts = append(parts, string(s))
	}
	return parts
}

// User returns one user. Unknown, deleted and not to be seen answer alike.
func (d *Directory) User(ctx context.Context, a Actor, id UserID) (User, error) {
	if err := a.mayOn(ReadUsers); err != nil {
		return User{}, err
	}
	if !WellFormedID(string(id)) {
		return User{}, errUserIDMalformed()
	}
	r := d.Store.Read(ctx)
	u, ok, err := r.UserByID(id)
	switch {
	case err != nil:
		return u, err
	case !ok || u.gone():
		return User{}, errUserNotFound()
	}
	return u, nameRole(r, &u)
}

// An UpdateUser changes what is not nil.
type UpdateUser struct {
	Name      *string
	Developer *bool
}

// UpdateUser changes a user's name, developer access or both.
func (d *Directory) UpdateUser(ctx context.Context, a Actor, id UserID, in UpdateUser) (User, error) {
	if err := d.mayOnUser(ctx, a, UpdateUsers, id); err != nil {
		return User{}, err
	}
	if in.Developer != nil {
		if err := a.may(SetDeveloper); err != nil {
			return User{}, err
		}
	}
	if err := in.sound(); err != nil {
		return User{}, err
	}
	var u User
	err := d.Store.Write(ctx, func(tx Tx) error {
		before, err := lockBelow(tx, a, id)
		if err != nil {
			return err
		}
		u = before
		if in.Name != nil {
			u.Name = *in.Name
		}
		if in.Developer != nil {
			u.Developer = *in.Developer
		}
		if u == before {
			return nil
		}
		if err := keepAdmin(tx, before, u); err != nil {
			return err
		}
		if err := tx.UpdateUser(u); err != nil {
			return err
		}
		return d.record(tx, a, "update_user", u, changed(before, u))
	})
	if err == nil {
		err = nameRole(d.Store.Read(ctx), &u)
	}
	return u, err
}

// sound trims the name and says what is wrong with the request.
func (in *UpdateUser) sound() error {
	if in.Name == nil && in.Developer == nil {
		return errNothingToUpdate()
	}
	if in.Name == nil {
		return nil
	}
	name := strings.TrimSpace(*in.Name)
	if name == "" {
		return errBlankName()
	}
	name, fault := parseName(name)
	if fault != "" {
		return errInvalid([]Fault{{"name", fault}})
	}
	in.Name = &name
	return nil
}

// DeleteUser marks a user deleted, for good: sign-in, keys, tokens, waiting
// letters, memberships and role bindings end with it. Deleting a deleted user
// changes nothing.
func (d *Directory) DeleteUser(ctx context.Context, a Actor, id UserID) error {
	if err := d.mayOnUser(ctx, a, DeleteUsers, id); err != nil {
		return err
	}
	if a.UserID == id {
		return errSelfDelete()
	}
	return d.Store.Write(ctx, func(tx Tx) error {
		before, ok, err := tx.LockUser(id)
		switch {
		case err != nil:
			return err
		case !ok || before.Bot:
			return errUserNotFound()
		case before.State == StateDeleted:
			return nil
		}
		if err := a.mayTouch(tx, before); err != nil {
			return err
		}
		u := before
		u.State, u.InvitedUntil = StateDeleted, time.Time{}
		if err := keepAdmin(tx, before, u); err != nil {
			return err
		}
		if err := tx.UpdateUser(u); err != nil {
			return err
		}
		if err := d.endCredentials(tx, u); err != nil {
			return err
		}
		gone, err := tx.EndAccess(u.Seq)
		if err != nil {
			return err
		}
		return d.record(tx, a, "delete_user", u, append(changed(before, u), gone.changes()...))
	})
}

// endCredentials revokes whatever speaks for a user who is gone.
func (d *Directory) endCredentials(tx Tx, u User) error {
	now := d.now()
	if err := tx.RevokeKeysOf(u.Seq, now); err != nil {
		return err
	}
	if err := tx.EndSessionsOf(u.Seq); err != nil {
		return err
	}
	return voidTokens(tx, u, now, TokenInvitation, TokenTemporaryPassword, TokenReset)
}

// keepAdmin refuses to lose the last active administrator, and the last who
// can use the API.
func keepAdmin(tx Tx, before, after User) error {
	was := before.Role == RoleAdmin && before.State == StateActive
	is := after.Role == RoleAdmin && after.State == StateActive
	switch {
	case was && before.Developer && !(is && after.Developer):
		return otherAdmin(tx, before, true)
	case was && !is:
		return otherAdmin(tx, before, false)
	}
	return nil
}

func otherAdmin(tx Tx, u User, developer bool) error {
	if err := tx.LockAdmins(); err != nil {
		return err
	}
	if ok, err := tx.OtherAdmin(u.Seq, developer); err != nil || ok {
		return err
	}
	if other, err := tx.OtherAdmin(u.Seq, false); err != nil || other {
		return cmp.Or(err, error(errLastDeveloperAdmin()))
	}
	return errLastAdmin()
}

// mayOnUser says whether the actor may do what to the user id names. A
// refusal to somebody who may see users is only given for a user that is
// there; nobody learns from it what they could not read.
func (d *Directory) mayOnUser(ctx context.Context, a Actor, what Action, id UserID) error {
	err := a.mayOn(what)
	if KindOf(err) == NotFound {
		return err
	}
	if !WellFormedID(string(id)) {
		return errUserIDMalformed()
	}
	if err == nil {
		return nil
	}
	if _, missing := d.User(ctx, Actor{Role: RoleAdmin}, id); missing != nil {
		return missing
	}
	return err
}

// gone holds for what no operation on users finds.
func (u User) gone() bool { return u.State == StateDeleted || u.Bot }

// lockLive locks a user who is not deleted.
func lockLive(tx Tx, id UserID) (User, error) {
	u, ok, err := tx.LockUser(id)
	if err == nil && (!ok || u.gone()) {
		err = errUserNotFound()
	}
	return u, err
}

// lockBelow is lockLive for an actor who wants to change that user.
func lockBelow(tx Tx, a Actor, id UserID) (User, error) {
	u, err := lockLive(tx, id)
	if err == nil {
		err = a.mayTouch(tx, u)
	}
	return u, err
}

// mayTouch refuses to change a user who may do more than the actor: who could
// reset an administrator's password would be one.
func (a Actor) mayTouch(r RoleReads, u User) error {
	held, err := rolePermissions(r, u.Role)
	if err == nil && a.Role != RoleAdmin && (u.Role == RoleAdmin || !held.Within(a.grants().effective())) {
		err = errUserAbove()
	}
	return err
}
