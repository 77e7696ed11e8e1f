package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"zombiezen.com/go/sqlite"

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

	identity   string                                                           // the column of users that is unique by address
	identify   func(folded string) string                                       // what stands there
	insertUser string                                                           // see Tx.InsertUser
	users      func(s session, q directory.UserQuery) ([]directory.User, error) // the one query that differs: see search.go
}

var sqliteEngine = engine{
	name:       "sqlite",
	embedded:   true,
	hasVersion: `SELECT 1`,
	version:    `PRAGMA user_version`,
	identity:   `email_by_domain`,
	identify:   byDomain,
	insertUser: `
		INSERT INTO users (id, name, email, role, developer, state, invited_until, created_at, bot, email_key, email_by_domain)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, COALESCE((SELECT email_by_domain FROM users WHERE email_by_domain = $10), $12))
		ON CONFLICT (email_by_domain) DO NOTHING`,
	users: usersOnSQLite,
	setVersion: func(ctx context.Context, run runner, v int) error {
		return run.script(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, v))
	},
}

// The key is any number that other programs on the server do not use.
const migrationLock, sealLock = 7_302_011, 7_302_012

var postgresEngine = engine{
	name:       "postgres",
	forUpdate:  ` FOR UPDATE`,
	skipLocked: ` FOR UPDATE SKIP LOCKED`,
	hasVersion: `SELECT 1 FROM pg_class WHERE relname = 'schema_version' AND pg_table_is_visible(oid)`, // to_regclass remembers what was not there
	version:    `SELECT version FROM schema_version`,
	identity:   `email_key`,
	identify:   func(folded string) string { return folded },
	insertUser: `
		INSERT INTO users (id, name, email, role, developer, state, invited_until, created_at, bot, email_key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, COALESCE((SELECT email_key FROM users WHERE email_key = $10), $11))
		ON CONFLICT (email_key) DO NOTHING`,
	users:         usersOnPostgres,
	lockMigration: `SELECT pg_advisory_xact_lock(` + strconv.Itoa(migrationLock) + `)`,
	setVersion: func(ctx context.Context, run runner, v int) error {
		if v == 1 {
			return run.script(ctx, `CREATE TABLE schema_version (version BIGINT NOT NULL); INSERT INTO schema_version VALUES (1)`)
		}
		_, err := run.exec(ctx, `UPDATE schema_version SET version = $1`, []any{v})
		return err
	},
}

// storageFault holds when SQLite could not write or sync: what is on the disk
// is unknown then, and nothing may be acknowledged any more.
func storageFault(err error) bool {
	return sqlite.ErrCode(err).ToPrimary() == sqlite.ResultIOErr
}

// full holds when there was no room on the disk. The change is undone then,
// and the next one can succeed.
func full(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "53100" || sqlite.ErrCode(err).ToPrimary() == sqlite.ResultFull
}

// worthRetrying holds when PostgreSQL says that the transaction met another:
// for serialization failures and deadlocks, and for a value that was taken, or
// a row that went, after the transaction had asked. Asked again, it finds out.
func worthRetrying(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains([]string{"40001", "40P01", "23505", "23503"}, e.Code)
}

// unreachable holds when PostgreSQL did not answer, or said that it cannot
// answer now: it is starting or stopping, or a standby.
func unreachable(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.SeverityUnlocalized != "ERROR" || e.Code == "25006" || strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57")
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return connecting || network || pgconn.SafeToRetry(err) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// mayNotExtend holds when PostgreSQL refused to install an extension, or has
// none of that name.
func mayNotExtend(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "42501" || e.Code == "0A000" || e.Code == "58P01") && strings.Contains(e.Message, "extension")
}
