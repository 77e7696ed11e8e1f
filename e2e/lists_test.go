package e2e_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A roster is a list of people, and the file of results of its creation.
type roster struct {
	s             *site
	list, results string
	count         int
}

func (s *site) roster(count int) *roster {
	s.t.Helper()
	r := &roster{s, filepath.Join(s.home, "people.csv"), filepath.Join(s.home, "results.csv"), count}
	var text strings.Builder
	text.WriteString("email,full_name\n")
	for i := range count {
		fmt.Fprintf(&text, "person%d@x.example,Person %d\n", i, i)
	}
	if err := os.WriteFile(r.list, []byte(text.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return r
}

// create is the command line that creates the people, or goes on with it.
func (r *roster) create() []string {
	flag := "--resume"
	if _, err := os.Stat(r.results); err != nil {
		flag = "--results"
	}
	return []string{"users", "create", "--from", r.list, "--role", "member", "--invite-mode", "temporary_password", flag, r.results, "-q"}
}

// rows are the results by address: status and password.
func (r *roster) rows() map[string][2]string {
	r.s.t.Helper()
	text, err := os.ReadFile(r.results)
	if err != nil {
		r.s.t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		r.s.t.Fatal(err)
	}
	rows := map[string][2]string{}
	for _, record := range records[1:] {
		if _, twice := rows[record[1]]; twice {
			r.s.t.Errorf("%s has two rows", record[1])
		}
		rows[record[1]] = [2]string{record[3], record[4]}
	}
	return rows
}

// complete checks that everybody is there once, with a password that is known, or is said to be lost, and that a person can
// sign in with those that are known. It returns how many are lost.
func (r *roster) complete() (lost int) {
	r.s.t.Helper()
	there := map[string]int{}
	for _, u := range r.s.users() {
		there[u.Email]++
	}
	rows := r.rows()
	for i := range r.count {
		email := fmt.Sprintf("person%d@x.example", i)
		row := rows[email]
		switch {
		case there[email] != 1:
			r.s.t.Errorf("%s is there %d times", email, there[email])
		case row[0] == "created" && row[1] != "":
		case row[0] == "password_lost" && row[1] == "":
			lost++
		default:
			r.s.t.Errorf("%s: %q", email, row)
		}
	}
	if len(rows) != r.count || len(there) != r.count+1 {
		r.s.t.Errorf("%d rows and %d users for %d people", len(rows), len(there), r.count)
	}
	digests := column(r.s.t, r.s.database(), `SELECT count(*) FROM users WHERE state = 'INVITED'`)
	if digests[0] != fmt.Sprint(r.count) {
		r.s.t.Errorf("%s are invited", digests[0])
	}
	return lost
}

// The command is killed in the middle of a list, again and again, until it comes to an end. Nobody is there twice, nobody is
// missing, and every temporary password is known or said to be lost.
func TestKilledList(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv("AX_TEST_LONG") == "1" {
		rounds = 50
	}
	for range rounds {
		s := serving(t, sqlite)
		r := s.roster(1500) // more than can be created before the first kill
		kills := 0
		for r.killedOnce(kills) {
			kills++
		}
		lost := r.complete()
		t.Logf("%d kills, %d of %d passwords lost", kills, lost, r.count)
		// No more can be lost than what was under way, and a little that had come and was not written yet.
		if kills == 0 || lost > 48*kills {
			t.Errorf("%d passwords lost by %d kills", lost, kills)
		}
		// Those are a matter of a letter.
		if code := s.ax(r.create()...).code; (code == 4) != (lost > 0) {
			t.Errorf("exit %d with %d passwords lost", code, lost)
		}
		s.server.kill()
	}
}

// killedOnce runs the command and kills it at some moment, unless it is quicker. The moments come later with every kill, or
// a busy machine would never come to the end.
func (r *roster) killedOnce(kills int) bool {
	r.s.t.Helper()
	cmd := r.s.command(r.create()...)
	if err := cmd.Start(); err != nil {
		r.s.t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(30+10*kills+rand.IntN(100))*time.Millisecond, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	code := cmd.ProcessState.ExitCode()
	if code == 2 || code == 5 || code == 1 {
		r.s.t.Fatalf("exit %d: %v", code, err)
	}
	return code == -1
}

// A lossy way to a server forwards every request, and cuts some of the connections instead of bringing the answer back.
func (s *site) lossy(lose func(r *http.Request) bool) (address string) {
	s.t.Helper()
	through := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		req, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+s.server.address+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			s.t.Error(err)
			return
		}
		req.Header = r.Header.Clone()
		resp, err := through.Do(req)
		if err != nil {
			s.t.Error(err)
			return
		}
		defer resp.Body.Close()
		answer, _ := io.ReadAll(resp.Body)
		if lose(r) {
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				_ = c.Close()
			}
			return
		}
		for name := range resp.Header {
			w.Header().Set(name, resp.Header.Get(name))
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(answer)
	}))
	s.t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// Every fifth answer to a creation is lost on the way: what was asked is done once, and what was lost is named.
func TestListOverALossyNetwork(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		var mu sync.Mutex
		seen, dropped := 0, 0
		s.setenv("ARIZE_API_HOST", s.lossy(func(r *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			if r.Method != http.MethodPost {
				return false
			}
			seen++
			if seen%5 != 0 {
				return false
			}
			dropped++
			return true
		}))
		r := s.roster(100)
		got := s.ax(r.create()...)
		if got.code != 4 {
			t.Errorf("%v", got)
		}
		if lost := r.complete(); lost != dropped || dropped == 0 {
			t.Errorf("%d answers were lost, and %d passwords are said to be", dropped, lost)
		}
		if seen != 100 {
			t.Errorf("%d creations were sent for 100 people", seen)
		}
	})
}
