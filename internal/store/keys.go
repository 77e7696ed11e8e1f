package store

import (
	"fmt"
	"strings"
	"time"

	"ax/internal/directory"
)

const keyColumns = `api_keys.seq, api_keys.id, api_keys.user_seq, api_keys.name, api_keys.digest, api_keys.redacted,
	api_keys.description, api_keys.created_at, api_keys.expires_at, api_keys.revoked_at, api_keys.last_used_at`

func keyFields(k *directory.APIKey) []any {
	return []any{
		&k.Seq, &k.ID, &k.UserSeq, &k.Name, (*digest)(&k.Digest), &k.Redacted, &k.Description,
		(*micros)(&k.CreatedAt), (*micros)(&k.ExpiresAt), (*micros)(&k.RevokedAt), (*micros)(&k.LastUsedAt),
	}
}

func (s session) KeyByDigest(d directory.Digest) (k directory.APIKey, owner directory.User, ok bool, err error) {
	ok, err = s.get(func(row scanner) error {
		return row.Scan(&k.Seq, &k.ID, &k.UserSeq, (*micros)(&k.ExpiresAt), (*micros)(&k.RevokedAt), (*micros)(&k.LastUsedAt),
			&owner.Seq, (*string)(&owner.ID), &owner.Name, &owner.Email, (*string)(&owner.Role), &owner.Developer, (*string)(&owner.State), &owner.Bot)
	}, `
		SELECT api_keys.seq, api_keys.id, api_keys.user_seq, api_keys.expires_at, api_keys.revoked_at, api_keys.last_used_at,
			users.seq, users.id, users.name, users.email, users.role, users.developer, users.state, users.bot
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

func (tx *Tx) InsertKey(k directory.APIKey) error {
	_, err := tx.exec(`
		INSERT INTO api_keys (id, user_seq, name, digest, redacted, description, created_at, expires_at, revoked_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		k.ID, k.UserSeq, k.Name, k.Digest[:], k.Redacted, k.Description, micros(k.CreatedAt), micros(k.ExpiresAt), micros(k.RevokedAt), orNull(k.CreatorSeq))
	return err
}

// orNull is a seq for a column in which NULL stands for none.
func orNull(seq int64) any {
	if seq == 0 {
		return nil
	}
	return seq
}

// listedKeys reads a key with who owns it and who made it.
const listedKeys = `
	SELECT ` + keyColumns + `, owner.id, owner.bot, COALESCE(api_keys.created_by, 0), creator.id
	  FROM api_keys JOIN users AS owner ON owner.seq = api_keys.user_seq
	  JOIN users AS creator ON creator.seq = COALESCE(api_keys.created_by, api_keys.user_seq)`

func scanListedKey(row scanner) (k directory.APIKey, err error) {
	err = row.Scan(append(keyFields(&k), (*string)(&k.Owner), &k.Service, &k.CreatorSeq, (*string)(&k.CreatedBy))...)
	return k, err
}

func (s session) KeyByID(id string) (directory.APIKey, bool, error) {
	return one(s, scanListedKey, listedKeys+` WHERE api_keys.id = $1`, id)
}

func (s session) Keys(q directory.KeyQuery) ([]directory.APIKey, error) {
	var b query
	where := []string{`api_keys.seq > ` + b.arg(q.After)}
	now := b.arg(micros(q.Now))
	ended := `(api_keys.revoked_at IS NOT NULL OR api_keys.expires_at IS NOT NULL AND api_keys.expires_at <= ` + now + `)`
	if !q.Ended {
		ended = `NOT ` + ended
	}
	where = append(where, ended)
	if q.OwnerSeq != 0 {
		where = append(where, `api_keys.user_seq = `+b.arg(q.OwnerSeq))
	}
	if q.CreatorSeq != 0 {
		where = append(where, `owner.bot AND api_keys.created_by = `+b.arg(q.CreatorSeq))
	}
	if q.SpaceSeq != 0 {
		where = append(where, `owner.bot AND api_keys.user_seq IN (SELECT user_seq FROM space_members WHERE space_seq = `+b.arg(q.SpaceSeq)+`)`)
	}
	return all(s, scanListedKey, listedKeys+` WHERE `+strings.Join(where, ` AND `)+` ORDER BY api_keys.seq LIMIT `+b.arg(q.Limit), b.args...)
}

func (tx *Tx) LockKey(id string) (k directory.APIKey, owner directory.User, ok bool, err error) {
	owner, ok, err = one(tx.session, scanUser, `
		SELECT `+userColumns+` FROM users JOIN api_keys ON api_keys.user_seq = users.seq WHERE api_keys.id = $1`+tx.lockOf("users"), id)
	if err != nil {
		return k, owner, ok, err
	}
	k, ok, err = one(tx.session, scanListedKey, listedKeys+` WHERE api_keys.id = $1`+tx.lockOf("api_keys"), id)
	return k, owner, ok, err
}

// lockOf locks the rows of one table of a join.
func (tx *Tx) lockOf(table string) string {
	if tx.engine.forUpdate == "" {
		return ""
	}
	return tx.engine.forUpdate + ` OF ` + table
}

func (tx *Tx) EndKey(k directory.APIKey) error {
	_, err := tx.exec(`UPDATE api_keys SET expires_at = $2, revoked_at = $3 WHERE seq = $1`, k.Seq, micros(k.ExpiresAt), micros(k.RevokedAt))
	return err
}

func (tx *Tx) NoteKeyUse(seq int64, now time.Time) error {
	_, err := tx.exec(`UPDATE api_keys SET last_used_at = $2 WHERE seq = $1`, seq, micros(now))
	return err
}

func (s session) BotGrants(botSeq, userSeq int64) (map[int64]directory.Grants, error) {
	all := map[int64]directory.Grants{}
	err := s.each(func(row scanner) error {
		var seq int64
		var g inSpace
		if err := row.Scan(append(g.fields(), &seq)...); err != nil {
			return err
		}
		all[seq] = g.grants()
		return nil
	}, `SELECT `+spaceGrants+`, spaces.seq FROM spaces`+spaceJoins+`
		 WHERE spaces.seq IN (SELECT bot.space_seq FROM space_members AS bot WHERE bot.user_seq = $2)`, userSeq, botSeq)
	return all, err
}

// BotByID asks for the bot, then for its places, each organization once.
func (s session) BotByID(id directory.UserID) (b directory.Bot, ok bool, err error) {
	if b.User, ok, err = s.UserByID(id); err != nil || !ok || !b.Bot {
		return b, ok && b.Bot, err
	}
	err = s.each(func(row scanner) error {
		var organization, organizationRole string
		var space, role, name *string
		if err := row.Scan(&organization, &organizationRole, &space, &role, &name); err != nil {
			return err
		}
		if n := len(b.Organizations); n == 0 || b.Organizations[n-1].ID != directory.OrganizationID(organization) {
			b.Organizations = append(b.Organizations, directory.BotOrganization{ID: directory.OrganizationID(organization), Role: directory.Role(organizationRole)})
		}
		if space == nil || role == nil {
			return nil
		}
		in := directory.BotSpace{ID: directory.SpaceID(*space), Role: directory.Role(*role)}
		if name != nil {
			in.RoleName = *name
		}
		last := &b.Organizations[len(b.Organizations)-1]
		last.Spaces = append(last.Spaces, in)
		return nil
	}, `
		SELECT organizations.id, organization_members.role, joined.id, joined.role, roles.name
		  FROM organization_members
		  JOIN organizations ON organizations.seq = organization_members.organization_seq
		  LEFT JOIN (SELECT spaces.seq, spaces.id, spaces.organization_seq, space_members.role
		               FROM space_members JOIN spaces ON spaces.seq = space_members.space_seq
		              WHERE space_members.user_seq = $1) AS joined ON joined.organization_seq = organizations.seq
		  LEFT JOIN roles ON roles.id = joined.role
		 WHERE organization_members.user_seq = $1
		 ORDER BY organizations.seq, joined.seq`, b.Seq)
	return b, true, err
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
