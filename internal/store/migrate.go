package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations
var migrations embed.FS

// A migration is one step of the schema, forward only.
type migration struct {
	version int
	name    string
	sql     string
}

func (e *engine) migrations() ([]migration, error) {
	files, err := fs.Glob(migrations, "migrations/"+e.name+"/*.sql")
	if err != nil {
		return nil, err
	}
	steps := make([]migration, len(files))
	for i, f := range files {
		text, err := fs.ReadFile(migrations, f)
		if err != nil {
			return nil, err
		}
		name := f[strings.LastIndexByte(f, '/')+1:]
		version, err := strconv.Atoi(name[:strings.IndexByte(name, '_')])
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %s is not number %d", f, i+1)
		}
		steps[i] = migration{version, name, string(text)}
	}
	return steps, nil
}

// A VersionError says that the schema is not the one this binary knows.
type VersionError struct{ Found, Known int }

func (e *VersionError) Error() string {
	switch {
	case e.Found > e.Known:
		return fmt.Sprintf("the directory has schema version %d and this ax knows %d; use the newer ax that made it", e.Found, e.Known)
	case e.Found == 0:
		return "there is no directory here yet; make one with `ax server init --admin-email you@example.com`"
	}
	return fmt.Sprintf("the directory has schema version %d and this ax needs %d; run `ax server migrate`", e.Found, e.Known)
}

// CheckVersion fails with a VersionError unless the schema is current.
func (s *Store) CheckVersion(ctx context.Context) error {
	known, err := s.engine.known()
	if err != nil {
		return err
	}
	found, err := session{ctx: ctx, run: s.reads, engine: s.engine}.version()
	if err == nil && found != known {
		err = &VersionError{found, known}
	}
	return err
}

// known is how many migrations there are; the files are numbered from 1.
func (e *engine) known() (int, error) {
	files, err := migrations.ReadDir("migrations/" + e.name)
	return len(files), err
}

// version is the last migration that was applied, 0 on an empty store. It
// asks twice, as inside a transaction of PostgreSQL's a table that is not
// there would end it.
func (s session) version() (version int, err error) {
	there, err := s.get(nothing, s.engine.hasVersion)
	if err != nil || !there {
		return 0, err
	}
	_, err = s.get(func(row scanner) error { return row.Scan(&version) }, s.engine.version)
	return version, err
}

// Migrate applies the migrations that are missing, each in a transaction of
// its own. Several may run it at once. A schema newer than this binary knows
// is a VersionError and stays untouched.
func (s *Store) Migrate(ctx context.Context) error {
	err := s.CheckVersion(ctx)
	behind, ok := errors.AsType[*VersionError](err)
	if !ok || behind.Found > behind.Known {
		return err
	}
	steps, err := s.engine.migrations()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Hour) // a large table takes longer than any other write may
	defer cancel()
	for _, m := range steps {
		if err := s.transact(ctx, func(tx *Tx) error { return tx.migrate(m) }); err != nil {
			if mayNotExtend(err) {
				err = fmt.Errorf("%w; an administrator of the database must run CREATE EXTENSION pg_trgm in it once (Debian's package postgresql-contrib has it), then migrate again", err)
			}
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}

// migrate applies one step, unless another process has meanwhile.
func (tx *Tx) migrate(m migration) error {
	tx.migrating = true
	if lock := tx.engine.lockMigration; lock != "" {
		if err := tx.each(nothing, lock); err != nil {
			return err
		}
	}
	found, err := tx.version()
	if err != nil || found >= m.version {
		return err
	}
	if err := tx.run.script(tx.ctx, m.sql); err != nil {
		return err
	}
	return tx.engine.setVersion(tx.ctx, tx.run, m.version)
}
