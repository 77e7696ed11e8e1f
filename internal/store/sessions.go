package store

import (
	"time"

	"ax/internal/directory"
)

const sessionColumns = `sessions.id, sessions.digest, sessions.user_seq, sessions.restricted,
	sessions.created_at, sessions.seen_at, sessions.expires_at, sessions.address, sessions.agent`

func sessionFields(s *directory.Session) []any {
	return []any{
		&s.ID, (*digest)(&s.Digest), &s.UserSeq, &s.Restricted,
		(*micros)(&s.CreatedAt), (*micros)(&s.SeenAt), (*micros)(&s.ExpiresAt), &s.Address, &s.Agent,
	}
}

func scanSession(row scanner) (s directory.Session, err error) {
	err = row.Scan(sessionFields(&s)...)
	return s, err
}

func (s session) SessionByDigest(d directory.Digest) (found directory.Session, u directory.User, ok bool, err error) {
	ok, err = s.get(func(row scanner) error { return row.Scan(append(sessionFields(&found), userFields(&u)...)...) }, `
		SELECT `+sessionColumns+`, `+userColumns+`
		  FROM sessions JOIN users ON users.seq = sessions.user_seq
		 WHERE sessions.digest = $1`, d[:])
	return found, u, ok, err
}

func (s session) SessionsOf(userSeq int64) ([]directory.Session, error) {
	return all(s, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE user_seq = $1 ORDER BY created_at DESC, id`, userSeq)
}

func (tx *Tx) InsertSession(n directory.Session) error {
	_, err := tx.exec(`
		INSERT INTO sessions (id, digest, user_seq, restricted, created_at, seen_at, expires_at, address, agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		n.ID, n.Digest[:], n.UserSeq, n.Restricted, micros(n.CreatedAt), micros(n.SeenAt), micros(n.ExpiresAt), n.Address, n.Agent)
	return err
}

func (tx *Tx) SeeSession(d directory.Digest, now time.Time) error {
	_, err := tx.exec(`UPDATE sessions SET seen_at = $2 WHERE digest = $1`, d[:], micros(now))
	return err
}

func (tx *Tx) EndSession(userSeq int64, id string) error {
	_, err := tx.exec(`DELETE FROM sessions WHERE user_seq = $1 AND id = $2`, userSeq, id)
	return err
}

func (tx *Tx) EndSessionsOf(userSeq int64) error {
	_, err := tx.exec(`DELETE FROM sessions WHERE user_seq = $1`, userSeq)
	return err
}

func (tx *Tx) ForgetSessions(now time.Time, n int) error {
	_, err := tx.exec(`
		DELETE FROM sessions
		 WHERE digest IN (SELECT digest FROM sessions WHERE expires_at <= $1 LIMIT $2) AND expires_at <= $1`, micros(now), n)
	return err
}
