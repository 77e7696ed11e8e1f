package pgtest

import (
	"os"
	"testing"
)

// Standby starts a copy of the server that follows it. From then on the server acknowledges no commit before the copy has
// it on its disk, and waits for the copy where it is gone: synchronous replication as an operator would set it up.
func (s *Instance) Standby(t testing.TB) *Instance {
	t.Helper()
	c, err := launch(func(c *cluster) error {
		c.password = s.cluster.password // the copy has the same roles
		return c.run("pg_basebackup", "-D", c.data(), "-d", s.cluster.url("postgres"), "-R", "-X", "stream", "-c", "fast", "--no-sync")
	})
	if err != nil {
		giveUp(t, err, os.Getenv("AX_TEST_REQUIRE") == "1")
	}
	t.Cleanup(c.close)
	// Behind the copying, so that the copy waits for nobody when it is the primary.
	if err := s.WaitFor("*"); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	if err := until(s.followed); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return &Instance{URL: c.url("ax"), cluster: c}
}

// WaitFor sets for which standbys a commit waits: * for any, nothing for none.
func (s *Instance) WaitFor(names string) error {
	return execute(s.cluster.url("postgres"), "ALTER SYSTEM SET synchronous_standby_names = "+quote(names), "SELECT pg_reload_conf()")
}

// Promote makes a standby a primary.
func (s *Instance) Promote() error {
	return s.cluster.run("pg_ctl", "promote", "-D", s.cluster.data())
}

// followed is an error until a standby receives all that is written.
func (s *Instance) followed() error {
	return execute(s.cluster.url("postgres"), "DO $$ BEGIN "+
		"IF NOT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming') THEN "+
		"RAISE 'no standby follows'; END IF; END $$")
}
