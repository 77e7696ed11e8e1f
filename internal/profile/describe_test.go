package profile_test

import (
	"fmt"
	"strings"
	"testing"

	"ax/internal/profile"

	"github.com/google/go-cmp/cmp"
)

// described is a profile as lines "setting | value | source", with the home as ~.
func described(t *testing.T, env func(string) string, name, from string, how profile.How) string {
	t.Helper()
	settings, err := profile.Describe(name, from, how, env)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range settings {
		fmt.Fprintf(&b, "%s | %s | %s\n", s.Name, s.Value, s.Source)
	}
	return strings.ReplaceAll(b.String(), env("HOME"), "~")
}

const described1 = `
[auth]
api_key = "${MY_KEY:ak-default-1234567890}"
[auth.oauth]
access_token = "at-hidden-hidden-hidden"
[routing]
single_host = "h.example.com"
otlp_host = "http://u:hidden@h"
[mine]
secret = "hidden"
list = ["hidden"]
n = 1
`

func TestDescribe(t *testing.T) {
	t.Parallel()
	const head = "profile | a | argument\nfile | ~/.arize/profiles/a.toml | ~/.arize\n"
	for name, c := range map[string]struct {
		how  profile.How
		want string
	}{
		"as written": {profile.How{}, "server | https://h.example.com | routing.single_host\nproxy | http://u:xxxxx@p:3128 | environment ARIZE_PROXY_URL\n" +
			"auth.api_key | ${MY_KEY:ak-de...890} | file, ${MY_KEY}\nrouting.single_host | h.example.com | file\n"},
		"expanded": {profile.How{Expand: true}, "server | https://h.example.com | routing.single_host\nproxy | http://u:xxxxx@p:3128 | environment ARIZE_PROXY_URL\n" +
			"auth.api_key | ak-mi...ine | file, ${MY_KEY}\nrouting.single_host | h.example.com | file\n"},
		"all": {profile.How{All: true}, "server | https://h.example.com | routing.single_host\nproxy | http://u:xxxxx@p:3128 | environment ARIZE_PROXY_URL\n" +
			"auth.auth_method | api-key | default\nauth.api_key | ${MY_KEY:ak-de...890} | file, ${MY_KEY}\nrouting.single_host | h.example.com | file\n" +
			"routing.api_host | api.arize.com | default\nrouting.api_scheme | https | default\noutput.format | table | default\nsecurity.request_verify | true | default\n" +
			"auth.oauth.access_token | at-hi...den | file\nmine.list | (a list) | file\nmine.n | 1 | file\nmine.secret | *** | file\nrouting.otlp_host | http://u:xxxxx@h | file\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := world(t, map[string]string{"profiles/a.toml": described1}, "MY_KEY=ak-mine-mine-mine-mine", "ARIZE_PROXY_URL=http://u:hidden@p:3128")
			if diff := cmp.Diff(head+c.want, described(t, env, "a", "argument", c.how)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDescribeWithoutAFile(t *testing.T) {
	t.Parallel()
	env := world(t, nil, "ARIZE_API_KEY=ak-1234567890123456", "ARIZE_API_HOST=h:8443", "ARIZE_SSL_CA_CERT=/ca.pem", "AX_DATA_DIR=/data")
	want := "profile | (none) | environment ARIZE_API_KEY\nserver | https://h:8443 | environment ARIZE_API_HOST\n" +
		"api_key | ak-12...456 | environment ARIZE_API_KEY\nca_cert | /ca.pem | environment ARIZE_SSL_CA_CERT\n"
	if diff := cmp.Diff(want, described(t, env, "", "environment ARIZE_API_KEY", profile.How{})); diff != "" {
		t.Error(diff)
	}
	want = "profile | local | --profile\nserver | (this machine) | built in\nfolder | /data | environment AX_DATA_DIR\n"
	if diff := cmp.Diff(want, described(t, env, "local", "--profile", profile.How{All: true})); diff != "" {
		t.Error(diff)
	}
}

// A profile that nothing can use is shown all the same, unless it cannot be read.
func TestDescribeWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	env := world(t, map[string]string{"profiles/a.toml": "[auth]\napi_key = \"${NONE}\"\n[routing]\nregion = \"mars\"\n", "profiles/b.toml": "[auth"})
	want := "profile | a | x\nfile | ~/.arize/profiles/a.toml | ~/.arize\nauth.api_key | ${NONE} | file, ${NONE}\nrouting.region | mars | file\n"
	if diff := cmp.Diff(want, described(t, env, "a", "x", profile.How{})); diff != "" {
		t.Error(diff)
	}
	_, err := profile.Describe("a", "x", profile.How{Expand: true}, env)
	mustFail(t, err, profile.NoKey, "NONE is not set")
	_, err = profile.Describe("b", "x", profile.How{}, env)
	mustFail(t, err, profile.Config, "Invalid TOML")
	_, err = profile.Describe("c", "x", profile.How{}, env)
	mustFail(t, err, profile.Config, "does not exist")
}

func TestMask(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"": "***", "short": "***", "ak-123456789012": "***", "ak-1234567890def": "ak-12...def", "üüüüüüüüüüüüüüüüüü": "üüüüü...üüü",
	} {
		if got := profile.Mask(key); got != want {
			t.Errorf("%s: %s", key, got)
		}
	}
}

func TestDetected(t *testing.T) {
	t.Parallel()
	got := profile.Detected(environment("ARIZE_API_KEY=ak-1234567890123456", "ARIZE_API_HOST=h", "ARIZE_REGION= ", "ARIZE_PROXY_URL=p"))
	want := []profile.Variable{{Name: "ARIZE_API_KEY", Key: "auth.api_key", Shown: "ak-12...456"}, {Name: "ARIZE_API_HOST", Key: "routing.api_host", Shown: "h"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSplitPort(t *testing.T) {
	t.Parallel()
	for host, want := range map[string][2]string{
		"h": {"h", ""}, "h:1": {"h", "1"}, "[::1]:1": {"[::1]", "1"}, "::1": {"::1", ""}, "${H:x}": {"${H:x}", ""}, "http://h:1": {"http://h:1", ""}, "h:": {"h:", ""}, "": {},
	} {
		name, port := profile.SplitPort(host)
		if got := [2]string{name, port}; got != want {
			t.Errorf("%s: %q", host, got)
		}
	}
}
