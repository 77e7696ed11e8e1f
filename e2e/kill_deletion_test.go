package e2e_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// Z-11: the server is killed while it deletes somebody with ten thousand memberships, as many keys and as many role bindings.
// Afterwards all of it is there or none, and the audit log has an entry for each who is gone and for nobody else.
// AX_TEST_LONG=1 kills two hundred times on each engine, which takes two minutes.
func TestZ11_KilledWhileDeleting(t *testing.T) {
	t.Parallel()
	rounds := 12
	if os.Getenv("AX_TEST_LONG") == "1" {
		rounds = 200
	}
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		c := &cascade{site: s, db: s.database(), reached: map[string]int{}}
		c.seedSpaces()
		measured := c.measure()
		took, inside, gone, id := measured, 0, 1, ""
		for round := range rounds {
			if id == "" {
				id = c.seedUser()
			}
			// Each round in a part of its own of what a deletion takes, and at random in it.
			share := took / time.Duration(rounds)
			open := c.kill(id, time.Duration(round)*share+time.Duration(rand.Int64N(int64(share)+1)))
			switch got := c.held(id); got {
			case whole:
				if open {
					inside++
				}
			case nothing:
				id = ""
				gone++
				took = took * 3 / 4 // it was measured while the machine had other work
			default:
				t.Fatalf("round %d: half of it is gone: %s", round, got)
			}
			log := sealed(t, c.db)
			intact(t, log)
			if n := operations(log)["delete_user"]; n != gone {
				t.Fatalf("round %d: %d deletions in the audit log, and %d users are gone", round, n, gone)
			}
		}
		s.must("server", "audit", "verify")
		t.Logf("a deletion takes %s; of %d kills %d were inside of its transaction, at %v; %d came too late", measured.Round(time.Millisecond), rounds, inside, c.reached, gone-1)
		if inside < rounds/3 {
			t.Errorf("only %d of %d kills came inside of a transaction", inside, rounds)
		}
	})
}

const (
	many    = 10_000
	whole   = "ACTIVE 1 10000 10000 10000 0" // as held tells it
	nothing = "DELETED 0 0 0 0 1"
	counted = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) `
)

// A cascade is a site with people who hold much.
type cascade struct {
	*site
	db      *sql.DB
	people  int
	reached map[string]int // how often a kill came when the last table written was this one
}

func (c *cascade) exec(statement string, args ...any) {
	c.t.Helper()
	if _, err := c.db.ExecContext(c.t.Context(), statement, args...); err != nil {
		c.t.Fatalf("%s: %v", statement, err)
	}
}

func (c *cascade) seedSpaces() {
	c.t.Helper()
	c.exec(`INSERT INTO organizations (id, name, name_key, description, created_at) VALUES ('organization', 'One', 'one', '', 0)`)
	c.exec(counted + `INSERT INTO spaces (id, organization_seq, name, name_key, description, private, settings, created_at)
		SELECT 'space' || i, (SELECT max(seq) FROM organizations), 'S' || i, 's' || i, '', FALSE, '{}', 0 FROM n`)
}

// seedUser makes somebody who holds all of it, and returns their id.
func (c *cascade) seedUser() string {
	c.t.Helper()
	c.people++
	email := fmt.Sprintf("holder%d@x.example", c.people)
	c.accepted(exchange{method: http.MethodPost, path: "/v2/users", body: invitation(email, "NONE")})
	bytes := map[variant]string{sqlite: "BLOB", postgres: "BYTEA"}[c.variant]
	who := `(SELECT seq FROM users WHERE email = $1)`
	c.exec(`INSERT INTO organization_members (organization_seq, user_seq, id, role, created_at)
		VALUES ((SELECT max(seq) FROM organizations), `+who+`, 'in ' || $1, 'MEMBER', 0)`, email)
	for _, statement := range []string{
		`INSERT INTO space_members (space_seq, user_seq, id, role, created_at) SELECT seq, ` + who + `, 'm' || seq || $1, 'MEMBER', 0 FROM spaces`,
		counted + `INSERT INTO role_bindings (id, role, user_seq, resource_type, resource_id, created_at, updated_at)
			SELECT 'b' || i || $1, 'Um9sZT', ` + who + `, 'PROJECT', 'project' || i, 0, 0 FROM n`,
		counted + `INSERT INTO api_keys (id, user_seq, name, digest, redacted, created_at)
			SELECT 'k' || i || $1, ` + who + `, 'key', CAST('k' || i || $1 AS ` + bytes + `), 'ak-', 0 FROM n`,
	} {
		c.exec(statement, email)
	}
	id := c.user(email).ID
	if got := c.held(id); got != whole {
		c.t.Fatalf("seeded %s", got)
	}
	return id
}

// held is what there is of somebody: state, memberships in organizations and spaces, bindings, keys, entries about their end.
func (c *cascade) held(id string) string {
	c.t.Helper()
	const of = ` WHERE user_seq = u.seq`
	return column(c.t, c.db, `SELECT state || ' ' || (SELECT count(*) FROM organization_members`+of+`) || ' ' || (SELECT count(*) FROM space_members`+of+`) || ' ' ||
		(SELECT count(*) FROM role_bindings`+of+`) || ' ' || (SELECT count(*) FROM api_keys`+of+` AND revoked_at IS NULL) || ' ' ||
		(SELECT count(*) FROM audit WHERE operation = 'delete_user' AND subject = u.id) FROM users u WHERE id = $1`, id)[0]
}

// measure says how long a deletion takes from the beginning of its transaction.
func (c *cascade) measure() time.Duration {
	c.t.Helper()
	id, done := c.seedUser(), make(chan int)
	go func() { done <- c.deleteAs(c.key, id) }()
	c.begun()
	start := time.Now()
	if status := <-done; status != http.StatusNoContent || c.held(id) != nothing {
		c.t.Fatalf("deleted with %d, and there is %s", status, c.held(id))
	}
	return time.Since(start)
}

// kill ends the server some time after a deletion has begun to write, starts another, and says whether it was still writing.
func (c *cascade) kill(id string, after time.Duration) (open bool) {
	c.t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _, _ = exchange{method: http.MethodDelete, path: "/v2/users/" + id}.over(c.t.Context(), http.DefaultClient, c.server.address, c.key) // the server may be killed meanwhile
	}()
	c.begun()
	time.Sleep(after)
	table := c.writing()
	c.server.kill()
	<-ended
	eventually(c.t, "end of what the server had begun", func() bool { return c.writing() == "" })
	c.start()
	if table != "" {
		c.reached[table]++
	}
	return table != ""
}

func (c *cascade) begun() {
	c.t.Helper()
	const patience = 20 * time.Second
	for start := time.Now(); c.writing() == ""; {
		if time.Since(start) > patience {
			c.t.Fatal("the deletion does not begin")
		}
	}
}

// writing is the last of the tables that a transaction of the server has written to, "" when none has: of SQLite it is only
// known that there is one, and how much of it has left its memory.
func (c *cascade) writing() string {
	c.t.Helper()
	if c.variant == postgres {
		got := column(c.t, c.db, `SELECT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation
			WHERE mode = 'RowExclusiveLock' AND relname IN ('users', 'api_keys', 'role_bindings', 'space_members', 'organization_members', 'audit')
			  AND pid IN (SELECT pid FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE mode = 'RowExclusiveLock' AND relname = 'users')
			ORDER BY array_position(ARRAY['audit', 'organization_members', 'space_members', 'role_bindings', 'api_keys', 'users'], relname::text) LIMIT 1`)
		return strings.Join(got, "")
	}
	conn, err := c.db.Conn(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range []string{`PRAGMA busy_timeout = 0`, `BEGIN IMMEDIATE`} {
		if _, err = conn.ExecContext(c.t.Context(), statement); err != nil {
			break
		}
	}
	if err == nil {
		_, err = conn.ExecContext(c.t.Context(), `ROLLBACK`)
	}
	_, reset := conn.ExecContext(c.t.Context(), `PRAGMA busy_timeout = 10000`)
	switch {
	case reset != nil:
		c.t.Fatal(reset)
	case err == nil:
		return ""
	case !strings.Contains(err.Error(), "SQLITE_BUSY"):
		c.t.Fatal(err)
	}
	return "a transaction"
}
