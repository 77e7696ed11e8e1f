package pgtest

import (
	"os"
	"testing"
)

// An Instance is a server for one test alone, which the test may kill.
type Instance struct {
	URL     string // of an empty database; the same after Restart
	cluster *cluster
}

// Server starts a server of the test's own, which is gone when the test ends. It needs the binaries: the server that
// AX_TEST_POSTGRES names is not ours to kill.
func Server(t testing.TB, options ...Option) *Instance {
	t.Helper()
	c, err := launch(initialised(options))
	if err != nil {
		giveUp(t, err, os.Getenv("AX_TEST_REQUIRE") == "1")
	}
	t.Cleanup(c.close)
	if err := execute(c.url("postgres"), "CREATE DATABASE ax TEMPLATE template0"); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return &Instance{URL: c.url("ax"), cluster: c}
}

// Kill ends the server as kill -9 does: no connection is told, no checkpoint written. It returns when nothing listens.
func (s *Instance) Kill() error { return s.cluster.kill() }

// Restart starts the server again on the same port and files, after Kill or, with an orderly stop first, while it runs.
func (s *Instance) Restart() error { return s.cluster.restart() }

// Stop ends the server at once, as pg_ctl stop -m immediate does: connections end without a word of what became of their
// transactions, and no checkpoint is written.
func (s *Instance) Stop() error {
	return s.cluster.run("pg_ctl", "stop", "-D", s.cluster.data(), "-m", "immediate")
}
