package store_test

import (
	"errors"
	"sync"
	"testing"

	"ax/internal/directory"
	"ax/internal/pgtest"
	"ax/internal/store"
	"ax/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) directory.Store { return migrated(t, sqlite(t.TempDir())) })
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) directory.Store { return migrated(t, postgres(schema(t))) })
}

func TestSQLiteShared(t *testing.T) {
	t.Parallel()
	storetest.RunShared(t, func(t *testing.T) (first, second directory.Store) {
		folder := t.TempDir()
		return migrated(t, sqlite(folder)), migrated(t, sqlite(folder))
	})
}

func TestPostgresShared(t *testing.T) {
	t.Parallel()
	storetest.RunShared(t, func(t *testing.T) (first, second directory.Store) {
		url := schema(t)
		return migrated(t, postgres(url)), migrated(t, postgres(url))
	})
}

// TestMigrateAtOnce migrates one empty store through several handles.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]func(t *testing.T) opener{
		"SQLite":   func(t *testing.T) opener { return sqlite(t.TempDir()) },
		"Postgres": func(t *testing.T) opener { return postgres(pgtest.URL(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := place(t)
			const handles = 6
			var errs [handles]error
			var all sync.WaitGroup
			for n := range errs {
				all.Go(func() { errs[n] = openAndMigrate(t, open) })
			}
			all.Wait()
			if err := errors.Join(errs[:]...); err != nil {
				t.Fatal(err)
			}
			s := opened(t, open)
			if err := s.CheckVersion(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.Migrate(t.Context()); err != nil {
				t.Errorf("migrate what is current: %v", err)
			}
			if _, ok, err := s.Read(t.Context()).Installation(); ok || err != nil {
				t.Errorf("after the migrations: installation %v, error %v", ok, err)
			}
		})
	}
}

// An opener opens a handle on one place.
type opener func(t *testing.T) (*store.Store, error)

func sqlite(folder string) opener {
	return func(t *testing.T) (*store.Store, error) { return store.OpenSQLite(folder) }
}

func postgres(url string) opener {
	return func(t *testing.T) (*store.Store, error) { return store.OpenPostgres(t.Context(), url) }
}

// schema is the URL of a migrated database.
func schema(t *testing.T) string {
	t.Helper()
	return pgtest.Clone(t, "store", func(url string) error { return openAndMigrate(t, postgres(url)) })
}

func openAndMigrate(t *testing.T, open opener) error {
	s, err := open(t)
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(t.Context()), s.Close())
}

func opened(t *testing.T, open opener) *store.Store {
	t.Helper()
	s, err := open(t)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func migrated(t *testing.T, open opener) *store.Store {
	t.Helper()
	s := opened(t, open)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return s
}
