package e2e_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
)

const (
	creations   = 200
	connections = 8
)

// The server is killed in the middle of creations, again and again at another moment. Whatever was acknowledged is there
// after a restart, whole, and whatever is there is whole. AX_TEST_LONG=1 kills a thousand times on each engine; that takes
// an hour and wants -timeout=0.
func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	rounds := 3
	if os.Getenv("AX_TEST_LONG") == "1" {
		rounds = 1000
	}
	onEachEngine(t, func(t *testing.T, v variant) {
		for round := range rounds {
			// The moments are spread over the creations, and random within their share.
			share := creations / 3
			after := (round%3)*share + rand.IntN(share) + 1
			ok := t.Run(fmt.Sprintf("%d-after-%d", round, after), func(t *testing.T) { killed(t, v, after) })
			if !ok {
				return // the first failure says enough
			}
		}
	})
}

// killed is one round: the server dies when so many creations were acknowledged.
func killed(t *testing.T, v variant, after int) {
	s := serving(t, v)
	acknowledged := s.createUntilKilled(after)
	if len(acknowledged) < after || len(acknowledged) == creations {
		t.Logf("%d of %d creations were acknowledged, the kill came after %d", len(acknowledged), creations, after)
	}
	// What the dead server had claimed is free again after minutes.
	s.move(5 * time.Minute)
	s.start()
	db := s.database()
	log := sealed(t, db)
	intact(t, log)
	s.whole(db, log, acknowledged)
	s.delivers(db, acknowledged)
}

// createUntilKilled returns the users that were acknowledged, by address.
func (s *site) createUntilKilled(after int) map[string]string {
	s.t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	ctx, dead := context.WithCancel(s.t.Context())
	defer dead()
	numbers := make(chan int, creations)
	for i := range creations {
		numbers <- i
	}
	close(numbers)
	var mu sync.Mutex
	acknowledged := map[string]string{}
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for i := range numbers {
				email := fmt.Sprintf("user%d@x.example", i)
				id, err := createOver(ctx, client, s.server.address, s.key, email)
				if err != nil {
					return // the server is dead
				}
				mu.Lock()
				acknowledged[email] = id
				if len(acknowledged) == after {
					s.server.kill()
					dead()
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return acknowledged
}

func createOver(ctx context.Context, client *http.Client, address, key, email string) (id string, err error) {
	x := exchange{method: http.MethodPost, path: "/v2/users", body: invitation(email, "EMAIL_LINK")}
	status, text, err := x.over(ctx, client, address, key)
	if err != nil {
		return "", err
	}
	if status != http.StatusCreated {
		return "", fmt.Errorf("%d: %s", status, text)
	}
	var u user
	err = json.Unmarshal([]byte(text), &u)
	return u.ID, err
}

// whole checks that each user who was invited has one open token, one letter and one audit entry, that none of those is
// without its user, and that nobody who was acknowledged is missing.
func (s *site) whole(db *sql.DB, log []directory.Entry, acknowledged map[string]string) {
	s.t.Helper()
	users := map[string]string{}
	for _, row := range column(s.t, db, `SELECT email || ' ' || id FROM users WHERE email <> $1 ORDER BY email`, s.admin) {
		email, id, _ := strings.Cut(row, " ")
		users[email] = id
	}
	for email, id := range acknowledged {
		if users[email] != id {
			s.t.Errorf("%s was acknowledged as %s, and the store has %q", email, id, users[email])
		}
	}
	want := map[string]int{}
	for email := range users {
		want[email] = 1
	}
	for what, query := range map[string]string{
		"users who are invited": `SELECT email FROM users WHERE state = 'INVITED'`,
		"open tokens": `SELECT u.email FROM tokens t LEFT JOIN users u ON u.seq = t.user_seq AND u.invited_until = t.expires_at
			WHERE t.purpose = 'INVITATION' AND t.used_at IS NULL AND t.void_at IS NULL`,
		"tokens":  `SELECT u.email FROM tokens t LEFT JOIN users u ON u.seq = t.user_seq`,
		"letters": `SELECT u.email FROM letters l LEFT JOIN users u ON u.seq = l.user_seq AND u.email = l.to_address WHERE l.kind = 'INVITATION'`,
		"letters that wait with their link, or were sent": `SELECT to_address FROM letters
			WHERE state = 'WAITING' AND length(sealed) > 0 OR state = 'SENT' AND sealed IS NULL`,
		"audit entries": `SELECT u.email FROM audit a LEFT JOIN users u ON u.id = a.subject
			WHERE a.operation = 'create_user' AND a.via = 'API_KEY'`,
	} {
		got := map[string]int{}
		for _, email := range column(s.t, db, query) {
			got[email]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	// Besides them there are the two entries of init, and no other.
	if len(log) != len(users)+2 {
		s.t.Errorf("%d audit entries for %d users", len(log), len(users))
	}
}

// delivers waits until each acknowledged user's letter has left, by the old server or the new one.
func (s *site) delivers(db *sql.DB, acknowledged map[string]string) {
	s.t.Helper()
	eventually(s.t, "end of the outbox", func() bool {
		return column(s.t, db, `SELECT count(*) FROM letters WHERE state <> 'SENT'`)[0] == "0"
	})
	for email := range acknowledged {
		if len(s.letters(email)) != 1 {
			s.t.Errorf("%d letters to %s, who was acknowledged", len(s.letters(email)), email)
		}
	}
}
