package profile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/profile"
)

func TestExpand(t *testing.T) {
	t.Parallel()
	vars := []string{"A=one", "B=two", "EMPTY=", "BLANK= ", "REF=${A}", "ARIZE_X=x"}
	for text, want := range map[string]string{
		"plain":              "plain",
		"${A}":               "one",
		"a${A}b${B}c":        "aonebtwoc",
		"${A:other}":         "one",
		"${NONE:other}":      "other",
		"${NONE:}":           "",
		"${EMPTY:other}":     "other",
		"${BLANK:other}":     "other",
		"${NONE:http://h:1}": "http://h:1",
		"${REF}":             "${A}",
		"$A":                 "$A",
		"$${A}":              "$one",
		"${}":                "${}",
		"${:x}":              "${:x}",
		"${A":                "${A",
		"${NONE:${A}}":       "${A}",
		"{A}":                "{A}",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			env := world(t, map[string]string{"profiles/a.toml": "[x]\ny = \"" + text + "\"\nz = [\"" + text + "\"]\n[[w]]\nv = \"" + text + "\"\n"}, vars...)
			file, err := profile.Load("a", env)
			if err != nil {
				t.Fatal(err)
			}
			file, err = file.Expand(env)
			if err != nil {
				t.Fatal(err)
			}
			x := file.Values["x"].(map[string]any)
			w := file.Values["w"].([]map[string]any)
			for _, got := range []any{x["y"], x["z"].([]any)[0], w[0]["v"]} {
				if got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

func TestExpandLeavesTheOriginal(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": "[x]\ny = \"${A}\"\n"}, "A=one")
	file, err := profile.Load("a", env)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Expand(env); err != nil {
		t.Fatal(err)
	}
	if got := file.Values["x"].(map[string]any)["y"]; got != "${A}" {
		t.Errorf("got %q", got)
	}
}

func TestFileErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		kind    profile.Kind
		phrases []string
	}{
		"empty file":         {"", profile.NoKey, []string{"Profile 'a' has no API key", "[auth]"}},
		"empty key":          {"[auth]\napi_key = \" \"\n", profile.NoKey, []string{"no API key"}},
		"empty by default":   {"[auth]\napi_key = \"${NONE:}\"\n", profile.NoKey, []string{"no API key"}},
		"broken key":         {"[auth]\napi_key = \"ak hidden\"\n", profile.NoKey, []string{"space", "auth.api_key"}},
		"key is a number":    {"[auth]\napi_key = 5\n", profile.Config, []string{"auth.api_key", "must be a string"}},
		"auth is no table":   {"auth = \"x\"\n", profile.Config, []string{"auth in", "must be a table"}},
		"unset key variable": {"[auth]\napi_key = \"${MY_KEY}\"\n", profile.NoKey, []string{"MY_KEY is not set", "auth.api_key", "${MY_KEY:value}"}},
		"empty key variable": {"[auth]\napi_key = \"${EMPTY}\"\n", profile.NoKey, []string{"EMPTY is not set"}},
		"unset elsewhere":    {prod + "[routing]\notlp_host = \"${NONE}\"\n", profile.Config, []string{"NONE is not set", "routing.otlp_host"}},
		"two unset":          {"b = \"${SECOND}\"\nc = \"${THIRD}\"\na = \"${FIRST}\"\n" + prod, profile.Config, []string{"FIRST is not set"}},
		"unset in a list":    {prod + "[x.y]\nz = [1, [\"${NONE}\"]]\n", profile.Config, []string{"NONE is not set", "x.y.z"}},
		"browser":            {"[auth]\nauth_method = \"oauth\"\n[auth.oauth]\naccess_token = \"hidden\"\n", profile.NoKey, []string{"browser", "not supported yet", "API key"}},
		"browser, signed out": {"[auth]\nauth_method = \"oauth\"\n", profile.NoKey,
			[]string{"not supported yet"}},
		"browser, old file": {"[auth.oauth]\naccess_token = \"hidden\"\n", profile.NoKey, []string{"not supported yet"}},
		"unknown method":    {"[auth]\nauth_method = \"saml\"\napi_key = \"k\"\n", profile.Config, []string{"Unknown sign-in method 'saml'", "api-key"}},
		"verify is a word":  {prod + "[security]\nrequest_verify = \"maybe\"\n", profile.Config, []string{"security.request_verify", "true or false"}},
		"verify is a list":  {prod + "[security]\nrequest_verify = []\n", profile.Config, []string{"security.request_verify"}},
		"format is a number": {prod + "[output]\nformat = 1\n", profile.Config,
			[]string{"output.format", "must be a string"}},
		"port is a float": {prod + "[routing]\nsingle_port = 1.5\n", profile.Config, []string{"routing.single_port", "must be a string"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := world(t, map[string]string{"profiles/a.toml": c.text}, "EMPTY=")
			_, err := profile.Resolve("a", env)
			e := mustFail(t, err, c.kind, c.phrases...)
			if strings.Contains(e.Message+e.Hint, "hidden") {
				t.Errorf("a secret is in: %s", e.Message)
			}
			if path := filepath.Join(env("HOME"), ".arize/profiles/a.toml"); c.kind == profile.Config && !strings.Contains(e.Message, path) {
				t.Errorf("the file is not named: %s", e.Message)
			}
		})
	}
}

// A file as the existing CLI writes it: every default is there.
func TestFileOfTheExistingCLI(t *testing.T) {
	t.Parallel()
	file := `
[profile]
name = "other"
[auth]
auth_method = "api-key"
api_key = "ak-1"
[routing]
single_host = "ax.example.com"
single_port = "8443"
api_host = "api.arize.com"
api_scheme = "https"
otlp_host = "otlp.arize.com"
flight_port = "443"
[transport]
stream_max_workers = 8
[security]
request_verify = true
[output]
format = "table"
[update]
check_interval_hours = 6.0
enabled = true
`
	p, err := profile.Resolve("a", world(t, map[string]string{"profiles/a.toml": file}))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "a" || p.BaseURL != "https://ax.example.com:8443" || p.APIKey != "ak-1" || p.SkipVerify || p.Output != "table" {
		t.Errorf("%+v", p)
	}
}

func TestVerifyAndPortTypes(t *testing.T) {
	t.Parallel()
	for text, skip := range map[string]bool{
		"true": false, "false": true, `"true"`: false, `"False"`: true, `"0"`: true, `"off"`: true, `"yes"`: false,
		`""`: false, `"${NONE:false}"`: true,
	} {
		file := prod + "[security]\nrequest_verify = " + text + "\n[routing]\nsingle_host = \"h\"\nsingle_port = 81\n"
		p, err := profile.Resolve("a", world(t, map[string]string{"profiles/a.toml": file}))
		if err != nil || p.SkipVerify != skip || p.BaseURL != "https://h:81" {
			t.Errorf("%s: %+v, %v", text, p, err)
		}
	}
}
