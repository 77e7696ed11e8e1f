package directory

import "time"

// A Purpose says what a token is good for; it is good for nothing else.
type Purpose string

// The purposes.
const (
	TokenInvitation        Purpose = "INVITATION"
	TokenTemporaryPassword Purpose = "TEMPORARY_PASSWORD"
	TokenReset             Purpose = "RESET"
)

// A Token is a secret that was given to one user, good once and for a time.
// Spent and void ones are kept, so that their holder can be told why.
type Token struct {
	Digest    Digest
	Purpose   Purpose
	UserSeq   int64
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero: not spent
	VoidAt    time.Time // zero: not replaced
}

// TokenTx is what operations on tokens ask of a transaction.
type TokenTx interface {
	InsertToken(t Token) error
	// SpendToken marks the token used at now, if it is for purpose, not used,
	// not void and not expired; else ok is false. Of many that spend one
	// token at once, one succeeds.
	SpendToken(d Digest, purpose Purpose, now time.Time) (ok bool, err error)
	// VoidTokens ends a user's unspent tokens of one purpose.
	VoidTokens(userSeq int64, purpose Purpose, now time.Time) error
}

// voidTokens ends the user's tokens of the purposes, and the letters that
// carry them.
func voidTokens(tx Tx, u User, now time.Time, purposes ...Purpose) error {
	for _, p := range purposes {
		if err := tx.VoidTokens(u.Seq, p, now); err != nil {
			return err
		}
		if kind, ok := p.letter(); ok {
			if err := tx.WithdrawLetters(u.Seq, kind, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// letter is the kind of letter that carries tokens of the purpose, if one does.
func (p Purpose) letter() (LetterKind, bool) {
	switch p {
	case TokenInvitation:
		return LetterInvitation, true
	case TokenReset:
		return LetterReset, true
	case TokenTemporaryPassword:
	}
	return "", false
}

// sendLink mints a token and leaves the letter with its link in the outbox.
func (d *Directory) sendLink(tx Tx, a Actor, u User, p Purpose, now, until time.Time) error {
	token, err := d.newToken()
	if err != nil {
		return err
	}
	t := Token{Digest: DigestOf(token), Purpose: p, UserSeq: u.Seq, CreatedAt: now, ExpiresAt: until}
	if err := tx.InsertToken(t); err != nil {
		return err
	}
	kind, _ := p.letter()
	return d.enqueue(tx, a, u, kind, token, now, until)
}
