package store

import (
	"context"
	"fmt"

	"ax/internal/directory"
)

// A runner runs statements: a connection, a pool of them or a transaction.
type runner interface {
	// exec runs a statement that returns no rows.
	exec(ctx context.Context, query string, args []any) (outcome, error)
	// each reads every row of a query through scan.
	each(ctx context.Context, scan func(scanner) error, query string, args []any) error
	// script runs several statements without arguments.
	script(ctx context.Context, text string) error
}

// An outcome is what a statement did.
type outcome struct {
	rows int64 // it touched
	seq  int64 // of the row that it inserted; on SQLite only
}

// A scanner is a row; its columns go where the pointers lead.
type scanner interface{ Scan(to ...any) error }

// A session is a runner bound to a context. The reads of every noun are its
// methods; no rows leave it, because some left open on SQLite's writer would
// block every later write.
type session struct {
	ctx    context.Context //nolint:containedctx // bound for the length of one operation
	run    runner
	engine *engine
}

// exec runs a statement and returns how many rows it touched.
func (s session) exec(query string, args ...any) (int64, error) {
	o, err := s.run.exec(s.ctx, query, args)
	return o.rows, s.failed(query, err)
}

// insert runs a statement that inserts one row or, as it met another, none,
// and returns the row's seq. On SQLite that is the rowid, which the statement
// leaves behind: RETURNING keeps its rows in a table of its own, and makes it
// anew each time.
func (s session) insert(query string, args ...any) (seq int64, inserted bool, err error) {
	if !s.engine.embedded {
		inserted, err = s.get(func(row scanner) error { return row.Scan(&seq) }, query+` RETURNING seq`, args...)
		return seq, inserted, err
	}
	o, err := s.run.exec(s.ctx, query, args)
	return o.seq, o.rows == 1, s.failed(query, err)
}

// get reads the first row through scan; ok is false without one.
func (s session) get(scan func(row scanner) error, query string, args ...any) (ok bool, err error) {
	err = s.each(func(row scanner) error {
		if ok {
			return nil
		}
		ok = true
		return scan(row)
	}, query, args...)
	return ok, err
}

// each reads every row through scan.
func (s session) each(scan func(row scanner) error, query string, args ...any) error {
	return s.failed(query, s.run.each(s.ctx, scan, query, args))
}

// all reads every row into a slice.
func all[T any](s session, scan func(scanner) (T, error), query string, args ...any) (items []T, err error) {
	err = s.each(func(row scanner) error {
		item, err := scan(row)
		items = append(items, item)
		return err
	}, query, args...)
	return items, err
}

// one reads the first row, if there is one.
func one[T any](s session, scan func(scanner) (T, error), query string, args ...any) (item T, ok bool, err error) {
	ok, err = s.get(func(row scanner) (err error) {
		item, err = scan(row)
		return err
	}, query, args...)
	return item, ok, err
}

func (s session) failed(query string, err error) error {
	if err == nil {
		return nil
	}
	const shown = 60
	if len(query) > shown {
		query = query[:shown] + "…"
	}
	if full(err) {
		return fmt.Errorf("%w (%s: %w)", directory.ErrFull(), query, err)
	}
	return fmt.Errorf("%s: %w", query, err)
}
