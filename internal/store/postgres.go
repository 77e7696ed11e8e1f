package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"ax/internal/directory"
)

const (
	connections = 32
	writers     = 24 // at once: commits may wait for a standby for ever, and who reads needs connections meanwhile
	writeTries  = 8
	sealSize    = 200 // entries at once: each takes a round trip

	// A statement outside a transaction, and a write with all its tries, end
	// by then: a network that swallows everything gives no other sign. With
	// the way to another host after it, a failover takes nine seconds then;
	// clients wait for thirty.
	patience       = 6 * time.Second
	connectTimeout = 3 * time.Second  // for each of the hosts in a URL
	walkPatience   = 20 * time.Second // where all users may have to be looked at, by many callers at a time

	// The server must notice soon that this program went silent, beyond a
	// network that tells nobody: until it does, the locks of a transaction are
	// in everybody's way.
	sessionSettings = `
		set idle_in_transaction_session_timeout = '6s';
		set tcp_keepalives_idle = 6; set tcp_keepalives_interval = 3; set tcp_keepalives_count = 3`
)

// A postgres is a pool of connections.
type postgres struct {
	pool *pgxpool.Pool
	turn chan struct{} // filled by those who write

	mu   sync.Mutex
	anew time.Time // when the connections were last given up
}

func openPostgres(ctx context.Context, url string) (*postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	config.MaxConns = connections
	config.ConnConfig.ConnectTimeout = cmp.Or(config.ConnConfig.ConnectTimeout, connectTimeout)
	config.ConnConfig.OnNotice = noteWarning
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		return onPostgres{c}.script(ctx, sessionSettings)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &postgres{pool: pool, turn: make(chan struct{}, writers)}, nil
}

func (p *postgres) close() error {
	p.pool.Close()
	return nil
}

func (p *postgres) exec(ctx context.Context, query string, args []any) (o outcome, err error) {
	err = p.read(ctx, func(ctx context.Context) (err error) {
		o, err = onPostgres{p.pool}.exec(ctx, query, args)
		return err
	})
	return o, err
}

func (p *postgres) each(ctx context.Context, scan func(scanner) error, query string, args []any) error {
	return p.read(ctx, func(ctx context.Context) error { return onPostgres{p.pool}.each(ctx, scan, query, args) })
}

func (p *postgres) script(ctx context.Context, text string) error {
	return p.read(ctx, func(ctx context.Context) error { return onPostgres{p.pool}.script(ctx, text) })
}

// read runs a statement outside a transaction. A deadline of the caller's
// holds.
func (p *postgres) read(ctx context.Context, statement func(context.Context) error) error {
	begun := time.Now()
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	return p.met(begun, statement(ctx))
}

// met looks at an error. One that comes from the way to the database is the
// sign to make every connection anew: the others may lead nowhere too, or to a
// server that is no longer the primary. What began before they were last given
// up says nothing of those that are there now.
func (p *postgres) met(begun time.Time, err error) error {
	if !unreachable(err) {
		return err
	}
	p.mu.Lock()
	if begun.After(p.anew) {
		p.anew = time.Now()
		p.pool.Reset()
	}
	p.mu.Unlock()
	if _, said := errors.AsType[*directory.Error](err); said {
		return err
	}
	return fmt.Errorf("%w (%w)", directory.ErrUnreachable(), err)
}

// write makes a transaction of its own, and another when the server says that
// it met one. It does not pass on the caller's cancellation: a caller that
// leaves during COMMIT would leave it unknown whether the write happened. A
// deadline of the caller's holds.
func (p *postgres) write(ctx context.Context, fn func(*Tx) error) (err error) {
	begun := time.Now()
	end, ok := ctx.Deadline()
	if !ok {
		end = begun.Add(patience)
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), end)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return fmt.Errorf("%w (wait for a turn to write: %w)", directory.ErrUnreachable(), ctx.Err())
	}
	for try := range writeTries {
		if try > 0 {
			time.Sleep(time.Duration(rand.Int64N(int64(time.Millisecond << try)))) //nolint:gosec // jitter
		}
		if err = p.writeOnce(ctx, fn); !worthRetrying(err) {
			break
		}
	}
	return p.met(begun, err)
}

func (p *postgres) writeOnce(ctx context.Context, fn func(*Tx) error) (err error) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Release()
	begun, err := conn.Begin(ctx)
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
	return commit(ctx, begun)
}

// commit ends a transaction. Unless the server itself says that the
// transaction met another, a failure leaves it unknown whether it was kept:
// to make it again might make it twice.
func commit(ctx context.Context, begun pgx.Tx) error {
	said := begun.Conn().PgConn().CustomData()
	delete(said, warning)
	err := begun.Commit(ctx)
	if text, warned := said[warning]; err == nil && warned {
		// When somebody cancels the wait for a standby, the server commits without it.
		err = fmt.Errorf("with a warning: %v", text)
	}
	switch {
	case err == nil:
		return nil
	case worthRetrying(err) || errors.Is(err, pgx.ErrTxCommitRollback):
		return fmt.Errorf("commit: %w", err)
	}
	return fmt.Errorf("%w (commit: %w)", directory.ErrUnknown(), err)
}

// warning is where a connection keeps the last warning of its server.
const warning = "warning"

func noteWarning(c *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		c.CustomData()[warning] = n.Message
	}
}

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
		n, err = tx.sealBatch(sealSize)
		return err
	})
	return n, err
}
