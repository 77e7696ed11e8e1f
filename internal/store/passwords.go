package store

import (
	"time"
)

func (s session) PasswordHash(userSeq int64) (hash string, err error) {
	_, err = s.get(func(row scanner) error { return row.Scan(&hash) },
		`SELECT password_hash FROM users WHERE seq = $1 AND password_hash IS NOT NULL`, userSeq)
	return hash, err
}

func (tx *Tx) SetPassword(userSeq int64, hash string, now time.Time) error {
	_, err := tx.exec(`UPDATE users SET password_hash = $2, password_at = $3 WHERE seq = $1`, userSeq, hash, micros(now))
	return err
}
