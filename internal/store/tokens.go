package store

import (
	"time"

	"ax/internal/directory"
)

func (tx *Tx) InsertToken(t directory.Token) error {
	_, err := tx.exec(`
		INSERT INTO tokens (digest, purpose, user_seq, created_at, expires_at, used_at, void_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Digest[:], string(t.Purpose), t.UserSeq, micros(t.CreatedAt), micros(t.ExpiresAt), micros(t.UsedAt), micros(t.VoidAt))
	return err
}

func (tx *Tx) SpendToken(d directory.Digest, p directory.Purpose, now time.Time) (userSeq int64, ok bool, err error) {
	ok, err = tx.get(func(row scanner) error { return row.Scan(&userSeq) }, `
		UPDATE tokens SET used_at = $3
		 WHERE digest = $1 AND purpose = $2 AND used_at IS NULL AND void_at IS NULL AND expires_at > $3
		RETURNING user_seq`, d[:], string(p), micros(now))
	return userSeq, ok, err
}

func (tx *Tx) VoidTokens(userSeq int64, p directory.Purpose, now time.Time) error {
	_, err := tx.exec(`
		UPDATE tokens SET void_at = $3
		 WHERE user_seq = $1 AND purpose = $2 AND used_at IS NULL AND void_at IS NULL`,
		userSeq, string(p), micros(now))
	return err
}
