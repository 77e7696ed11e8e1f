package store

import (
	"time"

	"ax/internal/directory"
)

func (tx *Tx) LockAttempts(key string) (a directory.Attempts, err error) {
	if _, err := tx.exec(`INSERT INTO attempts (key, failures, last_at) VALUES ($1, 0, 0) ON CONFLICT (key) DO NOTHING`, key); err != nil {
		return a, err
	}
	_, err = tx.get(func(row scanner) error { return row.Scan(&a.Key, &a.Failures, (*claim)(&a.LastAt)) },
		`SELECT key, failures, last_at FROM attempts WHERE key = $1`+tx.engine.forUpdate, key)
	return a, err
}

func (tx *Tx) SetAttempts(a directory.Attempts) error {
	_, err := tx.exec(`UPDATE attempts SET failures = $2, last_at = $3 WHERE key = $1`, a.Key, a.Failures, claim(a.LastAt))
	return err
}

func (tx *Tx) ClearAttempts(key string) error {
	_, err := tx.exec(`DELETE FROM attempts WHERE key = $1`, key)
	return err
}

func (tx *Tx) ForgetAttempts(before time.Time, n int) error {
	_, err := tx.exec(`
		DELETE FROM attempts
		 WHERE key IN (SELECT key FROM attempts WHERE last_at < $1 LIMIT $2) AND last_at < $1`, micros(before), n)
	return err
}
