package apitest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"ax/internal/api/apitest"
)

const (
	id        = "VXNlcjphYmNkZWZnaDEyMzQ1Njc4"
	userPath  = "/v2/users/" + id
	user      = `"id":"` + id + `","name":"Ann","email":"ann@example.test","created_at":"2026-01-02T03:04:05Z",` + state
	state     = `"status":"ACTIVE","role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":true`
	create    = `{"name":"Ann","email":"ann@example.test","role":{"type":"PREDEFINED","name":"member"},"invite_mode":"none"}`
	password  = `"temporary_password":"abcd-efgh-jkmn-pqrs-tuvw-2345"`
	noMore    = `"pagination":{"has_more":false}`
	isJSON    = "application/json"
	isProblem = "application/problem+json"
)

// problem is a right problem document for a status.
func problem(status int) string {
	return fmt.Sprintf(`{"type":"errors#some-fault","title":"Fault","status":%d,"detail":"No.","instance":"/requests/1","request_id":"1"}`, status)
}

// A scenario is one exchange, and what is wrong with it: a part of the complaint, or nothing.
type scenario struct {
	name          string
	method, path  string
	sends         string // JSON
	keyless       bool
	status        int
	kind, answers string
	header        [2]string
	wrong         string
	unsendable    bool // net/http would not put this answer on a socket
}

var right = []scenario{
	{name: "list", method: "GET", path: "/v2/users", status: 200, kind: isJSON, answers: `{"users":[{` + user + `}],` + noMore + `}`},
	{name: "list with everything", method: "GET", path: "/v2/users?limit=1&cursor=abc&email=a%40b&status=active&status=EXPIRED",
		status: 200, kind: isJSON, answers: `{"users":[{` + user + `}],"pagination":{"next_cursor":"abc","has_more":true}}`},
	{name: "list with empty filters", method: "GET", path: "/v2/users?cursor=&email=", status: 200, kind: isJSON, answers: `{"users":[],` + noMore + `}`},
	{name: "HEAD", method: "HEAD", path: "/v2/users", status: 200, kind: isJSON},
	{name: "create", method: "POST", path: "/v2/users", sends: create, status: 201, kind: isJSON, answers: `{` + user + `,"invite_mode":"NONE"}`},
	{name: "create with a password", method: "POST", path: "/v2/users", sends: create, status: 201, kind: isJSON,
		answers: `{` + user + `,"invite_mode":"TEMPORARY_PASSWORD",` + password + `}`},
	{name: "create again", method: "POST", path: "/v2/users", sends: create, status: 200, kind: isJSON, answers: `{` + user + `}`},
	{name: "create with a padded name", method: "POST", path: "/v2/users", sends: strings.Replace(create, "Ann", strings.Repeat(" ", 300)+"Ann Ray ", 1),
		status: 200, kind: isJSON, answers: `{` + user + `}`},
	{name: "get", method: "GET", path: userPath, status: 200, kind: isJSON + "; charset=utf-8", answers: `{` + user + `}`},
	{name: "get with six digits", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "05Z", "05.120000Z", 1)},
	{name: "get with a custom role", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, `"type":"PREDEFINED","name":"MEMBER"`, `"type":"CUSTOM","id":"Um9sZTox"`, 1)},
	{name: "update", method: "PATCH", path: userPath, sends: `{"is_developer":false}`, status: 200, kind: isJSON, answers: `{` + user + `}`},
	{name: "delete, escaped padding", method: "DELETE", path: "/v2/users/VXNlcjoxMDA2OmFiY2Q%3D", status: 204},
	{name: "delete, raw padding", method: "DELETE", path: "/v2/users/VXNlcjoxMDA2OmFiY2Q=", status: 204},
	{name: "resend, escaped slash", method: "POST", path: "/v2/users/VXN%2FcjphYmNkZWZnaDEyMzQ1Njc4/resend-invitation", status: 204},
	{name: "reset", method: "POST", path: userPath + "/reset-password", status: 204},
	{name: "refused, whatever was asked", method: "POST", path: "/v2/users?what=ever", sends: `{"nome":1}`, keyless: true,
		status: 401, kind: isProblem, answers: problem(401), header: [2]string{"WWW-Authenticate", "Bearer"}},
	{name: "limited", method: "GET", path: userPath, status: 429, kind: isProblem, answers: problem(429), header: [2]string{"Retry-After", "7"}},
	{name: "invalid with fields", method: "POST", path: "/v2/users", sends: `{}`, status: 422, kind: isProblem,
		answers: strings.Replace(problem(422), `"1"}`, `"1","errors":[{"field":"name","detail":"Missing."}]}`, 1)},
	{name: "unknown path", method: "GET", path: "/v2/nothing", status: 404, kind: isProblem, answers: problem(404)},
	{name: "unknown path, slash at the end", method: "GET", path: "/v2/users/", status: 404, kind: isProblem, answers: problem(404)},
	{name: "unknown path, dots", method: "PUT", path: "/v2/users/..", status: 404, kind: isProblem, answers: problem(404)},
	{name: "unknown method", method: "OPTIONS", path: "/v2/users", keyless: true, status: 405, kind: isProblem, answers: problem(405),
		header: [2]string{"Allow", "GET, HEAD, POST"}},
	{name: "live", method: "GET", path: "/livez", keyless: true, status: 200, kind: "text/plain; charset=utf-8", answers: "ok\n"},
	{name: "live, asked past a cache", method: "GET", path: "/livez?1", keyless: true, status: 200, kind: "text/plain", answers: "ok\n"},
	{name: "ready", method: "GET", path: "/readyz", keyless: true, status: 200, kind: isJSON, answers: `{"status":"ready"}`},
	{name: "not ready", method: "GET", path: "/readyz", keyless: true, status: 503, kind: isProblem, answers: problem(503)},
	{name: "the document", method: "GET", path: "/openapi.yaml", keyless: true, status: 200, kind: "application/yaml", answers: "openapi: 3.0.3\n"},
}

var wrong = []scenario{
	{name: "extra field", method: "GET", path: userPath, status: 200, kind: isJSON, answers: `{` + user + `,"age":7}`, wrong: `property "age" is unsupported`},
	{name: "lower-case enum", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "ACTIVE", "active", 1), wrong: "/status"},
	{name: "lower-case role", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "MEMBER", "member", 1), wrong: "/role"},
	{name: "unknown role type", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "PREDEFINED", "OTHER", 1), wrong: "/role"},
	{name: "missing field", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, `"name":"Ann",`, "", 1), wrong: `property "name" is missing`},
	{name: "null field", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, `"Ann"`, "null", 1), wrong: "/name"},
	{name: "local time", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "05Z", "05+01:00", 1), wrong: "/created_at"},
	{name: "trimmed fraction", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "05Z", "05.12Z", 1), wrong: "/created_at"},
	{name: "zero fraction", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "05Z", "05.000000Z", 1), wrong: "/created_at"},
	{name: "id of another shape", method: "GET", path: userPath, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, id, "usr_1", 1), wrong: "/id"},
	{name: "null list", method: "GET", path: "/v2/users", status: 200, kind: isJSON, answers: `{"users":null,` + noMore + `}`, wrong: "/users"},
	{name: "cursor without more", method: "GET", path: "/v2/users", status: 200, kind: isJSON,
		answers: `{"users":[],"pagination":{"next_cursor":"abc","has_more":false}}`, wrong: "/pagination"},
	{name: "more without cursor", method: "GET", path: "/v2/users", status: 200, kind: isJSON,
		answers: `{"users":[],"pagination":{"has_more":true}}`, wrong: "/pagination"},
	{name: "wrong content type", method: "GET", path: userPath, status: 200, kind: "text/plain", answers: `{` + user + `}`, wrong: "text/plain"},
	{name: "no content type", method: "GET", path: userPath, status: 200, answers: `{` + user + `}`, wrong: "Content-Type", unsendable: true},
	{name: "HEAD, wrong content type", method: "HEAD", path: userPath, status: 200, kind: "text/html", wrong: "text/html"},
	{name: "HEAD, undeclared status", method: "HEAD", path: userPath, status: 418, kind: isProblem, wrong: "418"},
	{name: "problem as JSON", method: "GET", path: userPath, status: 404, kind: isJSON, answers: problem(404), wrong: isJSON},
	{name: "undeclared status", method: "GET", path: userPath, status: 403, kind: isProblem, answers: problem(403), wrong: "403"},
	{name: "redirect", method: "GET", path: userPath, status: 301, kind: "text/html", answers: "moved", wrong: "301"},
	{name: "no body", method: "GET", path: userPath, status: 200, kind: isJSON, wrong: "none was sent"},
	{name: "no text", method: "GET", path: "/livez", status: 200, kind: "text/plain", wrong: "none was sent"},
	{name: "two values", method: "GET", path: userPath, status: 200, kind: isJSON, answers: `{` + user + `}{}`, wrong: "not one JSON value"},
	{name: "204 with body", method: "DELETE", path: userPath, status: 204, kind: isJSON, answers: `{}`, wrong: "2 bytes", unsendable: true},
	{name: "200 for 204", method: "DELETE", path: userPath, status: 200, kind: isJSON, answers: `{}`, wrong: "200"},

	{name: "problem without status", method: "GET", path: userPath, status: 404, kind: isProblem,
		answers: strings.Replace(problem(404), `"status":404,`, "", 1), wrong: `property "status" is missing`},
	{name: "problem with another status", method: "GET", path: userPath, status: 404, kind: isProblem, answers: problem(400), wrong: "status is 400"},
	{name: "empty problem", method: "GET", path: userPath, status: 404, kind: isProblem, wrong: "none was sent"},
	{name: "problem with more", method: "GET", path: userPath, status: 404, kind: isProblem,
		answers: strings.Replace(problem(404), `{`, `{"stack":"x",`, 1), wrong: `property "stack" is unsupported`},
	{name: "401 without challenge", method: "GET", path: userPath, status: 401, kind: isProblem, answers: problem(401), wrong: "WWW-Authenticate"},
	{name: "429 without Retry-After", method: "GET", path: userPath, status: 429, kind: isProblem, answers: problem(429), wrong: "Retry-After"},
	{name: "429 with a date", method: "GET", path: userPath, status: 429, kind: isProblem, answers: problem(429),
		header: [2]string{"Retry-After", "Fri, 02 Jan 2026 03:04:05 GMT"}, wrong: "Retry-After"},
	{name: "unknown path accepted", method: "GET", path: "/v2/nothing", status: 200, kind: isJSON, answers: `{}`, wrong: "200"},
	{name: "unknown path, bare", method: "GET", path: "/v2/nothing", status: 404, kind: "text/plain", answers: "not found", wrong: "text/plain"},
	{name: "unknown method as 404", method: "PUT", path: userPath, status: 404, kind: isProblem, answers: problem(404), wrong: "404"},
	{name: "405 without Allow", method: "PUT", path: userPath, status: 405, kind: isProblem, answers: problem(405), wrong: "Allow"},
	{name: "405 with another Allow", method: "PUT", path: userPath, status: 405, kind: isProblem, answers: problem(405),
		header: [2]string{"Allow", "GET, HEAD, PUT"}, wrong: "Allow names"},

	{name: "200 create with mode", method: "POST", path: "/v2/users", sends: create, status: 200, kind: isJSON,
		answers: `{` + user + `,"invite_mode":"EMAIL_LINK"}`, wrong: `property "invite_mode" is unsupported`},
	{name: "201 create without mode", method: "POST", path: "/v2/users", sends: create, status: 201, kind: isJSON,
		answers: `{` + user + `}`, wrong: `property "invite_mode" is missing`},
	{name: "password with a link", method: "POST", path: "/v2/users", sends: create, status: 201, kind: isJSON,
		answers: `{` + user + `,"invite_mode":"EMAIL_LINK",` + password + `}`, wrong: `"not" of the schema`},
	{name: "no password where one is due", method: "POST", path: "/v2/users", sends: create, status: 201, kind: isJSON,
		answers: `{` + user + `,"invite_mode":"TEMPORARY_PASSWORD"}`, wrong: `"not" of the schema`},

	{name: "accepted undeclared parameter", method: "GET", path: "/v2/users?name=ann", status: 200, kind: isJSON,
		answers: `{"users":[],` + noMore + `}`, wrong: `"name" is not declared`},
	{name: "accepted undeclared parameter on delete", method: "DELETE", path: userPath + "?force", status: 204, wrong: `"force" is not declared`},
	{name: "accepted repeated parameter", method: "GET", path: "/v2/users?limit=1&limit=2", status: 200, kind: isJSON,
		answers: `{"users":[],` + noMore + `}`, wrong: `"limit" stands 2 times`},
	{name: "accepted limit", method: "GET", path: "/v2/users?limit=101", status: 200, kind: isJSON, answers: `{"users":[],` + noMore + `}`, wrong: "limit"},
	{name: "accepted status", method: "GET", path: "/v2/users?status=ACTIVE,INVITED", status: 200, kind: isJSON,
		answers: `{"users":[],` + noMore + `}`, wrong: "status"},
	{name: "accepted without key", method: "GET", path: userPath, keyless: true, status: 200, kind: isJSON, answers: `{` + user + `}`, wrong: "bearer"},
	{name: "accepted id", method: "GET", path: "/v2/users/usr_1", status: 200, kind: isJSON, answers: `{` + user + `}`, wrong: "user_id"},
	{name: "accepted unknown key", method: "PATCH", path: userPath, sends: `{"name":"Ann","role":1}`, status: 200, kind: isJSON,
		answers: `{` + user + `}`, wrong: `property "role" is unsupported`},
	{name: "accepted nothing", method: "PATCH", path: userPath, sends: `{}`, status: 200, kind: isJSON, answers: `{` + user + `}`, wrong: "at least 1 properties"},
	{name: "accepted null", method: "PATCH", path: userPath, sends: `{"name":null}`, status: 200, kind: isJSON, answers: `{` + user + `}`, wrong: "/name"},
	{name: "accepted blank name", method: "PATCH", path: userPath, sends: `{"name":"  "}`, status: 200, kind: isJSON,
		answers: `{` + user + `}`, wrong: "/name"},
	{name: "long name", method: "PATCH", path: userPath, sends: `{"name":"Ann"}`, status: 200, kind: isJSON,
		answers: strings.Replace(`{`+user+`}`, "Ann", strings.Repeat("é", 256), 1), wrong: "/name"},
	{name: "accepted text behind", method: "PATCH", path: userPath, sends: `{"name":"Ann"}{}`, status: 200, kind: isJSON,
		answers: `{` + user + `}`, wrong: "not one JSON value"},
	{name: "accepted unknown mode", method: "POST", path: "/v2/users", sends: strings.Replace(create, "none", "later", 1),
		status: 201, kind: isJSON, answers: `{` + user + `,"invite_mode":"NONE"}`, wrong: "/invite_mode"},
	{name: "accepted role with both", method: "POST", path: "/v2/users", sends: strings.Replace(create, `"member"`, `"member","id":"x"`, 1),
		status: 201, kind: isJSON, answers: `{` + user + `,"invite_mode":"NONE"}`, wrong: "/role"},
}

func TestHandler(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, s scenario, seen *complaints) {
		request := httptest.NewRequestWithContext(context.Background(), s.method, s.path, strings.NewReader(s.sends))
		s.prepare(request)
		apitest.Handler(seen, s).ServeHTTP(httptest.NewRecorder(), request)
	})
}

func TestTransport(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, s scenario, seen *complaints) {
		if s.unsendable {
			t.Skip("net/http puts this right")
		}
		server := httptest.NewServer(s)
		defer server.Close()
		request, err := http.NewRequestWithContext(context.Background(), s.method, server.URL+s.path, strings.NewReader(s.sends))
		if err != nil {
			t.Fatal(err)
		}
		s.prepare(request)
		answer, err := apitest.Transport(seen, server.Client().Transport).RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if body, err := io.ReadAll(answer.Body); err != nil || (s.method != "HEAD" && string(body) != s.answers) {
			t.Errorf("the caller reads %q (%v), want %q", body, err, s.answers)
		}
	})
}

func run(t *testing.T, exchange func(*testing.T, scenario, *complaints)) {
	t.Helper()
	for _, s := range append(append([]scenario(nil), right...), wrong...) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			seen := &complaints{TB: t}
			exchange(t, s, seen)
			switch {
			case s.wrong == "" && seen.text() != "":
				t.Errorf("a right exchange was refused:\n%s", seen.text())
			case s.wrong != "" && seen.text() == "":
				t.Error("a wrong exchange was passed")
			case !strings.Contains(seen.text(), s.wrong):
				t.Errorf("the complaint does not say %q:\n%s", s.wrong, seen.text())
			case strings.Contains(seen.text(), "ak-secret"):
				t.Errorf("the complaint shows the key:\n%s", seen.text())
			}
		})
	}
}

func (s scenario) prepare(r *http.Request) {
	if !s.keyless {
		r.Header.Set("Authorization", "Bearer ak-secret")
	}
	if s.sends != "" {
		r.Header.Set("Content-Type", isJSON)
	}
}

// ServeHTTP reads the request and answers as the scenario says, right or wrong.
func (s scenario) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != s.sends {
		panic(fmt.Sprintf("the handler reads %q (%v), want %q", body, err, s.sends))
	}
	if s.kind != "" {
		w.Header().Set("Content-Type", s.kind)
	}
	if s.header[0] != "" {
		w.Header().Set(s.header[0], s.header[1])
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.answers) // refused for 204 and HEAD, as it should be
}

// complaints takes the place of a test and keeps what it is told.
type complaints struct {
	testing.TB
	mu   sync.Mutex
	told strings.Builder
}

func (c *complaints) Helper() {}

func (c *complaints) Errorf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(&c.told, format, args...)
}

func (c *complaints) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.told.String()
}
