package pgtest_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"ax/internal/pgtest"
)

func TestURL(t *testing.T) {
	t.Parallel()
	first, second := connect(t, pgtest.URL(t)), connect(t, pgtest.URL(t))
	mustExec(t, first, "CREATE TABLE people (name TEXT)")
	if got := query(t, second, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); got != "0" {
		t.Errorf("a table made in one database shows in another: %s tables", got)
	}
}

func TestURLIsDropped(t *testing.T) {
	t.Parallel()
	var used string
	t.Run("user", func(t *testing.T) {
		used = pgtest.URL(t)
		left, err := sql.Open("pgx", used) // never closed before the drop: a test that leaks is cleaned up after all the same
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, left, "SELECT 1")
	})
	err := open(t, used).PingContext(t.Context())
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "3D000" {
		t.Errorf("after its test the database answers %v, want invalid_catalog_name (3D000)", err)
	}
}

func TestURLOptions(t *testing.T) {
	t.Parallel()
	db := connect(t, pgtest.URL(t, pgtest.Unsynced(), pgtest.Set("application_name", "it's a test")))
	for name, want := range map[string]string{
		"synchronous_commit": "off",
		"application_name":   "it's a test",
		"fsync":              "on",
	} {
		if got := query(t, db, "SHOW "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// A statement that orders text without saying COLLATE "C" must not get bytes by luck.
func TestTextSortsByLanguage(t *testing.T) {
	t.Parallel()
	if os.Getenv("AX_TEST_POSTGRES") != "" {
		t.Skip("a server that is not ours sorts as it likes")
	}
	db := connect(t, pgtest.URL(t))
	if got := query(t, db, "SELECT string_agg(s, '' ORDER BY s) FROM (VALUES ('B'), ('a'), ('C')) AS v(s)"); got != "aBC" {
		t.Errorf("text sorts as %q, want aBC", got)
	}
}

func TestClone(t *testing.T) {
	t.Parallel()
	template := rand.Text() // with -count, a name of an earlier run is prepared already
	var prepared atomic.Int32
	prepare := func(databaseURL string) error {
		prepared.Add(1)
		db, err := sql.Open("pgx", databaseURL)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(context.Background(), "CREATE TABLE seeds (name TEXT); INSERT INTO seeds VALUES ('ann')")
		return errors.Join(err, db.Close())
	}
	t.Run("copies", func(t *testing.T) {
		for _, name := range []string{"one", "two", "three"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				db := connect(t, pgtest.Clone(t, template, prepare))
				mustExec(t, db, "INSERT INTO seeds VALUES ('"+name+"')")
				if got := query(t, db, "SELECT string_agg(name, ' ' ORDER BY name) FROM seeds"); got != "ann "+name {
					t.Errorf("the copy holds %q, want the seed and its own row", got)
				}
			})
		}
	})
	want := int32(1)
	if os.Getenv("AX_TEST_POSTGRES") != "" {
		want = 3 // no template is left on a server that is not ours
	}
	if got := prepared.Load(); got != want {
		t.Errorf("prepare ran %d times, want %d", got, want)
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	own := pgtest.Server(t, pgtest.Set("wal_level", "minimal"), pgtest.Set("max_wal_senders", "0"))
	db := connect(t, own.URL)
	if got := query(t, db, "SHOW wal_level"); got != "minimal" {
		t.Errorf("wal_level is %q, want the option's minimal", got)
	}
	mustExec(t, db, "CREATE TABLE kept (name TEXT)")
	mustExec(t, db, "INSERT INTO kept VALUES ('ann')")

	if err := own.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := db.PingContext(t.Context()); err == nil {
		t.Fatal("the server answers after Kill")
	}
	if err := own.Kill(); err == nil {
		t.Error("a second Kill finds something to kill")
	}
	for _, after := range []string{"a kill", "an orderly stop"} {
		if err := own.Restart(); err != nil {
			t.Fatal(err)
		}
		if got := query(t, connect(t, own.URL), "SELECT name FROM kept"); got != "ann" {
			t.Errorf("after %s the row reads %q", after, got)
		}
	}
}

// open opens a pool without asking the server.
func open(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func connect(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	db := open(t, databaseURL)
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func query(t *testing.T, db *sql.DB, statement string) string {
	t.Helper()
	var answer string
	if err := db.QueryRowContext(t.Context(), statement).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return answer
}
