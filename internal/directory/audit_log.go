package directory

import (
	"bytes"
	"context"
	"fmt"
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
		q.To = d.now()
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

// RecordDenied notes that somebody was refused a change.
func (d *Directory) RecordDenied(ctx context.Context, a Actor, operation, subject, reason string) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		return d.recordOn(tx, a, operation, subject, []Change{{Field: "denied", To: reason}})
	})
}

// An AuditFault is the first thing that is wrong with the log.
type AuditFault struct {
	Place int64  // 0 for an entry without one
	ID    string // of the entry; empty when it is not there
	What  string
}

func (f *AuditFault) Error() string {
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
}

// sealingTime is how long after it was recorded an entry may be without a
// place. One server seals at most a second behind.
const sealingTime = time.Minute

// VerifyAudit walks over the whole chain and returns an *AuditFault for the
// first entry that was changed, removed, added or moved. A chain whose end was
// cut off is whole in itself: that is found by whoever noted an end before.
// seen, unless nil, is told of each place and its hash.
func (d *Directory) VerifyAudit(ctx context.Context, seen func(place int64, hash []byte)) (c Chain, err error) {
	r := d.Store.Read(ctx)
	if c.Place, c.Hash, err = r.Anchor(); err != nil {
		return c, err
	}
	const batch = 1000
	for {
		entries, err := r.SealedEntries(c.Place, batch)
		if err != nil {
			return c, err
		}
		for _, e := range entries {
			if err := c.follow(e); err != nil {
				return c, err
			}
			if seen != nil {
				seen(c.Place, c.Hash)
			}
		}
		if len(entries) < batch {
			break
		}
	}
	late, ok, err := r.UnsealedBefore(d.now().Add(-sealingTime))
	if err == nil && ok {
		err = &AuditFault{ID: late.ID, What: "of " + late.At.Format(time.DateTime) + " UTC has no place in the chain"}
	}
	return c, err
}

// follow takes the next entry.
func (c *Chain) follow(e Entry) error {
	switch {
	case e.Place != c.Place+1:
		return &AuditFault{Place: c.Place + 1, What: "is missing"}
	case !e.Erased && !e.Intact():
		return &AuditFault{e.Place, e.ID, "was changed"}
	case !bytes.Equal(e.Hash, Link(c.Hash, e.Place, e.Digest)):
		return &AuditFault{e.Place, e.ID, "does not follow from the one before it"}
	}
	c.Entries, c.Place, c.Hash = c.Entries+1, e.Place, e.Hash
	if e.Erased {
		c.Erased++
	}
	return nil
}

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
			return d.recordOn(tx, system(), "expire_audit_entries", "", []Change{{Field: "removed", To: removed}, {Field: "before", To: moment(before)}})
		})
		if err != nil || removed < batch {
			return err
		}
	}
}

// system is the actor of what a server does by itself.
func system() Actor { return Actor{Name: "ax", Role: RoleAdmin, Via: ViaHost, Address: "localhost"} }
