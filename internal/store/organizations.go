package store

import (
	"strings"
	"time"

	"ax/internal/directory"
)

const organizationColumns = `organizations.seq, organizations.id, organizations.name, organizations.description, organizations.created_at`

func organizationFields(o *directory.Organization) []any {
	return []any{&o.Seq, &o.ID, &o.Name, &o.Description, (*micros)(&o.CreatedAt)}
}

func scanOrganization(row scanner) (o directory.Organization, err error) {
	err = row.Scan(organizationFields(&o)...)
	return o, err
}

func (s session) OrganizationByID(id directory.OrganizationID) (directory.Organization, bool, error) {
	return one(s, scanOrganization, `SELECT `+organizationColumns+` FROM organizations WHERE id = $1`, string(id))
}

func (s session) Organizations(q directory.OrganizationQuery) ([]directory.Granted[directory.Organization], error) {
	var b query
	user := b.arg(q.UserSeq) // $1, as the joins have it
	where := []string{`organizations.seq > ` + b.arg(q.After)}
	if !q.All {
		where = append(where, `organizations.seq IN (SELECT organization_seq FROM organization_members WHERE user_seq = `+user+`)`)
	}
	if q.NameContains != "" {
		where = append(where, `organizations.name_key LIKE `+b.arg(containing(q.NameContains))+` ESCAPE '\'`)
	}
	return all(s, func(row scanner) (o directory.Granted[directory.Organization], err error) {
		var g grant
		err = row.Scan(append(organizationFields(&o.Item), g.fields()...)...)
		o.Grants.Organization = g.grant()
		return o, err
	}, `SELECT `+organizationColumns+`, `+organizationGrants+` FROM organizations`+organizationJoins+`
		 WHERE `+strings.Join(where, ` AND `)+` ORDER BY organizations.seq LIMIT `+b.arg(q.Limit), b.args...)
}

// LockOrganizations locks the one row of the directory.
func (tx *Tx) LockOrganizations() error { return tx.LockAdmins() }

func (tx *Tx) LockOrganization(id directory.OrganizationID) (directory.Organization, bool, error) {
	return one(tx.session, scanOrganization, `SELECT `+organizationColumns+` FROM organizations WHERE id = $1`+tx.engine.forUpdate, string(id))
}

func (tx *Tx) InsertOrganization(o *directory.Organization) (bool, error) {
	return tx.get(func(row scanner) error { return row.Scan(&o.Seq) }, `
		INSERT INTO organizations (id, name, name_key, description, created_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name_key) DO NOTHING
		RETURNING seq`, string(o.ID), o.Name, directory.Fold(o.Name), o.Description, micros(o.CreatedAt))
}

func (tx *Tx) UpdateOrganization(o directory.Organization) (bool, error) {
	n, err := tx.exec(`
		UPDATE organizations SET name = $2, name_key = $3, description = $4
		 WHERE seq = $1 AND NOT EXISTS (SELECT 1 FROM organizations AS other WHERE other.name_key = $3 AND other.seq <> $1)`,
		o.Seq, o.Name, directory.Fold(o.Name), o.Description)
	return n == 1, err
}

func (tx *Tx) DeleteOrganization(seq int64, now time.Time) (gone directory.Cascade, err error) {
	if gone, err = tx.deleteSpaces(`spaces.organization_seq = $1`, seq, now); err != nil {
		return gone, err
	}
	// A bot that was in none of the spaces is left with no other either.
	keys, err := tx.exec(`
		UPDATE api_keys SET revoked_at = $2
		 WHERE revoked_at IS NULL AND user_seq IN (
		       SELECT users.seq FROM organization_members JOIN users ON users.seq = organization_members.user_seq
		        WHERE organization_members.organization_seq = $1 AND users.bot
		          AND NOT EXISTS (SELECT 1 FROM space_members WHERE space_members.user_seq = users.seq))`, seq, micros(now))
	if err != nil {
		return gone, err
	}
	gone.ServiceKeys += keys
	members, err := tx.exec(`DELETE FROM organization_members WHERE organization_seq = $1`, seq)
	if err != nil {
		return gone, err
	}
	gone.Memberships += members
	_, err = tx.exec(`DELETE FROM organizations WHERE seq = $1`, seq)
	return gone, err
}
