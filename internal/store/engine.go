package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"ax/internal/directory"
)

// An engine is what differs between SQLite and PostgreSQL.
type engine struct {
	name          string // of its folder of migrations
	forUpdate     string // ends a SELECT that locks what it found
	skipLocked    string // ends one that passes over what others locked
	embedded      bool   // one writer at a time, in this process: groups, sealed as they commit
	hasVersion    string // has a row unless the store is empty
	version       string // asks which migration came last
	setVersion    func(ctx context.Context, run runner, v int) error
	lockMigration string // held until the transaction ends

	users func(s session, q directory.UserQuery) ([]directory.User, error) // the one query that differs: see search.go
}

var sqliteEngine = engine{
	name:       "sqlite",
	embedded:   true,
	hasVersion: `SELECT 1`,
	version:    `PRAGMA user_version`,
	users:      usersOnSQLite,
	setVersion: func(ctx context.Context, run runner, v int) error {
		_, err := run.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, v))
		return err
	},
}

// The key is any number that other programs on the server do not use.
const migrationLock, sealLock = 7_302_011, 7_302_012

var postgresEngine = engine{
	name:          "postgres",
	forUpdate:     ` FOR UPDATE`,
	skipLocked:    ` FOR UPDATE SKIP LOCKED`,
	hasVersion:    `SELECT 1 FROM pg_class WHERE relname = 'schema_version' AND pg_table_is_visible(oid)`, // to_regclass remembers what was not there
	version:       `SELECT version FROM schema_version`,
	users:         usersOnPostgres,
	lockMigration: `SELECT pg_advisory_xact_lock(` + strconv.Itoa(migrationLock) + `)`,
	setVersion: func(ctx context.Context, run runner, v int) error {
		if v == 1 {
			if _, err := run.ExecContext(ctx, `CREATE TABLE schema_version (version BIGINT NOT NULL)`); err != nil {
				return err
			}
			_, err := run.ExecContext(ctx, `INSERT INTO schema_version VALUES (1)`)
			return err
		}
		_, err := run.ExecContext(ctx, `UPDATE schema_version SET version = $1`, v)
		return err
	},
}

// sqlitePool opens a pool on a file. Readers refuse to write; the writer is
// one connection. WAL with synchronous=FULL: a commit is on the disk before
// it is acknowledged.
func sqlitePool(file string, readOnly bool, connections int) (*sql.DB, error) {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	pragmas := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		"temp_store(MEMORY)",
	}}
	if readOnly { // each reader has a cache of its own; what it lacks is in the system's
		pragmas.Add("_pragma", "query_only(ON)")
		pragmas.Add("_pragma", "cache_size(-3000)")
	} else {
		pragmas.Add("_pragma", "cache_size(-8000)")
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: pragmas.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// storageFault holds when SQLite could not write or sync: what is on the disk
// is unknown then, and nothing may be acknowledged any more.
func storageFault(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_IOERR
}

// worthRetrying holds when PostgreSQL says that the transaction met another:
// for serialization failures and deadlocks, and for a value that was taken, or
// a row that went, after the transaction had asked. Asked again, it finds out.
func worthRetrying(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains([]string{"40001", "40P01", "23505", "23503"}, e.Code)
}

// mayNotExtend holds when PostgreSQL refused to install an extension, or has
// none of that name.
func mayNotExtend(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "42501" || e.Code == "0A000" || e.Code == "58P01") && strings.Contains(e.Message, "extension")
}

// noTransaction holds for SQLite's complaint that there is nothing to roll
// back, which it words but does not number.
func noTransaction(err error) bool {
	return strings.Contains(err.Error(), "no transaction is active")
}
