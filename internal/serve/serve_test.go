package serve_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ax/internal/serve"
)

// framed runs one request in a frame whose handler is do, and returns the
// answer and the log.
func framed(t *testing.T, r *http.Request, do http.HandlerFunc) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log bytes.Buffer
	f := serve.Frame{
		Log: slog.New(slog.NewJSONHandler(&log, nil)), Line: "request", Peer: true,
		Header: func(h http.Header) { h.Set("X-Ours", "yes") },
		Broken: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) },
	}
	w := httptest.NewRecorder()
	f.Around(w, r, do)
	return w, log.String()
}

func request(t *testing.T, target string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
}

func TestPanicBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	w, log := framed(t, request(t, "/x"), func(http.ResponseWriter, *http.Request) { panic("lost") })
	if w.Code != 500 || w.Header().Get("X-Ours") != "yes" {
		t.Errorf("the answer is %d with %v", w.Code, w.Header())
	}
	for _, want := range []string{`"panic":"lost"`, `"status":500`, w.Header().Get("X-Request-Id")} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

func TestPanicInTheAnswerAddsNothing(t *testing.T) {
	t.Parallel()
	w, _ := framed(t, request(t, "/x"), func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, "half")
		panic("lost")
	})
	if w.Code != 200 || w.Body.String() != "half" {
		t.Errorf("the answer is %d %q", w.Code, w.Body)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	for id, kept := range map[string]bool{
		"ci-1.2_3": true, strings.Repeat("a", 128): true,
		"": false, strings.Repeat("a", 129): false, "a b": false, "a\nb": false, "é": false,
	} {
		r := request(t, "/x")
		r.Header["X-Request-Id"] = []string{id}
		var inside string
		w, _ := framed(t, r, func(_ http.ResponseWriter, r *http.Request) { inside = serve.RequestID(r) })
		got := w.Header().Get("X-Request-Id")
		if (got == id) != kept || got != inside || got == "" {
			t.Errorf("%q: the answer has %q, the handler %q", id, got, inside)
		}
	}
}

// TestLogHasNoPath: a path can hold a secret, so the pattern stands for it.
func TestLogHasNoPath(t *testing.T) {
	t.Parallel()
	h := serve.Routes([]serve.Route{{Method: "GET", Pattern: "/in/{token}", Do: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }}}, nil, http.NotFound)
	_, log := framed(t, request(t, "/in/hidden?q=hidden"), h.ServeHTTP)
	if strings.Contains(log, "hidden") || !strings.Contains(log, "192.0.2.1") {
		t.Errorf("the log is %s", log)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	say := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
	}
	h := serve.Routes([]serve.Route{
		{Method: "GET", Pattern: "/a/{id}", Do: say("get")},
		{Method: "DELETE", Pattern: "/a/{id}", Do: say("delete")},
		{Method: "POST", Pattern: "/b", Do: say("post")},
	}, func(w http.ResponseWriter, _ *http.Request, allow string) { _, _ = io.WriteString(w, "only "+allow) }, say("unknown"))
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/a/1", "get"}, {"HEAD", "/a/1", "get"}, {"DELETE", "/a/1", "delete"},
		{"PUT", "/a/1", "only DELETE, GET, HEAD"}, {"GET", "/b", "only POST"}, {"HEAD", "/b", "only POST"},
		{"GET", "/", "unknown"}, {"GET", "/a/1/2", "unknown"}, {"POST", "/b/", "unknown"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), c.method, c.path, nil))
		if w.Body.String() != c.want {
			t.Errorf("%s %s: %q, want %q", c.method, c.path, w.Body, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]bool{
		"/": true, "/a": true, "/a/b%2Fc": true, "/a/%2E%2E": true,
		"/a/": false, "//a": false, "/a/../b": false, "/a/./b": false, "*": false,
	} {
		r := request(t, "/")
		if target == "*" {
			r.URL.Path, r.URL.RawPath = "*", ""
		} else {
			r = request(t, "http://h"+target)
		}
		if got := serve.Clean(r); got != want {
			t.Errorf("%q: %v", target, got)
		}
	}
}
