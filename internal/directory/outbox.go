package directory

import (
	"context"
	"time"
)

// A LetterID is the public id of a letter.
type LetterID string

// A LetterKind says what a letter is about.
type LetterKind string

// The kinds of letters.
const (
	LetterInvitation      LetterKind = "INVITATION"
	LetterReset           LetterKind = "RESET"
	LetterPasswordChanged LetterKind = "PASSWORD_CHANGED" // a notice, without link
)

// A LetterState is where a letter stands.
type LetterState string

// The states of letters. WAITING includes letters that a sender holds: it has
// them until ClaimedUntil, and whoever comes later may take them over.
const (
	LetterWaiting   LetterState = "WAITING"
	LetterSent      LetterState = "SENT"
	LetterWithdrawn LetterState = "WITHDRAWN" // its token was replaced or its user deleted
	LetterDead      LetterState = "DEAD"      // given up; only an operator can revive it
)

// A Letter is mail that a change caused. It is written in the transaction of
// the change and delivered later, at least once.
type Letter struct {
	Seq          int64
	ID           LetterID
	Kind         LetterKind
	State        LetterState
	UserSeq      int64
	To           string // the address, as stored
	ToName       string
	From         string    // who caused it, for people; may be empty
	Sealed       []byte    // the link's token; empty once it is not needed
	ExpiresAt    time.Time // when the link ends
	CreatedAt    time.Time
	DueAt        time.Time // not to be tried before
	ClaimedUntil time.Time
	Attempts     int
	LastError    string
	SettledAt    time.Time // when it was sent, withdrawn or given up
}

// LetterReads are the questions about letters.
type LetterReads interface {
	// Letters lists at most limit letters with seq above after, by seq.
	Letters(after int64, limit int) ([]Letter, error)
	LetterByID(id LetterID) (l Letter, ok bool, err error)
	// LetterDue tells whether ClaimLetters at now would find any.
	LetterDue(now time.Time) (bool, error)
}

// LetterTx is what the outbox asks of a transaction.
type LetterTx interface {
	InsertLetter(l Letter) error
	// ClaimLetters takes at most n letters that wait, are due at now and
	// held by nobody, for itself until the given time, oldest first. Of
	// many claimers, each letter goes to one.
	ClaimLetters(now, until time.Time, n int) ([]Letter, error)
	// SettleLetter writes state, due time, attempts, last error and settle
	// time of a letter that still waits under the claim that l shows, frees
	// it, and forgets the secret unless it goes on waiting or is DEAD.
	SettleLetter(l Letter) error
	// WithdrawLetters ends a user's waiting and dead letters of one kind.
	WithdrawLetters(userSeq int64, kind LetterKind, now time.Time) error
	// ReviveLetter makes a waiting or dead letter due at now, as if it had
	// not been tried yet.
	ReviveLetter(id LetterID, now time.Time) error
	// HastenLetters makes those waiting letters due at now, and free, that
	// are due or claimed until after latest.
	HastenLetters(now, latest time.Time) error
}

// An OpenLetter is a letter with its secret, for a sender and the operator.
type OpenLetter struct {
	Letter
	Token string // empty when it is no longer kept
}

// enqueue leaves a letter in the outbox. Without a token it is a notice.
func (d *Directory) enqueue(tx Tx, a Actor, u User, kind LetterKind, token string, now, until time.Time) error {
	id, err := d.newID("Letter")
	if err != nil {
		return err
	}
	var sealed []byte
	if token != "" {
		if sealed, err = d.Key.sealFor(id, token); err != nil {
			return err
		}
	}
	return tx.InsertLetter(Letter{
		ID: LetterID(id), Kind: kind, State: LetterWaiting, UserSeq: u.Seq,
		To: u.Email, ToName: u.Name, From: a.Name, Sealed: sealed,
		ExpiresAt: until, CreatedAt: now, DueAt: now,
	})
}

// notify tells a person that their password was changed.
func (d *Directory) notify(tx Tx, a Actor, u User) error {
	const worth = 24 * time.Hour // a notice that comes later helps nobody
	now := d.now()
	return d.enqueue(tx, a, u, LetterPasswordChanged, "", now, now.Add(worth))
}

// ClaimLetters hands a sender up to n due letters. They are its own for hold;
// a sender that dies leaves them to the next one.
func (d *Directory) ClaimLetters(ctx context.Context, n int, hold time.Duration) ([]OpenLetter, error) {
	now := d.now()
	// Asking costs a read; most of the time there is nothing to write.
	if due, err := d.Store.Read(ctx).LetterDue(now); err != nil || !due {
		return nil, err
	}
	var claimed []Letter
	err := d.Store.Write(ctx, func(tx Tx) (err error) {
		claimed, err = tx.ClaimLetters(now, now.Add(hold), n)
		return err
	})
	if err != nil {
		return nil, err
	}
	open := make([]OpenLetter, len(claimed))
	for i, l := range claimed {
		if open[i], err = d.openLetter(l); err != nil {
			open[i] = OpenLetter{Letter: l} // without its link it cannot be sent; the others can
		}
	}
	return open, nil
}

func (d *Directory) openLetter(l Letter) (OpenLetter, error) {
	if len(l.Sealed) == 0 {
		return OpenLetter{Letter: l}, nil
	}
	token, err := d.Key.openFor(string(l.ID), l.Sealed)
	return OpenLetter{l, token}, err
}

// LetterSent records that a claimed letter has left.
func (d *Directory) LetterSent(ctx context.Context, l Letter) error {
	l.State, l.Attempts, l.LastError, l.SettledAt = LetterSent, l.Attempts+1, "", d.now()
	return d.settle(ctx, l)
}

// LetterFailed records a failed attempt: the letter is due again at retry, or
// given up when retry is zero. cause must not hold the link.
func (d *Directory) LetterFailed(ctx context.Context, l Letter, cause string, retry time.Time) error {
	l.Attempts, l.LastError, l.DueAt = l.Attempts+1, cause, retry
	if retry.IsZero() {
		l.State, l.DueAt, l.SettledAt = LetterDead, d.now(), d.now()
	}
	return d.settle(ctx, l)
}

func (d *Directory) settle(ctx context.Context, l Letter) error {
	return d.Store.Write(ctx, func(tx Tx) error { return tx.SettleLetter(l) })
}

// Letters lists letters by seq, for the operator.
func (d *Directory) Letters(ctx context.Context, after int64, limit int) ([]Letter, error) {
	return d.Store.Read(ctx).Letters(after, limit)
}

// ReadLetter returns a letter with its secret. That the operator saw the link
// is itself recorded.
func (d *Directory) ReadLetter(ctx context.Context, a Actor, id LetterID) (OpenLetter, error) {
	var found Letter
	err := d.Store.Write(ctx, func(tx Tx) (err error) {
		if found, err = letterByID(tx, id); err != nil || len(found.Sealed) == 0 {
			return err
		}
		return d.recordLetter(tx, a, "show_letter", found)
	})
	if err != nil {
		return OpenLetter{}, err
	}
	return d.openLetter(found)
}

// RetryLetter makes a letter due now.
func (d *Directory) RetryLetter(ctx context.Context, a Actor, id LetterID) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		l, err := letterByID(tx, id)
		if err != nil {
			return err
		}
		if l.State != LetterWaiting && l.State != LetterDead {
			return errLetterSettled(l.State)
		}
		if err := tx.ReviveLetter(id, d.now()); err != nil {
			return err
		}
		return d.recordLetter(tx, a, "retry_letter", l)
	})
}

func letterByID(tx Tx, id LetterID) (Letter, error) {
	l, ok, err := tx.LetterByID(id)
	if err == nil && !ok {
		err = errLetterNotFound()
	}
	return l, err
}
