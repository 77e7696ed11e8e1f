package e2e_test

import (
	"bytes"
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"ax/internal/directory"
)

// database opens the site's own tables, past all of the program.
func (s *site) database() *sql.DB {
	s.t.Helper()
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(s.data, "directory.db")), RawQuery: "_pragma=busy_timeout(10000)"}
	driver, name := "sqlite", file.String()
	if s.variant == postgres {
		driver, name = "pgx", s.getenv("AX_DATABASE_URL")
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { db.Close() })
	return db
}

// change runs a statement on the site's tables.
func (s *site) change(statement string) {
	s.t.Helper()
	db := s.database()
	if _, err := db.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
	db.Close()
}

// column returns the only column of a query, as text.
func column(t testing.TB, db *sql.DB, query string, args ...any) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var v sql.NullString
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		values = append(values, v.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// entries reads the audit log in the order of its chain, those that are not in it yet last.
func entries(t testing.TB, db *sql.DB) (all []directory.Entry) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT id, at, operation, actor_id, actor, credential, via, address, request_id, subject, changes, salt, digest, coalesce(place, 0), hash
		FROM audit ORDER BY place IS NULL, place, seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e directory.Entry
		var micros int64
		if err := rows.Scan(&e.ID, &micros, &e.Operation, &e.ActorID, &e.Actor, &e.Credential, &e.Via, &e.Address, &e.RequestID,
			&e.Subject, &e.Changes, &e.Salt, &e.Digest, &e.Place, &e.Hash); err != nil {
			t.Fatal(err)
		}
		e.At = time.UnixMicro(micros)
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// intact checks that every entry of the audit log is as it was written and has its place in the chain.
func intact(t testing.TB, all []directory.Entry) {
	t.Helper()
	var hash []byte
	for i, e := range all {
		if !e.Intact() {
			t.Errorf("entry %s (%s) is not what its digest says", e.ID, e.Operation)
		}
		if e.Place != int64(i)+1 {
			t.Fatalf("entry %s (%s) has place %d, want %d", e.ID, e.Operation, e.Place, i+1)
		}
		if hash = directory.Link(hash, e.Place, e.Digest); !bytes.Equal(hash, e.Hash) {
			t.Fatalf("the chain breaks at entry %s (%s), place %d", e.ID, e.Operation, e.Place)
		}
	}
}

// sealed waits until every entry has its place, which a server on PostgreSQL gives it a moment later.
func sealed(t testing.TB, db *sql.DB) []directory.Entry {
	t.Helper()
	eventually(t, "sealed audit log", func() bool {
		return column(t, db, `SELECT count(*) FROM audit WHERE place IS NULL`)[0] == "0"
	})
	return entries(t, db)
}

// operations counts the entries of each operation.
func operations(all []directory.Entry) map[string]int {
	n := map[string]int{}
	for _, e := range all {
		n[e.Operation]++
	}
	return n
}
