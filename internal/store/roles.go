package store

import (
	"time"

	"ax/internal/directory"
)

const roleColumns = `roles.seq, roles.id, roles.name, roles.description, roles.permissions, roles.created_at, roles.updated_at`

func scanRole(row scanner) (r directory.RoleDefinition, err error) {
	var names string
	err = row.Scan(&r.Seq, &r.ID, &r.Name, &r.Description, &names, (*micros)(&r.CreatedAt), (*micros)(&r.UpdatedAt))
	r.Permissions = directory.ParsePermissionSet(names)
	return r, err
}

func (s session) RoleByID(id directory.Role) (directory.RoleDefinition, bool, error) {
	return one(s, scanRole, `SELECT `+roleColumns+` FROM roles WHERE id = $1 AND deleted_at IS NULL`, string(id))
}

func (s session) RoleDefinitions(after int64, limit int) ([]directory.RoleDefinition, error) {
	return all(s, scanRole, `SELECT `+roleColumns+` FROM roles WHERE deleted_at IS NULL AND seq > $1 ORDER BY seq LIMIT $2`, after, limit)
}

func (tx *Tx) LockRole(id directory.Role) (directory.RoleDefinition, bool, error) {
	return one(tx.session, scanRole, `SELECT `+roleColumns+` FROM roles WHERE id = $1 AND deleted_at IS NULL`+tx.engine.forUpdate, string(id))
}

func (tx *Tx) InsertRole(r *directory.RoleDefinition) (bool, error) {
	return tx.get(func(row scanner) error { return row.Scan(&r.Seq) }, `
		INSERT INTO roles (id, name, name_key, description, permissions, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (name_key) WHERE deleted_at IS NULL DO NOTHING
		RETURNING seq`,
		string(r.ID), r.Name, directory.Fold(r.Name), r.Description, r.Permissions.String(), micros(r.CreatedAt), micros(r.UpdatedAt))
}

// UpdateRole asks for the name first, since UPDATE has no ON CONFLICT.
func (tx *Tx) UpdateRole(r directory.RoleDefinition) (bool, error) {
	n, err := tx.exec(`
		UPDATE roles SET name = $2, name_key = $3, description = $4, permissions = $5, updated_at = $6
		 WHERE seq = $1 AND NOT EXISTS (SELECT 1 FROM roles AS other WHERE other.name_key = $3 AND other.deleted_at IS NULL AND other.seq <> $1)`,
		r.Seq, r.Name, directory.Fold(r.Name), r.Description, r.Permissions.String(), micros(r.UpdatedAt))
	return n == 1, err
}

func (tx *Tx) DeleteRole(seq int64, now time.Time) error {
	_, err := tx.exec(`UPDATE roles SET deleted_at = $2 WHERE seq = $1`, seq, micros(now))
	return err
}

// RoleInUse repeats the predicates of the partial indexes, or they are not used.
func (s session) RoleInUse(id directory.Role) (bool, error) {
	return s.get(nothing, `
		SELECT 1 FROM role_bindings WHERE role = $1
		UNION ALL SELECT 1 FROM users WHERE role = $1 AND role LIKE 'Um9sZT%' AND state <> 'DELETED'
		UNION ALL SELECT 1 FROM organization_members WHERE role = $1 AND role LIKE 'Um9sZT%'
		UNION ALL SELECT 1 FROM space_members WHERE role = $1 AND role LIKE 'Um9sZT%'
		LIMIT 1`, string(id))
}
