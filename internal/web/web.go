package web

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"ax/internal/directory"
	"ax/internal/serve"
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
	frame   serve.Frame
	mux     http.Handler
}

// New returns the handler for every path that is not the API's. It expects
// the client's own address in RemoteAddr.
func New(c Config) http.Handler {
	s := &site{Config: c, origins: http.NewCrossOriginProtection()}
	s.Product = cmp.Or(c.Product, "ax")
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		s.secure, s.base = u.Scheme == "https", strings.TrimRight(u.EscapedPath(), "/")
		// An origin made of a scheme and a host is always one it takes.
		_ = s.origins.AddTrustedOrigin(origin(u))
	}
	s.frame = serve.Frame{Log: c.Log, Line: "page", Header: s.protect, Broken: func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, errBroken())
	}}
	s.mux = s.routes()
	return s
}

func (s *site) routes() http.Handler {
	var routes []serve.Route
	for _, p := range Pages() {
		routes = append(routes, serve.Route{Method: p.Method, Pattern: p.Pattern, Do: func(w http.ResponseWriter, r *http.Request) {
			(&call{Request: r, site: s}).answer(w, p)
		}})
	}
	return serve.Routes(routes,
		func(w http.ResponseWriter, r *http.Request, _ string) { s.fail(w, r, errMethod()) },
		func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errNoPage()) })
}

func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	(&call{Request: r, site: s}).fail(w, err)
}

// ServeHTTP implements http.Handler.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.frame.Around(w, r, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !serve.Clean(r):
			s.fail(w, r, errNoPage())
		case s.origins.Check(r) != nil:
			s.fail(w, r, errForeignForm())
		default:
			s.mux.ServeHTTP(w, r)
		}
	})
}

// A call is one request on its way to a page.
type call struct {
	*http.Request
	*site
	in     directory.SignedIn // who is signed in; zero where the page does not ask
	secret string             // of that session
}

func (c *call) visit() directory.Visit {
	return directory.Visit{Address: serve.Peer(c.Request), Agent: shortened(c.UserAgent()), RequestID: serve.RequestID(c.Request)}
}

func (c *call) actor() directory.Actor {
	return c.in.Actor(serve.Peer(c.Request), serve.RequestID(c.Request))
}

// shortened is what a browser calls itself, fit to be kept.
func shortened(agent string) string {
	const most = 255
	return strings.ToValidUTF8(agent[:min(len(agent), most)], "")
}
