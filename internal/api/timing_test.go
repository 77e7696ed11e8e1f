//go:build long

package api_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ax/internal/directory/dirtest"
)

const timed = 2_000 // samples of each class

// Z-02: how long an answer takes does not tell a hidden thing from a missing one, to a client on the same machine.
func TestZ02_TimesAreAlike(t *testing.T) {
	m := newMatrix(t, onSQLite)
	server := httptest.NewServer(m.served)
	defer server.Close()
	seen := map[string]bool{}
	for _, p := range m.pairs(t) {
		kind, _, _ := strings.Cut(p.missing, "<")
		if p.who != "A:MEMBER" || seen[kind] {
			continue
		}
		seen[kind] = true
		var took [2][]time.Duration
		for n := range timed {
			for k := range 2 {
				i := (n + k) % 2 // neither always comes first
				method, path, body := m.request(t, []string{p.hidden, p.missing}[i])
				r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
				must(t, err)
				r.Header = http.Header{"Authorization": {"Bearer " + m.keys[p.who]}, "Content-Type": {"application/json"}}
				begun := time.Now()
				answer, err := http.DefaultClient.Do(r)
				must(t, err)
				_, err = io.Copy(io.Discard, answer.Body)
				took[i] = append(took[i], time.Since(begun))
				must(t, errors.Join(err, answer.Body.Close()))
			}
		}
		wantAlike(t, p.hidden, took[0], took[1], 0.15) // rows that are there are read: microseconds, and ids cannot be guessed
	}
	if len(seen) < 8 {
		t.Errorf("only %d kinds of request", len(seen))
	}
}

// K-06: how long a wrong key takes does not tell how much of it is right.
func TestK06_TimesAreAlike(t *testing.T) {
	w := newWorld(t)
	none := sha256.Sum256([]byte("nothing of it"))
	took := map[int][]time.Duration{}
	shared := []int{0, 5, 10, 20, 30, 40}
	for range timed {
		for _, n := range shared {
			r := newRequest(t, "GET", "/v2/users", strings.NewReader(""), "Authorization: Bearer "+almost(w.key, n, none[:]))
			begun := time.Now()
			serve(w.handler, r)
			took[n] = append(took[n], time.Since(begun))
		}
	}
	for _, n := range shared[1:] {
		wantAlike(t, "characters shared: "+strings.Repeat("=", n), took[n], took[0], 0.05)
	}
}

// wantAlike holds two classes to a chance of a half, within so much, that one of the first took longer than one of the second.
func wantAlike(t *testing.T, what string, a, b []time.Duration, within float64) {
	t.Helper()
	auc := dirtest.Longer(a, b)
	t.Logf("AUC %.3f: %s", auc, what)
	if auc < 0.5-within || auc > 0.5+within {
		t.Errorf("%s can be told by its time: AUC %.3f", what, auc)
	}
}
