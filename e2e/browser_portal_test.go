package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"ax/internal/mail/mailtest"
)

// A portal is a site as people meet it: with pages, and letters that come by SMTP.
type portal struct {
	*site
	relay    *mailtest.Server
	origin   string
	replicas *alternation // nil with one server
}

// newPortal has one server on SQLite, and two on PostgreSQL that take turns.
func newPortal(t testing.TB, v variant, flags ...string) *portal {
	t.Helper()
	p := &portal{site: initialized(t, v), relay: mailtest.Start(t, mailtest.Options{})}
	flags = append([]string{"--smtp-url", p.relay.URL, "--trusted-proxies", "127.0.0.1/32"}, flags...)
	if v == postgres {
		p.replicas = alternate(t)
		p.origin = p.replicas.server.URL
		flags = append(flags, "--public-url", p.origin)
		p.replicas.to(t, p.launch(flags...).address, p.launch(flags...).address)
	} else {
		p.server = p.launch(flags...)
		p.origin = "http://" + p.server.address
	}
	p.setenv("ARIZE_API_HOST", strings.TrimPrefix(p.origin, "http://"))
	return p
}

// of is the same portal for a part of the test.
func (p *portal) of(t testing.TB) *portal {
	site, portal := *p.site, *p
	site.t, portal.site = t, &site
	return &portal
}

// link waits for the next letter to an address with a link to a path, and returns the link.
func (p *portal) link(email, path string) string {
	p.t.Helper()
	for {
		m := p.relay.WaitFor(p.t, email)
		if link := m.Link(); strings.HasPrefix(link, p.origin+path) {
			return link
		}
	}
}

// temporary makes somebody with a temporary password.
func (p *portal) temporary(email string) (password string) {
	p.t.Helper()
	var created struct {
		Password string `json:"temporary_password"`
	}
	p.decode(p.must("users", "create", "--full-name", "Jane Doe", "--email", email, "--role", "member", "--invite-mode", "temporary_password", "-o", "json"), &created)
	return created.Password
}

// An alternation stands before two servers and gives each request to the one that did not have the last: the page is from
// one, its form goes to the other, and the page after it is from the first again.
type alternation struct {
	server *httptest.Server
	mu     sync.Mutex
	back   [2]http.Handler
	turn   int
	served [2]map[string]int // by method
}

func alternate(t testing.TB) *alternation {
	a := &alternation{served: [2]map[string]int{{}, {}}}
	a.server = httptest.NewServer(a)
	t.Cleanup(a.server.Close)
	return a
}

func (a *alternation) to(t testing.TB, addresses ...string) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, address := range addresses {
		to := &url.URL{Scheme: "http", Host: address}
		a.back[i] = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
		}}
	}
}

// ServeHTTP implements http.Handler.
func (a *alternation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	if !strings.HasPrefix(r.URL.Path, "/assets/") { // how many of them a page loads is the browser's affair
		a.turn = 1 - a.turn
		a.served[a.turn][r.Method]++
	}
	to := a.back[a.turn]
	a.mu.Unlock()
	to.ServeHTTP(w, r)
}

// shared fails unless both servers had a part in it.
func (p *portal) shared() {
	p.t.Helper()
	if p.replicas == nil {
		return
	}
	p.replicas.mu.Lock()
	defer p.replicas.mu.Unlock()
	for i, served := range p.replicas.served {
		if served[http.MethodGet] == 0 || served[http.MethodPost] == 0 {
			p.t.Errorf("server %d had only %v", i, served)
		}
	}
}
