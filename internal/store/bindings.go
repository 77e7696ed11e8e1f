package store

import "ax/internal/directory"

const bindingColumns = `role_bindings.seq, role_bindings.id, role_bindings.role, role_bindings.user_seq, users.id, role_bindings.resource_type,
	role_bindings.resource_id, role_bindings.space_seq, role_bindings.created_at, role_bindings.updated_at
	  FROM role_bindings JOIN users ON users.seq = role_bindings.user_seq`

func scanBinding(row scanner) (b directory.RoleBinding, err error) {
	var space *int64
	err = row.Scan(&b.Seq, &b.ID, &b.Role, &b.UserSeq, &b.UserID, &b.Type,
		&b.ResourceID, &space, (*micros)(&b.CreatedAt), (*micros)(&b.UpdatedAt))
	if space != nil {
		b.SpaceSeq = *space
	}
	return b, err
}

func (s session) RoleBinding(id string) (directory.RoleBinding, bool, error) {
	return one(s, scanBinding, `SELECT `+bindingColumns+` WHERE role_bindings.id = $1`, id)
}

func (tx *Tx) LockRoleBinding(id string) (directory.RoleBinding, bool, error) {
	return one(tx.session, scanBinding, `SELECT `+bindingColumns+` WHERE role_bindings.id = $1`+tx.lockOf("role_bindings"), id)
}

func (s session) RoleBindings(q directory.BindingQuery) ([]directory.RoleBinding, error) {
	return all(s, scanBinding, `
		SELECT `+bindingColumns+`
		 WHERE role_bindings.resource_type = $1 AND role_bindings.seq > $2 AND ($3 = '' OR users.id = $3)
		   AND ($4 = 0
		        OR role_bindings.resource_id IN (SELECT own.resource_id FROM role_bindings AS own WHERE own.user_seq = $4)
		        OR role_bindings.space_seq IN (SELECT spaces.seq FROM spaces
		               JOIN organization_members ON organization_members.organization_seq = spaces.organization_seq
		              WHERE organization_members.user_seq = $4))
		 ORDER BY role_bindings.seq LIMIT $5`,
		string(q.Type), q.After, string(q.UserID), q.Viewer, q.Limit)
}

func (s session) BindableSpace(id string) (seq int64, ok bool, err error) {
	ok, err = s.get(func(row scanner) error { return row.Scan(&seq) }, `SELECT seq FROM spaces WHERE id = $1`, id)
	return seq, ok, err
}

func (tx *Tx) InsertRoleBinding(b *directory.RoleBinding) (bool, error) {
	var space any
	if b.SpaceSeq != 0 {
		space = b.SpaceSeq
	}
	return tx.get(func(row scanner) error { return row.Scan(&b.Seq) }, `
		INSERT INTO role_bindings (id, role, user_seq, resource_type, resource_id, space_seq, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (user_seq, resource_id) DO NOTHING
		RETURNING seq`,
		b.ID, string(b.Role), b.UserSeq, string(b.Type), b.ResourceID, space, micros(b.CreatedAt), micros(b.UpdatedAt))
}

func (tx *Tx) UpdateRoleBinding(b directory.RoleBinding) error {
	_, err := tx.exec(`UPDATE role_bindings SET role = $2, updated_at = $3 WHERE seq = $1`, b.Seq, string(b.Role), micros(b.UpdatedAt))
	return err
}

func (tx *Tx) DeleteRoleBinding(seq int64) error {
	_, err := tx.exec(`DELETE FROM role_bindings WHERE seq = $1`, seq)
	return err
}
