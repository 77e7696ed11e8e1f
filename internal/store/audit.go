package store

import (
	"strings"
	"time"

	"ax/internal/directory"
)

const entryColumns = `seq, id, at, operation, actor_id, actor, credential, via, address, request_id,
	subject, changes, salt, digest, place, hash, actor_digest, changes_digest`

func scanEntry(row scanner) (e directory.Entry, err error) {
	var place *int64
	err = row.Scan(&e.Seq, &e.ID, (*micros)(&e.At), &e.Operation, &e.ActorID, &e.Actor, &e.Credential, &e.Via,
		&e.Address, &e.RequestID, &e.Subject, &e.Changes, &e.Salt, &e.Digest, &place, &e.Hash, &e.ActorDigest, &e.ChangesDigest)
	if place != nil {
		e.Place = *place
	}
	return e, err
}

func (s session) Entries(after int64, limit int) ([]directory.Entry, error) {
	return all(s, scanEntry, `SELECT `+entryColumns+` FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`, after, limit)
}

// Record keeps the entry with its transaction. Where one writer commits for
// all, the entry waits for the end of the group and gets its place there.
func (tx *Tx) Record(e directory.Entry) error {
	if tx.engine.embedded {
		tx.entries = append(tx.entries, e)
		return nil
	}
	return tx.insertEntry(e)
}

func (s session) insertEntry(e directory.Entry) error {
	var place any
	if e.Place > 0 {
		place = e.Place
	}
	_, err := s.exec(`
		INSERT INTO audit (id, at, operation, actor_id, actor, credential, via, address, request_id,
			subject, changes, salt, digest, place, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		e.ID, micros(e.At), e.Operation, e.ActorID, e.Actor, e.Credential, string(e.Via), e.Address, e.RequestID,
		e.Subject, e.Changes, e.Salt, e.Digest, place, e.Hash)
	return err
}

// A chain is the end of the sealed entries.
type chain struct {
	place int64
	hash  []byte
}

func (s session) chainEnd() (c chain, err error) {
	ok, err := s.get(func(row scanner) error { return row.Scan(&c.place, &c.hash) },
		`SELECT place, hash FROM audit WHERE place IS NOT NULL ORDER BY place DESC LIMIT 1`)
	if err == nil && !ok { // an empty log, or one of which nothing was kept
		c.place, c.hash, err = s.Anchor()
	}
	return c, err
}

func (c *chain) append(e *directory.Entry) {
	c.place++
	c.hash = directory.Link(c.hash, c.place, e.Digest)
	e.Place, e.Hash = c.place, c.hash
}

// insertSealed gives the entries of a group their places and keeps them.
func (s session) insertSealed(entries []directory.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	end, err := s.chainEnd()
	if err != nil {
		return err
	}
	for i := range entries {
		end.append(&entries[i])
		if err := s.insertEntry(entries[i]); err != nil {
			return err
		}
	}
	return nil
}

// sealBatch seals at most n entries that have no place yet, oldest first.
func (s session) sealBatch(n int) (int, error) {
	end, err := s.chainEnd()
	if err != nil {
		return 0, err
	}
	entries, err := all(s, scanEntry, `SELECT `+entryColumns+` FROM audit WHERE place IS NULL ORDER BY seq LIMIT $1`, n)
	if err != nil {
		return 0, err
	}
	for i := range entries {
		e := &entries[i]
		end.append(e)
		if _, err := s.exec(`UPDATE audit SET place = $2, hash = $3 WHERE seq = $1`, e.Seq, e.Place, e.Hash); err != nil {
			return 0, err
		}
	}
	return len(entries), nil
}

// FindEntries goes by time. The cursor is a seq; entries of one moment follow
// each other by it.
func (s session) FindEntries(q directory.EntryQuery) ([]directory.Entry, error) {
	var b query
	where := []string{`at >= ` + b.arg(micros(q.From)), `at <= ` + b.arg(micros(q.To))}
	if q.Before > 0 {
		before := b.arg(q.Before)
		where = append(where, `(at, seq) < ((SELECT at FROM audit WHERE seq = `+before+`), `+before+`)`)
	}
	if q.ActorID != "" {
		where = append(where, `actor_id = `+b.arg(q.ActorID))
	}
	if len(q.Operations) > 0 {
		names := make([]string, len(q.Operations))
		for i, name := range q.Operations {
			names[i] = b.arg(name)
		}
		where = append(where, `operation IN (`+strings.Join(names, `, `)+`)`)
	}
	return all(s, scanEntry, `SELECT `+entryColumns+` FROM audit WHERE `+strings.Join(where, ` AND `)+
		` ORDER BY at DESC, seq DESC LIMIT `+b.arg(q.Limit), b.args...)
}

func (s session) SealedEntries(after int64, limit int) ([]directory.Entry, error) {
	return all(s, scanEntry, `SELECT `+entryColumns+` FROM audit WHERE place > $1 ORDER BY place LIMIT $2`, after, limit)
}

func (s session) UnsealedBefore(at time.Time) (directory.Entry, bool, error) {
	return one(s, scanEntry, `SELECT `+entryColumns+` FROM audit WHERE place IS NULL AND at < $1 ORDER BY seq LIMIT 1`, micros(at))
}

func (s session) Anchor() (place int64, hash []byte, err error) {
	_, err = s.get(func(row scanner) error { return row.Scan(&place, &hash) }, `SELECT place, hash FROM audit_anchor`)
	return place, hash, err
}

func (tx *Tx) ForgetEntries(before time.Time, n int) (int, error) {
	if err := tx.LockAdmins(); err != nil { // the anchor must never go back
		return 0, err
	}
	from, _, err := tx.Anchor()
	if err != nil {
		return 0, err
	}
	entries, err := all(tx.session, scanEntry, `
		SELECT `+entryColumns+` FROM audit WHERE place > $1 AND place <= $2 ORDER BY place`, from, from+int64(n))
	if err != nil {
		return 0, err
	}
	old := 0
	for old < len(entries) && entries[old].At.Before(before) {
		old++
	}
	if old == 0 {
		return 0, nil
	}
	last := entries[old-1]
	if _, err := tx.exec(`DELETE FROM audit WHERE place <= $1`, last.Place); err != nil {
		return 0, err
	}
	_, err = tx.exec(`
		INSERT INTO audit_anchor (id, place, hash) VALUES (1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET place = excluded.place, hash = excluded.hash`, last.Place, last.Hash)
	return old, err
}
