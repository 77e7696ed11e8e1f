package load_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"ax/bench/load"
)

// A seen server remembers what came in.
type seen struct {
	sync.Mutex
	lines   []string
	remotes map[string]bool
}

func serve(t *testing.T, answer http.HandlerFunc) (address string, s *seen) {
	t.Helper()
	s = &seen{remotes: map[string]bool{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) //nolint:errcheck // what came is what counts
		s.Lock()
		s.lines = append(s.lines, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+r.Header.Get("X-Key")+" "+r.Header.Get("Content-Type")+" "+string(body)))
		s.remotes[r.RemoteAddr] = true
		s.Unlock()
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), s
}

// only gives n requests in all.
func only(n int, r load.Request) func(int) (load.Request, bool) {
	var mu sync.Mutex
	return func(int) (load.Request, bool) {
		mu.Lock()
		defer mu.Unlock()
		n--
		return r, n >= 0
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200_000) // several chunks, more than a buffer
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		status int
		body   string
	}{
		{"with a length", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "short") }, 200, "short"},
		{"in chunks", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, long)
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "end")
		}, 200, long + "end"},
		{"empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, 204, ""},
		{"the last on its connection", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			_, _ = io.WriteString(w, "bye")
		}, 200, "bye"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address, server := serve(t, c.answer)
			var bodies []string
			r, err := load.Run(t.Context(), load.Job{
				Address: address, Header: "X-Key: k\r\n", Conns: 1, Want: c.status,
				Next: only(3, load.Request{Method: "POST", Target: "/p?q=1", Body: "{}"}),
				Seen: func(_ int, a load.Answer) { bodies = append(bodies, string(a.Body)) },
			})
			if err != nil || len(r.Samples) != 3 || r.Failures() != 0 {
				t.Fatalf("%d samples, failures %v, %v", len(r.Samples), r.Failed, err)
			}
			for i := range 3 {
				if server.lines[i] != "POST /p?q=1 k application/json {}" || bodies[i] != c.body {
					t.Errorf("sent %q, got %d bytes of body", server.lines[i], len(bodies[i]))
				}
			}
		})
	}
}

func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	address, server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	r, err := load.Run(t.Context(), load.Job{
		Address: address, Conns: 4, For: 50 * time.Millisecond, Want: 200,
		Next: func(int) (load.Request, bool) { return load.Request{Method: "GET", Target: "/"}, true },
		From: func(conn int) net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+conn))} },
	})
	if err != nil || r.Elapsed < 50*time.Millisecond || len(r.Samples) < 8 || r.Rate() <= 0 {
		t.Fatalf("%d samples in %s, %v", len(r.Samples), r.Elapsed, err)
	}
	if len(server.remotes) != 4 {
		t.Errorf("4 connections came from %v", server.remotes)
	}
	for i := range 4 {
		found := false
		for remote := range server.remotes {
			found = found || strings.HasPrefix(remote, fmt.Sprintf("127.0.0.%d:", 2+i))
		}
		if !found {
			t.Errorf("no connection from 127.0.0.%d: %v", 2+i, server.remotes)
		}
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/drop":
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	})
	for path, want := range map[string]string{"/drop": "no answer: EOF", "/other": "status 418"} {
		r, err := load.Run(t.Context(), load.Job{Address: address, Conns: 1, Want: 200, Next: only(3, load.Request{Method: "GET", Target: path})})
		if err != nil || r.Failed[want] != 3 || len(r.Samples) != 0 {
			t.Errorf("%s: %v, %v", path, r.Failed, err)
		}
	}
	// A server that only fails ends the job instead of its clock.
	r, err := load.Run(t.Context(), load.Job{Address: address, Conns: 1, For: time.Hour, Want: 200, Next: only(1_000_000, load.Request{Method: "GET", Target: "/"})})
	if err != nil || r.Failures() != 20 {
		t.Errorf("%v, %v", r.Failed, err)
	}
}

func TestRequestsOfTheirOwn(t *testing.T) {
	t.Parallel()
	address, server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSeeOther) })
	r, err := load.Run(t.Context(), load.Job{
		Address: address, Conns: 1, Want: 200,
		Next: only(1, load.Request{Method: "POST", Target: "/", Body: "a=b", Type: "application/x-www-form-urlencoded", Want: 303}),
	})
	if err != nil || len(r.Samples) != 1 || server.lines[0] != "POST /  application/x-www-form-urlencoded a=b" {
		t.Errorf("%q, %v, %v", server.lines, r.Failed, err)
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	address, _ := serve(t, func(http.ResponseWriter, *http.Request) {})
	r, err := load.Run(t.Context(), load.Job{Address: address, Conns: 1, Pace: 20 * time.Millisecond, Want: 200, Next: only(4, load.Request{Method: "GET", Target: "/"})})
	if err != nil || r.Elapsed < 60*time.Millisecond {
		t.Errorf("four requests, three pauses of 20 ms, in %s, %v", r.Elapsed, err)
	}
}

func TestResult(t *testing.T) {
	t.Parallel()
	var r load.Result
	if p := r.Percentiles(0.5); p[0] != 0 || r.Rate() != 0 {
		t.Errorf("of nothing: %v, %v", p, r.Rate())
	}
	r.Elapsed = 2 * time.Second
	for i := 100; i > 0; i-- {
		r.Samples = append(r.Samples, load.Sample{At: time.Duration(i), Took: time.Duration(i)})
	}
	if p := r.Percentiles(0.5, 0.99, 0.999, 0); p[0] != 50 || p[1] != 99 || p[2] != 100 || p[3] != 1 {
		t.Errorf("percentiles of 1…100: %v", p)
	}
	if r.Rate() != 50 {
		t.Errorf("100 in 2 s: %v", r.Rate())
	}
	if part := r.Between(11, 21); len(part.Samples) != 10 || part.Percentiles(1)[0] != 20 {
		t.Errorf("from 11 to 20: %v", part.Samples)
	}
}
