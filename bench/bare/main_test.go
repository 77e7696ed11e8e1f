package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	for path, check := range map[string]func(string) bool{
		"/fixed": func(body string) bool { return len(body) == 200 },
		"/page":  func(body string) bool { return strings.Count(body, `"email":"`) == 50 },
	} {
		w := httptest.NewRecorder()
		handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		if w.Code != 200 || !check(w.Body.String()) {
			t.Errorf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
		}
	}
}
