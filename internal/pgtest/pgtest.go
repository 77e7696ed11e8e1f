package pgtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
)

// errMissing says that there is no PostgreSQL to test with, and what to do about it.
var errMissing = errors.New("NO POSTGRESQL, SO THIS TEST CHECKED NOTHING: no initdb and pg_ctl in $PATH or the usual folders; " +
	"`make test` installs it, or set AX_TEST_POSTGRES to the URL of a server where databases may be created")

// An Option is a PostgreSQL setting for the database, or for the server, that a test asks for.
type Option struct{ name, value string }

// Set gives a parameter of postgresql.conf a value.
func Set(name, value string) Option { return Option{name, value} }

// Unsynced lets commits return before they are on the disk. It is for tests that write much and crash nothing.
func Unsynced() Option { return Set("synchronous_commit", "off") }

// URL returns the connection URL of a fresh, empty database, which is dropped when the test ends, open connections or not.
func URL(t testing.TB, options ...Option) string {
	t.Helper()
	return create(t, administrator(t), "template0", options)
}

// Clone returns the connection URL of a fresh database with what prepare left in it.
//
// On a private server prepare runs once per process and name, on a database that the others are copied from; it must close
// its connections. On the server of AX_TEST_POSTGRES it runs each time, since a template there would outlive the process.
func Clone(t testing.TB, name string, prepare func(databaseURL string) error, options ...Option) string {
	t.Helper()
	admin := administrator(t)
	if external() != "" {
		fresh := create(t, admin, "template0", options)
		if err := prepare(fresh); err != nil {
			t.Fatalf("pgtest: prepare %s: %v", name, err)
		}
		return fresh
	}
	made, _ := templates.LoadOrStore(name, sync.OnceValues(func() (string, error) {
		return template(admin, prepare)
	}))
	source, err := made.(func() (string, error))()
	if err != nil {
		t.Fatalf("pgtest: prepare %s: %v", name, err)
	}
	return create(t, admin, source, options)
}

// templates holds, for each name given to Clone, the function that makes the template once and answers with its database.
var templates sync.Map

func template(admin string, prepare func(string) error) (string, error) {
	database := newName()
	if err := execute(admin, "CREATE DATABASE "+database+" TEMPLATE template0"); err != nil {
		return "", err
	}
	return database, prepare(within(admin, database))
}

// external is the URL of the server that the person who runs the tests has named, or empty.
func external() string { return os.Getenv("AX_TEST_POSTGRES") }

// shared starts this process's private server when the first test needs it.
var shared = sync.OnceValues(func() (*cluster, error) { return launch(initialised(nil)) })

// administrator returns a URL with which databases can be created, or ends the test.
func administrator(t testing.TB) string {
	t.Helper()
	if named := external(); named != "" {
		if u, err := url.Parse(named); err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
			t.Fatal("pgtest: AX_TEST_POSTGRES must be a URL such as postgres://user:password@127.0.0.1:5432/postgres")
		}
		return named
	}
	c, err := shared()
	if err != nil {
		giveUp(t, err, os.Getenv("AX_TEST_REQUIRE") == "1")
	}
	return c.url("postgres")
}

// giveUp skips a test for want of PostgreSQL, unless it is required; a server that is there and does not start is a failure.
func giveUp(t testing.TB, err error, required bool) {
	t.Helper()
	if errors.Is(err, errMissing) && !required {
		t.Skip(err)
	}
	t.Fatalf("pgtest: %v", err)
}

// create makes a database from a template, to be dropped when the test ends.
func create(t testing.TB, admin, source string, options []Option) string {
	t.Helper()
	database := newName()
	statements := []string{"CREATE DATABASE " + database + " TEMPLATE " + source}
	for _, o := range options {
		statements = append(statements, fmt.Sprintf("ALTER DATABASE %s SET %s = %s", database, o.name, quote(o.value)))
	}
	t.Cleanup(func() {
		if err := execute(admin, "DROP DATABASE IF EXISTS "+database+" WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	if err := execute(admin, statements...); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return within(admin, database)
}

// newName is random because several test processes may share the server of AX_TEST_POSTGRES.
func newName() string { return "ax_test_" + strings.ToLower(rand.Text()) }

// within is the same server's URL for another database.
func within(admin, database string) string {
	u, err := url.Parse(admin)
	if err != nil {
		return admin // administrator has parsed it before
	}
	u.Path = "/" + database
	return u.String()
}

func quote(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }
