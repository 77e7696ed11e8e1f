package profile_test

import (
	"net/url"
	"strings"
	"testing"

	"ax/internal/profile"
)

// fields turns "API_HOST=h SINGLE_PORT=1" into ARIZE_* variables.
func fields(s string) func(string) string {
	vars := []string{"ARIZE_API_KEY=k"}
	for f := range strings.FieldsSeq(s) {
		vars = append(vars, "ARIZE_"+f)
	}
	return environment(vars...)
}

// inFile writes the same settings as a profile's [routing].
func inFile(s string) string {
	text := prod + "[routing]\n"
	for f := range strings.FieldsSeq(s) {
		key, value, _ := strings.Cut(f, "=")
		text += strings.ToLower(key) + " = \"" + value + "\"\n"
	}
	return text
}

// Every row holds for the environment and for a file alike.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		"":                               "https://api.arize.com",
		"REGION=US":                      "https://api.us-east-1b.arize.com",
		"REGION=eu":                      "https://api.eu-west-1a.arize.com",
		"REGION=CA":                      "https://api.ca-central-1a.arize.com",
		"REGION=us-central-1a":           "https://api.us-central-1a.arize.com",
		"REGION=EU-WEST-1A":              "https://api.eu-west-1a.arize.com",
		"REGION=EU API_HOST=api.x":       "https://api.eu-west-1a.arize.com",
		"REGION=EU API_SCHEME=https":     "https://api.eu-west-1a.arize.com",
		"REGION= SINGLE_HOST=h":          "https://h",
		"REGION=EU SINGLE_PORT=0":        "https://api.eu-west-1a.arize.com",
		"BASE_DOMAIN=example.com":        "https://api.example.com",
		"BASE_DOMAIN=example.com:8443/":  "https://api.example.com:8443",
		"SINGLE_HOST=h SINGLE_PORT=8080": "https://h:8080",
		"SINGLE_HOST=h API_HOST=other":   "https://h",
		"SINGLE_HOST=h:8080":             "https://h:8080",
		"SINGLE_HOST=127.0.0.1 SINGLE_PORT=8080 API_SCHEME=http": "http://127.0.0.1:8080",
		"SINGLE_PORT=8080 API_HOST=h":                            "https://h:8080",
		"SINGLE_PORT=1 API_PORT=2 API_HOST=h":                    "https://h:2",
		"API_HOST=h API_PORT=0":                                  "https://h",
		"API_HOST=h API_PORT=":                                   "https://h",
		"API_HOST=h:08080 API_PORT=8080":                         "https://h:8080",
		"API_HOST=h:443":                                         "https://h",
		"API_HOST=h:80":                                          "https://h:80",
		"API_HOST=h:80 API_SCHEME=http":                          "http://h",
		"API_HOST=H.Example.COM./":                               "https://h.example.com",
		"API_HOST=localhost:3000 API_SCHEME=HTTP":                "http://localhost:3000",
		"API_HOST=plain.example.com API_SCHEME=http":             "http://plain.example.com",
		"API_HOST=notarize.com API_SCHEME=http":                  "http://notarize.com",
		"API_HOST=127.0.0.1":                                     "https://127.0.0.1",
		"API_HOST=::1":                                           "https://[::1]",
		"API_HOST=::1 API_PORT=8080":                             "https://[::1]:8080",
		"API_HOST=[::1]":                                         "https://[::1]",
		"API_HOST=[2001:DB8:0:0::1]:8080":                        "https://[2001:db8::1]:8080",
		"SINGLE_HOST=::ffff:127.0.0.1":                           "https://[::ffff:127.0.0.1]",
	} {
		t.Run(settings, func(t *testing.T) {
			t.Parallel()
			p, err := profile.Resolve("", fields(settings))
			if err != nil || p.BaseURL != want {
				t.Errorf("environment: got %q, %v, want %q", p.BaseURL, err, want)
			}
			p, err = profile.Resolve("a", world(t, map[string]string{"profiles/a.toml": inFile(settings)}))
			if err != nil || p.BaseURL != want {
				t.Errorf("file: got %q, %v, want %q", p.BaseURL, err, want)
			}
		})
	}
}

func TestBaseURLErrors(t *testing.T) {
	t.Parallel()
	exclusive := []string{"Only one routing option allowed"}
	for settings, phrases := range map[string][]string{
		"REGION=EU SINGLE_HOST=h":                  exclusive,
		"REGION=EU SINGLE_PORT=1":                  exclusive,
		"REGION=EU BASE_DOMAIN=example.com":        exclusive,
		"SINGLE_HOST=h BASE_DOMAIN=example.com":    exclusive,
		"SINGLE_PORT=1 BASE_DOMAIN=example.com":    exclusive,
		"REGION=EU SINGLE_HOST=h BASE_DOMAIN=e.co": exclusive,
		"REGION=mars":                             {"Invalid region 'mars'", "us-central-1a", "US, EU, CA"},
		"API_SCHEME=ftp":                          {"Invalid scheme 'ftp'", "http or https"},
		"API_SCHEME=https://":                     {"Invalid scheme"},
		"API_SCHEME=http":                         {"in the clear", "api.arize.com"},
		"API_SCHEME=http API_HOST=arize.com:80":   {"in the clear"},
		"API_SCHEME=http REGION=EU":               {"in the clear", "api.eu-west-1a.arize.com"},
		"API_SCHEME=http API_HOST=API.Arize.Com.": {"in the clear"},
		"API_PORT=http":                           {"Invalid port in 'http'", "1 to 65535"},
		"API_PORT=65536":                          {"Invalid port"},
		"API_PORT=-1":                             {"Invalid port"},
		"SINGLE_PORT=+80":                         {"Invalid port"},
		"API_HOST=h:0":                            {"Invalid port in 'h:0'"},
		"API_HOST=h:99999":                        {"Invalid port"},
		"API_HOST=h:1 API_PORT=2":                 {"Two different ports", "1 (", "2 ("},
		"SINGLE_HOST=h:1 SINGLE_PORT=2":           {"Two different ports"},
		"API_HOST=[::1]:1 API_PORT=2":             {"Two different ports"},
		"API_HOST=http://127.0.0.1:8080/v2":       {"without scheme", "Write 127.0.0.1:8080 there, and http in"},
		"BASE_DOMAIN=https://example.com":         {"Write example.com there, and https in"},
		"SINGLE_HOST=http://u:hidden@h":           {"Write h there"},
		"API_HOST=h/v2":                           {"Invalid host 'h/v2'", "nothing else"},
		"API_HOST=h:8080/v2":                      {"Invalid"},
		"API_HOST=u:hidden@h":                     {"'***@h'"},
		"API_HOST=h?x":                            {"Invalid host"},
		"API_HOST=h#x":                            {"Invalid host"},
		"API_HOST=h%2fx":                          {"Invalid host"},
		"API_HOST=h\\x":                           {"Invalid host"},
		"API_HOST=h:":                             {"Invalid host"},
		"API_HOST=:8080":                          {"Invalid host"},
		"API_HOST=/":                              {"Invalid host"},
		"API_HOST=a..b":                           {"Invalid host"},
		"API_HOST=-a":                             {"Invalid host"},
		"API_HOST=bücher.example":                 {"Invalid host"},
		"API_HOST=[::1":                           {"Invalid host"},
		"API_HOST=::1]":                           {"Invalid host"},
		"API_HOST=[127.0.0.1]":                    {"Invalid host"},
		"API_HOST=[h]":                            {"Invalid host"},
		"API_HOST=fe80::1%eth0":                   {"Invalid host"},
		"API_HOST=1:2:3":                          {"Invalid host"},
		"API_HOST=${X":                            {"Invalid host"},
		"BASE_DOMAIN=127.0.0.1:8080":              {"is an address", "single host"},
		"BASE_DOMAIN=[::1]:8080/":                 {"is an address"},
		"API_HOST=" + strings.Repeat("a", 64):     {"Invalid host"},
		"API_HOST=" + strings.Repeat("a.", 130):   {"Invalid host", "…"},
	} {
		t.Run(settings, func(t *testing.T) {
			t.Parallel()
			_, err := profile.Resolve("", fields(settings))
			e := mustFail(t, err, profile.Config, append(phrases, "ARIZE_")...)
			if strings.Contains(e.Message+e.Hint, "hidden") {
				t.Errorf("a password in %s %s", e.Message, e.Hint)
			}
			if strings.ContainsRune(settings, '\\') {
				return // not the same string in TOML
			}
			env := world(t, map[string]string{"profiles/a.toml": inFile(settings)})
			_, err = profile.Resolve("a", env)
			mustFail(t, err, profile.Config, append(phrases, env("HOME")+"/.arize/profiles/a.toml")...)
		})
	}
}

// Control characters cannot be written in the tables above.
func TestHostWithControlCharacters(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"h\nx", "h x", "h\x00", "h\x1b[31m", "h\u202ex"} {
		_, err := profile.Resolve("", environment("ARIZE_API_KEY=k", "ARIZE_API_HOST="+host))
		e := mustFail(t, err, profile.Config, "Invalid host")
		if strings.ContainsAny(e.Message, "\n\x00\x1b\u202e") {
			t.Errorf("shown raw: %q", e.Message)
		}
	}
}

// Whatever a host variable holds, what comes out is scheme, host and port only.
func FuzzBaseURL(f *testing.F) {
	for _, s := range []string{"h", "h:1", "[::1]:1", "u@h", "h/..", "::1", "[::ffff:1.2.3.4]", "a.:1", "h:1:2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		p, err := profile.Resolve("", environment("ARIZE_API_KEY=k", "ARIZE_API_HOST="+host))
		if err != nil {
			mustFail(t, err, profile.Config)
			return
		}
		u, err := url.Parse(p.BaseURL)
		if err != nil {
			t.Fatal(err)
		}
		if u.Host == "" || u.Scheme+"://"+u.Host != p.BaseURL {
			t.Errorf("%q became %q", host, p.BaseURL)
		}
	})
}
