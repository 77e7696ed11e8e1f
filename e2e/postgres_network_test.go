package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"
)

// The network between the server and its database is bad in one way after the other, while clients create users. Every
// request is answered, nobody is acknowledged for nothing, nothing is half done, and afterwards the server goes on by
// itself. AX_TEST_LONG=1 has each scenario five times, cut at other places.
func TestBadNetworkToTheDatabase(t *testing.T) {
	t.Parallel()
	rounds := 1
	if os.Getenv("AX_TEST_LONG") == "1" {
		rounds = 5
	}
	for name, c := range map[string]struct {
		fault func(p *proxy, round int) fault
		slow  bool // and no more than that: clients are served
	}{
		"every message is late":           {late, true},
		"answers come a byte at a time":   {trickling, true},
		"answers break off in the middle": {cut(false), false},
		"connections are reset":           {cut(true), false},
		"nobody takes a call":             {refusing, false},
		"nothing arrives":                 {silence, false},
		"answers do not arrive":           {unanswered, false},
	} {
		for round := range rounds {
			t.Run(fmt.Sprintf("%s %d", name, round), func(t *testing.T) {
				t.Parallel()
				badNetwork(t, func(p *proxy) fault { return c.fault(p, round) }, c.slow)
			})
		}
	}
}

func badNetwork(t *testing.T, scenario func(*proxy) fault, slow bool) {
	s, p := proxied(t)
	c := newClients(s)
	finish := c.work(connections)
	c.acknowledges(2 * connections)
	p.set(scenario(p))
	served, refused := c.count(), c.refusedSoFar()
	eventually(t, "sign of the bad network", func() bool {
		return c.refusedSoFar() >= refused+connections/2 || slow && c.count() >= served+2*connections
	})
	p.set(nil)
	healed := time.Now()
	c.acknowledges(c.count() + 5*connections)
	t.Logf("%s after the network was good again the server was at work; refused: %v", time.Since(healed), c.told())
	s.wantStatus("/readyz", http.StatusOK)
	finish()
	c.kept()
}

// A firewall forgets the connections that nobody uses. That costs the next requests their answer once, and not once for each
// of the connections.
func TestForgottenConnections(t *testing.T) {
	t.Parallel()
	s, p := proxied(t)
	c := newClients(s)
	eventually(t, "server with many connections to its database", func() bool {
		c.atOnce(40)
		return p.links.Load() >= 24
	})
	p.set(stale(p))
	c.atOnce(connections)
	if n := c.refusedSoFar(); n > connections+connections/2 {
		t.Errorf("%d clients were refused %d times", connections, n)
	}
	c.kept()
}

// The connection to the database ends while a commit is on its way, so that nobody can know what became of it. The client
// hears just that; when it tries again, by a person or by itself, there has been exactly one effect.
func TestCutDuringCommit(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]place{
		"before the database has it": beforeCommit, "behind it": afterCommit, "in the middle of its answer": midAnswer, "for good": noAnswer,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cutDuringCommit(t, place)
		})
	}
}

func cutDuringCommit(t *testing.T, at place) {
	s, p := proxied(t)
	const email = "twice@x.example"
	create := []string{"users", "create", "-n", "Jane Doe", "-e", email, "-r", "member", "--invite-mode", "email_link", "-o", "json"}
	commits := p.cutCommit(email, at)
	s.refused(4, []string{"503", unknown}, create...)
	if n := commits.Load(); n != 1 {
		t.Errorf("the creation was committed %d times for one answer", n)
	}
	var u user
	s.decode(s.must(create...), &u)
	db := s.database()
	s.whole(db, sealed(t, db), map[string]string{email: u.ID})
	if at == noAnswer {
		return // the others would wait as long again
	}
	commits = p.cutCommit(u.ID, at)
	rename := []string{"users", "update", u.ID, "--full-name", "Jane Roe"}
	s.refused(4, []string{"503", unknown}, rename...)
	if n := commits.Load(); n != 1 {
		t.Errorf("the change was committed %d times for one answer", n)
	}
	s.must(rename...)
	commits = p.cutCommit(u.ID, at)
	s.must("users", "delete", "--id", u.ID, "--force")
	if n := commits.Load(); n != 2 {
		t.Errorf("the deletion was committed %d times, want one for each of the client's two tries", n)
	}
	log := sealed(t, db)
	intact(t, log)
	done := operations(log)
	if done["create_user"] != 2 || done["update_user"] != 1 || done["delete_user"] != 1 { // init creates the first user
		t.Errorf("audit entries: %v", done)
	}
	if got := column(t, db, `SELECT state || ' ' || name FROM users WHERE email = $1`, email); !slices.Equal(got, []string{"DELETED Jane Roe"}) {
		t.Errorf("the user is %q", got)
	}
}

// proxied is a site whose server reaches its database through a proxy. Everything else goes straight to it.
func proxied(t *testing.T) (*site, *proxy) {
	t.Helper()
	s := initialized(t, postgres)
	direct := s.getenv("AX_DATABASE_URL")
	u, err := url.Parse(direct)
	succeeds(t, err)
	if u.Query().Get("sslmode") != "disable" {
		const why = "THE NETWORK TO THE DATABASE WAS NOT LOOKED AT: the proxy reads no TLS, so AX_TEST_POSTGRES must say sslmode=disable"
		if os.Getenv("AX_TEST_REQUIRE") == "1" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	p := newProxy(t, u.Host)
	u.Host = p.listener.Addr().String()
	s.setenv("AX_DATABASE_URL", u.String())
	s.start()
	s.setenv("AX_DATABASE_URL", direct)
	return s, p
}
