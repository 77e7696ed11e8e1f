package store

import (
	"fmt"
	"time"

	"ax/internal/directory"
)

const keyColumns = `api_keys.seq, api_keys.id, api_keys.user_seq, api_keys.name, api_keys.digest, api_keys.redacted,
	api_keys.description, api_keys.created_at, api_keys.expires_at, api_keys.revoked_at`

func keyFields(k *directory.APIKey) []any {
	return []any{
		&k.Seq, &k.ID, &k.UserSeq, &k.Name, (*digest)(&k.Digest), &k.Redacted, &k.Description,
		(*micros)(&k.CreatedAt), (*micros)(&k.ExpiresAt), (*micros)(&k.RevokedAt),
	}
}

func (s session) KeyByDigest(d directory.Digest) (k directory.APIKey, owner directory.User, ok bool, err error) {
	ok, err = s.get(func(row scanner) error { return row.Scan(append(keyFields(&k), userFields(&owner)...)...) }, `
		SELECT `+keyColumns+`, `+userColumns+`
		  FROM api_keys JOIN users ON users.seq = api_keys.user_seq
		 WHERE api_keys.digest = $1`, d[:])
	return k, owner, ok, err
}

func (s session) KeysOf(userSeq int64) ([]directory.APIKey, error) {
	return all(s, func(row scanner) (k directory.APIKey, err error) {
		err = row.Scan(keyFields(&k)...)
		return k, err
	}, `SELECT `+keyColumns+` FROM api_keys WHERE user_seq = $1 ORDER BY seq DESC`, userSeq)
}

func (tx *Tx) RevokeKey(userSeq int64, id string, now time.Time) (bool, error) {
	n, err := tx.exec(`UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $3) WHERE user_seq = $1 AND id = $2`, userSeq, id, micros(now))
	return n == 1, err
}

func (tx *Tx) InsertKey(k directory.APIKey) error {
	_, err := tx.exec(`
		INSERT INTO api_keys (id, user_seq, name, digest, redacted, description, created_at, expires_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		k.ID, k.UserSeq, k.Name, k.Digest[:], k.Redacted, k.Description, micros(k.CreatedAt), micros(k.ExpiresAt), micros(k.RevokedAt))
	return err
}

func (tx *Tx) RevokeKeysOf(userSeq int64, now time.Time) error {
	_, err := tx.exec(`UPDATE api_keys SET revoked_at = $2 WHERE user_seq = $1 AND revoked_at IS NULL`, userSeq, micros(now))
	return err
}

// digest scans a directory.Digest.
type digest directory.Digest

// Scan implements sql.Scanner.
func (d *digest) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok || len(b) != len(d) {
		return fmt.Errorf("a digest is stored as %T of %d bytes", v, len(b))
	}
	copy(d[:], b)
	return nil
}
