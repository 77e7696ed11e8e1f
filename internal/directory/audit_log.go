package directory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// An EntryQuery asks for entries, the newest first.
type EntryQuery struct {
	From, To   time.Time // both included
	ActorID    string    // empty for any
	Operations []string  // empty for all
	Before     int64     // seq of the last one seen; 0 for none
	Limit      int
}

// AuditLogReads are the questions about the log as a whole.
type AuditLogReads interface {
	// FindEntries lists at most q.Limit entries by time, the newest first.
	FindEntries(q EntryQuery) ([]Entry, error)
	// SealedEntries lists at most limit entries by their place, from behind
	// the one at after.
	SealedEntries(after int64, limit int) ([]Entry, error)
	// UnsealedBefore finds the oldest entry before a moment that has no place yet.
	UnsealedBefore(at time.Time) (e Entry, ok bool, err error)
	// Anchor is the end of what retention has removed: the place and the hash
	// of the last entry, zero when all is still there.
	Anchor() (place int64, hash []byte, err error)
}

// AuditLogTx is what keeping the log asks of a transaction.
type AuditLogTx interface {
	// ForgetEntries removes at most n sealed entries before a moment, from the
	// start of the chain, moves the anchor to the last, and says how many.
	ForgetEntries(before time.Time, n int) (removed int, err error)
}

// A ListEntries asks for a page of the audit log.
type ListEntries struct {
	From, To   time.Time // zero To: now; zero From: 30 days before To
	ActorID    string
	Operations []string
	Limit      int
	Cursor     string
}

const auditWindow = 30 * 24 * time.Hour

// AuditLog returns a page, the newest entry first.
func (d *Directory) AuditLog(ctx context.Context, a Actor, in ListEntries) (Page[Entry], error) {
	if err := a.may(ReadAudit); err != nil {
		return Page[Entry]{}, err
	}
	if in.ActorID != "" && !WellFormedID(in.ActorID) {
		return Page[Entry]{}, errUserIDMalformed()
	}
	filter := append([]string{moments(in.From), moments(in.To), in.ActorID}, in.Operations...)
	q := EntryQuery{From: in.From, To: in.To, ActorID: in.ActorID, Operations: in.Operations}
	if q.To.IsZero() {
		if q.To = d.now(); q.From.After(q.To) { // a clock that is ahead asks for nothing, not for nonsense
			q.To = q.From
		}
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-auditWindow)
	}
	if q.From.After(q.To) {
		return Page[Entry]{}, errMalformed("start_time: must not be after end_time.")
	}
	return page(d.Key, "audit_logs", filter, in.Limit, in.Cursor, func(before int64, limit int) ([]Entry, error) {
		q.Before, q.Limit = before, limit
		return d.Store.Read(ctx).FindEntries(q)
	}, func(e Entry) int64 { return e.Seq })
}

func moments(t time.Time) string { return fmt.Sprint(moment(t)) }

// Refused tells whether a change that ended with err was refused to the actor.
// What is hidden from them and what is not there have one answer, so both are
// noted: else the entry, or the time that it takes, would tell which it was.
// From administrators of the account nothing is hidden.
func Refused(a Actor, err error) bool {
	kind := KindOf(err)
	return kind == Forbidden || kind == NotFound && a.Role != RoleAdmin
}

// RecordDenied notes that somebody was refused a change.
func (d *Directory) RecordDenied(ctx context.Context, a Actor, operation, subject, reason string) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		return d.recordOn(tx, a, operation, subject, []Change{{Field: "denied", To: reason}})
	})
}

// An AuditError is the first thing that is wrong with the log.
type AuditError struct {
	Place int64  // 0 for an entry without one
	ID    string // of the entry; empty when it is not there
	What  string
}

func (f *AuditError) Error() string {
	switch {
	case f.ID == "":
		return fmt.Sprintf("the entry at place %d %s", f.Place, f.What)
	case f.Place == 0:
		return fmt.Sprintf("entry %s %s", f.ID, f.What)
	}
	return fmt.Sprintf("the entry at place %d (%s) %s", f.Place, f.ID, f.What)
}

// A Chain is what a verification walked over.
type Chain struct {
	Entries int64
	Erased  int64 // of which a person's data was taken out
	Place   int64 // of the last entry
	Hash    []byte

	anchor  int64                    // place at which retention ended, until an entry says so
	erasing map[erasedFor]AuditError // entries whose erasure no entry has told of yet
}

// erasedFor are the ids of one of which an erased entry must be: who acted,
// what it was done to, and whose that is.
type erasedFor struct{ actor, subject, owner string }

// sealingTime is how long after it was recorded an entry may be without a
// place. One server seals at most a second behind.
const sealingTime = time.Minute

// VerifyAudit walks over the whole chain and returns an *AuditError for the
// first entry that was changed, removed, added or moved. A chain whose end was
// cut off is whole in itself: that is found by whoever noted an end before.
// seen, unless nil, is told of each place and its hash.
func (d *Directory) VerifyAudit(ctx context.Context, seen func(place int64, hash []byte)) (c Chain, err error) {
	r := d.Store.Read(ctx)
	if c, err = startOf(r); err != nil {
		return c, err
	}
	for more := true; more; {
		if more, err = c.walk(r, seen); err != nil {
			return c, err
		}
	}
	if err := c.unexplained(); err != nil {
		return c, err
	}
	late, ok, err := r.UnsealedBefore(d.now().Add(-sealingTime))
	if err == nil && ok {
		err = &AuditError{ID: late.ID, What: "of " + late.At.Format(time.DateTime) + " UTC has no place in the chain"}
	}
	return c, err
}

// startOf is the chain before its first entry.
func startOf(r Reads) (c Chain, err error) {
	c.Place, c.Hash, err = r.Anchor()
	c.anchor = c.Place
	return c, err
}

// walk goes a step along the chain, and says whether there is more. Retention
// may remove what comes next meanwhile; the walk begins anew behind it then.
func (c *Chain) walk(r Reads, seen func(place int64, hash []byte)) (more bool, err error) {
	const batch = 1000
	entries, err := r.SealedEntries(c.Place, batch)
	if err != nil {
		return false, err
	}
	if len(entries) > 0 && entries[0].Place != c.Place+1 {
		again, err := startOf(r)
		if err == nil && again.Place > c.Place {
			*c = again
			return true, nil
		}
	}
	for _, e := range entries {
		if err := c.follow(e); err != nil {
			return false, err
		}
		if seen != nil {
			seen(c.Place, c.Hash)
		}
	}
	return len(entries) == batch, nil
}

// follow takes the next entry.
func (c *Chain) follow(e Entry) error {
	switch {
	case e.Place != c.Place+1:
		return &AuditError{Place: c.Place + 1, What: "is missing"}
	case !e.Intact():
		return &AuditError{e.Place, e.ID, "was changed"}
	case !bytes.Equal(e.Hash, Link(c.Hash, e.Place, e.Digest)):
		return &AuditError{e.Place, e.ID, "does not follow from the one before it"}
	}
	c.Entries, c.Place, c.Hash = c.Entries+1, e.Place, e.Hash
	c.explain(e)
	return nil
}

// explain notes what is missing, and crosses off what an entry accounts for:
// whoever can write to the store could feign an erasure or a retention else.
func (c *Chain) explain(e Entry) {
	switch {
	case e.ActorDigest != nil || e.ChangesDigest != nil:
		c.Erased++
		if c.erasing == nil {
			c.erasing = map[erasedFor]AuditError{}
		}
		who := erasedFor{e.ActorID, e.Subject, ownerIn(e.Changes)}
		if _, ok := c.erasing[who]; !ok {
			c.erasing[who] = AuditError{e.Place, e.ID, "has lost a person's data, and no entry says that the person was erased"}
		}
	case e.Operation == eraseUser:
		maps.DeleteFunc(c.erasing, func(who erasedFor, _ AuditError) bool {
			return e.Subject == who.actor || e.Subject == who.subject || e.Subject == who.owner
		})
	case e.Operation == expireEntries && strings.Contains(e.Changes, fmt.Sprintf(`{"field":"place","to":%d}`, c.anchor)):
		c.anchor = 0
	}
}

// unexplained is the first thing that no entry accounts for.
func (c *Chain) unexplained() error {
	if c.anchor != 0 {
		return &AuditError{Place: c.anchor, What: "and all before it are missing, and no entry says that they had become old"}
	}
	if len(c.erasing) == 0 {
		return nil
	}
	first := slices.MinFunc(slices.Collect(maps.Values(c.erasing)), func(a, b AuditError) int { return cmp.Compare(a.Place, b.Place) })
	return &first
}

// ownerIn is the user whose key was changed.
func ownerIn(changes string) string {
	_, rest, _ := strings.Cut(changes, `{"field":"owner",`)
	_, rest, _ = strings.Cut(rest, `:"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

const expireEntries = "expire_audit_entries"

// forgetEntries ends what retention does not keep, batch by batch, and notes
// how much that was.
func (d *Directory) forgetEntries(ctx context.Context) error {
	if d.AuditLife == 0 {
		return nil
	}
	const batch = 1000
	for {
		removed := 0
		err := d.Store.Write(ctx, func(tx Tx) (err error) {
			before := d.now().Add(-d.AuditLife)
			if removed, err = tx.ForgetEntries(before, batch); err != nil || removed == 0 {
				return err
			}
			place, _, err := tx.Anchor()
			if err != nil {
				return err
			}
			return d.recordOn(tx, system(), expireEntries, "", []Change{
				{Field: "removed", To: removed}, {Field: "place", To: place}, {Field: "before", To: moment(before)},
			})
		})
		if err != nil || removed < batch {
			return err
		}
	}
}

// system is the actor of what a server does by itself.
func system() Actor { return Actor{Name: "ax", Role: RoleAdmin, Via: ViaHost, Address: "localhost"} }
