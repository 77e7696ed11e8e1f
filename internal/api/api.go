package api

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"ax/internal/directory"
	"ax/internal/serve"
	"ax/openapi"
)

// An API is the handler of /v2, the document and the probes.
type API struct {
	Directory *directory.Directory
	Log       *slog.Logger
	Ready     func(context.Context) error // nil when requests can be served
	frame     serve.Frame
	mux       http.Handler
}

// New returns the handler.
func New(d *directory.Directory, log *slog.Logger, ready func(context.Context) error) *API {
	a := &API{Directory: d, Log: log, Ready: ready}
	a.frame = serve.Frame{Log: log, Line: "request", Peer: true, Header: protect, Broken: func(w http.ResponseWriter, r *http.Request) {
		a.problem(w, r, errInternal())
	}}
	a.mux = a.routes()
	return a
}

// An operation is one row of the routing table.
type operation struct {
	id, method, pattern string
	open                bool     // answers without a key
	params              []string // the query parameters it takes
	repeated            []string // those of them that may be there more than once
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
	return append(slices.Concat(
		userOperations(), organizationOperations(), spaceOperations(), roleOperations(), roleBindingOperations(), restrictionOperations(), apiKeyOperations(), auditLogOperations(), accessOperations()),
		operation{id: "get_openapi", method: http.MethodGet, pattern: "/openapi.yaml", open: true, do: document},
		operation{id: "get_livez", method: http.MethodGet, pattern: "/livez", open: true, do: alive},
		operation{id: "get_readyz", method: http.MethodGet, pattern: "/readyz", open: true, do: ready},
	)
}

func (a *API) routes() http.Handler {
	var routes []serve.Route
	for _, op := range operations() {
		routes = append(routes, serve.Route{Method: op.method, Pattern: op.pattern, Do: func(w http.ResponseWriter, r *http.Request) {
			a.answer(w, r, op)
		}})
	}
	return serve.Routes(routes, func(w http.ResponseWriter, r *http.Request, allow string) {
		a.problem(w, r, errMethod(r.Method, allow))
	}, func(w http.ResponseWriter, r *http.Request) { a.problem(w, r, errNoSuchPath()) })
}

const maxHeaderBytes = 32 << 10

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.frame.Around(w, r, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case headerBytes(r.Header) > maxHeaderBytes:
			a.problem(w, r, errHeaderTooLarge())
		case !serve.Clean(r):
			a.problem(w, r, errNoSuchPath())
		default:
			a.mux.ServeHTTP(w, r)
		}
	})
}

func protect(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// answer runs one operation.
func (a *API) answer(w http.ResponseWriter, r *http.Request, op operation) {
	c := &call{Request: r, api: a}
	out, err := a.perform(c, op)
	if err != nil {
		a.noteDenied(c, op, err)
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
	if c.query, err = query(c.Request, op.params, op.repeated); err != nil {
		return out, err
	}
	return op.do(c)
}

// noteDenied puts a change that was refused into the audit log.
func (a *API) noteDenied(c *call, op operation, err error) {
	if op.method == http.MethodGet || !directory.Refused(c.actor, err) {
		return
	}
	subject := ""
	for _, name := range []string{"user_id", "org_id", "space_id", "api_key_id", "role_id", "binding_id", "resource_id"} {
		subject = cmp.Or(c.PathValue(name), subject)
	}
	if !directory.WellFormedID(subject) {
		subject = ""
	}
	if err := a.Directory.RecordDenied(context.WithoutCancel(c.Context()), c.actor, op.id, subject, err.Error()); err != nil {
		a.Log.ErrorContext(c.Context(), "a refused change could not be recorded", "request_id", serve.RequestID(c.Request), "err", err)
	}
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

func headerBytes(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}
