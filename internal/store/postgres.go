package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	writeTries   = 8
	writeTimeout = 30 * time.Second
)

// writeAlone is how PostgreSQL writes: a transaction of its own, repeated when
// the server says that it met another.
func (s *Store) writeAlone(ctx context.Context, fn func(*Tx) error) error {
	var err error
	for try := range writeTries {
		if try > 0 {
			time.Sleep(time.Duration(rand.Int64N(int64(time.Millisecond << try)))) //nolint:gosec // jitter
		}
		if err = s.writeOnce(ctx, fn); !worthRetrying(err) {
			return err
		}
	}
	return err
}

// writeOnce does not pass on the caller's cancellation: a caller that leaves
// during COMMIT would leave it unknown whether the write happened.
func (s *Store) writeOnce(ctx context.Context, fn func(*Tx) error) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	begun, err := s.reads.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed { // a failure, or a panic passing through
			err = errors.Join(err, begun.Rollback())
		}
	}()
	if err := guard(fn, &Tx{session: session{ctx: ctx, run: begun, engine: s.engine}}); err != nil {
		return err
	}
	committed = true
	if err := begun.Commit(); err != nil {
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
