package store

import (
	"cmp"
	"slices"
	"time"

	"ax/internal/directory"
)

const letterColumns = `seq, id, kind, state, user_seq, to_address, to_name, from_name, sealed,
	expires_at, created_at, due_at, claimed_until, attempts, last_error, settled_at`

func scanLetter(row scanner) (l directory.Letter, err error) {
	err = row.Scan(&l.Seq, &l.ID, &l.Kind, &l.State, &l.UserSeq, &l.To, &l.ToName, &l.From, &l.Sealed,
		(*micros)(&l.ExpiresAt), (*micros)(&l.CreatedAt), (*micros)(&l.DueAt), (*claim)(&l.ClaimedUntil),
		&l.Attempts, &l.LastError, (*micros)(&l.SettledAt))
	return l, err
}

func (s session) Letters(after int64, limit int) ([]directory.Letter, error) {
	return all(s, scanLetter, `SELECT `+letterColumns+` FROM letters WHERE seq > $1 ORDER BY seq LIMIT $2`, after, limit)
}

func (s session) LetterByID(id directory.LetterID) (directory.Letter, bool, error) {
	return one(s, scanLetter, `SELECT `+letterColumns+` FROM letters WHERE id = $1`, string(id))
}

func (s session) LetterDue(now time.Time) (bool, error) {
	return s.get(nothing, `SELECT 1 FROM letters WHERE state = 'WAITING' AND due_at <= $1 AND claimed_until <= $1 LIMIT 1`, micros(now))
}

func (tx *Tx) InsertLetter(l directory.Letter) error {
	_, err := tx.exec(`
		INSERT INTO letters (id, kind, state, user_seq, to_address, to_name, from_name, sealed,
			expires_at, created_at, due_at, claimed_until, attempts, last_error, settled_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		string(l.ID), string(l.Kind), string(l.State), l.UserSeq, l.To, l.ToName, l.From, l.Sealed,
		micros(l.ExpiresAt), micros(l.CreatedAt), micros(l.DueAt), claim(l.ClaimedUntil), l.Attempts, l.LastError, micros(l.SettledAt))
	return err
}

func (tx *Tx) ClaimLetters(now, until time.Time, n int) ([]directory.Letter, error) {
	claimed, err := all(tx.session, scanLetter, `
		WITH due AS MATERIALIZED ( -- run once, or PostgreSQL may repeat it and claim more
			SELECT seq FROM letters
			 WHERE state = 'WAITING' AND due_at <= $1 AND claimed_until <= $1
			 ORDER BY due_at, seq LIMIT $3`+tx.engine.skipLocked+`)
		UPDATE letters SET claimed_until = $2
		 WHERE seq IN (SELECT seq FROM due)
		   AND state = 'WAITING' AND due_at <= $1 AND claimed_until <= $1
		RETURNING `+letterColumns, micros(now), micros(until), n)
	slices.SortFunc(claimed, func(a, b directory.Letter) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Seq, b.Seq))
	})
	return claimed, err
}

func (tx *Tx) SettleLetter(l directory.Letter) error {
	_, err := tx.exec(`
		UPDATE letters SET state = $2, due_at = $3, attempts = $4, last_error = $5, settled_at = $6, claimed_until = 0,
			sealed = CASE WHEN $2 IN ('WAITING', 'DEAD') THEN sealed END
		 WHERE id = $1 AND state = 'WAITING' AND claimed_until = $7`,
		string(l.ID), string(l.State), micros(l.DueAt), l.Attempts, l.LastError, micros(l.SettledAt), claim(l.ClaimedUntil))
	return err
}

func (tx *Tx) WithdrawLetters(userSeq int64, kind directory.LetterKind, now time.Time) error {
	_, err := tx.exec(`
		UPDATE letters SET state = 'WITHDRAWN', settled_at = $3, sealed = NULL
		 WHERE user_seq = $1 AND kind = $2 AND state IN ('WAITING', 'DEAD')`,
		userSeq, string(kind), micros(now))
	return err
}

func (tx *Tx) ReviveLetter(id directory.LetterID, now time.Time) error {
	_, err := tx.exec(`
		UPDATE letters SET state = 'WAITING', due_at = $2, claimed_until = 0, attempts = 0, settled_at = NULL
		 WHERE id = $1 AND state IN ('WAITING', 'DEAD')`, string(id), micros(now))
	return err
}

func (tx *Tx) HastenLetters(now, latest time.Time) error {
	_, err := tx.exec(`
		UPDATE letters SET due_at = $1, claimed_until = 0
		 WHERE state = 'WAITING' AND (due_at > $2 OR claimed_until > $2)`, micros(now), micros(latest))
	return err
}
