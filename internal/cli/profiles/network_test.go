package profiles_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

// encrypted is a server with a certificate that nobody's system trusts.
func encrypted(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(clitest.Page("", clitest.Member("ann")))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// A custom CA: from the environment, which goes before the file, and from a file.
func TestCustomCA(t *testing.T) {
	t.Parallel()
	s := encrypted(t)
	w := clitest.New(t)
	p := newProxy(t) // only its authority, which is another
	host := strings.TrimPrefix(s.URL, "https://")
	same(t, w.Run("profiles", "create", "x", "--api-key", key, "--single-host", host).Code, 0)
	list := []string{"users", "list", "-q", "--timeout", "5s"}
	untrusted := w.Run(list...)
	same(t, untrusted.Code, 4)
	contains(t, untrusted.Err, "certificate")
	w.Write(t, "ca.pem", certificate(s.Certificate().Raw))
	w.Env["ARIZE_SSL_CA_CERT"] = w.Path("ca.pem")
	ran(t, w.Run(list...), 0, "id-ann\n", "")
	w.Env["ARIZE_SSL_CA_CERT"] = p.CA(t)
	same(t, w.Run(list...).Code, 4) // it replaces the system's, and is not the right one
	w.Env["ARIZE_SSL_CA_CERT"] = " "
	w.Write(t, file, read(t, w, file)+"[security]\nssl_ca_cert = \""+w.Path("ca.pem")+"\"\n")
	ran(t, w.Run(list...), 0, "id-ann\n", "")
	w.Write(t, file, strings.Replace(read(t, w, file), "ssl_ca_cert = \""+w.Path("ca.pem")+"\"", "request_verify = false", 1))
	ran(t, w.Run(list...), 0, "id-ann\n", "")
	// Without a profile at all.
	w.Env = map[string]string{"HOME": w.Home, "ARIZE_API_KEY": key, "ARIZE_API_HOST": host, "ARIZE_SSL_CA_CERT": w.Path("ca.pem")}
	ran(t, w.Run(list...), 0, "id-ann\n", "")
}

// Every way to name a server, over TLS and in the clear, through a proxy, by
// profile and by environment.
func TestRoutingThroughAProxy(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	ca := p.CA(t)
	for options, c := range map[string]struct{ variables, origin string }{
		"":                                      {"", "https://api.arize.com:443"},
		"--region eu":                           {"ARIZE_REGION=eu", "https://api.eu-west-1a.arize.com:443"},
		"--single-host own.test":                {"ARIZE_SINGLE_HOST=own.test", "https://own.test:443"},
		"--single-host own.test:8443":           {"ARIZE_SINGLE_HOST=own.test ARIZE_SINGLE_PORT=8443", "https://own.test:8443"},
		"--base-domain own.test":                {"ARIZE_BASE_DOMAIN=own.test", "https://api.own.test:443"},
		"--api-host own.test:81":                {"ARIZE_API_HOST=own.test ARIZE_API_PORT=81", "https://own.test:81"},
		"--api-host own.test --api-scheme http": {"ARIZE_API_HOST=own.test ARIZE_API_SCHEME=http", "http://own.test:80"},
		"--base-domain own.test:8080 --api-scheme http": {"ARIZE_BASE_DOMAIN=own.test ARIZE_API_PORT=8080 ARIZE_API_SCHEME=http", "http://api.own.test:8080"},
	} {
		w := clitest.New(t)
		same(t, w.Run(append([]string{"profiles", "create", "x", "--api-key", key}, strings.Fields(options)...)...).Code, 0)
		w.Env["ARIZE_SSL_CA_CERT"] = ca
		without := clitest.New(t)
		without.Env["ARIZE_SSL_CA_CERT"], without.Env["ARIZE_API_KEY"] = ca, key
		for v := range strings.FieldsSeq(c.variables) {
			name, value, _ := strings.Cut(v, "=")
			without.Env[name] = value
		}
		for _, world := range []*clitest.World{w, without} {
			world.Env["ARIZE_PROXY_URL"] = strings.TrimPrefix(p.URL, "http://") // host:port alone will do
			p.reset()
			ran(t, world.Run("users", "list", "-q"), 0, "id-ann\nid-bob\n", "")
			if got, want := p.seen(), []request{{c.origin, "GET /v2/users?limit=50", "Bearer " + key}}; !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v", options, c.variables, got, want)
			}
		}
	}
}

// A proxy's own name and password go to the proxy, and are shown to nobody.
func TestProxyWithAPassword(t *testing.T) {
	t.Parallel()
	var seen string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Get("Proxy-Authorization")
		clitest.Page("", clitest.Member("ann"))(w, r)
	}))
	defer s.Close()
	w := clitest.New(t)
	same(t, w.Run("profiles", "create", "x", "--api-key", key, "--api-host", "own.test", "--api-scheme", "http").Code, 0)
	w.Env["ARIZE_PROXY_URL"] = strings.Replace(s.URL, "http://", "http://me:hidden@", 1)
	ran(t, w.Run("users", "list", "-q"), 0, "id-ann\n", "")
	same(t, seen, "Basic bWU6aGlkZGVu")
	shown := w.Run("profiles", "show", "--all")
	contains(t, shown.Out, "http://me:xxxxx@127.0.0.1:")
	if strings.Contains(shown.String(), "hidden") {
		t.Errorf("%s", shown)
	}
}
