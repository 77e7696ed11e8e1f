package store

import "ax/internal/directory"

// index brings SQLite's search index up to date with what changed in the
// transaction: at the end of a group, and before a search inside it.
// PostgreSQL's indexes need no help.
func (tx *Tx) index() error {
	if !tx.engine.embedded || tx.migrating {
		return nil
	}
	var indexed *int64 // 1 when somebody was in the index before; nil when nobody changed
	if _, err := tx.get(func(row scanner) error { return row.Scan(&indexed) }, `SELECT max(indexed) FROM users_to_index`); err != nil || indexed == nil {
		return err
	}
	if *indexed > 0 {
		if _, err := tx.exec(`DELETE FROM users_tri WHERE rowid IN (SELECT seq FROM users_to_index WHERE indexed)`); err != nil {
			return err
		}
	}
	if _, err := tx.exec(`
		INSERT INTO users_tri (rowid, email_key)
		SELECT users.seq, substr(users.email_key, 1, instr(users.email_key, '@') + 2) FROM users_to_index CROSS JOIN users ON users.seq = users_to_index.seq
		 WHERE users.state <> 'DELETED' ORDER BY users_to_index.seq`); err != nil {
		return err
	}
	_, err := tx.exec(`DELETE FROM users_to_index`)
	return err
}

// Users implements directory.UserReads: what a transaction wrote, it finds.
func (tx *Tx) Users(q directory.UserQuery) ([]directory.User, error) {
	if err := tx.index(); err != nil {
		return nil, err
	}
	return tx.session.Users(q)
}
