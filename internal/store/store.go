package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"ax/internal/directory"
)

// A Store keeps a directory in SQL. It implements directory.Store.
type Store struct {
	engine *engine
	reads  runner
	write  func(ctx context.Context, fn func(*Tx) error) error
	inside uintptr      // where guard goes on after its function: on the stack of whoever is inside a write
	within atomic.Int32 // functions of writes that are running
	close  []func() error
	folder string        // of the files; empty on PostgreSQL
	failed chan struct{} // closed when the storage can no longer be trusted
	once   sync.Once
}

// A Tx is a transaction under way. It implements directory.Tx.
type Tx struct {
	session
	entries   []directory.Entry // to be sealed at the end of the group
	migrating bool              // the schema is not yet the one that this code knows
}

var (
	_ directory.Store = (*Store)(nil)
	_ directory.Tx    = (*Tx)(nil)
)

// DatabaseFile is the file in a data folder that holds a directory.
const DatabaseFile = "directory.db"

// turnFile is the gate of those who write; see group.begin.
const turnFile = "turn.lock"

// OpenSQLite opens the directory in a folder, which it makes, for its owner
// only, when it is absent. It does not migrate.
func OpenSQLite(folder string) (*Store, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	file := filepath.Join(folder, DatabaseFile)
	// The writer connects first: it makes the file and switches it to WAL.
	writer, err := openSQLite(file, false)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(file, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("data folder: %w", err), writer.close())
	}
	reads := newPool(max(4, 2*runtime.NumCPU()), func() (*sqliteConn, error) { return openSQLite(file, true) })
	s := &Store{engine: &sqliteEngine, reads: reads, inside: insideWrite(), folder: folder, failed: make(chan struct{})}
	g := newGroup(writer, flock.New(filepath.Join(folder, turnFile), flock.SetPermissions(0o600)), s.fail)
	s.write = g.write
	s.close = []func() error{reads.close, g.close}
	return s, nil
}

// OpenPostgres opens the directory in a PostgreSQL database. It does not
// migrate.
func OpenPostgres(ctx context.Context, url string) (*Store, error) {
	p, err := openPostgres(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: &postgresEngine, reads: p, write: p.write, inside: insideWrite(), failed: make(chan struct{})}
	s.close = []func() error{p.close}
	return s, nil
}

// Close ends the store. Writes that were accepted are finished first.
func (s *Store) Close() error {
	var errs []error
	for _, c := range s.close {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// Read implements directory.Store.
func (s *Store) Read(ctx context.Context) directory.Reads {
	return session{ctx: ctx, run: s.reads, engine: s.engine}
}

// Write implements directory.Store.
func (s *Store) Write(ctx context.Context, fn func(directory.Tx) error) error {
	return s.transact(ctx, func(tx *Tx) error { return fn(tx) })
}

func (s *Store) transact(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.nested() {
		panic("store: Write inside Write")
	}
	return s.write(ctx, func(tx *Tx) error {
		s.within.Add(1)
		defer s.within.Add(-1)
		return fn(tx)
	})
}

// guard runs a write's function. It has one call in it, so that every
// function inside a write finds the same return address above it.
//
//go:noinline
func guard(fn func(*Tx) error, tx *Tx) error { return fn(tx) }

// insideWrite is the return address that guard leaves on the stack.
func insideWrite() uintptr {
	var above [1]uintptr
	const callersAndFn = 2
	_ = guard(func(*Tx) error { runtime.Callers(callersAndFn, above[:]); return nil }, nil)
	return above[0]
}

// nested reports whether the caller is inside a write. A write there would
// wait for itself for ever. To look through the stack costs some microseconds.
func (s *Store) nested() bool {
	if s.within.Load() == 0 {
		return false
	}
	var stack [64]uintptr
	for skip := 0; ; skip += len(stack) {
		n := runtime.Callers(skip, stack[:])
		if slices.Contains(stack[:n], s.inside) {
			return true
		}
		if n < len(stack) {
			return false
		}
	}
}

// Failed is closed when a write to the disk has failed in a way that leaves
// its state unknown. The server stops then.
func (s *Store) Failed() <-chan struct{} { return s.failed }

func (s *Store) fail() { s.once.Do(func() { close(s.failed) }) }

// Ready reports whether the store answers, with the schema this binary knows.
func (s *Store) Ready(ctx context.Context) error {
	select {
	case <-s.failed:
		return errStorage
	default:
	}
	return s.CheckVersion(ctx)
}

var errStorage = errors.New("the disk failed while writing; nothing is acknowledged until the server has been restarted")
