package directory

import "context"

// ResetPassword sends an active user a link to choose a new password. An
// earlier link that was not used is void. A user who has no password yet,
// having come in without one, gets the same link.
func (d *Directory) ResetPassword(ctx context.Context, a Actor, id UserID) error {
	if err := d.mayOnUser(ctx, a, ResetPasswords, id); err != nil {
		return err
	}
	return d.Store.Write(ctx, func(tx Tx) error {
		u, err := lockBelow(tx, a, id)
		if err != nil {
			return err
		}
		now := d.now()
		if s := u.Status(now); s != StatusActive {
			return errNotActive(s)
		}
		if err := takeLetter(tx, u, LetterReset, now); err != nil {
			return err
		}
		if err := voidTokens(tx, u, now, TokenReset); err != nil {
			return err
		}
		if err := d.sendLink(tx, a, u, TokenReset, now, now.Add(resetLife)); err != nil {
			return err
		}
		return d.record(tx, a, "reset_user_password", u, nil)
	})
}
