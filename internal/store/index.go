package store

// indexBatch is how many users wait for their place in SQLite's search index.
// It writes several pages a time, be it for one user or for many; until their
// time comes, a search looks at each of those who wait (usersByTrigrams).
const indexBatch = 256

// index brings SQLite's search index up to date at the end of a group, when
// enough users wait. PostgreSQL's indexes need no help.
func (tx *Tx) index() error {
	if !tx.engine.embedded || tx.migrating {
		return nil
	}
	if full, err := tx.get(nothing, `SELECT 1 FROM users_to_index LIMIT 1 OFFSET $1`, indexBatch-1); err != nil || !full {
		return err
	}
	return tx.indexNow()
}

func (tx *Tx) indexNow() error {
	for _, statement := range []string{
		`DELETE FROM users_tri WHERE rowid IN (SELECT seq FROM users_to_index WHERE indexed)`,
		`INSERT INTO users_tri (rowid, email_key)
			SELECT users.seq, substr(users.email_key, 1, instr(users.email_key, '@') + 2) FROM users_to_index CROSS JOIN users ON users.seq = users_to_index.seq
			 WHERE users.state <> 'DELETED' ORDER BY users_to_index.seq`,
		`DELETE FROM users_to_index`,
	} {
		if _, err := tx.exec(statement); err != nil {
			return err
		}
	}
	return nil
}
