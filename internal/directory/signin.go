package directory

import (
	"context"
	"crypto/subtle"
	"time"
)

// What a person does with a password. The password itself is hashed and
// compared in package signin, outside every transaction; here are the rules
// about what follows.

// Credentials are what a sign-in is checked against. For an address that
// cannot sign in they are empty, and the caller spends the same time.
type Credentials struct {
	User         User
	PasswordHash string // empty: no password was chosen
	Temporary    Digest // of the open temporary password; zero: none
}

// IsTemporary reports, in constant time, whether password is the open
// temporary password.
func (c Credentials) IsTemporary(password string) bool {
	d := DigestOf(password)
	return c.Temporary != (Digest{}) && subtle.ConstantTimeCompare(d[:], c.Temporary[:]) == 1
}

// PasswordReads are the questions about passwords and tokens.
type PasswordReads interface {
	// PasswordHash is empty for a user without a password.
	PasswordHash(userSeq int64) (string, error)
	// TokenByDigest finds any token and its user.
	TokenByDigest(d Digest) (t Token, u User, ok bool, err error)
	// OpenToken finds a user's token of a purpose that is not used, not
	// void and not expired at now.
	OpenToken(userSeq int64, p Purpose, now time.Time) (t Token, ok bool, err error)
}

// PasswordTx is what operations on passwords ask of a transaction.
type PasswordTx interface {
	// SetPassword writes a user's password hash and the time of the change.
	SetPassword(userSeq int64, hash string, now time.Time) error
}

// SignInCredentials finds what a sign-in with an address is checked against.
func (d *Directory) SignInCredentials(ctx context.Context, email string) (c Credentials, err error) {
	r := d.Store.Read(ctx)
	u, ok, err := r.UserByEmail(Fold(email))
	if err != nil || !ok {
		return c, err
	}
	switch u.Status(d.now()) {
	case StatusActive:
		if u.State != StateActive {
			return c, nil
		}
		c.User = u
		c.PasswordHash, err = r.PasswordHash(u.Seq)
	case StatusInvited:
		var t Token
		if t, ok, err = r.OpenToken(u.Seq, TokenTemporaryPassword, d.now()); ok {
			c.User, c.Temporary = u, t.Digest
		}
	case StatusExpired:
	}
	return c, err
}

// A Visit is a person at a page.
type Visit struct {
	Address   string
	Agent     string
	RequestID string
}

func (v Visit) actor(u User, via Via) Actor {
	a := u.actor()
	a.Via, a.Address, a.RequestID = via, v.Address, v.RequestID
	return a
}

// An Entrance is what a browser gets for signing in.
type Entrance struct {
	Secret     string // of the session
	Browser    string // to be recognised by, the next time
	Restricted bool   // a new password must be chosen first
	User       User
}

// SignIn opens a session for a guess that package signin found right against
// c. newHash, unless empty, replaces the stored hash with one of today's
// strength. It fails when what was checked has changed meanwhile.
func (d *Directory) SignIn(ctx context.Context, v Visit, g Guess, c Credentials, newHash string) (e Entrance, err error) {
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, err := lockLive(tx, c.User.ID)
		if KindOf(err) == NotFound {
			err = ErrWrongPassword() // deleted meanwhile
		}
		if err != nil {
			return err
		}
		restricted := c.Temporary != (Digest{})
		if err := d.confirm(tx, u, c, newHash); err != nil {
			return err
		}
		if err := d.forgive(tx, g); err != nil {
			return err
		}
		a := v.actor(u, ViaPassword)
		if e, err = d.enter(tx, a, v, u, restricted); err != nil {
			return err
		}
		return d.record(tx, a, "sign_in", u, nil)
	})
	return e, err
}

// confirm makes sure that what the guess was checked against still stands. A
// temporary password is spent here: it opens one session.
func (d *Directory) confirm(tx Tx, u User, c Credentials, newHash string) error {
	if c.Temporary != (Digest{}) {
		ok, err := tx.SpendToken(c.Temporary, TokenTemporaryPassword, d.now())
		if err == nil && (!ok || u.State != StateInvited) {
			err = ErrWrongPassword()
		}
		return err
	}
	hash, err := tx.PasswordHash(u.Seq)
	if err != nil {
		return err
	}
	if u.State != StateActive || hash == "" || hash != c.PasswordHash {
		return ErrWrongPassword()
	}
	if newHash == "" {
		return nil
	}
	return tx.SetPassword(u.Seq, newHash, d.now())
}

func (d *Directory) enter(tx Tx, a Actor, v Visit, u User, restricted bool) (e Entrance, err error) {
	e.User, e.Restricted = u, restricted
	if e.Secret, err = d.openSession(tx, v, u, restricted); err != nil {
		return e, err
	}
	e.Browser, err = d.browser(u.Email)
	return e, err
}

// SignInFailed records a wrong guess. What was typed is in no part of it.
func (d *Directory) SignInFailed(ctx context.Context, v Visit, c Credentials) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		return d.record(tx, v.actor(User{}, ViaPassword), "sign_in_failed", c.User, nil)
	})
}

// AcceptInvitation spends an invitation's link, makes its user active with the
// password whose hash is given, and signs them in.
func (d *Directory) AcceptInvitation(ctx context.Context, v Visit, link, hash string) (e Entrance, err error) {
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, err := d.spend(tx, TokenInvitation, link)
		if err != nil {
			return err
		}
		e, err = d.choose(tx, v.actor(u, ViaLink), v, u, hash, "accept_invitation")
		return err
	})
	return e, err
}

// ResetPasswordByLink spends a reset's link, sets the password whose hash is
// given, ends every session, and signs the person in.
func (d *Directory) ResetPasswordByLink(ctx context.Context, v Visit, link, hash string) (e Entrance, err error) {
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, err := d.spend(tx, TokenReset, link)
		if err != nil {
			return err
		}
		// Whoever guessed at this account before does not keep its owner out.
		if err := tx.ClearAttempts(accountKey(u.Email)); err != nil {
			return err
		}
		a := v.actor(u, ViaLink)
		if e, err = d.choose(tx, a, v, u, hash, "complete_password_reset"); err != nil {
			return err
		}
		return d.notify(tx, a, u)
	})
	return e, err
}

// WasTemporary reports whether password is one that u was given.
func (d *Directory) WasTemporary(ctx context.Context, password string, u User) (bool, error) {
	t, _, ok, err := d.Store.Read(ctx).TokenByDigest(DigestOf(password))
	return ok && t.UserSeq == u.Seq, err
}

// ReplaceTemporaryPassword makes a person active who signed in with a
// temporary password and has chosen one of their own.
func (d *Directory) ReplaceTemporaryPassword(ctx context.Context, v Visit, in SignedIn, hash string) (e Entrance, err error) {
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, err := lockLive(tx, in.User.ID)
		if err != nil {
			return err
		}
		if u.State != StateInvited || !in.Session.Restricted {
			return errSessionEnded()
		}
		if err := stillIn(tx, in); err != nil {
			return err
		}
		e, err = d.choose(tx, in.Actor(v.Address, v.RequestID), v, u, hash, "replace_temporary_password")
		return err
	})
	return e, err
}

// ChangePassword sets another password for a signed-in person whose present
// one package signin found right against c, and ends every other session.
func (d *Directory) ChangePassword(ctx context.Context, v Visit, in SignedIn, c Credentials, hash string) (e Entrance, err error) {
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, err := lockLive(tx, in.User.ID)
		if err != nil {
			return err
		}
		if err := stillIn(tx, in); err != nil {
			return err
		}
		if err := d.confirm(tx, u, c, ""); err != nil {
			return err
		}
		if err := d.forgive(tx, Guess{Email: u.Email, Address: v.Address}); err != nil {
			return err
		}
		a := in.Actor(v.Address, v.RequestID)
		if e, err = d.choose(tx, a, v, u, hash, "change_password"); err != nil {
			return err
		}
		return d.notify(tx, a, u)
	})
	return e, err
}

// stillIn fails when the session has ended since the request was let in: what
// ended it must not lose against a password that is being chosen.
func stillIn(tx Tx, in SignedIn) error {
	_, _, ok, err := tx.SessionByDigest(in.Session.Digest)
	if err == nil && !ok {
		err = errSessionEnded()
	}
	return err
}

// choose gives a user a password: whatever let somebody in before, sessions,
// links and temporary passwords, is void, and one new session begins.
func (d *Directory) choose(tx Tx, a Actor, v Visit, before User, hash, operation string) (e Entrance, err error) {
	u, now := before, d.now()
	u.State, u.InvitedUntil = StateActive, time.Time{}
	if u != before {
		if err := tx.UpdateUser(u); err != nil {
			return e, err
		}
	}
	if err := tx.SetPassword(u.Seq, hash, now); err != nil {
		return e, err
	}
	if err := voidTokens(tx, u, now, TokenInvitation, TokenTemporaryPassword, TokenReset); err != nil {
		return e, err
	}
	if err := tx.EndSessionsOf(u.Seq); err != nil {
		return e, err
	}
	if e, err = d.enter(tx, a, v, u, false); err != nil {
		return e, err
	}
	return e, d.record(tx, a, operation, u, append(changed(before, u), Change{Field: "password", To: "chosen"}))
}

// ForgotPassword sends a reset link to an active user with the address, and
// answers alike when there is none.
func (d *Directory) ForgotPassword(ctx context.Context, v Visit, email string) error {
	const free = 3
	return d.Store.Write(ctx, func(tx Tx) error {
		now := d.now()
		if err := take(tx, "forgot-"+accountKey(email), free, now); err != nil {
			return err
		}
		if err := take(tx, "forgot-"+addressKey(v.Address), freeByAddress, now); err != nil {
			return err
		}
		u, ok, err := tx.LockUserByEmail(Fold(email))
		if err != nil || !ok || u.State != StateActive {
			return err
		}
		if err := voidTokens(tx, u, now, TokenReset); err != nil {
			return err
		}
		a := v.actor(User{}, ViaPage)
		if err := d.sendLink(tx, a, u, TokenReset, now, now.Add(resetLife)); err != nil {
			return err
		}
		return d.record(tx, a, "forgot_password", u, nil)
	})
}

// RenameSelf changes the name of a signed-in person.
func (d *Directory) RenameSelf(ctx context.Context, a Actor, name string) (User, error) {
	name, fault := parseName(name)
	if fault != "" {
		return User{}, errInvalid([]Fault{{"name", fault}})
	}
	var u User
	err := d.Store.Write(ctx, func(tx Tx) error {
		before, err := lockLive(tx, a.UserID)
		if err != nil {
			return err
		}
		u = before
		if u.Name = name; u == before {
			return nil
		}
		if err := tx.UpdateUser(u); err != nil {
			return err
		}
		return d.record(tx, a, "rename_self", u, changed(before, u))
	})
	return u, err
}
