package auth_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

const (
	who  = "GET /ax/v1/whoami"
	list = "GET /v2/users?limit=1"
	ann  = `{"key":{"id":"QXBpS2V5OjE=","key_type":"USER","expires_at":"2027-01-02T03:04:05Z"},"user":{"id":"VXNlcjox","name":"Ann","email":"ann@example.com",` +
		`"role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":true,"permissions":["USER_READ","USER_CREATE"]}}`
)

// Which profile, which server, and whose key: from the environment, from a
// profile, and on this machine.
func TestStatus(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(who, clitest.JSON(200, ann))
	host := strings.TrimPrefix(s.URL, "http://")
	w := clitest.On(t, s)
	named := clitest.New(t)
	named.Write(t, ".arize/profiles/work.toml", "[auth]\napi_key = \""+clitest.Key+"\"\n[routing]\napi_host = \""+host+"\"\napi_scheme = \"http\"\n")
	for _, c := range []struct {
		w    *clitest.World
		args string
		want []string
	}{
		{w, "auth status", []string{"profile: the environment", "server: " + s.URL, "user: VXNlcjox", "email: ann@example.com", "name: Ann", "role: MEMBER", "developer: yes", "permissions: USER_READ, USER_CREATE", "key: QXBpS2V5OjE=", "key_type: USER", "key_expires_at: 2027-01-02T03:04:05Z"}},
		{named, "--profile work auth status", []string{"profile: work", "server: " + s.URL, "email: ann@example.com"}},
		{clitest.Local(t), "auth status", []string{"profile: local", "server: this machine", "role: ADMIN", "permissions: all"}},
	} {
		got := c.w.Run(strings.Fields(c.args)...)
		for _, text := range c.want {
			if got.Code != 0 || !strings.Contains(got.Out, text) || strings.Contains(got.Out+got.Err, clitest.Key) {
				t.Errorf("ax %s: want %q, and no key\n%s", c.args, text, got)
			}
		}
	}
	got := w.Run("auth", "status", "-o", "json")
	var document struct {
		Profile, Server string
		User            struct {
			Email       string
			Permissions []string
		}
	}
	if err := json.Unmarshal([]byte(got.Out), &document); err != nil || got.Code != 0 || got.Err != "" || document.Profile != "the environment" || document.Server != s.URL ||
		document.User.Email != "ann@example.com" || len(document.User.Permissions) != 2 {
		t.Errorf("-o json: %v, %+v\n%s", err, document, got)
	}
}

// A server without our addition to the API proves the key by a list, and what
// is missing is said in a sentence. However it says no, a bad key is a bad key.
func TestStatusElsewhere(t *testing.T) {
	t.Parallel()
	const good = "The key is good. This server does not say whose it is."
	unknown, users := clitest.Problem(404, "Not Found", "No such path."), clitest.Page("", clitest.Member("ann"))
	for name, c := range map[string]struct {
		who, list http.HandlerFunc // nil: is not asked
		code      int
		says      string
	}{
		"no such path":                  {unknown, users, 0, good},
		"no such path, in HTML":         {clitest.HTML(404), users, 0, good},
		"no such method":                {clitest.Problem(405, "Method Not Allowed", "x"), users, 0, good},
		"the page of an application":    {clitest.HTML(200), users, 0, good},
		"one who may not list":          {unknown, clitest.Problem(403, "Forbidden", "x"), 0, good},
		"a key that is not good":        {unknown, clitest.Problem(401, "Unauthorized", "The key was revoked."), 3, "401 Unauthorized; The key was revoked."},
		"a key that is refused at once": {clitest.Problem(401, "Unauthorized", "The key was revoked."), nil, 3, "401 Unauthorized; The key was revoked."},
		"a server that fails":           {clitest.Problem(500, "Internal Server Error", "x"), nil, 4, "500 Internal Server Error; x"},
		"no API at all":                 {clitest.HTML(404), clitest.HTML(404), 4, "Error"},
		"no API, but a page everywhere": {clitest.HTML(200), clitest.HTML(200), 4, "Error"},
		"a connection that is dropped":  {clitest.Drop, nil, 4, "Failed to get the status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(who, c.who)
			if c.list != nil {
				s.On(list, c.list)
			}
			got := clitest.On(t, s).Run("auth", "status")
			if got.Code != c.code || !strings.Contains(got.Err, c.says) {
				t.Errorf("want exit %d and %q\n%s", c.code, c.says, got)
			}
			if shown := strings.Contains(got.Out, "server: "+s.URL); shown != (c.code == 0) {
				t.Errorf("the server is shown: %v\n%s", shown, got)
			}
			if c.code == 0 && (strings.Contains(got.Err, "40") || strings.Contains(got.Out, "email")) {
				t.Errorf("HTTP, or somebody unknown, is shown: %s", got)
			}
		})
	}
}

func TestStatusWithoutAServer(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	if got := w.Run("auth", "status"); got.Code != 1 || !strings.Contains(got.Err, "No active profile configured.") {
		t.Errorf("no profile: %s", got)
	}
	w.Write(t, ".arize/profiles/bare.toml", "[routing]\nregion = \"us-east-1b\"\n")
	if got := w.Run("--profile", "bare", "auth", "status"); got.Code != 3 {
		t.Errorf("a profile without a key: %s", got)
	}
	if got := w.Run("--profile", "nobody", "auth", "status"); got.Code != 1 || !strings.Contains(got.Err, "nobody") {
		t.Errorf("a profile that is not there: %s", got)
	}
}

// Yes is 0 and no is 1, with the rule that decided on standard output; no
// answer is neither.
func TestCanI(t *testing.T) {
	t.Parallel()
	const path = "GET /ax/v1/can-i?action="
	yes := clitest.JSON(200, `{"allowed":true,"rule":"the account role","action":"create_user"}`)
	no := clitest.JSON(200, `{"allowed":false,"rule":"no role on the space allows it","action":"SPACE_UPDATE","resource":"U3BhY2U6MQ=="}`)
	for _, c := range []struct {
		args, asked string
		answer      http.HandlerFunc
		code        int
		out, err    string
	}{
		{"create_user", path + "create_user", yes, 0, "rule: the account role", ""},
		{"SPACE_UPDATE U3BhY2U6MQ==", path + "SPACE_UPDATE&resource=U3BhY2U6MQ%3D%3D", no, 1, "rule: no role on the space allows it", ""},
		{"create_user -o json", path + "create_user", yes, 0, `"allowed": true`, ""},
		{"SPACE_UPDATE U3BhY2U6MQ== -o json", path + "SPACE_UPDATE&resource=U3BhY2U6MQ%3D%3D", no, 1, `"rule": "no role on the space allows it"`, ""},
		{"create_user --jq .allowed", path + "create_user", yes, 0, "true\n", ""},
		{"fly", path + "fly", clitest.Problem(400, "Bad Request", "action: give a permission."), 4, "", "400 Bad Request; action: give a permission."},
		{"create_user", path + "create_user", clitest.Problem(404, "Not Found", "No such path."), 4, "", "Failed to get the decision: this server does not say who may do what"},
		{"create_user", path + "create_user", clitest.HTML(200), 4, "", "Failed to get the decision: this server does not say who may do what"},
		{"create_user", path + "create_user", clitest.Problem(401, "Unauthorized", "x"), 3, "", "401 Unauthorized"},
		{"create_user", path + "create_user", clitest.JSON(200, "{}"), 4, "", "holds no decision"},
	} {
		got := clitest.On(t, clitest.NewServer(t).On(c.asked, c.answer)).Run(append([]string{"auth", "can-i"}, strings.Fields(c.args)...)...)
		if got.Code != c.code || !strings.Contains(got.Out, c.out) || !strings.Contains(got.Err, c.err) || c.err == "" && strings.Contains(got.Err, "✗") {
			t.Errorf("%s: want exit %d, %q and %q\n%s", c.args, c.code, c.out, c.err, got)
		}
	}
	w := clitest.On(t, clitest.NewServer(t))
	for args, says := range map[string]string{"": "Missing argument: an action", "a b c": `unexpected extra argument "c"`} {
		if got := w.Run(append([]string{"auth", "can-i"}, strings.Fields(args)...)...); got.Code != 2 || !strings.Contains(got.Err, says) {
			t.Errorf("can-i %s: %s", args, got)
		}
	}
}
