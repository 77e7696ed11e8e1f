package directory

import (
	"context"
	"encoding/hex"
	"net/netip"
	"time"
)

// Guessing is slowed down by counters in the store, the same for every
// server. An attempt is counted before the password is looked at, so that
// many at once are as many as one after another. Three things are counted:
// the account, by its folded address, whether it exists or not; the network
// address; and, instead of the account, a browser that has signed in to it
// before, so that a stranger's guesses do not shut its owner out.

// An Attempts is a counter.
type Attempts struct {
	Key      string
	Failures int
	LastAt   time.Time
}

// AttemptTx is what counting asks of a transaction.
type AttemptTx interface {
	// LockAttempts finds a counter, new ones at zero, and nobody else
	// changes it until the transaction ends.
	LockAttempts(key string) (Attempts, error)
	// SetAttempts writes a counter.
	SetAttempts(a Attempts) error
	// ClearAttempts removes a counter.
	ClearAttempts(key string) error
	// ForgetAttempts removes at most n counters last used before a time.
	ForgetAttempts(before time.Time, n int) error
}

const (
	freeByAccount = 5  // failures before the first delay
	freeByAddress = 50 // an office shares one
	firstDelay    = time.Second
	maxDelay      = 15 * time.Minute
	attemptMemory = 24 * time.Hour // after which a counter begins anew
)

// wait is how long after the last attempt the next one may come.
func (a Attempts) wait(free int) time.Duration {
	if a.Failures < free {
		return 0
	}
	return min(firstDelay<<min(a.Failures-free, 20), maxDelay)
}

// take counts an attempt, or says how long to wait for it.
func take(tx Tx, key string, free int, now time.Time) error {
	a, err := tx.LockAttempts(key)
	if err != nil {
		return err
	}
	if now.Sub(a.LastAt) > attemptMemory {
		a.Failures = 0
	}
	if a.LastAt.Sub(now) > maxDelay {
		a.LastAt = time.Time{} // the clock was set back; the wait would be as long as that
	}
	if next := a.LastAt.Add(a.wait(free)); now.Before(next) {
		return errTooMany(next.Sub(now))
	}
	a.Failures, a.LastAt = a.Failures+1, now
	return tx.SetAttempts(a)
}

// takeLetter counts a letter that an administrator has sent to one person:
// whatever a script does, nobody's mailbox is flooded.
func takeLetter(tx Tx, u User, kind LetterKind, now time.Time) error {
	const free = 10 // within a day, before the first delay
	return take(tx, "letter:"+string(kind)+":"+string(u.ID), free, now)
}

// giveBack takes an attempt that was no failure off a shared counter.
func giveBack(tx Tx, key string) error {
	a, err := tx.LockAttempts(key)
	if err != nil || a.Failures == 0 {
		return err
	}
	a.Failures--
	return tx.SetAttempts(a)
}

// The counters' keys hold no address that a reader of the store could use.
func accountKey(email string) string { return "account:" + hashed(Fold(email)) }
func browserKey(nonce string) string { return "browser:" + hashed(nonce) }

// addressKey counts an IPv6 network of 64 bits as one: a home or a rented
// machine has all of its addresses.
func addressKey(address string) string {
	if a, err := netip.ParseAddr(address); err == nil && a.Is6() && !a.Is4In6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			address = p.String()
		}
	}
	return "address:" + hashed(address)
}

func hashed(s string) string {
	d := DigestOf(s)
	return hex.EncodeToString(d[:16])
}

// A Guess is an attempt to prove who one is.
type Guess struct {
	Email   string
	Address string
	Browser string // what the browser kept from an earlier sign-in, if anything
}

func (d *Directory) counter(g Guess) string {
	if nonce, ok := d.Key.knownBrowser(g.Browser, g.Email); ok {
		return browserKey(nonce)
	}
	return accountKey(g.Email)
}

// CountGuess admits an attempt, or refuses it with TooMany.
func (d *Directory) CountGuess(ctx context.Context, g Guess) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		// One order for all, or two attempts could wait for each other.
		if err := take(tx, d.counter(g), freeByAccount, d.now()); err != nil {
			return err
		}
		return take(tx, addressKey(g.Address), freeByAddress, d.now())
	})
}

// forgive ends the counting against a guess that was right.
func (d *Directory) forgive(tx Tx, g Guess) error {
	if err := tx.ClearAttempts(d.counter(g)); err != nil {
		return err
	}
	return giveBack(tx, addressKey(g.Address))
}
