package clitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A Server is an API that does as it is told.
type Server struct {
	*httptest.Server
	mu       sync.Mutex
	answers  map[string][]http.HandlerFunc
	requests []string
	headers  []http.Header
}

// NewServer starts a server that ends with the test. A request that it was
// told nothing about fails the test.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{answers: map[string][]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := s.record(r)
		if answer == nil {
			t.Errorf("unexpected request: %s %s", r.Method, r.RequestURI)
			answer = Problem(http.StatusTeapot, "unexpected", "this request is not in the script")
		}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// On sets what is answered to a request line without its protocol, like
// "GET /v2/users?limit=50": each answer once and the last one from then on.
func (s *Server) On(line string, answers ...http.HandlerFunc) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[line] = answers
	return s
}

func (s *Server) record(r *http.Request) http.HandlerFunc {
	body, _ := io.ReadAll(r.Body)
	line := r.Method + " " + r.RequestURI
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, strings.TrimSpace(line+" "+string(body)))
	s.headers = append(s.headers, r.Header.Clone())
	left := s.answers[line]
	if len(left) == 0 {
		return nil
	}
	if len(left) > 1 {
		s.answers[line] = left[1:]
	}
	return left[0]
}

// Requests are the requests in their order, each its line without the
// protocol and, after a space, its body.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Headers are those of the requests.
func (s *Server) Headers() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.headers)
}

// JSON answers with a document.
func JSON(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Problem answers with a problem document.
func Problem(status int, title, detail string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Retry-After", "0") // tests do not wait
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"type":"https://ax.example.test/errors#x","title":%s,"status":%d,"detail":%s,"instance":"/v2/users#1","request_id":"req_1"}`,
			quoted(title), status, quoted(detail))
	}
}

// Empty answers with a status alone.
func Empty(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// HTML answers as a proxy or a sign-in page would.
func HTML(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>")
	}
}

// Drop reads the request and closes the connection.
func Drop(w http.ResponseWriter, _ *http.Request) {
	c, _, err := w.(http.Hijacker).Hijack() //nolint:forcetypeassert // a server's writer is one
	if err == nil {
		_ = c.Close()
	}
}

// Then runs do, and answers.
func Then(do func(), answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		do()
		answer(w, r)
	}
}

// Hang runs do, and never answers.
func Hang(do func()) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		do()
		<-r.Context().Done()
	}
}

// User is a user as JSON. role is a predefined one.
func User(id, name, email, status, role string, developer bool) string {
	return fmt.Sprintf(`{"id":%s,"name":%s,"email":%s,"created_at":"2026-03-01T09:26:53.589793Z","status":%s,"role":{"type":"PREDEFINED","name":%s},"is_developer":%t}`,
		quoted(id), quoted(name), quoted(email), quoted(status), quoted(role), developer)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always can be
	}
	return string(b)
}

// Member is an active member whose address and id come from one word.
func Member(word string) string {
	return User("id-"+word, strings.ToUpper(word), word+"@example.com", "ACTIVE", "MEMBER", true)
}

// Page is a page of users; next is its cursor, "" for the last page.
func Page(next string, users ...string) http.HandlerFunc {
	more := `"has_more":false`
	if next != "" {
		more = `"next_cursor":` + quoted(next) + `,"has_more":true`
	}
	return JSON(http.StatusOK, fmt.Sprintf(`{"users":[%s],"pagination":{%s}}`, strings.Join(users, ","), more))
}
