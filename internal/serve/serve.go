// Package serve is the frame around the handlers of the API and of the pages:
// a request id, one log line, an answer after a panic, and routing in which
// no answer is http.ServeMux's own. How an answer looks is its handlers'.
package serve

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// A Frame is the same for every request of one kind.
type Frame struct {
	Log    *slog.Logger
	Line   string                                       // what the log calls a request
	Peer   bool                                         // the log line names the client's address
	Header func(http.Header)                            // sets what every answer carries
	Broken func(w http.ResponseWriter, r *http.Request) // answers after a panic
}

// Around runs next in the frame.
func (f Frame) Around(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	begun, id := time.Now(), requestID(r)
	r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
	w.Header().Set("X-Request-Id", id)
	f.Header(w.Header())
	seen := &statusWriter{ResponseWriter: w}
	defer func() {
		if p := recover(); p != nil {
			f.Log.ErrorContext(r.Context(), "panic", "request_id", id, "panic", p, "stack", string(debug.Stack()))
			if seen.status == 0 {
				f.Broken(seen, r)
			}
		}
		// The pattern, never the path: a path can hold a secret.
		line := [...]slog.Attr{
			slog.String("request_id", id), slog.String("method", r.Method), slog.String("route", r.Pattern),
			slog.Int("status", seen.status), slog.Int64("duration_us", time.Since(begun).Microseconds()), {},
		}
		if f.Peer { // an empty attribute is left out
			line[len(line)-1] = slog.String("address", Peer(r))
		}
		f.Log.LogAttrs(r.Context(), slog.LevelInfo, f.Line, line[:]...)
	}()
	next(seen, r)
}

type requestIDKey struct{}

// requestID is the client's, when it is one that can stand in a log line and
// a header, or a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= 128 && strings.Trim(id, "-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return id
	}
	return rand.Text()
}

// RequestID is the id of a request in a Frame.
func RequestID(r *http.Request) string {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return id
}

// Peer is the network address that the request came from, without its port.
func Peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController through.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Clean reports whether the path is one that a ServeMux takes as it is. Any
// other it would answer by itself, with a redirect or a bare 400.
func Clean(r *http.Request) bool {
	p := r.URL.EscapedPath()
	return strings.HasPrefix(p, "/") && path.Clean(p) == p
}

// A Route is a method, a pattern of http.ServeMux without one, and what
// answers. GET answers HEAD too.
type Route struct {
	Method, Pattern string
	Do              http.HandlerFunc
}

// Routes registers each path once, whatever the method, so that a wrong
// method, told which are allowed, and an unknown path are the caller's to
// answer. It expects clean paths.
func Routes(routes []Route, wrongMethod func(w http.ResponseWriter, r *http.Request, allow string), unknown http.HandlerFunc) http.Handler {
	paths := map[string]map[string]http.HandlerFunc{}
	for _, route := range routes {
		if paths[route.Pattern] == nil {
			paths[route.Pattern] = map[string]http.HandlerFunc{}
		}
		paths[route.Pattern][route.Method] = route.Do
		if route.Method == http.MethodGet {
			paths[route.Pattern][http.MethodHead] = route.Do
		}
	}
	mux := http.NewServeMux()
	for pattern, byMethod := range paths {
		allow := strings.Join(slices.Sorted(maps.Keys(byMethod)), ", ")
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			do, ok := byMethod[r.Method]
			if !ok {
				w.Header().Set("Allow", allow)
				wrongMethod(w, r, allow)
				return
			}
			do(w, r)
		})
	}
	mux.HandleFunc("/", unknown)
	return mux
}
