package server

import (
	"net/http"
	"strings"

	"ax/internal/serve"
	"ax/internal/signin"
	"ax/internal/web"
)

// handler answers everything that comes over the network: the API, and the
// pages for people.
func (s *Server) handler(public string) (http.Handler, error) {
	proxies, err := parseProxies(s.config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	pages := web.New(web.Config{
		Directory: s.directory, Auth: &signin.Authenticator{Directory: s.directory, Hasher: signin.NewHasher()},
		Log: s.config.Log, Product: s.config.Product, Contact: s.config.Contact,
		PublicURL: public, ContinueURL: s.config.ContinueURL,
	})
	return behind(proxies, apart(s.api, pages)), nil
}

// apart gives each path to whom it belongs. One that belongs to nobody is a
// page for a browser and a problem document for a program.
func apart(api, pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	seen := map[string]bool{}
	for _, p := range web.Pages() {
		if !seen[p.Pattern] {
			mux.Handle(p.Pattern, pages)
			seen[p.Pattern] = true
		}
	}
	nobodys := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			pages.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
	mux.Handle("/", nobodys)
	for _, p := range []string{"/v2/", "/openapi.yaml", "/livez", "/readyz"} {
		mux.Handle(p, api)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !serve.Clean(r) || r.URL.Path == "/v2" { // ServeMux would redirect
			nobodys(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
