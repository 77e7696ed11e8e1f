package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// onPostgres runs statements on a pool, or in a transaction. Each connection
// keeps those that it has prepared, by their text.
type onPostgres struct {
	on interface {
		Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
		Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	}
}

func (p onPostgres) exec(ctx context.Context, query string, args []any) (outcome, error) {
	tag, err := p.on.Exec(ctx, query, args...)
	return outcome{rows: tag.RowsAffected()}, err
}

func (p onPostgres) each(ctx context.Context, scan func(scanner) error, query string, args []any) error {
	rows, err := p.on.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// script runs statements in the simple protocol, which takes several.
func (p onPostgres) script(ctx context.Context, text string) error {
	_, err := p.on.Exec(ctx, text)
	return err
}

const (
	writeTries   = 8
	writeTimeout = 30 * time.Second
)

// writeAlone is how PostgreSQL writes: a transaction of its own, repeated when
// the server says that it met another.
func writeAlone(ctx context.Context, db *pgxpool.Pool, fn func(*Tx) error) error {
	var err error
	for try := range writeTries {
		if try > 0 {
			time.Sleep(time.Duration(rand.Int64N(int64(time.Millisecond << try)))) //nolint:gosec // jitter
		}
		if err = writeOnce(ctx, db, fn); !worthRetrying(err) {
			return err
		}
	}
	return err
}

// writeOnce does not pass on the caller's cancellation: a caller that leaves
// during COMMIT would leave it unknown whether the write happened.
func writeOnce(ctx context.Context, db *pgxpool.Pool, fn func(*Tx) error) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	begun, err := db.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed { // a failure, or a panic passing through
			err = errors.Join(err, begun.Rollback(ctx))
		}
	}()
	if err := guard(fn, &Tx{session: session{ctx: ctx, run: onPostgres{begun}, engine: &postgresEngine}}); err != nil {
		return err
	}
	committed = true
	if err := begun.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Seal gives audit entries that have none their places in the chain, at most
// a batch, and says how many. One server at a time does it; where entries are
// sealed in the commit there is nothing to do.
func (s *Store) Seal(ctx context.Context) (n int, err error) {
	if s.engine.embedded {
		return 0, nil
	}
	err = s.transact(ctx, func(tx *Tx) error {
		if _, err := tx.exec(fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, sealLock)); err != nil {
			return err
		}
		n, err = tx.sealBatch(1000)
		return err
	})
	return n, err
}
