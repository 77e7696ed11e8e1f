package api_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"ax/internal/api"
	"ax/internal/api/apitest"
	"ax/internal/directory/dirtest"
	"ax/internal/pgtest"
	"ax/internal/store"
	"ax/internal/wire"
)

// A world is a directory behind the API. Every exchange is held against openapi/ax.yaml.
type world struct {
	*dirtest.World
	handler http.Handler
	key     string // of the first administrator
	log     *logged
}

func engines() map[string]func(testing.TB) (*store.Store, error) {
	return map[string]func(testing.TB) (*store.Store, error){"SQLite": onSQLite, "Postgres": onPostgres}
}

func onSQLite(t testing.TB) (*store.Store, error) {
	t.Helper()
	return store.OpenSQLite(t.TempDir())
}

func onPostgres(t testing.TB) (*store.Store, error) {
	t.Helper()
	return store.OpenPostgres(t.Context(), pgtest.URL(t, pgtest.Unsynced()))
}

func newWorldOn(t testing.TB, open func(testing.TB) (*store.Store, error)) *world {
	t.Helper()
	return worldOn(t, storeOn(t, open))
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldOn(t, newStore(t))
}

// worldOn is a world on a store that is new and migrated.
func worldOn(t testing.TB, s *store.Store) *world {
	t.Helper()
	w := &world{World: dirtest.New(t, s), log: &logged{}}
	w.key = w.APIKey(t, w.Admin.Email)
	w.handler = apitest.Handler(t, api.New(w.Directory, w.log.logger(), s.Ready))
	return w
}

func newStore(t testing.TB) *store.Store {
	t.Helper()
	return storeOn(t, onSQLite)
}

func storeOn(t testing.TB, open func(testing.TB) (*store.Store, error)) *store.Store {
	t.Helper()
	s, err := open(t)
	s = closing(t, s, err)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// closing closes a store that was opened when the test ends.
func closing(t testing.TB, s *store.Store, err error) *store.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

// do sends a request as the first administrator, unless a header names another key. The target stands on the request line
// as it is; a header is one line, and "Authorization:" alone leaves the key out.
func (w *world) do(t testing.TB, method, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := newRequest(t, method, target, strings.NewReader(body), header...)
	if _, given := r.Header["Authorization"]; !given {
		r.Header.Set("Authorization", "Bearer "+w.key)
	}
	if r.Header.Get("Authorization") == "" {
		delete(r.Header, "Authorization")
	}
	return serve(w.handler, r)
}

// newRequest is a request as net/http's server reads it from the wire, of type JSON when it has a body.
func newRequest(t testing.TB, method, target string, body io.Reader, header ...string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: ax.example\r\n\r\n")))
	if err != nil {
		t.Fatalf("%s %.100q: %v", method, target, err)
	}
	r.Body, r.RemoteAddr = io.NopCloser(body), "192.0.2.7:4711"
	if s, ok := body.(*strings.Reader); !ok || s.Len() > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ":")
		if name == "Content-Type" {
			r.Header.Del(name)
		}
		r.Header.Add(name, strings.TrimPrefix(value, " "))
	}
	return r.WithContext(t.Context())
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	h.ServeHTTP(out, r)
	return out
}

// wantProblem holds an answer to a status and to what its detail says.
func wantProblem(t testing.TB, got *httptest.ResponseRecorder, status int, says string) wire.Problem {
	t.Helper()
	var p wire.Problem
	if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil {
		t.Fatalf("answer %d is no problem: %v\n%.300q", got.Code, err, got.Body)
	}
	if got.Code != status || !strings.Contains(p.Detail, says) {
		t.Errorf("answer %d %q, want %d and %q", got.Code, p.Detail, status, says)
	}
	return p
}

func decoded[T any](t testing.TB, got *httptest.ResponseRecorder, status int) (body T) {
	t.Helper()
	if got.Code != status {
		t.Fatalf("answer %d, want %d: %s", got.Code, status, got.Body)
	}
	if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, got.Body)
	}
	return body
}

func soundBody(email string) string {
	return `{"name":"Eve Example","email":"` + email + `","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`
}

// logged is a log that can be read while it is being written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Write implements io.Writer.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
