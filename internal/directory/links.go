package directory

import (
	"context"
	"time"
)

// A HeldLink is a token in the hands of the person it was sent to.
type HeldLink struct {
	Token Token
	User  User
}

// OpenLink says whose link a secret is, if it is good for purpose now. It
// changes nothing. A link of ours that has ended is Gone, with a sentence that
// helps its holder; about any other text nothing is said.
func (d *Directory) OpenLink(ctx context.Context, p Purpose, secret string) (HeldLink, error) {
	t, u, ok, err := d.Store.Read(ctx).TokenByDigest(DigestOf(secret))
	switch {
	case err != nil:
		return HeldLink{}, err
	case !ok || t.Purpose != p || u.State == StateDeleted:
		return HeldLink{}, errNoSuchLink()
	}
	return HeldLink{t, u}, t.ended(d.now())
}

// ended says why a token is not good any more; nil while it is.
func (t Token) ended(now time.Time) error {
	switch {
	case !t.UsedAt.IsZero():
		return errLinkUsed(t.Purpose)
	case !t.VoidAt.IsZero():
		return errLinkReplaced(t.Purpose)
	case !now.Before(t.ExpiresAt):
		return errLinkExpired(t.Purpose, t.ExpiresAt)
	}
	return nil
}

// Repeatable reports whether the link was spent so short a while ago that the
// same form may have been sent twice: by an impatient finger, or by a browser
// that lost the answer.
func (l HeldLink) Repeatable(now time.Time) bool {
	const while = 10 * time.Minute
	return !l.Token.UsedAt.IsZero() && now.Sub(l.Token.UsedAt) < while
}

// spend spends the link's token in a transaction and returns its user, locked.
func (d *Directory) spend(tx Tx, p Purpose, secret string) (User, error) {
	now := d.now()
	t, u, ok, err := tx.TokenByDigest(DigestOf(secret))
	if err != nil {
		return User{}, err
	}
	if !ok {
		return User{}, errNoSuchLink()
	}
	// The user before the token, as in every other operation.
	if u, _, err = tx.LockUser(u.ID); err != nil {
		return User{}, err
	}
	if ok, err = tx.SpendToken(t.Digest, p, now); err != nil {
		return User{}, err
	}
	if ok && u.State != StateDeleted {
		return u, nil
	}
	if t, _, _, err = tx.TokenByDigest(t.Digest); err != nil {
		return User{}, err
	}
	if err := t.ended(now); t.Purpose == p && u.State != StateDeleted && err != nil {
		return User{}, err
	}
	return User{}, errNoSuchLink()
}
