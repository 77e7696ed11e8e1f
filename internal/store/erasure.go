package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"ax/internal/directory"
)

func (tx *Tx) EraseUser(u directory.User, taken string) error {
	// Whoever creates a user asks for the address and for what stands in its
	// place in one statement, which would find neither while one becomes the
	// other. So creations wait for this end, and see it.
	if !tx.engine.embedded {
		if _, err := tx.exec(`LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		`UPDATE letters SET to_address = '', to_name = '', sealed = NULL WHERE user_seq = $1`,
		`UPDATE api_keys SET name = '', description = '' WHERE user_seq = $1`,
		`DELETE FROM sessions WHERE user_seq = $1`,
	} {
		if _, err := tx.exec(statement, u.Seq); err != nil {
			return err
		}
	}
	// A letter knows its inviter by name only, which may be one that they had
	// before; whom they wrote to is in the audit log.
	if _, err := tx.exec(`
		UPDATE letters SET from_name = ''
		 WHERE from_name = $1
		    OR user_seq IN (SELECT users.seq FROM audit JOIN users ON users.id = audit.subject WHERE audit.actor_id = $2)`, u.Name, string(u.ID)); err != nil {
		return err
	}
	by := ``
	if tx.engine.embedded { // what has no @ reads the same by domain
		by = `, email_by_domain = $2`
	}
	if _, err := tx.exec(`UPDATE users SET name = '', email = '', password_hash = NULL, email_key = $2`+by+` WHERE seq = $1`, u.Seq, taken); err != nil || !tx.engine.embedded {
		return err
	}
	return tx.indexNow() // parts of the address shall not wait there
}

func (s session) EntriesOf(u directory.User, after int64, limit int) ([]directory.Entry, error) {
	return all(s, scanEntry, `
		SELECT `+entryColumns+` FROM audit
		 WHERE seq > $1 AND (actor_id = $2 OR subject = $2 OR subject IN (SELECT api_keys.id FROM api_keys WHERE api_keys.user_seq = $3))
		 ORDER BY seq LIMIT $4`, after, string(u.ID), u.Seq, limit)
}

func (tx *Tx) RewriteEntry(e directory.Entry) error {
	_, err := tx.exec(`UPDATE audit SET actor = $2, address = $3, changes = $4, salt = $5, actor_digest = $6, changes_digest = $7 WHERE seq = $1`,
		e.Seq, e.Actor, e.Address, e.Changes, e.Salt, bytesOrNull(e.ActorDigest), bytesOrNull(e.ChangesDigest))
	return err
}

// bytesOrNull is NULL for no bytes, which a driver may take for an empty text.
func bytesOrNull(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// errPagesInUse says that an old copy of the data is still in the folder.
var errPagesInUse = errors.New("a reader held old pages of the database all the time; run the command again")

// Purge makes the files of a directory on SQLite hold what it holds and
// nothing else: what was changed or deleted stays in unused parts of them
// otherwise. Other processes wait with their writes meanwhile. PostgreSQL does
// this by itself, in time.
func (s *Store) Purge(ctx context.Context) (err error) {
	if s.engine != &sqliteEngine {
		return nil
	}
	turn := flock.New(filepath.Join(s.folder, turnFile))
	if err := turn.Lock(); err != nil {
		return fmt.Errorf("wait for a turn to write: %w", err)
	}
	defer func() { err = errors.Join(err, turn.Close()) }()
	return s.aside(ctx, func(on session) error {
		if _, err := on.exec(`VACUUM`); err != nil {
			return err
		}
		return on.truncateLog(ctx)
	})
}

// truncateLog moves all of the log into the database and empties it, as soon
// as nobody reads from it.
func (s session) truncateLog(ctx context.Context) error {
	const tries, pause = 50, 100 * time.Millisecond
	for range tries {
		var busy, frames, moved int
		if _, err := s.get(func(row scanner) error { return row.Scan(&busy, &frames, &moved) }, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
			return err
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return errPagesInUse
}
