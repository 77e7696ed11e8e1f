package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestForwardedAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, proxies, peer string
		forwarded           []string
		want                string
	}{
		{"no proxies", "", "203.0.113.9:1", []string{"198.51.100.1"}, "203.0.113.9:1"},
		{"a stranger writes the header", "10.0.0.0/8", "203.0.113.9:1", []string{"198.51.100.1"}, "203.0.113.9:1"},
		{"one proxy", "10.0.0.0/8", "10.1.1.1:1", []string{"198.51.100.1"}, "198.51.100.1:0"},
		{"the client forges a hop", "10.0.0.0/8", "10.1.1.1:1", []string{"127.0.0.1, 198.51.100.1"}, "198.51.100.1:0"},
		{"the client forges a proxy", "10.0.0.0/8", "10.1.1.1:1", []string{"10.9.9.9, 198.51.100.1"}, "198.51.100.1:0"},
		{"two proxies", "10.0.0.0/8", "10.1.1.1:1", []string{"198.51.100.1, 10.2.2.2"}, "198.51.100.1:0"},
		{"two header lines", "10.0.0.0/8", "10.1.1.1:1", []string{"127.0.0.1", "198.51.100.1"}, "198.51.100.1:0"},
		{"text in the header", "10.0.0.0/8", "10.1.1.1:1", []string{"evil, 10.2.2.2"}, "10.2.2.2:0"},
		{"no header", "10.0.0.0/8", "10.1.1.1:1", nil, "10.1.1.1:1"},
		{"v6", "::1,fd00::/8", "[::1]:1", []string{"2001:db8::1, fd00::2"}, "[2001:db8::1]:0"},
		{"mapped v4", "10.0.0.0/8", "[::ffff:10.1.1.1]:1", []string{"198.51.100.1"}, "198.51.100.1:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			nets, err := parseProxies(c.proxies)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			h := behind(nets, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.RemoteAddr = c.peer
			for _, f := range c.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got != c.want {
				t.Errorf("the address is %s, want %s", got, c.want)
			}
		})
	}
}

func TestProxiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"10.0.0.0/99", "proxy.example", "10.0.0.1:80"} {
		if _, err := parseProxies(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}
