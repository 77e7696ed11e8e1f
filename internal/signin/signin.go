package signin

import (
	"cmp"
	"context"

	"ax/internal/directory"
)

// An Authenticator lets people in.
type Authenticator struct {
	Directory *directory.Directory
	Hasher    *Hasher
}

// SignIn checks an address and a password. Whatever is wrong with them, the
// answer is directory.ErrWrongPassword; too many guesses are TooMany, and too
// many at once Unavailable.
func (a *Authenticator) SignIn(ctx context.Context, v directory.Visit, g directory.Guess, password string) (directory.Entrance, error) {
	c, weak, err := a.check(ctx, v, g, password)
	if err != nil {
		return directory.Entrance{}, err
	}
	newHash := ""
	if weak {
		if newHash, err = a.Hasher.Hash(ctx, password); err != nil {
			newHash = "" // another time
		}
	}
	return a.Directory.SignIn(ctx, v, g, c, newHash)
}

// check counts the guess, then looks at it.
func (a *Authenticator) check(ctx context.Context, v directory.Visit, g directory.Guess, password string) (c directory.Credentials, weak bool, err error) {
	if err := a.Directory.CountGuess(ctx, g); err != nil {
		return c, false, err
	}
	if c, err = a.Directory.SignInCredentials(ctx, g.Email); err != nil {
		return c, false, err
	}
	right, weak, err := a.Hasher.Verify(ctx, c.PasswordHash, password)
	if err != nil {
		return c, false, err
	}
	if temporary := c.IsTemporary(password); right || temporary {
		return c, weak && !temporary, nil
	}
	if err := a.Directory.SignInFailed(ctx, v, c); err != nil {
		return c, false, err
	}
	return c, false, directory.ErrWrongPassword()
}

// AcceptInvitation makes the holder of an invitation's link active with a
// password, and signs them in. The same form sent twice signs in twice.
func (a *Authenticator) AcceptInvitation(ctx context.Context, v directory.Visit, link, password string) (directory.Entrance, error) {
	return a.byLink(ctx, v, directory.TokenInvitation, link, password, a.Directory.AcceptInvitation)
}

// ResetPassword gives the holder of a reset's link a new password, and signs
// them in.
func (a *Authenticator) ResetPassword(ctx context.Context, v directory.Visit, link, password string) (directory.Entrance, error) {
	return a.byLink(ctx, v, directory.TokenReset, link, password, a.Directory.ResetPasswordByLink)
}

type spend func(ctx context.Context, v directory.Visit, link, hash string) (directory.Entrance, error)

func (a *Authenticator) byLink(ctx context.Context, v directory.Visit, p directory.Purpose, link, password string, spend spend) (e directory.Entrance, err error) {
	held, err := a.Directory.OpenLink(ctx, p, link)
	if err != nil {
		if held.Repeatable(a.Directory.Now()) {
			return a.again(ctx, v, held.User, password, err)
		}
		return e, err
	}
	hash, err := a.newHash(ctx, held.User, password)
	if err != nil {
		return e, err
	}
	if e, err = spend(ctx, v, link, hash); directory.KindOf(err) == directory.Gone {
		// Another press of the button may have been faster.
		if held, _ = a.Directory.OpenLink(ctx, p, link); held.Repeatable(a.Directory.Now()) {
			return a.again(ctx, v, held.User, password, err)
		}
	}
	return e, err
}

// again signs in with the password that a link has just set, or repeats why
// the link is dead.
func (a *Authenticator) again(ctx context.Context, v directory.Visit, u directory.User, password string, dead error) (directory.Entrance, error) {
	e, err := a.SignIn(ctx, v, directory.Guess{Email: u.Email, Address: v.Address}, password)
	if directory.KindOf(err) == directory.Unauthenticated {
		return e, dead
	}
	return e, err
}

// newHash checks a password that u chooses, and hashes it.
func (a *Authenticator) newHash(ctx context.Context, u directory.User, password string) (string, error) {
	if fault := a.Directory.CheckPassword(password, u); fault != "" {
		return "", directory.ErrWeakPassword(fault)
	}
	return a.Hasher.Hash(ctx, password)
}

// ReplaceTemporaryPassword gives a person who signed in with a temporary
// password one of their own.
func (a *Authenticator) ReplaceTemporaryPassword(ctx context.Context, v directory.Visit, in directory.SignedIn, password string) (directory.Entrance, error) {
	if was, err := a.Directory.WasTemporary(ctx, password, in.User); err != nil || was {
		return directory.Entrance{}, cmp.Or(err, error(directory.ErrWeakPassword("must not be the temporary password")))
	}
	hash, err := a.newHash(ctx, in.User, password)
	if err != nil {
		return directory.Entrance{}, err
	}
	return a.Directory.ReplaceTemporaryPassword(ctx, v, in, hash)
}

// ChangePassword gives a signed-in person who knows their present password
// another one. Guessing at the present one is counted like a sign-in.
func (a *Authenticator) ChangePassword(ctx context.Context, v directory.Visit, in directory.SignedIn, present, password string) (e directory.Entrance, err error) {
	if fault := a.Directory.CheckPassword(password, in.User); fault != "" {
		return e, directory.ErrWeakPassword(fault)
	}
	c, _, err := a.check(ctx, v, directory.Guess{Email: in.User.Email, Address: v.Address}, present)
	if directory.KindOf(err) == directory.Unauthenticated {
		return e, directory.ErrNotYourPassword()
	}
	if err != nil {
		return e, err
	}
	hash, err := a.Hasher.Hash(ctx, password)
	if err != nil {
		return e, err
	}
	return a.Directory.ChangePassword(ctx, v, in, c, hash)
}
