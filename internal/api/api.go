package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"ax/internal/directory"
	"ax/internal/wire"
	"ax/openapi"
)

// An API is the handler of /v2, the document and the probes.
type API struct {
	Directory *directory.Directory
	Log       *slog.Logger
	Ready     func(context.Context) error // nil when requests can be served
	mux       *http.ServeMux
}

// New returns the handler.
func New(d *directory.Directory, log *slog.Logger, ready func(context.Context) error) *API {
	a := &API{Directory: d, Log: log, Ready: ready, mux: http.NewServeMux()}
	a.mount()
	return a
}

// An operation is one row of the routing table.
type operation struct {
	id, method, pattern string
	open                bool     // answers without a key
	params              []string // the query parameters it takes
	do                  func(*call) (answer, error)
}

// A call is one request on its way down.
type call struct {
	*http.Request
	api   *API
	actor directory.Actor
	query url.Values
}

// An answer is what goes back: body is encoded as JSON unless it is raw.
type answer struct {
	status      int
	body        any // nil for none
	raw         []byte
	contentType string
}

func operations() []operation {
	return append(userOperations(),
		operation{id: "get_openapi", method: http.MethodGet, pattern: "/openapi.yaml", open: true, do: document},
		operation{id: "get_livez", method: http.MethodGet, pattern: "/livez", open: true, do: alive},
		operation{id: "get_readyz", method: http.MethodGet, pattern: "/readyz", open: true, do: ready},
	)
}

// mount registers each path once, whatever the method, so that a wrong method
// and an unknown path are ours to answer.
func (a *API) mount() {
	paths := map[string]map[string]operation{}
	for _, op := range operations() {
		if paths[op.pattern] == nil {
			paths[op.pattern] = map[string]operation{}
		}
		paths[op.pattern][op.method] = op
		if op.method == http.MethodGet {
			paths[op.pattern][http.MethodHead] = op
		}
	}
	for pattern, byMethod := range paths {
		allow := strings.Join(slices.Sorted(maps.Keys(byMethod)), ", ")
		a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			op, ok := byMethod[r.Method]
			if !ok {
				w.Header().Set("Allow", allow)
				a.problem(w, r, errMethod(r.Method, allow))
				return
			}
			a.answer(w, r, op)
		})
	}
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { a.problem(w, r, errNoSuchPath()) })
}

const maxHeaderBytes = 32 << 10

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	id := requestID(r)
	r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
	h := w.Header()
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	seen := &statusWriter{ResponseWriter: w}
	defer func() {
		if p := recover(); p != nil {
			a.Log.ErrorContext(r.Context(), "panic", "request_id", id, "panic", p, "stack", string(debug.Stack()))
			if seen.status == 0 {
				a.problem(seen, r, errInternal())
			}
		}
		// The pattern, never the path: a path can hold a secret.
		a.Log.InfoContext(r.Context(), "request", "request_id", id, "method", r.Method, "route", r.Pattern,
			"status", seen.status, "duration_us", time.Since(begun).Microseconds(), "address", peer(r))
	}()
	switch p := r.URL.EscapedPath(); {
	case headerBytes(r.Header) > maxHeaderBytes:
		a.problem(seen, r, errHeaderTooLarge())
	case !strings.HasPrefix(p, "/") || path.Clean(p) != p:
		a.problem(seen, r, errNoSuchPath()) // ServeMux would redirect to another path
	default:
		a.mux.ServeHTTP(seen, r)
	}
}

// answer runs one operation.
func (a *API) answer(w http.ResponseWriter, r *http.Request, op operation) {
	out, err := a.perform(&call{Request: r, api: a}, op)
	if err != nil {
		a.problem(w, r, err)
		return
	}
	a.send(w, r, out)
}

func (a *API) perform(c *call, op operation) (out answer, err error) {
	if op.open {
		return op.do(c)
	}
	if c.actor, err = a.authenticate(c.Request); err != nil {
		return out, err
	}
	if c.query, err = query(c.Request, op.params); err != nil {
		return out, err
	}
	return op.do(c)
}

func (a *API) send(w http.ResponseWriter, r *http.Request, out answer) {
	if out.body != nil {
		text, err := encode(out.body)
		if err != nil {
			a.problem(w, r, err)
			return
		}
		out.raw = text
		if out.contentType == "" {
			out.contentType = "application/json"
		}
	}
	if out.status != http.StatusNoContent {
		w.Header().Set("Content-Type", out.contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(out.raw)))
	}
	w.WriteHeader(out.status)
	if _, err := w.Write(out.raw); err != nil && len(out.raw) > 0 {
		a.Log.DebugContext(r.Context(), "the client left", "err", err)
	}
}

func encode(body any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(body)
	return []byte(b.String()), err
}

func document(*call) (answer, error) {
	return answer{status: http.StatusOK, raw: openapi.Document, contentType: "application/yaml"}, nil
}

func alive(*call) (answer, error) { return probe() }

func ready(c *call) (answer, error) {
	if err := c.api.Ready(c.Context()); err != nil {
		c.api.Log.WarnContext(c.Context(), "not ready", "err", err)
		return answer{}, errNotReady()
	}
	return probe()
}

func probe() (answer, error) {
	return answer{status: http.StatusOK, body: map[string]string{"status": "ok"}}, nil
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

func requestIDOf(r *http.Request) string {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return id
}

// peer is the network address that the request came from, without its port.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func headerBytes(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
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

// timestamp is a time on the wire: UTC, six fraction digits or none, never
// trimmed, so that texts of one length sort as the times do.
func timestamp(t time.Time) wire.Timestamp {
	t = t.UTC()
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}
