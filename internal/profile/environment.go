package profile

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

const (
	envKey    = "ARIZE_API_KEY"
	envCACert = "ARIZE_SSL_CA_CERT"
	envProxy  = "ARIZE_PROXY_URL"
)

// variable reads one environment variable. Blank is unset: scripts write
// VAR="$(cat missing)".
func variable(getenv func(string) string, name string) setting {
	return setting{strings.TrimSpace(getenv(name)), "environment " + name}
}

func fromEnvironment(key setting, getenv func(string) string) (Profile, error) {
	p := Profile{Source: map[string]string{"profile": key.from}}
	if err := p.useKey(key); err != nil {
		return Profile{}, err
	}
	if err := p.route(environmentRouting(getenv)); err != nil {
		return Profile{}, err
	}
	if err := p.useMachine(getenv); err != nil {
		return Profile{}, err
	}
	return p, nil
}

func environmentRouting(getenv func(string) string) routing {
	return routing{
		region:     variable(getenv, "ARIZE_REGION"),
		singleHost: variable(getenv, "ARIZE_SINGLE_HOST"),
		singlePort: variable(getenv, "ARIZE_SINGLE_PORT"),
		baseDomain: variable(getenv, "ARIZE_BASE_DOMAIN"),
		apiHost:    variable(getenv, "ARIZE_API_HOST"),
		apiPort:    variable(getenv, "ARIZE_API_PORT"),
		apiScheme:  variable(getenv, "ARIZE_API_SCHEME"),
	}
}

// ignored names the variables that would have counted in an environment
// without profiles. Those that a file refers to, in refs, do count.
func ignored(getenv func(string) string, refs map[string][]string) []string {
	r := environmentRouting(getenv)
	used := slices.Concat(slices.Collect(maps.Values(refs))...)
	var names []string
	for _, s := range []setting{
		variable(getenv, envKey), r.region, r.singleHost, r.singlePort,
		r.baseDomain, r.apiHost, r.apiPort, r.apiScheme,
	} {
		if name := strings.TrimPrefix(s.from, "environment "); s.value != "" && !slices.Contains(used, name) {
			names = append(names, name)
		}
	}
	return names
}

// useKey takes any key that survives in an HTTP header; what a good key looks
// like is the server's business.
func (p *Profile) useKey(key setting) error {
	breaks := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	if strings.ContainsFunc(key.value, breaks) {
		return errKeyBroken(key)
	}
	p.APIKey = key.value
	key.note(p.Source, "api_key")
	return nil
}

func (p *Profile) route(r routing) error {
	e, err := r.endpoint()
	if err != nil {
		return err
	}
	p.BaseURL = e.url()
	e.host.note(p.Source, "host")
	e.port.note(p.Source, "port")
	e.scheme.note(p.Source, "scheme")
	return nil
}

// useMachine applies the variables that hold for every remote profile.
func (p *Profile) useMachine(getenv func(string) string) error {
	if cert := variable(getenv, envCACert); cert.value != "" {
		p.CACert = cert.value
		cert.note(p.Source, "ca_cert")
	}
	proxy := variable(getenv, envProxy)
	if proxy.value == "" {
		return nil
	}
	// host:port alone means http, as in every other tool's proxy variable.
	p.Proxy = proxy.value
	if !strings.Contains(p.Proxy, "://") {
		p.Proxy = "http://" + p.Proxy
	}
	u, err := url.Parse(p.Proxy)
	if err != nil || !usableProxy(u) {
		return errBadProxy(proxy)
	}
	proxy.note(p.Source, "proxy")
	return nil
}

func usableProxy(u *url.URL) bool {
	if port := u.Port(); port != "" {
		if _, ok := canonicalPort(port); !ok {
			return false
		}
	}
	return u.Hostname() != "" && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}

// A Variable is one of the environment that a new profile could refer to.
type Variable struct {
	Name  string
	Key   string // of the file
	Shown string // its value, a secret masked
}

// Detected are the variables of a key and its routing that are set.
func Detected(getenv func(string) string) (found []Variable) {
	for _, v := range [][2]string{
		{envKey, "auth.api_key"},
		{"ARIZE_REGION", "routing.region"},
		{"ARIZE_SINGLE_HOST", "routing.single_host"},
		{"ARIZE_SINGLE_PORT", "routing.single_port"},
		{"ARIZE_BASE_DOMAIN", "routing.base_domain"},
		{"ARIZE_API_HOST", "routing.api_host"},
		{"ARIZE_API_PORT", "routing.api_port"},
		{"ARIZE_API_SCHEME", "routing.api_scheme"},
	} {
		s := variable(getenv, v[0])
		if s.value == "" {
			continue
		}
		if v[0] == envKey {
			s.value = Mask(s.value)
		}
		found = append(found, Variable{v[0], v[1], s.value})
	}
	return found
}
