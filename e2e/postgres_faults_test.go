package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ax/internal/pgtest"
)

// The primary dies while clients create users, or falls silent with its host, and its standby takes over. Whoever was
// acknowledged is there, whole, and the server finds the new primary by itself. AX_TEST_LONG=1 does it a hundred times, which
// wants -timeout=0.
func TestFailoverLosesNothing(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv("AX_TEST_LONG") == "1" {
		rounds = 100
	}
	for round := range rounds {
		after, silent := 20+10*(round%10), round%2 == 1
		t.Run(fmt.Sprintf("%d after %d, silent %v", round, after, silent), func(t *testing.T) {
			t.Parallel()
			failover(t, after, silent)
		})
	}
}

// failover is one round: the primary goes when so many creations were acknowledged.
func failover(t *testing.T, after int, silent bool) {
	primary := pgtest.Server(t)
	standby := primary.Standby(t)
	s, host := newSite(t, postgres, t.TempDir()), newProxy(t, hosts(t, primary.URL))
	s.setenv("AX_DATABASE_URL", failingOver(t, primary.URL, host.listener.Addr().String(), hosts(t, standby.URL)))
	s.init()
	s.start()
	c := newClients(s)
	finish := c.work(connections)
	c.acknowledges(after)
	if silent {
		host.set(silence(host, 0))
	}
	succeeds(t, primary.Stop())
	stopped := time.Now()
	succeeds(t, standby.Promote())
	c.acknowledges(c.count() + 5*connections)
	t.Logf("%s after the primary had gone the server was at work on the standby", time.Since(stopped))
	finish()
	if len(c.refusals) == 0 {
		t.Error("nobody was refused, so nothing failed over")
	}
	s.setenv("AX_DATABASE_URL", standby.URL)
	c.kept()
	s.delivers(s.database(), c.acknowledged)
}

// failingOver is the URL of servers of which one is the primary, as an operator writes it.
func failingOver(t *testing.T, databaseURL string, hosts ...string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	succeeds(t, err)
	u.Host = strings.Join(hosts, ",")
	u.RawQuery += "&target_session_attrs=read-write"
	return u.String()
}

func hosts(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	succeeds(t, err)
	return u.Host
}

// Without its standby a primary under synchronous replication ends no commit, and goes on reading. Nobody is told then that
// a change was made, nor that it was not: the database has it and may still lose it.
func TestStandbyIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cancel bool // an operator ends the commits that wait, and PostgreSQL calls them done, with a warning
		back   func(primary, standby *pgtest.Instance) error
	}{
		"and comes back":  {false, func(_, standby *pgtest.Instance) error { return standby.Restart() }},
		"and is given up": {true, func(primary, _ *pgtest.Instance) error { return primary.WaitFor("") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := pgtest.Server(t)
			standby := primary.Standby(t)
			s := newSite(t, postgres, t.TempDir())
			s.setenv("AX_DATABASE_URL", primary.URL)
			s.init()
			s.start()
			group := newClients(s)
			group.insist("before@x.example")
			succeeds(t, standby.Stop())
			people := group.wait(c.cancel)
			succeeds(t, c.back(primary, standby))
			for _, email := range people {
				group.insist(email)
			}
			group.kept()
		})
	}
}

// waiting is what PostgreSQL knows of commits that wait for a standby.
const waiting = ` FROM pg_stat_activity WHERE wait_event = 'SyncRep'`

// wait has more clients create users than the server has connections to its database, while no commit ends.
func (c *clients) wait(cancel bool) (people []string) {
	c.s.t.Helper()
	c.s.move(2 * time.Hour) // so that even a read has something to note: that the key was used
	before := c.count()
	var asking sync.WaitGroup
	for range 40 {
		email := c.newcomer()
		people = append(people, email)
		asking.Go(func() {
			c.create(email)
			if cancel {
				c.create(email) // who is there already may still be lost
			}
		})
	}
	db := c.s.database()
	eventually(c.s.t, "commits that wait", func() bool { return column(c.s.t, db, `SELECT count(*) >= 20`+waiting)[0] == "true" })
	for _, path := range append(slices.Repeat([]string{"/v2/users"}, 10), "/readyz") {
		if status, answer, err := c.ask(http.MethodGet, path, ""); err != nil || status != http.StatusOK {
			c.s.t.Errorf("GET %s, while commits wait: %d %s, error %v", path, status, answer, err)
		}
	}
	var answered atomic.Bool
	go func() { asking.Wait(); answered.Store(true) }()
	eventually(c.s.t, "answer to everybody", func() bool {
		if cancel {
			column(c.s.t, db, `SELECT pg_cancel_backend(pid)`+waiting)
		}
		return answered.Load()
	})
	if n := c.count() - before; n > 0 {
		c.s.t.Errorf("%d creations were acknowledged that no standby has", n)
	}
	if told := fmt.Sprint(c.told()); !strings.Contains(told, unknown) {
		c.s.t.Errorf("nobody was told that the outcome is not known, but %s", told)
	}
	return people
}

// unknown is what a client hears when a commit was under way and nobody knows its end.
const unknown = "It is not known whether the change was made"

// Clients create users and remember what they were told.
type clients struct {
	s      *site
	client *http.Client
	hidden []string // what no answer may say

	mu           sync.Mutex
	acknowledged map[string]string // id, by address
	refusals     map[string]int    // by detail
	people       int
}

func newClients(s *site) *clients {
	u, err := url.Parse(s.getenv("AX_DATABASE_URL"))
	succeeds(s.t, err)
	c := &clients{
		s: s, acknowledged: map[string]string{}, refusals: map[string]int{},
		// An answer that takes longer than this is none: most clients give up after half of it.
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: connections}},
		hidden: []string{"nothing was changed", "SQLSTATE", "FATAL", "INSERT", "127.0.0.1", u.User.Username()},
	}
	if name := strings.TrimPrefix(u.Path, "/"); len(name) > len("ax") {
		c.hidden = append(c.hidden, name)
	}
	s.t.Cleanup(c.client.CloseIdleConnections)
	return c
}

// work has clients create users, one after the other and each until it is acknowledged. finish lets them end.
func (c *clients) work(many int) (finish func()) {
	stop := make(chan struct{})
	var working sync.WaitGroup
	for range many {
		working.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				c.insist(c.newcomer())
			}
		})
	}
	finish = sync.OnceFunc(func() { close(stop); working.Wait() })
	c.s.t.Cleanup(finish) // a test that has failed waits for its clients too
	return finish
}

// atOnce has so many clients create a user each.
func (c *clients) atOnce(many int) {
	var working sync.WaitGroup
	for range many {
		working.Go(func() { c.insist(c.newcomer()) })
	}
	working.Wait()
}

func (c *clients) newcomer() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.people++
	return fmt.Sprintf("user%d@x.example", c.people)
}

// insist creates a user and does so again until it is acknowledged, as a client does who was told to try again.
func (c *clients) insist(email string) {
	const patience = 45 * time.Second
	for begun := time.Now(); !c.create(email); time.Sleep(50 * time.Millisecond) {
		if c.s.t.Context().Err() != nil {
			return // the test has failed elsewhere
		}
		if time.Since(begun) > patience {
			c.s.t.Errorf("after %s still no acknowledgement of %s; the refusals were %v", patience, email, c.told())
			return
		}
	}
}

// create sends one creation and reports whether it was acknowledged.
func (c *clients) create(email string) bool {
	status, answer, err := c.ask(http.MethodPost, "/v2/users", invitation(email, "EMAIL_LINK"))
	switch {
	case err != nil:
		if c.s.t.Context().Err() == nil {
			c.s.t.Errorf("%s: no answer: %v", email, err)
		}
		return false
	case status != http.StatusCreated && status != http.StatusOK: // the latter says: invited before, unchanged
		c.refused(status, answer)
		return false
	}
	var u user
	if err := json.Unmarshal([]byte(answer), &u); err != nil {
		c.s.t.Errorf("%s: %d %s", email, status, answer)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acknowledged[email] = u.ID
	return true
}

// ask is site.send for many at once, and for a server that may give no answer.
func (c *clients) ask(method, path, body string) (status int, answer string, err error) {
	return exchange{method: method, path: path, body: body}.over(c.s.t.Context(), c.client, c.s.server.address, c.s.key)
}

// refused looks at an answer that is no acknowledgement: it says so, claims nothing else, and tells nothing of the database.
func (c *clients) refused(status int, answer string) {
	var problem struct {
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}
	err := json.Unmarshal([]byte(answer), &problem)
	if err != nil || status != http.StatusServiceUnavailable || problem.Status != status || problem.Detail == "" {
		c.s.t.Errorf("an answer is %d %s", status, answer)
	}
	for _, word := range c.hidden {
		if strings.Contains(answer, word) {
			c.s.t.Errorf("an answer says %q: %s", word, answer)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusals[problem.Detail]++
}

func (c *clients) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.acknowledged)
}

// refusedSoFar counts the answers that were no acknowledgement.
func (c *clients) refusedSoFar() (n int) {
	for _, times := range c.told() {
		n += times
	}
	return n
}

func (c *clients) told() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.refusals)
}

// acknowledges waits until so many users were acknowledged.
func (c *clients) acknowledges(n int) {
	c.s.t.Helper()
	eventually(c.s.t, fmt.Sprintf("%d acknowledgements", n), func() bool { return c.count() >= n })
}

// kept checks that all who were acknowledged are there, and that everything that is there is whole.
func (c *clients) kept() {
	c.s.t.Helper()
	c.s.move(5 * time.Minute) // letters that were claimed when the database went away are free again
	db := c.s.database()
	log := sealed(c.s.t, db)
	intact(c.s.t, log)
	c.s.whole(db, log, c.acknowledged)
}

func succeeds(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
