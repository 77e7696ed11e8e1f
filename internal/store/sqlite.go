package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
)

// A sqliteConn is a connection to SQLite with the statements that it has
// compiled, by their text. One goroutine uses it at a time.
//
// No context interrupts a statement: it is looked at before one begins and
// between rows.
type sqliteConn struct {
	conn     *sqlite.Conn
	compiled map[string]*statement
}

// A statement is one that was compiled. To SQLite $2 is a name, which it
// numbers by where it meets it first.
type statement struct {
	*sqlite.Stmt
	places []int // of each name, which argument it is, from 0
}

// openSQLite opens a connection to a file. Readers refuse to write; only the
// writer makes the file. WAL with synchronous=FULL: a commit is on the disk
// before it is acknowledged.
func openSQLite(file string, readOnly bool) (*sqliteConn, error) {
	flags := sqlite.OpenReadWrite
	pragmas := []string{"synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"}
	if readOnly { // each reader has a cache of its own; what it lacks is in the system's
		pragmas = append(pragmas, "query_only=ON", "cache_size=-3000")
	} else { // 16 MiB of log before it is moved: the pages that every change touches are moved less often
		flags |= sqlite.OpenCreate
		pragmas = append([]string{"journal_mode=WAL"}, append(pragmas, "cache_size=-8000", "wal_autocheckpoint=4000")...)
	}
	conn, err := sqlite.OpenConn(file, flags)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	conn.SetBusyTimeout(10 * time.Second)
	c := &sqliteConn{conn, map[string]*statement{}}
	for _, p := range pragmas {
		if err := c.script(context.Background(), "PRAGMA "+p); err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), c.close())
		}
	}
	return c, nil
}

func (c *sqliteConn) close() error {
	var errs []error
	for _, stmt := range c.compiled {
		errs = append(errs, stmt.Finalize())
	}
	return errors.Join(append(errs, c.conn.Close())...)
}

// stmt is the compiled statement. The library's own cache clears the
// arguments before each use, after which SQLite compiles some statements anew:
// the look-up of an API key took three times as long.
func (c *sqliteConn) stmt(query string) (*statement, error) {
	if stmt, ok := c.compiled[query]; ok {
		return stmt, nil
	}
	compiled, rest, err := c.conn.PrepareTransient(query)
	if err != nil {
		return nil, err
	}
	stmt := &statement{compiled, make([]int, compiled.BindParamCount())}
	if rest != 0 {
		err = fmt.Errorf("%d characters behind the statement", rest)
	}
	for n := range stmt.places {
		name := compiled.BindParamName(n + 1)
		i, wrong := strconv.Atoi(strings.TrimPrefix(name, "$"))
		if wrong != nil || i < 1 {
			err = fmt.Errorf("a place for an argument is named %q", name)
		}
		stmt.places[n] = i - 1
	}
	if err != nil {
		return nil, errors.Join(err, compiled.Finalize())
	}
	c.compiled[query] = stmt
	return stmt, nil
}

func (c *sqliteConn) exec(ctx context.Context, query string, args []any) (outcome, error) {
	if err := c.each(ctx, nothing, query, args); err != nil {
		return outcome{}, err
	}
	return outcome{rows: int64(c.conn.Changes()), seq: c.conn.LastInsertRowID()}, nil
}

func (c *sqliteConn) each(ctx context.Context, scan func(scanner) error, query string, args []any) (err error) {
	stmt, err := c.stmt(query)
	if err != nil {
		return err
	}
	// Until then it holds its place in the file, and a lock.
	defer func() { err = errors.Join(err, stmt.Reset()) }()
	if err := bindAll(stmt, args); err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if there, err := stmt.Step(); err != nil || !there {
			return err
		}
		if err := scan(sqliteRow{stmt.Stmt}); err != nil {
			return err
		}
	}
}

// script runs statements one after the other, and compiles each as the one
// before has left the schema.
func (c *sqliteConn) script(_ context.Context, text string) error {
	for strings.TrimSpace(text) != "" {
		stmt, rest, err := c.conn.PrepareTransient(text)
		if err != nil {
			return err
		}
		text = text[len(text)-rest:]
		for there := true; there && err == nil; {
			there, err = stmt.Step()
		}
		if err := errors.Join(err, stmt.Finalize()); err != nil {
			return err
		}
	}
	return nil
}

// bindAll gives a statement its arguments.
func bindAll(stmt *statement, args []any) error {
	for n, i := range stmt.places {
		if i >= len(args) {
			return fmt.Errorf("no argument for $%d", i+1)
		}
		if err := bind(stmt.Stmt, n+1, args[i]); err != nil {
			return err
		}
	}
	return nil
}

// bind gives a statement a value for its n-th place, from 1.
func bind(stmt *sqlite.Stmt, n int, arg any) error {
	switch arg := arg.(type) {
	case string:
		stmt.BindText(n, arg)
	case int64:
		stmt.BindInt64(n, arg)
	case int:
		stmt.BindInt64(n, int64(arg))
	case bool:
		stmt.BindBool(n, arg)
	case []byte:
		if arg == nil {
			stmt.BindNull(n)
		} else {
			stmt.BindBytes(n, arg)
		}
	case nil:
		stmt.BindNull(n)
	case micros:
		if t := time.Time(arg); t.IsZero() {
			stmt.BindNull(n)
		} else {
			stmt.BindInt64(n, t.UnixMicro())
		}
	case claim:
		stmt.BindInt64(n, arg.number())
	default:
		return fmt.Errorf("argument at place %d is a %T", n, arg)
	}
	return nil
}

// A sqliteRow is a statement at one of its rows.
type sqliteRow struct{ stmt *sqlite.Stmt }

// Scan implements scanner.
func (r sqliteRow) Scan(to ...any) error {
	if n := r.stmt.ColumnCount(); n != len(to) {
		return fmt.Errorf("%d places for %d columns", len(to), n)
	}
	for i, to := range to {
		if err := r.column(i, to); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	return nil
}

// column reads the i-th column, from 0. NULL reads as zero, which is found
// out only where zero was read.
func (r sqliteRow) column(i int, to any) error {
	zero := false
	switch to := to.(type) {
	case *string:
		*to = r.stmt.ColumnText(i)
		zero = *to == ""
	case *int64:
		*to = r.stmt.ColumnInt64(i)
		zero = *to == 0
	case *int:
		*to = r.stmt.ColumnInt(i)
		zero = *to == 0
	case *bool:
		*to = r.stmt.ColumnBool(i)
		zero = !*to
	case *micros:
		*to = micros{}
		if n := r.stmt.ColumnInt64(i); n != 0 || !r.stmt.ColumnIsNull(i) {
			*to = micros(time.UnixMicro(n).UTC())
		}
	default:
		return r.other(i, to)
	}
	if zero && r.stmt.ColumnIsNull(i) {
		return fmt.Errorf("NULL for a %T", to)
	}
	return nil
}

// other reads what is rarer.
func (r sqliteRow) other(i int, to any) error {
	switch to := to.(type) {
	case *[]byte:
		*to, _ = r.value(i).([]byte)
		return nil
	case **string:
		if *to = nil; !r.stmt.ColumnIsNull(i) {
			s := r.stmt.ColumnText(i)
			*to = &s
		}
		return nil
	case **int64:
		if *to = nil; !r.stmt.ColumnIsNull(i) {
			n := r.stmt.ColumnInt64(i)
			*to = &n
		}
		return nil
	case *any:
		*to = r.value(i)
		return nil
	case interface{ Scan(v any) error }:
		return to.Scan(r.value(i))
	}
	if v := reflect.ValueOf(to); v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.String { // a role, a state, …
		var s string
		err := r.column(i, &s)
		v.Elem().SetString(s)
		return err
	}
	return fmt.Errorf("nothing is read into a %T", to)
}

// value is the column as SQLite keeps it: nil, int64, string or []byte.
func (r sqliteRow) value(i int) any {
	switch r.stmt.ColumnType(i) {
	case sqlite.TypeInteger:
		return r.stmt.ColumnInt64(i)
	case sqlite.TypeText:
		return r.stmt.ColumnText(i)
	case sqlite.TypeBlob:
		b := make([]byte, r.stmt.ColumnLen(i))
		r.stmt.ColumnBytes(i, b)
		return b
	case sqlite.TypeFloat: // no column has one
		return r.stmt.ColumnFloat(i)
	case sqlite.TypeNull:
	}
	return nil
}
