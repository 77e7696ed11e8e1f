package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ax/internal/directory"
)

const spaceColumns = `spaces.seq, spaces.id, spaces.organization_seq, organizations.id, spaces.name, spaces.description,
	spaces.private, spaces.settings, spaces.created_at`

func spaceFields(s *directory.Space) []any {
	return []any{
		&s.Seq, &s.ID, &s.OrganizationSeq, &s.OrganizationID, &s.Name, &s.Description,
		&s.Private, (*settings)(&s.Settings), (*micros)(&s.CreatedAt),
	}
}

func scanSpace(row scanner) (s directory.Space, err error) {
	err = row.Scan(spaceFields(&s)...)
	return s, err
}

// settings scans directory.SpaceSettings from their JSON.
type settings directory.SpaceSettings

// Scan implements sql.Scanner.
func (s *settings) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("settings are stored as %T", v)
	}
	*s = settings{}
	return json.Unmarshal([]byte(text), (*directory.SpaceSettings)(s))
}

const fromSpaces = ` FROM spaces JOIN organizations ON organizations.seq = spaces.organization_seq`

func (s session) SpaceByID(id directory.SpaceID) (directory.Space, bool, error) {
	return one(s, scanSpace, `SELECT `+spaceColumns+fromSpaces+` WHERE spaces.id = $1`, string(id))
}

// LockSpace locks the space's row and the organization's.
func (tx *Tx) LockSpace(id directory.SpaceID) (directory.Space, bool, error) {
	return one(tx.session, scanSpace, `SELECT `+spaceColumns+fromSpaces+` WHERE spaces.id = $1`+tx.engine.forUpdate, string(id))
}

func (s session) Spaces(q directory.SpaceQuery) ([]directory.Granted[directory.Space], error) {
	var b query
	user := b.arg(q.UserSeq) // $1, as the joins have it
	where := []string{`spaces.seq > ` + b.arg(q.After)}
	if !q.All {
		where = append(where, `spaces.seq IN (
			SELECT inner_spaces.seq FROM organization_members
			  JOIN spaces AS inner_spaces ON inner_spaces.organization_seq = organization_members.organization_seq
			 WHERE organization_members.user_seq = `+user+`
			UNION SELECT space_seq FROM role_bindings WHERE user_seq = `+user+` AND space_seq IS NOT NULL)`,
			`(NOT spaces.private OR organization_members.role = 'ADMIN' OR space_members.role IS NOT NULL OR role_bindings.role IS NOT NULL)`)
	}
	if q.OrganizationSeq != 0 {
		where = append(where, `spaces.organization_seq = `+b.arg(q.OrganizationSeq))
	}
	if q.NameContains != "" {
		where = append(where, `spaces.name_key LIKE `+b.arg(containing(q.NameContains))+` ESCAPE '\'`)
	}
	return all(s, func(row scanner) (space directory.Granted[directory.Space], err error) {
		var g inSpace
		err = row.Scan(append(spaceFields(&space.Item), g.fields()...)...)
		space.Grants = g.grants()
		return space, err
	}, `SELECT `+spaceColumns+`, `+spaceGrants+` FROM spaces`+spaceJoins+`
		 WHERE `+strings.Join(where, ` AND `)+` ORDER BY spaces.seq LIMIT `+b.arg(q.Limit), b.args...)
}

func (tx *Tx) InsertSpace(s *directory.Space) (bool, error) {
	text, err := json.Marshal(s.Settings)
	if err != nil {
		return false, fmt.Errorf("encode the settings of a space: %w", err)
	}
	return tx.get(func(row scanner) error { return row.Scan(&s.Seq) }, `
		INSERT INTO spaces (id, organization_seq, name, name_key, description, private, settings, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (organization_seq, name_key) DO NOTHING
		RETURNING seq`,
		string(s.ID), s.OrganizationSeq, s.Name, directory.Fold(s.Name), s.Description, s.Private, string(text), micros(s.CreatedAt))
}

func (tx *Tx) UpdateSpace(s directory.Space) (bool, error) {
	text, err := json.Marshal(s.Settings)
	if err != nil {
		return false, fmt.Errorf("encode the settings of a space: %w", err)
	}
	n, err := tx.exec(`
		UPDATE spaces SET name = $2, name_key = $3, description = $4, private = $5, settings = $6
		 WHERE seq = $1 AND NOT EXISTS (
		       SELECT 1 FROM spaces AS other
		        WHERE other.organization_seq = spaces.organization_seq AND other.name_key = $3 AND other.seq <> $1)`,
		s.Seq, s.Name, directory.Fold(s.Name), s.Description, s.Private, string(text))
	return n == 1, err
}

func (tx *Tx) DeleteSpace(seq int64, now time.Time) (directory.Cascade, error) {
	gone, err := tx.deleteSpaces(`spaces.seq = $1`, seq, now)
	gone.Spaces = 0 // it is the one that was asked for
	return gone, err
}

// deleteSpaces deletes the spaces of which a condition on $1 holds, with what
// is in them. A service key ends with its last space, since it would be in no
// list any more.
func (tx *Tx) deleteSpaces(which string, seq int64, now time.Time) (gone directory.Cascade, err error) {
	these := `(SELECT spaces.seq FROM spaces WHERE ` + which + `)`
	if gone.ServiceKeys, err = tx.exec(`
		UPDATE api_keys SET revoked_at = $2
		 WHERE revoked_at IS NULL AND user_seq IN (
		       SELECT users.seq FROM space_members JOIN users ON users.seq = space_members.user_seq
		        WHERE users.bot AND space_members.space_seq IN `+these+`
		          AND NOT EXISTS (SELECT 1 FROM space_members AS other WHERE other.user_seq = users.seq AND other.space_seq NOT IN `+these+`))`,
		seq, micros(now)); err != nil {
		return gone, err
	}
	if gone.Bindings, err = tx.exec(`DELETE FROM role_bindings WHERE space_seq IN `+these, seq); err != nil {
		return gone, err
	}
	if gone.Memberships, err = tx.exec(`DELETE FROM space_members WHERE space_seq IN `+these, seq); err != nil {
		return gone, err
	}
	gone.Spaces, err = tx.exec(`DELETE FROM spaces WHERE `+which, seq)
	return gone, err
}
