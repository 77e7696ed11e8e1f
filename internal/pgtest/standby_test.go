package pgtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ax/internal/pgtest"
)

func TestStandby(t *testing.T) {
	t.Parallel()
	primary := pgtest.Server(t)
	standby := primary.Standby(t)
	db := connect(t, primary.URL)
	mustExec(t, db, "CREATE TABLE kept (name TEXT)")

	// Without the standby a commit waits, and nothing else does.
	if err := standby.Stop(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, "INSERT INTO kept VALUES ('ann')"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without its standby the server ends a commit with %v", err)
	}
	if got := query(t, db, "SHOW synchronous_standby_names"); got != "*" {
		t.Errorf("the server waits for %q", got)
	}
	if err := standby.Restart(); err != nil {
		t.Fatal(err)
	}
	mustExec(t, db, "INSERT INTO kept VALUES ('bob')")

	if err := primary.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("the server answers after Stop")
	}
	if err := standby.Promote(); err != nil {
		t.Fatal(err)
	}
	promoted := connect(t, standby.URL)
	mustExec(t, promoted, "INSERT INTO kept VALUES ('cem')") // it waits for nobody
	if got := query(t, promoted, "SELECT string_agg(name, ' ' ORDER BY name) FROM kept WHERE name <> 'ann'"); got != "bob cem" {
		t.Errorf("the standby has %q, want bob and cem", got)
	}
}
