package profile_test

import (
	"strings"
	"testing"

	"ax/internal/profile"

	"github.com/google/go-cmp/cmp"
)

const (
	prod = "[auth]\napi_key = \"ak-prod\"\n"
	dev  = "[auth]\napi_key = \"ak-dev\"\n[routing]\nsingle_host = \"dev.example.com\"\n"
)

func twoFiles(active string) map[string]string {
	return map[string]string{
		"profiles/prod.toml":  prod,
		"profiles/dev.toml":   dev,
		"profiles/local.toml": dev,
		".active_profile":     active,
	}
}

func TestResolvePrecedence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flag, active string
		vars         []string
		want         string // Name APIKey BaseURL
	}{
		"flag over all":            {"dev", "prod", []string{"AX_PROFILE=prod", "ARIZE_API_KEY=ak-env"}, "dev ak-dev https://dev.example.com"},
		"variable over key":        {"", "prod", []string{"AX_PROFILE=dev", "ARIZE_API_KEY=ak-env"}, "dev ak-dev https://dev.example.com"},
		"key over active":          {"", "prod", []string{"ARIZE_API_KEY=ak-env"}, " ak-env https://api.arize.com"},
		"active":                   {"", "prod", nil, "prod ak-prod https://api.arize.com"},
		"active with newline":      {"", "prod\n", nil, "prod ak-prod https://api.arize.com"},
		"empty variable":           {"", "prod", []string{"AX_PROFILE=", "ARIZE_API_KEY="}, "prod ak-prod https://api.arize.com"},
		"blank variable":           {"", "prod", []string{"AX_PROFILE= ", "ARIZE_API_KEY=\n"}, "prod ak-prod https://api.arize.com"},
		"local by flag":            {"local", "prod", []string{"ARIZE_API_KEY=ak-env"}, "local  "},
		"local by variable":        {"", "prod", []string{"AX_PROFILE=local"}, "local  "},
		"local active":             {"", "local", nil, "local  "},
		"local in capitals":        {"LOCAL", "prod", nil, "local  "},
		"routing is not mixed in":  {"", "dev", []string{"ARIZE_API_PORT=9", "ARIZE_API_SCHEME=http", "ARIZE_REGION=EU"}, "dev ak-dev https://dev.example.com"},
		"key is not mixed in":      {"prod", "", []string{"ARIZE_API_KEY=ak-env", "ARIZE_API_HOST=h"}, "prod ak-prod https://api.arize.com"},
		"key with routing":         {"", "", []string{"ARIZE_API_KEY=ak-env", "ARIZE_API_HOST=h:1"}, " ak-env https://h:1"},
		"key is trimmed":           {"", "", []string{"ARIZE_API_KEY= ak-env\r\n"}, " ak-env https://api.arize.com"},
		"key of any format":        {"", "", []string{"ARIZE_API_KEY=ü:/%"}, " ü:/% https://api.arize.com"},
		"broken files not touched": {"", "../x", []string{"ARIZE_API_KEY=ak-env"}, " ak-env https://api.arize.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := profile.Resolve(c.flag, world(t, twoFiles(c.active), c.vars...))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join([]string{p.Name, p.APIKey, p.BaseURL}, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if p.Local != (p.Name == "local") {
				t.Errorf("Local is %t for %q", p.Local, p.Name)
			}
		})
	}
}

// Neither a key in the environment nor the local directory needs a home.
func TestResolveWithoutHome(t *testing.T) {
	t.Parallel()
	if _, err := profile.Resolve("", environment("ARIZE_API_KEY=k")); err != nil {
		t.Error(err)
	}
	if _, err := profile.Resolve("local", environment()); err != nil {
		t.Error(err)
	}
	_, err := profile.Resolve("", environment())
	mustFail(t, err, profile.Config, "HOME is not set", "--profile local", "ARIZE_API_KEY")
}

func TestResolveErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flag, active string
		vars         []string
		kind         profile.Kind
		phrases      []string
	}{
		"nothing":           {"", "", nil, profile.Config, []string{"No active profile configured", "--profile local", "ARIZE_API_KEY", "ax profiles create"}},
		"routing, no key":   {"", "", []string{"ARIZE_API_HOST=h"}, profile.Config, []string{"ARIZE_API_HOST.", "not used"}},
		"missing by flag":   {"nope", "", nil, profile.Config, []string{"Profile 'nope' does not exist.", "Available profiles: dev, prod, local"}},
		"missing by var":    {"", "", []string{"AX_PROFILE=nope"}, profile.Config, []string{"'nope'", "environment AX_PROFILE"}},
		"missing by file":   {"", "nope", nil, profile.Config, []string{"'nope'", "dev, prod, local", ".active_profile"}},
		"bad name by var":   {"", "", []string{"AX_PROFILE=../x"}, profile.Config, []string{"Invalid profile name: '../x'", "environment AX_PROFILE"}},
		"bad name by file":  {"", "../x", nil, profile.Config, []string{"Invalid profile name: '../x'", ".active_profile"}},
		"two lines in file": {"", "dev\nprod", nil, profile.Config, []string{`'dev\nprod'`}},
		"blank flag":        {" ", "prod", nil, profile.Config, []string{"Invalid profile name: ' '"}},
		"space in key":      {"", "", []string{"ARIZE_API_KEY=ak hidden"}, profile.NoKey, []string{"space", "environment ARIZE_API_KEY"}},
		"newline in key":    {"", "", []string{"ARIZE_API_KEY=ak\nhidden"}, profile.NoKey, []string{"control character"}},
		"NUL in key":        {"", "", []string{"ARIZE_API_KEY=ak\x00hidden"}, profile.NoKey, []string{"control character"}},
		"DEL in key":        {"", "", []string{"ARIZE_API_KEY=ak\x7fhidden"}, profile.NoKey, []string{"control character"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := profile.Resolve(c.flag, world(t, twoFiles(c.active), c.vars...))
			e := mustFail(t, err, c.kind, c.phrases...)
			if strings.Contains(e.Message+e.Hint, "hidden") {
				t.Errorf("the key is in the message: %s", e.Message)
			}
		})
	}
}

func TestResolveSources(t *testing.T) {
	t.Parallel()
	file := `
[auth]
api_key = "${MY_KEY}"
[routing]
single_host = "h.example.com"
single_port = "${MY_PORT:8443}"
[output]
format = "json"
[security]
request_verify = false
ssl_ca_cert = "/etc/ca.pem"
`
	env := world(t, map[string]string{"profiles/a.toml": file}, "MY_KEY=k",
		"ARIZE_PROXY_URL=proxy:3128", "ARIZE_API_HOST=other", "ARIZE_API_KEY=other")
	p, err := profile.Resolve("a", env)
	if err != nil {
		t.Fatal(err)
	}
	in := " in " + env("HOME") + "/.arize/profiles/a.toml"
	want := profile.Profile{
		Name: "a", BaseURL: "https://h.example.com:8443", APIKey: "k", Output: "json",
		CACert: "/etc/ca.pem", SkipVerify: true, Proxy: "http://proxy:3128",
		Source: map[string]string{
			"profile":        "--profile",
			"api_key":        "auth.api_key" + in + " (${MY_KEY})",
			"host":           "routing.single_host" + in,
			"port":           "routing.single_port" + in,
			"scheme":         "default",
			"output":         "output.format" + in,
			"ca_cert":        "security.ssl_ca_cert" + in,
			"request_verify": "security.request_verify" + in,
			"proxy":          "environment ARIZE_PROXY_URL",
		},
		Ignored: []string{"ARIZE_API_KEY", "ARIZE_API_HOST"},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

func TestResolveEnvironmentSources(t *testing.T) {
	t.Parallel()
	p, err := profile.Resolve("", environment("ARIZE_API_KEY=k", "ARIZE_API_HOST=127.0.0.1",
		"ARIZE_API_PORT=8080", "ARIZE_API_SCHEME=HTTP", "ARIZE_SSL_CA_CERT=/ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	want := profile.Profile{
		BaseURL: "http://127.0.0.1:8080", APIKey: "k", CACert: "/ca.pem",
		Source: map[string]string{
			"profile": "environment ARIZE_API_KEY", "api_key": "environment ARIZE_API_KEY",
			"host": "environment ARIZE_API_HOST", "port": "environment ARIZE_API_PORT",
			"scheme": "environment ARIZE_API_SCHEME", "ca_cert": "environment ARIZE_SSL_CA_CERT",
		},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

// What a file asks for by ${VAR} is used, so nobody is told that it is not.
func TestReferencedVariablesAreNotIgnored(t *testing.T) {
	t.Parallel()
	file := "[auth]\napi_key = \"${ARIZE_API_KEY}\"\n[routing]\napi_host = \"${ARIZE_API_HOST}\"\n"
	p, err := profile.Resolve("a", world(t, map[string]string{"profiles/a.toml": file},
		"ARIZE_API_KEY=k", "ARIZE_API_HOST=h", "ARIZE_API_PORT=9"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ARIZE_API_PORT"}, p.Ignored); diff != "" || p.BaseURL != "https://h" {
		t.Errorf("%s (ignored: %s)", p.BaseURL, diff)
	}
}

func TestMachineVariables(t *testing.T) {
	t.Parallel()
	withCert := prod + "[security]\nssl_ca_cert = \"/file.pem\"\n"
	for name, c := range map[string]struct {
		flag, variable string
		cert, proxy    string
	}{
		"file":              {"a", "X=", "/file.pem", ""},
		"cert over file":    {"a", "ARIZE_SSL_CA_CERT=/env.pem", "/env.pem", ""},
		"empty cert":        {"a", "ARIZE_SSL_CA_CERT=", "/file.pem", ""},
		"proxy":             {"a", "ARIZE_PROXY_URL=socks5://127.0.0.1:1080", "/file.pem", "socks5://127.0.0.1:1080"},
		"proxy with login":  {"a", "ARIZE_PROXY_URL=http://u:p@proxy:3128/", "/file.pem", "http://u:p@proxy:3128/"},
		"none of it, local": {"local", "ARIZE_PROXY_URL=proxy:3128", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := profile.Resolve(c.flag, world(t, map[string]string{"profiles/a.toml": withCert}, c.variable))
			if err != nil {
				t.Fatal(err)
			}
			if p.CACert != c.cert || p.Proxy != c.proxy {
				t.Errorf("got %q, %q", p.CACert, p.Proxy)
			}
		})
	}
	for _, bad := range []string{"ftp://proxy", "http://", "http://u:hidden@proxy:99999", "http://u:hidden@a b", "://"} {
		_, err := profile.Resolve("", environment("ARIZE_API_KEY=k", "ARIZE_PROXY_URL="+bad))
		if e := mustFail(t, err, profile.Config, "environment ARIZE_PROXY_URL"); strings.Contains(e.Message, "hidden") {
			t.Errorf("a password in: %s", e.Message)
		}
	}
}
