package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestApart: a program's request never gets an answer of ServeMux's own.
func TestApart(t *testing.T) {
	t.Parallel()
	say := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	}
	h := apart(say("api"), say("pages"))
	for _, c := range []struct{ method, path, accept, want string }{
		{"GET", "/v2/users", "text/html", "api"}, {"GET", "/livez", "", "api"},
		{"GET", "/sign-in", "", "pages"}, {"POST", "/sign-in", "", "pages"},
		{"GET", "/v2", "", "api"}, {"GET", "/v2/../sign-in", "", "api"}, {"GET", "//sign-in", "text/html", "pages"},
		{"OPTIONS", "*", "", "api"}, {"GET", "/nothing", "", "api"}, {"GET", "/nothing", "text/html", "pages"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "/", nil)
		r.URL.Path = c.path
		r.Header.Set("Accept", c.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 || w.Body.String() != c.want {
			t.Errorf("%s %s: %d %q, want %q", c.method, c.path, w.Code, w.Body, c.want)
		}
	}
}
