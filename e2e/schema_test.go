package e2e_test

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"
)

func TestNewerSchema(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := initialized(t, v)
		s.setVersion("987")
		for _, args := range [][]string{{"start", "--listen", "127.0.0.1:0"}, {"migrate"}, {"mail", "list"}, {"key", "create", "--email", s.admin}, {"init", "--admin-email", s.admin}} {
			s.refused(1, []string{"987"}, append([]string{"server"}, args...)...)
		}
		if got := s.version(); got != "987" {
			t.Errorf("the version is %s now", got)
		}
	})
}

func (s *site) setVersion(v string) {
	s.t.Helper()
	if s.variant == postgres {
		s.change(`UPDATE schema_version SET version = ` + v)
		return
	}
	s.change(`PRAGMA user_version = ` + v)
}

func (s *site) version() string {
	s.t.Helper()
	query := `PRAGMA user_version`
	if s.variant == postgres {
		query = `SELECT version FROM schema_version`
	}
	return column(s.t, s.database(), query)[0]
}

func TestMigrateNever(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := initialized(t, v)
		known := s.version()
		s.start("--migrate", "never")
		if code := s.server.terminate(); code != 0 {
			t.Errorf("the server ended with %d", code)
		}
		s.setVersion("1")
		s.refused(1, []string{"version 1", known, "ax server migrate"}, "server", "start", "--listen", "127.0.0.1:0", "--migrate", "never")
		if got := s.version(); got != "1" {
			t.Errorf("the version is %s now", got)
		}
		s.refused(2, []string{"auto, never"}, "server", "start", "--migrate", "sometimes")
	})
}

// The schema is made by one role; another one, which may not change it, initializes and serves.
func TestServingRoleNeedsNoSchemaRights(t *testing.T) {
	t.Parallel()
	s := newSite(t, postgres, t.TempDir())
	s.must("server", "migrate")
	s.must("server", "migrate") // again changes nothing
	s.refused(1, []string{"ax server init"}, "server", "start", "--migrate", "never")
	s.setenv("AX_DATABASE_URL", s.lesserRole())
	s.init()
	s.start("--migrate", "never")
	s.create("jane@x.example")
	s.letter("jane@x.example", 1)
	intact(t, sealed(t, s.database()))
}

// lesserRole makes a role that can read and write rows and no more, and returns the URL with which it connects.
func (s *site) lesserRole() string {
	s.t.Helper()
	at, err := url.Parse(s.getenv("AX_DATABASE_URL"))
	if err != nil {
		s.t.Fatal(err)
	}
	role := "ax_lesser_" + strings.ToLower(rand.Text()) // roles are the whole server's
	owner := s.database()
	for _, statement := range []string{
		"CREATE ROLE " + role + " LOGIN PASSWORD 'lesser'",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role,
		"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + role,
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC",
	} {
		if _, err := owner.ExecContext(s.t.Context(), statement); err != nil {
			s.t.Fatalf("%s: %v", statement, err)
		}
	}
	s.t.Cleanup(func() {
		for _, statement := range []string{"DROP OWNED BY " + role, "DROP ROLE " + role} {
			if _, err := owner.Exec(statement); err != nil { //nolint:noctx // the test's context has ended
				s.t.Errorf("%s: %v", statement, err)
			}
		}
	})
	at.User = url.UserPassword(role, "lesser")
	return at.String()
}
