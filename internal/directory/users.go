package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A UserID is the public id of a user: opaque, random, never reused.
type UserID string

// A Role is what a user may do in the account.
type Role string

// The account's predefined roles.
const (
	RoleAdmin        Role = "ADMIN"
	RoleMember       Role = "MEMBER"
	RoleMemberUIOnly Role = "MEMBER_UI_ONLY"
	RoleAnnotator    Role = "ANNOTATOR"
)

// Roles are all of them, strongest first.
func Roles() []Role { return []Role{RoleAdmin, RoleMember, RoleMemberUIOnly, RoleAnnotator} }

// developsByDefault says whether a new user of the role may use the API.
func (r Role) developsByDefault() bool { return r == RoleAdmin || r == RoleMember }

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
	State        State
	InvitedUntil time.Time // when the open invitation ends; zero unless invited
	CreatedAt    time.Time
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
	// Users lists at most q.Limit users with seq above q.After, by seq.
	Users(q UserQuery) ([]User, error)
	// OtherAdmin tells whether an ACTIVE administrator besides the one at
	// seq exists, with developer access when developer is set.
	OtherAdmin(seq int64, developer bool) (bool, error)
}

// UserTx is what operations on users ask of a transaction.
type UserTx interface {
	// InsertUser keeps a new user and sets its Seq. It reports false, and
	// keeps nothing, when a user of any state has the address.
	InsertUser(u *User) (inserted bool, err error)
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
	if in.Limit == 0 {
		in.Limit = DefaultLimit
	}
	if in.Limit < 1 || in.Limit > MaxLimit {
		return Page[User]{}, errBadLimit()
	}
	q := UserQuery{EmailContains: Fold(in.Email), Statuses: uniqueStatuses(in.Statuses), Now: d.now(), Limit: in.Limit + 1}
	filter := q.filter()
	var err error
	if q.After, err = d.Key.seqOf(in.Cursor, "users", filter); err != nil {
		return Page[User]{}, err
	}
	users, err := d.Store.Read(ctx).Users(q)
	if err != nil {
		return Page[User]{}, err
	}
	page := Page[User]{Items: users}
	if len(users) > in.Limit {
		page.Items = users[:in.Limit]
		page.Next = d.Key.cursorFor("users", filter, page.Items[in.Limit-1].Seq)
	}
	return page, nil
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
	u, ok, err := d.Store.Read(ctx).UserByID(id)
	if err == nil && (!ok || u.State == StateDeleted) {
		err = errUserNotFound()
	}
	return u, err
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
	if err := in.sound(); err != nil {
		return User{}, err
	}
	var u User
	err := d.Store.Write(ctx, func(tx Tx) error {
		before, err := lockLive(tx, id)
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

// DeleteUser marks a user deleted, for good: sign-in, keys, tokens and
// waiting letters end with it. Deleting a deleted user changes nothing.
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
		case !ok:
			return errUserNotFound()
		case before.State == StateDeleted:
			return nil
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
		return d.record(tx, a, "delete_user", u, changed(before, u))
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

// lockLive locks a user who is not deleted.
func lockLive(tx Tx, id UserID) (User, error) {
	u, ok, err := tx.LockUser(id)
	if err == nil && (!ok || u.State == StateDeleted) {
		err = errUserNotFound()
	}
	return u, err
}

const maxNameRunes = 255

// parseName checks a name and returns it as it is stored: trimmed, NFC.
func parseName(s string) (name, fault string) {
	name = norm.NFC.String(strings.TrimSpace(s))
	switch {
	case name == "":
		return "", "must not be empty"
	case !utf8.ValidString(s):
		return "", "must be valid UTF-8"
	case utf8.RuneCountInString(name) > maxNameRunes:
		return "", "must be at most 255 characters"
	case strings.ContainsFunc(name, unfitForNames):
		return "", "must not hold control characters, line breaks or characters that reorder or hide text"
	case !strings.ContainsFunc(name, visible):
		return "", "must hold something that can be seen"
	}
	return name, ""
}

// visible holds for what leaves ink. The fillers are letters by category only.
func visible(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800':
		return false
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
}

// unfitForNames holds for what would break a header, a log line or a
// terminal, or make a name look like another. Joiners (U+200C, U+200D) stay:
// Persian names and emoji need them.
func unfitForNames(r rune) bool {
	switch r {
	case '\u2028', '\u2029', '\u200b', '\u200e', '\u200f', '\u061c', '\u2060', '\ufeff', utf8.RuneError:
		return true
	}
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
