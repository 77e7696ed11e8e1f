package apitest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ax/internal/api/apitest"
)

// A handler that never calls WriteHeader answers 200 with the header of its first byte.
func TestHandlerImplicitStatus(t *testing.T) {
	t.Parallel()
	seen := &complaints{TB: t}
	h := apitest.Handler(seen, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "ok")
		w.Header().Set("Content-Type", "image/png") // too late to reach anyone
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/livez", http.NoBody))
	if seen.text() != "" {
		t.Error(seen.text())
	}
}

// Deadlines are set through http.ResponseController, which must find the connection behind the wrapper.
func TestHandlerUnwraps(t *testing.T) {
	t.Parallel()
	var deadline error
	server := httptest.NewServer(apitest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		deadline = http.NewResponseController(w).SetReadDeadline(time.Now().Add(time.Hour))
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "ok")
	})))
	answer, err := server.Client().Get(server.URL + "/livez") //nolint:noctx // the server is ours
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	server.Close()
	if deadline != nil {
		t.Errorf("SetReadDeadline: %v", deadline)
	}
}

// An answer that breaks off is the caller's to find out about, and says nothing about the document.
func TestTransportBrokenAnswer(t *testing.T) {
	t.Parallel()
	seen := &complaints{TB: t}
	broken := errors.New("connection reset")
	next := roundTripper(func(r *http.Request) (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(`{"id":`), errorReader{broken})
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body), Request: r}, nil
	})
	request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, userPath, http.NoBody)
	answer, err := apitest.Transport(seen, next).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if string(body) != `{"id":` || !errors.Is(err, broken) {
		t.Errorf("the caller reads %q, %v", body, err)
	}
	if seen.text() != "" {
		t.Error(seen.text())
	}
}

// No exchange took place, so there is nothing to check, and the error is the caller's.
func TestTransportError(t *testing.T) {
	t.Parallel()
	seen := &complaints{TB: t}
	refused := errors.New("connection refused")
	next := roundTripper(func(*http.Request) (*http.Response, error) { return nil, refused })
	request := httptest.NewRequestWithContext(context.Background(), http.MethodPatch, userPath, bytes.NewReader([]byte(`{}`)))
	answer, err := apitest.Transport(seen, next).RoundTrip(request)
	if answer != nil {
		answer.Body.Close()
	}
	if !errors.Is(err, refused) || seen.text() != "" {
		t.Errorf("got %v and %q", err, seen.text())
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }
