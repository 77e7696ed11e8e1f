package client_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ax/internal/client"
	"ax/internal/wire"
)

// TestALostAnswerOfAPost has a server that reads each request to its end and then drops the connection. What it did with the
// request nobody knows, so nothing that changes something may be sent again, DELETE aside.
func TestALostAnswerOfAPost(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if op.method == http.MethodGet { // see TestNoAnswer
			continue
		}
		for _, reused := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, on a used connection %v", op.name, reused), func(t *testing.T) {
				t.Parallel()
				var arrived, connections atomic.Int32
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("User-Agent") == "warm up" {
						return
					}
					if _, err := io.Copy(io.Discard, r.Body); err != nil {
						t.Error(err)
					}
					arrived.Add(1)
					hangUp(t, w)
				}))
				server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
					if s == http.StateNew {
						connections.Add(1)
					}
				}
				server.Start()
				defer server.Close()
				if reused { // net/http may take it for one that was idle too long
					warmUp(t, server)
				}
				err := op.do(t.Context(), to(server))
				want := int32(1)
				if op.safe() {
					want = 4
				}
				if err == nil || arrived.Load() != want || connections.Load() != want {
					t.Errorf("arrived %d times on %d connections, want %d; error %v", arrived.Load(), connections.Load(), want, err)
				}
			})
		}
	}
}

func hangUp(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

func warmUp(t *testing.T, server *httptest.Server) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "warm up")
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestARefusedConnection is tried again for every operation, the body too, until somebody listens.
func TestARefusedConnection(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || op.name == "create" && !strings.Contains(string(body), "eve@example.com") {
					t.Errorf("arrived with %q, error %v", body, err)
				}
				reply(w, op.status, op.answer)
			}))
			defer server.Close()
			var dials atomic.Int32
			through := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if dials.Add(1) < 3 {
					address = "127.0.0.1:1" // nobody listens there
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}}
			defer through.CloseIdleConnections()
			c := client.New(client.Config{BaseURL: server.URL, Key: key, Transport: through})
			if err := op.do(t.Context(), c); err != nil || dials.Load() != 3 {
				t.Errorf("error %v after %d connections", err, dials.Load())
			}
		})
	}
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != "" {
		io.WriteString(w, body)
	}
}

// A stranger is a server that should never hear of the key.
type stranger struct {
	*httptest.Server
	mu    sync.Mutex
	heard []string
}

func newStranger(t *testing.T) *stranger {
	t.Helper()
	s := &stranger{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		s.heard = append(s.heard, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization")+" "+string(body))
		reply(w, http.StatusOK, someone)
	}))
	t.Cleanup(s.Close)
	return s
}

// TestRedirectsElsewhere: neither the key nor the request goes to another host, port or scheme.
func TestRedirectsElsewhere(t *testing.T) {
	t.Parallel()
	other := newStranger(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(other.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range operations() {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for name, location := range map[string]string{
				"another port": other.URL + "/v2/users", "another name": "http://localhost:" + port + "/v2/users",
				"without a scheme": "//127.0.0.1:" + port + "/", "with our name before an @": "http://127.0.0.1@localhost:" + port + "/",
				"https":               "https://127.0.0.1:" + port + "/v2/users",
				"another protocol":    "ftp://127.0.0.1:" + port + "/",
				"a name ending in it": "http://x.127.0.0.1.localhost:" + port + "/",
			} {
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, location, status) }))
				err := op.do(t.Context(), to(server))
				if err == nil || !strings.Contains(err.Error(), "redirects") {
					t.Errorf("%s, %d to %s: error %v", op.name, status, name, err)
				}
				server.Close()
			}
		}
	}
	if len(other.heard) > 0 {
		t.Errorf("the other server heard %q", other.heard)
	}
}

// TestRedirectsHome are followed when they ask the same thing again, with key and body; not when they lead to a page instead.
func TestRedirectsHome(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for _, status := range []int{301, 302, 303, 307, 308} {
			var heard []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				heard = append(heard, r.Method+" "+r.Header.Get("Authorization")+" "+string(body))
				if prefix := "/moved"; !strings.HasPrefix(r.URL.Path, prefix) {
					http.Redirect(w, r, prefix+r.URL.Path, status)
					return
				}
				reply(w, op.status, op.answer)
			}))
			err := op.do(t.Context(), to(server))
			same := status >= 307 || op.method == http.MethodGet
			switch {
			case same && (err != nil || len(heard) != 2 || heard[0] != heard[1]):
				t.Errorf("%s, %d: error %v, heard %q", op.name, status, err, heard)
			case !same && (err == nil || len(heard) != 1 || !strings.Contains(err.Error(), "redirects a "+op.method)):
				t.Errorf("%s, %d: error %v, heard %q", op.name, status, err, heard)
			}
			server.Close()
		}
	}
}

func TestRedirectsInCircles(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	_, _, err := to(server).CreateUser(t.Context(), wire.CreateUserRequest{})
	if err == nil || !strings.Contains(err.Error(), "redirects in circles") || asked.Load() > 10 {
		t.Errorf("error %v after %d requests", err, asked.Load())
	}
}

// TestConnectionsAreKept: one connection serves many requests, failed ones among them.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply(w, map[bool]int{true: http.StatusForbidden, false: http.StatusOK}[r.Method == http.MethodDelete], someone)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := to(server)
	for range 5 {
		if _, err := c.GetUser(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		if err := c.DeleteUser(t.Context(), "x"); err == nil {
			t.Fatal("a refused deletion went well")
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
