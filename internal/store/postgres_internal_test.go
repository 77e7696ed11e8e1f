package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ax/internal/directory"
	"ax/internal/pgtest"
)

func opened(t *testing.T, url string) *postgres {
	t.Helper()
	p, err := openPostgres(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.close() })
	return p
}

// TestSettings: the server must notice by itself when this program is gone, and a URL's own time limit stays.
func TestSettings(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	p := opened(t, url)
	for name, want := range map[string]string{
		"idle_in_transaction_session_timeout": patience.String(), "tcp_keepalives_idle": "6", "tcp_keepalives_interval": "3", "tcp_keepalives_count": "3",
	} {
		var got string
		if err := p.each(t.Context(), func(row scanner) error { return row.Scan(&got) }, "SHOW "+name, nil); err != nil || got != want {
			t.Errorf("%s is %q, want %q; error %v", name, got, want, err)
		}
	}
	for query, want := range map[string]time.Duration{"": connectTimeout, "&connect_timeout=9": 9 * time.Second} {
		if got := opened(t, url+query).pool.Config().ConnConfig.ConnectTimeout; got != want {
			t.Errorf("with %q a connection may take %s to make, want %s", query, got, want)
		}
	}
}

// TestDeadline: a write ends with its caller's time, and then the server has let go of it too.
func TestDeadline(t *testing.T) {
	t.Parallel()
	p := opened(t, pgtest.URL(t))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	tries := 0
	err := p.write(ctx, func(tx *Tx) error {
		tries++
		_, err := tx.exec(`SELECT pg_sleep(600)`)
		return err
	})
	if !errors.Is(err, context.DeadlineExceeded) || directory.KindOf(err) != directory.Unavailable || tries != 1 {
		t.Errorf("error %v after %d tries", err, tries)
	}
	for sleeping := 1; sleeping > 0; {
		const asleep = `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`
		if err := p.each(t.Context(), func(row scanner) error { return row.Scan(&sleeping) }, asleep, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	says := func(severity, code string) error { return &pgconn.PgError{SeverityUnlocalized: severity, Code: code} }
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("cannot scan NULL into *string"), false},
		{directory.ErrFull(), false},
		{says("ERROR", "40001"), false},
		{says("ERROR", "23505"), false},
		{says("ERROR", "42501"), false},
		{context.Canceled, false}, // the client left
		{says("ERROR", "25006"), true},
		{says("ERROR", "57014"), true},
		{says("ERROR", "08P01"), true},
		{says("FATAL", "57P01"), true},
		{says("FATAL", "53300"), true},
		{says("PANIC", "XX000"), true},
		{context.DeadlineExceeded, true},
		{io.EOF, true},
		{io.ErrUnexpectedEOF, true},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("read", errors.New("connection reset by peer"))}, true},
	} {
		if got := unreachable(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
		if got := unreachable(fmt.Errorf("SELECT 1: %w", c.err)); c.err != nil && got != c.want {
			t.Errorf("%v, wrapped: %v, want %v", c.err, got, c.want)
		}
	}
}
