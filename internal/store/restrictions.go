package store

import "ax/internal/directory"

func scanRestriction(row scanner) (r directory.Restriction, err error) {
	err = row.Scan(&r.Seq, &r.Type, &r.ResourceID, (*micros)(&r.CreatedAt))
	return r, err
}

func (s session) Restrictions(q directory.RestrictionQuery) ([]directory.Restriction, error) {
	return all(s, scanRestriction, `
		SELECT seq, resource_type, resource_id, created_at FROM resource_restrictions
		 WHERE seq > $1 AND ($2 = '' OR resource_type = $2)
		   AND ($3 = 0 OR resource_id IN (SELECT role_bindings.resource_id FROM role_bindings WHERE role_bindings.user_seq = $3))
		 ORDER BY seq LIMIT $4`, q.After, string(q.Type), q.Viewer, q.Limit)
}

func (tx *Tx) Restrict(r *directory.Restriction) (bool, error) {
	inserted, err := tx.get(func(row scanner) error { return row.Scan(&r.Seq) }, `
		INSERT INTO resource_restrictions (resource_id, resource_type, created_at) VALUES ($1, $2, $3)
		ON CONFLICT (resource_id) DO NOTHING
		RETURNING seq`, r.ResourceID, string(r.Type), micros(r.CreatedAt))
	if err != nil || inserted {
		return inserted, err
	}
	*r, _, err = one(tx.session, scanRestriction,
		`SELECT seq, resource_type, resource_id, created_at FROM resource_restrictions WHERE resource_id = $1`, r.ResourceID)
	return false, err
}

func (tx *Tx) Unrestrict(resourceID string) (bool, error) {
	n, err := tx.exec(`DELETE FROM resource_restrictions WHERE resource_id = $1`, resourceID)
	return n == 1, err
}
