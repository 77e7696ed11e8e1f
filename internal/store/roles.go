package store

import "ax/internal/directory"

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
