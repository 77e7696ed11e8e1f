package profile_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ax/internal/server"
)

// A site is a directory with people in it and its handler.
type site struct {
	handler http.Handler
	key     string
	ids     []string
	emails  []string
}

const people = 2000

// open fills a directory on SQLite, as `ax server start` would serve it.
func open(b testing.TB) *site {
	b.Helper()
	log, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	config := server.Config{DataDir: b.TempDir(), PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.NewJSONHandler(log, nil))}
	key, err := server.Init(b.Context(), config, "admin@ax.example.com", "Admin")
	if err != nil {
		b.Fatal(err)
	}
	opened, err := server.Open(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := opened.Close(); err != nil {
			b.Error(err)
		}
	})
	s := &site{handler: opened.API(), key: key}
	for i := range people {
		email := fmt.Sprintf("maria.wagner%d@mail%d.example.com", i, i%100)
		s.ids, s.emails = append(s.ids, s.create(b, email)), append(s.emails, email)
	}
	return s
}

func (s *site) create(b testing.TB, email string) string {
	b.Helper()
	body := s.do(b, http.MethodPost, "/v2/users", `{"name":"Maria Wagner","email":"`+email+`","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"NONE"}`, http.StatusCreated)
	var u struct{ ID string }
	if err := json.Unmarshal([]byte(body), &u); err != nil {
		b.Fatal(err)
	}
	return u.ID
}

func (s *site) do(b testing.TB, method, target, body string, want int) string {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != want {
		b.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	return w.Body.String()
}

// repeat asks for the n-th target, on as many goroutines as there are cores.
func repeat(b *testing.B, s *site, target func(n int) string) {
	b.Helper()
	measure(b, func(n int) { s.do(b, http.MethodGet, target(n), "", http.StatusOK) })
}

// measure calls fn again and again, and adds the processor time of a call,
// which other programs on the machine change less than its length.
func measure(b *testing.B, fn func(n int)) {
	b.Helper()
	var n atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	before := used(b)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			fn(int(n.Add(1)))
		}
	})
	b.ReportMetric(float64((used(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// used is the processor time of this process so far.
func used(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkGet(b *testing.B) {
	s := open(b)
	repeat(b, s, func(n int) string { return "/v2/users/" + url.QueryEscape(s.ids[n%people]) })
}

func BenchmarkList(b *testing.B) {
	s := open(b)
	repeat(b, s, func(int) string { return "/v2/users?limit=50" })
}

func BenchmarkExact(b *testing.B) {
	s := open(b)
	repeat(b, s, func(n int) string { return "/v2/users?limit=100&email=" + url.QueryEscape(s.emails[n%people]) })
}

func BenchmarkSearch(b *testing.B) {
	s := open(b)
	for _, c := range []struct{ name, text string }{{"common", "example.com"}, {"absent", "qqqqqq"}, {"short", "ma"}} {
		b.Run(c.name, func(b *testing.B) {
			repeat(b, s, func(int) string { return "/v2/users?limit=50&email=" + c.text })
		})
	}
}

// BenchmarkCreate creates with many callers at a time, as a busy server does.
func BenchmarkCreate(b *testing.B) {
	s := open(b)
	b.SetParallelism(16)
	measure(b, func(n int) { s.create(b, fmt.Sprintf("newcomer%d-%d@mail7.example.net", b.N, n)) })
}

// The benchmarks mean something only while what they ask is answered as it is meant.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := open(t)
	for target, want := range map[string]int{
		"/v2/users/" + url.QueryEscape(s.ids[7]):                    1,
		"/v2/users?limit=50":                                        50,
		"/v2/users?limit=100&email=" + url.QueryEscape(s.emails[7]): 1,
		"/v2/users?limit=50&email=qqqqqq":                           0,
	} {
		if got := strings.Count(s.do(t, http.MethodGet, target, "", http.StatusOK), `"email":"`); got != want {
			t.Errorf("%s: %d people, want %d", target, got, want)
		}
	}
}
