package store

import (
	"errors"
	"testing"

	"ax/internal/directory"
)

// Users of before 0007 are found by their addresses after it.
func TestMigrateAddresses(t *testing.T) {
	t.Parallel()
	s, err := OpenSQLite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	steps, err := s.engine.migrations()
	if err != nil {
		t.Fatal(err)
	}
	const before = 6
	for _, m := range steps[:before] {
		if err := s.transact(t.Context(), func(tx *Tx) error { return tx.migrate(m) }); err != nil {
			t.Fatal(err)
		}
	}
	keys := []string{"ann@example.com", "a@b.example", "joanné.ßµ@xn--mnchen-3ya.example", "VXNlcjpib3Q@", "erased:kT0-_x"}
	err = s.transact(t.Context(), func(tx *Tx) error {
		tx.migrating = true // the index of this version is not ours to keep up
		var errs []error
		for n, key := range keys {
			_, err := tx.exec(`INSERT INTO users (id, name, email, email_key, role, developer, state, created_at) VALUES ($1, '', $2, $2, 'MEMBER', 0, 'ACTIVE', 1)`,
				string(rune('a'+n)), key)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if u, ok, err := s.Read(t.Context()).UserByEmail(key); err != nil || !ok || u.Email != key {
			t.Errorf("%s: user %+v, %v, error %v", key, u, ok, err)
		}
	}
	q := directory.UserQuery{EmailContains: "ann", Limit: 10}
	if found, err := s.Read(t.Context()).Users(q); err != nil || len(found) != 2 {
		t.Errorf("found %+v, error %v", found, err)
	}
}
