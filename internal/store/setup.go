package store

import "ax/internal/directory"

func (s session) Installation() (i directory.Installation, ok bool, err error) {
	ok, err = s.get(func(row scanner) error { return row.Scan((*micros)(&i.CreatedAt), &i.KeyCheck) },
		`SELECT created_at, key_check FROM directory`)
	return i, ok, err
}

func (tx *Tx) InsertInstallation(i directory.Installation) (bool, error) {
	n, err := tx.exec(`
		INSERT INTO directory (id, created_at, key_check) VALUES (1, $1, $2)
		ON CONFLICT (id) DO NOTHING`, micros(i.CreatedAt), i.KeyCheck)
	return n == 1, err
}
