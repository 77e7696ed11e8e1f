package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
)

// Two servers on one database see the same users, send each letter once, and keep one chain of audit entries.
func TestTwoReplicasOnPostgres(t *testing.T) {
	t.Parallel()
	s := serving(t, postgres)
	first, second := s.server, s.launch("--mail-dir", s.mail)
	const each = 15
	var writers sync.WaitGroup
	for _, d := range []*daemon{first, second} {
		writers.Go(func() {
			for i := range each {
				email := fmt.Sprintf("u%d-%s@x.example", i, d.address[strings.LastIndexByte(d.address, ':')+1:])
				if _, err := createOver(t.Context(), http.DefaultClient, d.address, s.key, email); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	db := s.database()
	eventually(t, "end of the outbox", func() bool {
		return column(t, db, `SELECT count(*) FROM letters WHERE state <> 'SENT'`)[0] == "0"
	})
	for _, address := range []string{first.address, second.address} {
		s.setenv("ARIZE_API_HOST", address)
		if n := len(s.users()); n != 2*each+1 {
			t.Errorf("%s has %d users, want %d", address, n, 2*each+1)
		}
	}
	sent := strings.Count(first.log.String()+second.log.String(), `"msg":"letter sent"`)
	if sent != 2*each {
		t.Errorf("letters were sent %d times, want %d", sent, 2*each)
	}
	intact(t, sealed(t, db))
}

// Two administrators delete each other at the same moment: one of them stays.
func TestAdministratorsDeleteEachOther(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		rounds := 5
		if os.Getenv("AX_TEST_LONG") == "1" {
			rounds = 1000
		}
		for round := range rounds {
			email := fmt.Sprintf("other%d@x.example", round)
			s.must("users", "create", "-n", "Other", "-e", email, "-r", "admin", "--invite-mode", "none")
			otherKey := strings.TrimSpace(s.must("server", "key", "create", "--email", email))
			me, other := s.user(s.admin), s.user(email)
			statuses := [2]int{}
			var both sync.WaitGroup
			both.Go(func() { statuses[0] = s.deleteAs(s.key, other.ID) })
			both.Go(func() { statuses[1] = s.deleteAs(otherKey, me.ID) })
			both.Wait()
			switch statuses {
			case [2]int{204, 401}, [2]int{204, 403}:
			case [2]int{401, 204}, [2]int{403, 204}:
				s.admin, s.key = email, otherKey
				s.setenv("ARIZE_API_KEY", otherKey)
			default:
				t.Fatalf("the two deletions: %v", statuses)
			}
			if n := len(column(t, s.database(), `SELECT id FROM users WHERE role = 'ADMIN' AND state = 'ACTIVE'`)); n != 1 {
				t.Errorf("%d administrators are left", n)
			}
		}
	})
}

func (s *site) deleteAs(key, id string) (status int) {
	status, _ = s.send(exchange{method: http.MethodDelete, path: "/v2/users/" + id, header: http.Header{"Authorization": {"Bearer " + key}}})
	return status
}
