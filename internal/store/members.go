package store

import "ax/internal/directory"

func (tx *Tx) SetOrganizationMember(organizationSeq, userSeq int64, m *directory.Membership) error {
	return tx.setMember(m, `
		INSERT INTO organization_members (organization_seq, user_seq, id, role, created_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (organization_seq, user_seq) DO UPDATE SET role = excluded.role
		RETURNING id, created_at`, organizationSeq, userSeq)
}

func (tx *Tx) SetSpaceMember(spaceSeq, userSeq int64, m *directory.Membership) error {
	return tx.setMember(m, `
		INSERT INTO space_members (space_seq, user_seq, id, role, created_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (space_seq, user_seq) DO UPDATE SET role = excluded.role
		RETURNING id, created_at`, spaceSeq, userSeq)
}

func (tx *Tx) setMember(m *directory.Membership, statement string, in, userSeq int64) error {
	_, err := tx.get(func(row scanner) error { return row.Scan(&m.ID, (*micros)(&m.CreatedAt)) }, statement,
		in, userSeq, m.ID, string(m.Role), micros(m.CreatedAt))
	return err
}

func (tx *Tx) RemoveOrganizationMember(organizationSeq, userSeq int64) (gone directory.Cascade, ok bool, err error) {
	n, err := tx.exec(`DELETE FROM organization_members WHERE organization_seq = $1 AND user_seq = $2`, organizationSeq, userSeq)
	if err != nil || n == 0 {
		return gone, false, err
	}
	const these = `(SELECT spaces.seq FROM spaces WHERE spaces.organization_seq = $1)`
	if gone.Memberships, err = tx.exec(`DELETE FROM space_members WHERE user_seq = $2 AND space_seq IN `+these, organizationSeq, userSeq); err != nil {
		return gone, true, err
	}
	gone.Bindings, err = tx.exec(`DELETE FROM role_bindings WHERE user_seq = $2 AND space_seq IN `+these, organizationSeq, userSeq)
	return gone, true, err
}

func (tx *Tx) RemoveSpaceMember(spaceSeq, userSeq int64) (gone directory.Cascade, ok bool, err error) {
	n, err := tx.exec(`DELETE FROM space_members WHERE space_seq = $1 AND user_seq = $2`, spaceSeq, userSeq)
	if err != nil || n == 0 {
		return gone, false, err
	}
	gone.Bindings, err = tx.exec(`DELETE FROM role_bindings WHERE user_seq = $2 AND space_seq = $1`, spaceSeq, userSeq)
	return gone, true, err
}

func (tx *Tx) EndAccess(userSeq int64) (gone directory.Cascade, err error) {
	if gone.Bindings, err = tx.exec(`DELETE FROM role_bindings WHERE user_seq = $1`, userSeq); err != nil {
		return gone, err
	}
	for _, table := range []string{`space_members`, `organization_members`} {
		n, err := tx.exec(`DELETE FROM `+table+` WHERE user_seq = $1`, userSeq)
		if err != nil {
			return gone, err
		}
		gone.Memberships += n
	}
	return gone, nil
}
