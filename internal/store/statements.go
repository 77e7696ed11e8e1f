package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// A runner runs statements: a pool, a connection or a transaction.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A session is a runner bound to a context. The reads of every noun are its
// methods; no sql.Rows leaves it, because one left open on SQLite's writer
// would block every later write.
type session struct {
	ctx    context.Context //nolint:containedctx // bound for the length of one operation
	caller context.Context //nolint:containedctx // looked at before a query; nil for none
	run    runner
	engine *engine
}

// exec runs a statement and returns how many rows it touched.
func (s session) exec(query string, args ...any) (int64, error) {
	r, err := s.run.ExecContext(s.ctx, query, args...)
	if err != nil {
		return 0, s.failed(query, err)
	}
	n, err := r.RowsAffected()
	return n, s.failed(query, err)
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
	r, err := s.run.ExecContext(s.ctx, query, args...)
	if err != nil {
		return 0, false, s.failed(query, err)
	}
	n, err1 := r.RowsAffected()
	seq, err2 := r.LastInsertId()
	return seq, n == 1, errors.Join(err1, err2)
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

type scanner interface{ Scan(to ...any) error }

// each reads every row through scan.
func (s session) each(scan func(row scanner) error, query string, args ...any) (err error) {
	if s.caller != nil && s.caller.Err() != nil {
		return s.caller.Err()
	}
	rows, err := s.run.QueryContext(s.ctx, query, args...)
	if err != nil {
		return s.failed(query, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return s.failed(query, err)
		}
	}
	return s.failed(query, rows.Err())
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
	return fmt.Errorf("%s: %w", query, err)
}

// prepared runs statements that it prepares once. SQLite's driver compiles
// each text at each use otherwise, which costs more than most of them; pgx
// does the same by itself.
type prepared struct {
	below interface {
		runner
		PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	}
	known sync.Map // text → *sql.Stmt
}

func (p *prepared) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := p.known.Load(query); ok {
		return s.(*sql.Stmt), nil //nolint:forcetypeassert // the map holds nothing else
	}
	made, err := p.below.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	kept, lost := p.known.LoadOrStore(query, made)
	if lost {
		err = made.Close() //nolint:sqlclosecheck // another goroutine's is kept
	}
	return kept.(*sql.Stmt), err //nolint:forcetypeassert // the map holds nothing else
}

// ExecContext implements runner.
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next use, until close
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext implements runner.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next use, until close
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// close frees the statements; SQLite tidies up behind the last connection
// only when none is left.
func (p *prepared) close() error {
	var errs []error
	p.known.Range(func(_, s any) bool {
		errs = append(errs, s.(*sql.Stmt).Close()) //nolint:forcetypeassert // the map holds nothing else
		return true
	})
	return errors.Join(errs...)
}
