package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"ax/internal/directory"
	"ax/internal/signin"
)

// A Config is what the pages need.
type Config struct {
	Directory *directory.Directory
	Auth      *signin.Authenticator
	Log       *slog.Logger

	Product     string // what people sign in to; "ax" when empty
	Contact     string // whom to ask: an address, a URL or a few words; may be empty
	PublicURL   string // where people reach the pages; with https, cookies are Secure
	ContinueURL string // where a person goes on to; empty for nowhere
}

// A site is the handler of all pages.
type site struct {
	Config
	base    string // the path of the public URL, before each path of ours
	secure  bool
	origins *http.CrossOriginProtection
	mux     *http.ServeMux
}

// New returns the handler for every path that is not the API's. It expects
// the client's own address in RemoteAddr.
func New(c Config) http.Handler {
	s := &site{Config: c, origins: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	s.Product = cmp.Or(c.Product, "ax")
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		s.secure, s.base = u.Scheme == "https", strings.TrimRight(u.EscapedPath(), "/")
		// An origin made of a scheme and a host is always one it takes.
		_ = s.origins.AddTrustedOrigin(origin(u))
	}
	s.mount()
	return s
}

// mount registers each path once, whatever the method, so that a wrong method
// and an unknown path are ours to answer.
func (s *site) mount() {
	paths := map[string]map[string]Page{}
	for _, p := range Pages() {
		if paths[p.Pattern] == nil {
			paths[p.Pattern] = map[string]Page{}
		}
		paths[p.Pattern][p.Method] = p
		if p.Method == http.MethodGet {
			paths[p.Pattern][http.MethodHead] = p
		}
	}
	for pattern, byMethod := range paths {
		allow := strings.Join(slices.Sorted(maps.Keys(byMethod)), ", ")
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			c := &call{Request: r, site: s}
			p, ok := byMethod[r.Method]
			if !ok {
				w.Header().Set("Allow", allow)
				c.fail(w, errMethod())
				return
			}
			c.answer(w, p)
		})
	}
	// Everything else, so that ServeMux never answers by itself.
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		(&call{Request: r, site: s}).fail(w, errNoPage())
	})
}

// ServeHTTP implements http.Handler.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun, id := time.Now(), requestID(r)
	r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
	c := &call{Request: r, site: s}
	s.protect(w.Header())
	w.Header().Set("X-Request-Id", id)
	seen := &statusWriter{ResponseWriter: w}
	defer func() {
		if p := recover(); p != nil {
			s.Log.ErrorContext(r.Context(), "panic", "request_id", id, "panic", p, "stack", string(debug.Stack()))
			if seen.status == 0 {
				c.fail(seen, errBroken())
			}
		}
		// The pattern, never the path: a path can hold a secret.
		s.Log.InfoContext(r.Context(), "page", "request_id", id, "method", r.Method, "route", r.Pattern,
			"status", seen.status, "duration_us", time.Since(begun).Microseconds())
	}()
	switch p := r.URL.EscapedPath(); {
	case !strings.HasPrefix(p, "/") || path.Clean(p) != p:
		c.fail(seen, errNoPage()) // ServeMux would redirect to another path
	case s.origins.Check(r) != nil:
		c.fail(seen, errForeignForm())
	default:
		s.mux.ServeHTTP(seen, r)
	}
}

// A call is one request on its way to a page.
type call struct {
	*http.Request
	*site
	in     directory.SignedIn // who is signed in; zero where the page does not ask
	secret string             // of that session
}

func (c *call) visit() directory.Visit {
	return directory.Visit{Address: peer(c.Request), Agent: shortened(c.UserAgent()), RequestID: requestIDOf(c.Request)}
}

func (c *call) actor() directory.Actor { return c.in.Actor(peer(c.Request), requestIDOf(c.Request)) }

// peer is the network address that the request came from, without its port.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// shortened is what a browser calls itself, fit to be kept.
func shortened(agent string) string {
	const most = 255
	return strings.ToValidUTF8(agent[:min(len(agent), most)], "")
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
