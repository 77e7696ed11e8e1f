package store

import (
	"time"

	"ax/internal/directory"
)

const tokenColumns = `tokens.digest, tokens.purpose, tokens.user_seq, tokens.created_at, tokens.expires_at, tokens.used_at, tokens.void_at` //nolint:gosec // names of columns

func tokenFields(t *directory.Token) []any {
	return []any{
		(*digest)(&t.Digest), &t.Purpose, &t.UserSeq, (*micros)(&t.CreatedAt), (*micros)(&t.ExpiresAt),
		(*micros)(&t.UsedAt), (*micros)(&t.VoidAt),
	}
}

func (s session) TokenByDigest(d directory.Digest) (t directory.Token, u directory.User, ok bool, err error) {
	ok, err = s.get(func(row scanner) error { return row.Scan(append(tokenFields(&t), userFields(&u)...)...) }, `
		SELECT `+tokenColumns+`, `+userColumns+`
		  FROM tokens JOIN users ON users.seq = tokens.user_seq
		 WHERE tokens.digest = $1`, d[:])
	return t, u, ok, err
}

func (s session) OpenToken(userSeq int64, p directory.Purpose, now time.Time) (directory.Token, bool, error) {
	return one(s, func(row scanner) (t directory.Token, err error) {
		err = row.Scan(tokenFields(&t)...)
		return t, err
	}, `SELECT `+tokenColumns+` FROM tokens
		 WHERE user_seq = $1 AND purpose = $2 AND used_at IS NULL AND void_at IS NULL AND expires_at > $3
		 ORDER BY created_at DESC LIMIT 1`, userSeq, string(p), micros(now))
}

func (tx *Tx) InsertToken(t directory.Token) error {
	_, err := tx.exec(`
		INSERT INTO tokens (digest, purpose, user_seq, created_at, expires_at, used_at, void_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Digest[:], string(t.Purpose), t.UserSeq, micros(t.CreatedAt), micros(t.ExpiresAt), micros(t.UsedAt), micros(t.VoidAt))
	return err
}

func (tx *Tx) SpendToken(d directory.Digest, p directory.Purpose, now time.Time) (ok bool, err error) {
	n, err := tx.exec(`
		UPDATE tokens SET used_at = $3
		 WHERE digest = $1 AND purpose = $2 AND used_at IS NULL AND void_at IS NULL AND expires_at > $3`,
		d[:], string(p), micros(now))
	return n == 1, err
}

func (tx *Tx) VoidTokens(userSeq int64, p directory.Purpose, now time.Time) error {
	_, err := tx.exec(`
		UPDATE tokens SET void_at = $3
		 WHERE user_seq = $1 AND purpose = $2 AND used_at IS NULL AND void_at IS NULL`,
		userSeq, string(p), micros(now))
	return err
}
