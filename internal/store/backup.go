package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrNoBackup says that the engine has tools of its own for backups.
var ErrNoBackup = errors.New("a directory in PostgreSQL is backed up with pg_dump, or by the server that keeps it")

// Backup writes a copy of the directory to a new file, whole as of a moment
// after the call began: it holds every write acknowledged before. Copying the
// file of a directory in use would lose some of them.
func (s *Store) Backup(ctx context.Context, file string) (err error) {
	if !s.engine.embedded {
		return ErrNoBackup
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s exists; a backup never overwrites", file)
	}
	// A folder of its own, so that the file is nobody else's from the start.
	aside, err := os.MkdirTemp(filepath.Dir(file), ".ax-backup-")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	made := filepath.Join(aside, DatabaseFile)
	if err := s.vacuumInto(ctx, made); err != nil {
		return err
	}
	if err := settle(made); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	// A link, unlike a rename, fails when somebody made the file meanwhile.
	if err = os.Link(made, file); errors.Is(err, errors.ErrUnsupported) {
		err = os.Rename(made, file)
	}
	return err
}

// vacuumInto copies beside whatever is being written.
func (s *Store) vacuumInto(ctx context.Context, file string) error {
	return s.aside(ctx, func(on session) error {
		_, err := on.exec(`VACUUM INTO $1`, file)
		return err
	})
}

// aside calls fn with a connection of its own, beside the readers, who may
// not write, and the writer, who is in a transaction most of the time.
func (s *Store) aside(ctx context.Context, fn func(session) error) (err error) {
	conn, err := openSQLite(filepath.Join(s.folder, DatabaseFile), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.close()) }()
	return fn(session{ctx: ctx, run: conn, engine: s.engine})
}

// settle makes a finished file its owner's and durable.
func settle(file string) error {
	if err := os.Chmod(file, 0o600); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
