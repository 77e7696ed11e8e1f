package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestProbesAndDocument(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		s.key = "" // none of them needs one
		for path, want := range map[string]string{"/livez": `"ok"`, "/readyz": `"ok"`, "/openapi.yaml": "openapi: 3.0"} {
			if status, answer := s.send(exchange{method: http.MethodGet, path: path}); status != http.StatusOK || !strings.Contains(answer, want) {
				t.Errorf("GET %s: %d %.200s", path, status, answer)
			}
		}
	})
}

// While the database is away the server lives, is not ready, and says so to everybody; afterwards it goes on.
func TestDatabaseGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	s := serving(t, postgres)
	s.create("before@x.example")
	name := column(t, s.database(), `SELECT current_database()`)[0]
	beside := newSite(t, postgres, t.TempDir()).database() // another one on the same server
	column(t, beside, `ALTER DATABASE `+name+` ALLOW_CONNECTIONS false`)
	column(t, beside, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, name)
	s.wantStatus("/livez", http.StatusOK)
	s.wantStatus("/readyz", http.StatusServiceUnavailable)
	for _, x := range []exchange{
		{method: http.MethodGet, path: "/v2/users"},
		{method: http.MethodPost, path: "/v2/users", body: invitation("during@x.example", "EMAIL_LINK")},
	} {
		status, answer := s.send(x)
		var problem struct {
			Status int    `json:"status"`
			Detail string `json:"detail"`
		}
		if err := json.Unmarshal([]byte(answer), &problem); err != nil || status < 500 || problem.Status != status || problem.Detail == "" {
			t.Errorf("%s %s: %d %s", x.method, x.path, status, answer)
		}
		if strings.Contains(answer, name) || strings.Contains(answer, "SQLSTATE") {
			t.Errorf("the answer tells of the database: %s", answer)
		}
	}
	column(t, beside, `ALTER DATABASE `+name+` ALLOW_CONNECTIONS true`)
	eventually(t, "ready server", func() bool {
		status, _ := s.send(exchange{method: http.MethodGet, path: "/readyz"})
		return status == http.StatusOK
	})
	s.create("after@x.example")
	s.letter("after@x.example", 1)
	if r := s.ax("users", "get", "during@x.example"); r.code != 4 {
		t.Errorf("who was refused is there: %v", r)
	}
	intact(t, sealed(t, s.database()))
}

func (s *site) wantStatus(path string, want int) {
	s.t.Helper()
	if status, answer := s.send(exchange{method: http.MethodGet, path: path}); status != want {
		s.t.Errorf("GET %s: %d, want %d: %s", path, status, want, answer)
	}
}
