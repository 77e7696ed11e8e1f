package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"ax/internal/cli/clitest"
)

const list = "GET /v2/users?limit=50"

// What the CLI says for each status, and what a person could do about it.
func TestErrorOfTheAPI(t *testing.T) {
	t.Parallel()
	for status, c := range map[int]struct {
		code       int
		suggestion string
	}{
		400: {4, "Check your input parameters and try again."},
		401: {3, "Authentication failed. If your profile uses OAuth, run 'ax auth login'. If it uses an API key, run 'ax profiles create' or 'ax profiles update'."},
		403: {4, "You don't have permission. Check your API key or space access."},
		404: {4, "Resource not found. Verify the ID exists using the list command."},
		405: {4, ""},
		409: {4, "Resource already exists. Choose a different name or use the list command."},
		418: {4, ""},
		422: {4, "Validation failed. Check the error details for specific field issues."},
		429: {4, "Rate limit exceeded. Wait a moment and try again."},
		500: {4, "Server error. Try again later or contact support if the issue persists."},
		501: {4, ""},
		502: {4, "Bad gateway. The server is temporarily unavailable. Try again later."},
		503: {4, "Service unavailable. The server is temporarily down. Try again later."},
		504: {4, "Gateway timeout. The server took too long to respond. Try again later."},
		599: {4, ""},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(list, clitest.Problem(status, "The title", "The detail."))
			w := clitest.On(t, s)
			name := http.StatusText(status)
			if name == "" {
				name = "The title"
			}
			suggestion, hint := "", ""
			if c.suggestion != "" {
				suggestion, hint = "\n  Suggestion: "+c.suggestion+"\n", ",\n    \"hint\": \""+c.suggestion+"\""
			}
			ran(t, w.Run("users", "list"), c.code, "", fmt.Sprintf("ℹ Fetching users\n✗ Error: %d %s; The detail.\n%s  Run with --verbose for technical details.\n", status, name, suggestion))
			ran(t, w.Run("users", "list", "-o", "json"), c.code, "", fmt.Sprintf(`{
  "error": {
    "status": %d,
    "title": "The title",
    "detail": "The detail.",
    "type": "https://ax.example.test/errors#x",
    "request_id": "req_1",
    "exit_code": %d%s
  }
}
`, status, c.code, hint))
		})
	}
}

// The detail is shown for every command and status, declared for the operation or not.
func TestErrorDetailEverywhere(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t)
	for line, args := range map[string][]string{
		"GET /v2/users?limit=50":               {"list"},
		"GET /v2/users?limit=100":              {"list", "--all"},
		"GET /v2/users/x":                      {"get", "x"},
		"GET /v2/users?limit=100&email=x%40y":  {"get", "x@y"},
		"POST /v2/users":                       {"create", "-n", "x", "-e", "x@y", "-r", "admin", "--invite-mode", "none"},
		"PATCH /v2/users/x":                    {"update", "x", "-n", "x"},
		"POST /v2/users/x/resend-invitation":   {"resend-invitation", "x"},
		"POST /v2/users/x/reset-password":      {"reset-password", "x"},
		"POST /v2/users/404/resend-invitation": {"resend-invitation", "404"},
	} {
		for _, status := range []int{403, 409, 422, 500} {
			s.On(line, clitest.Problem(status, "The title", "The detail."))
			got := clitest.On(t, s).Run(append([]string{"users"}, args...)...)
			contains(t, got.Err, fmt.Sprintf("✗ Error: %d %s; The detail.\n", status, http.StatusText(status)))
			if got.Code != 4 || got.Out != "" {
				t.Errorf("%s", got)
			}
		}
	}
}

// Answers that no API gives, and answers that never come.
func TestErrorOfOddServers(t *testing.T) {
	t.Parallel()
	const isIt = "is this the address of the API?"
	for name, c := range map[string]struct {
		answer   http.HandlerFunc
		says     string
		requests int
	}{
		"dropped":      {clitest.Drop, "✗ Error: Failed to list users: the server closed the connection without an answer\n", 4},
		"cut off":      {cutOff, "✗ Error: Failed to list users: the server closed the connection without an answer\n", 1},
		"HTML":         {clitest.HTML(200), "✗ Error: Failed to list users: the server's answer is text/html, not JSON; " + isIt + "\n", 1},
		"HTML error":   {clitest.HTML(404), "✗ Error: 404 Not Found\n", 1},
		"HTML 502":     {clitest.HTML(502), "✗ Error: 502 Bad Gateway\n", 4},
		"{}":           {clitest.JSON(200, "{}"), "✗ Error: Failed to list users: the server's answer holds no list of users; " + isIt + "\n", 1},
		"null":         {clitest.JSON(200, "null"), "✗ Error: Failed to list users: the server's answer holds no list of users; " + isIt + "\n", 1},
		"[]":           {clitest.JSON(200, "[]"), "✗ Error: Failed to list users: the server's answer is not what the API promises: ", 1},
		"half":         {clitest.JSON(200, `{"users":[{"id":"a"`), "the server's answer is not what the API promises: unexpected end of JSON input\n", 1},
		"wrong type":   {clitest.JSON(200, `{"users":[{"id":7}],"pagination":{}}`), "the server's answer is not what the API promises: ", 1},
		"nothing":      {clitest.Empty(200), "the server's answer is not what the API promises: unexpected end of JSON input\n", 1},
		"204":          {clitest.Empty(204), "the server's answer is not what the API promises: ", 1},
		"no problem":   {clitest.JSON(500, `{"message":"x"}`), "✗ Error: 500 Internal Server Error\n", 1},
		"bare 401":     {clitest.Empty(401), "✗ Error: 401 Unauthorized\n", 1},
		"not HTTP":     {notHTTP, "✗ Error: Failed to list users: ", 4},
		"elsewhere":    {redirect("http://127.0.0.2:1/v2/users"), "the server redirects to http://127.0.0.2:1; if that is where the API is, name it in the profile\n", 1},
		"to localhost": {redirect("http://localhost:1/v2/users"), "the server redirects to http://localhost:1; ", 1},
		"to https":     {redirect("https://127.0.0.1/v2/users"), "the server redirects to https://127.0.0.1; ", 1},
		"in circles":   {redirect("/v2/users?limit=50"), "the server redirects in circles\n", 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(list, c.answer)
			w := clitest.On(t, s)
			got := w.Run("users", "list")
			contains(t, got.Err, c.says)
			code := 4
			if strings.Contains(name, "401") {
				code = 3
			}
			if got.Code != code || got.Out != "" || strings.Count(got.Err, "✗") != 1 {
				t.Errorf("%s", got)
			}
			if n := len(s.Requests()); n != c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
			onlyJSON(t, w.Run("users", "list", "-o", "json"), code)
		})
	}
}

// onlyJSON checks that standard error is one error object and nothing else.
func onlyJSON(t *testing.T, got clitest.Result, code int) {
	t.Helper()
	var document struct {
		Error struct {
			Title    string `json:"title"`
			ExitCode int    `json:"exit_code"`
		} `json:"error"`
	}
	d := json.NewDecoder(strings.NewReader(got.Err))
	err := d.Decode(&document)
	if _, more := d.Token(); err != nil || more != io.EOF || document.Error.Title == "" || document.Error.ExitCode != code || got.Code != code {
		t.Errorf("%v, then %v, want exit %d:\n%s", err, more, code, got)
	}
}

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"users":[`)
}

func notHTTP(w http.ResponseWriter, _ *http.Request) {
	c, _, err := w.(http.Hijacker).Hijack() //nolint:forcetypeassert // a server's writer is one
	if err == nil {
		_, _ = io.WriteString(c, "220 mail.example.test ESMTP\r\n")
		_ = c.Close()
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	w := clitest.New(t)
	w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"], w.Env["ARIZE_API_SCHEME"] = clitest.Key, clitest.Nowhere, "http"
	ran(t, w.Run("users", "list"), 4, "", "ℹ Fetching users\n✗ Error: Failed to list users: cannot connect to "+clitest.Nowhere+": connect: connection refused\n")
	ran(t, w.Run("users", "create", "-n", "x", "-e", "x@y", "-r", "admin", "--invite-mode", "none", "-o", "json"), 4, "", `{
  "error": {
    "title": "Failed to create user: cannot connect to `+clitest.Nowhere+`: connect: connection refused",
    "exit_code": 4
  }
}
`)
	got := w.Run("users", "delete", "--id", "a,b", "--force", "-o", "csv")
	same(t, got.Out, "user_id,status,email,error\na,failed,,cannot connect to "+clitest.Nowhere+": connect: connection refused\nb,failed,,cannot connect to "+clitest.Nowhere+": connect: connection refused\n")
	same(t, got.Code, 4)
}

// A port without TLS is told from one that is not there, with what to do: plain http is never assumed, not even of this machine.
func TestHTTPSToAPlainPort(t *testing.T) {
	t.Parallel()
	mail, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // whose first words are not even HTTP
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mail.Close() })
	go func() {
		for c, err := mail.Accept(); err == nil; c, err = mail.Accept() {
			_, _ = io.WriteString(c, "220 mail.example.test ESMTP\r\n")
		}
	}()
	for _, address := range []string{strings.TrimPrefix(clitest.NewServer(t).URL, "http://"), mail.Addr().String()} {
		w := clitest.New(t)
		w.Env["ARIZE_API_KEY"], w.Env["ARIZE_API_HOST"] = clitest.Key, address
		got := w.Run("users", "list")
		same(t, got.Code, 4)
		contains(t, got.Err, "✗ Error: Failed to list users: the server does not speak TLS there; if plain http is meant, say so with api_scheme in the profile, or ARIZE_API_SCHEME=http\n")
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On(list, clitest.Hang(func() {}))
	w := clitest.On(t, s)
	ran(t, w.Run("users", "list", "--timeout", "50ms"), 4, "", "ℹ Fetching users\n✗ Error: Failed to list users: the server did not answer in time\n")
	if n := len(s.Requests()); n > 1 { // none, if this machine was that slow
		t.Errorf("sent %d times", n)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	ok := clitest.Page("", clitest.Member("ann"))
	for name, c := range map[string]struct {
		answers  []http.HandlerFunc
		requests int
		code     int
	}{
		"429, then good":     {[]http.HandlerFunc{clitest.Problem(429, "x", "x"), ok}, 2, 0},
		"dropped, then good": {[]http.HandlerFunc{clitest.Drop, ok}, 2, 0},
		"thrice bad":         {[]http.HandlerFunc{clitest.Problem(502, "x", "x"), clitest.Problem(503, "x", "x"), clitest.Problem(504, "x", "x"), ok}, 4, 0},
		"503 for ever":       {[]http.HandlerFunc{clitest.Problem(503, "x", "x")}, 4, 4},
		"500":                {[]http.HandlerFunc{clitest.Problem(500, "x", "x"), ok}, 1, 4},
		"much too long": {[]http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, ok}, 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := clitest.NewServer(t).On(list, c.answers...)
			if got := clitest.On(t, s).Run("users", "list", "-o", "csv"); got.Code != c.code {
				t.Errorf("%s", got)
			}
			same(t, len(s.Requests()), c.requests)
		})
	}
}

// --verbose adds all that the server said, and each request on its way.
func TestVerbose(t *testing.T) {
	t.Parallel()
	body := `{"type":"https://e.test#x","title":"Unprocessable","status":422,"detail":"Two fields.","instance":"/v2/users#9","request_id":"req_9","errors":[{"field":"name","detail":"too long"},{"field":"role.name","detail":"unknown"}],"plan":"PRO"}`
	s := clitest.NewServer(t).On(list, clitest.JSON(422, body)).
		On("GET /v2/users/busy", clitest.Problem(503, "Busy", "Later."), clitest.JSON(200, clitest.Member("busy"))).
		On("GET /v2/users/html", clitest.HTML(200))
	w := clitest.On(t, s)
	took := regexp.MustCompile(`\((\d+(\.\d+)?(ns|µs|ms|s))\)`)
	said := func(args ...string) string {
		got := w.Run(append(args, "-v")...)
		text := took.ReplaceAllString(got.Err, "(TIME)")
		return strings.ReplaceAll(text, s.URL, "URL")
	}
	same(t, said("users", "list"), `ℹ Fetching users
GET URL/v2/users?limit=50: 422 (TIME)
✗ Error: 422 Unprocessable Entity; Two fields.

  Suggestion: Validation failed. Check the error details for specific field issues.

HTTP Response:
  Status: 422
  Title: Unprocessable
  Detail: Two fields.
  Type: https://e.test#x
  Instance: /v2/users#9
  Request id: req_9
  Content-Type: application/json
  Error in name: too long
  Error in role.name: unknown
  Raw Response Body: `+body+"\n")
	same(t, said("users", "get", "busy"), "ℹ Fetching user\nGET URL/v2/users/busy: 503 (TIME)\nGET URL/v2/users/busy: 200 (TIME)\n")
	same(t, said("users", "get", "html"), `ℹ Fetching user
GET URL/v2/users/html: 200 (TIME)
✗ Error: Failed to get user: the server's answer is text/html, not JSON; is this the address of the API?

HTTP Response:
  Title: the server's answer is text/html, not JSON; is this the address of the API?
  Content-Type: text/html; charset=utf-8
  Raw Response Body: <!DOCTYPE html><title>Sign in</title>
`)
}

// The key is shown to nobody, also when a server sends it back in every place
// that it has.
func TestKeyIsNeverShown(t *testing.T) {
	t.Parallel()
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			key := r.Header.Get("Authorization")
			w.Header().Set("X-Request-Id", key)
			w.Header().Set("Content-Type", "application/problem+json; "+key)
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"type":%[1]q,"title":%[1]q,"detail":%[1]q,"instance":%[1]q,"request_id":%[1]q,"errors":[{"field":%[1]q,"detail":%[1]q}]}`, key)
		}
	}
	s := clitest.NewServer(t)
	for _, status := range []int{200, 400, 401, 599} {
		s.On("GET /v2/users/x", echo(status)).On("DELETE /v2/users/x", echo(status)).
			On("GET /v2/users?limit=50", echo(status)).On("POST /v2/users", echo(status))
		for _, line := range []string{"users get x", "users list", "users delete --id x --force", "users create -n x -e x@y -r admin --invite-mode none"} {
			for _, more := range []string{"", "-v", "-o json", "-v -o json"} {
				got := clitest.On(t, s).Run(strings.Fields(line + " " + more)...)
				if strings.Contains(got.Out+got.Err, clitest.Key) {
					t.Errorf("%d, ax %s %s:\n%s", status, line, more, got)
				}
			}
		}
	}
	for _, h := range s.Headers() {
		same(t, h.Get("Authorization"), "Bearer "+clitest.Key)
	}
}

// A key that is sent to another host is a key that is lost.
func TestKeyDoesNotFollowRedirects(t *testing.T) {
	t.Parallel()
	other := clitest.NewServer(t)
	s := clitest.NewServer(t).On(list, redirect(other.URL+"/v2/users?limit=50"))
	got := clitest.On(t, s).Run("users", "list", "-v")
	same(t, got.Code, 4)
	same(t, other.Requests(), nil)
}

// What a server writes is shown literally in every part of an error.
func TestErrorsAreLiteral(t *testing.T) {
	t.Parallel()
	evil := "x\x1b[2J\r\n✓ User created successfully\u202e [bold]y[/bold] [/z] %s"
	body, err := json.Marshal(map[string]any{"title": evil, "detail": evil, "type": evil, "instance": evil, "request_id": evil, "status": 599,
		"errors": []map[string]string{{"field": evil, "detail": evil}}})
	if err != nil {
		t.Fatal(err)
	}
	s := clitest.NewServer(t).On(list, clitest.JSON(599, string(body)))
	w := clitest.On(t, s)
	const safe = `x\x1b[2J\r\n✓ User created successfully\u202e [bold]y[/bold] [/z] %s`
	ran(t, w.Run("users", "list"), 4, "", "ℹ Fetching users\n✗ Error: 599 "+safe+"; "+safe+"\n  Run with --verbose for technical details.\n")
	got := w.Run("users", "list", "-v")
	if strings.ContainsAny(got.Err, "\x1b\r\u202e") || strings.Contains(got.Err, "\n✓") {
		t.Errorf("%q", got.Err)
	}
	contains(t, got.Err, "\n  Detail: "+safe+"\n", "\n  Error in "+safe+": "+safe+"\n")
	onlyJSON(t, w.Run("users", "list", "-o", "json"), 4)
}

// With JSON chosen, a failure is one object on standard error, whatever was
// to be said before; warnings are in its hint.
func TestFailureIsOnlyJSON(t *testing.T) {
	t.Parallel()
	s := clitest.NewServer(t).On("GET /v2/users/x", clitest.Problem(403, "No", "No.")).On("GET /v2/users/y", clitest.JSON(200, clitest.Member("y")))
	w := profile(t, s, "json")
	w.Env["ARIZE_REGION"] = "US"
	if err := os.Remove(w.Path(".arize/.beta_notice_users")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"users", "get", "x"}, {"users", "get", "x", "-o", "json"}, {"users", "get", "x", "-o", w.Path("x.json")}} {
		got := w.Run(args...)
		onlyJSON(t, got, 4)
		contains(t, got.Err, `"hint": "You don't have permission. Check your API key or space access. ARIZE_REGION is set and has no effect on this profile."`)
	}
	same(t, w.Run("users", "get", "y").Err, "⚠ ARIZE_REGION is set and has no effect on this profile.\n")
	w.Columns = 80
	got := w.Run("users", "get", "x")
	got.Err = strings.TrimPrefix(got.Err, "\r\x1b[K") // a spinner that is gone
	onlyJSON(t, got, 4)
}

// profile makes a profile file for the server and activates it.
func profile(t *testing.T, s *clitest.Server, format string) *clitest.World {
	t.Helper()
	w := clitest.New(t)
	w.Write(t, ".arize/profiles/dev.toml", fmt.Sprintf("[auth]\napi_key = %q\n[routing]\napi_host = %q\napi_scheme = \"http\"\n[output]\nformat = %q\n",
		clitest.Key, strings.TrimPrefix(s.URL, "http://"), format))
	w.Write(t, ".arize/.active_profile", "dev")
	return w
}

// An error is shown as long as it is: piped text is never wrapped.
func TestErrorsAreNotWrapped(t *testing.T) {
	t.Parallel()
	detail := strings.TrimSpace(strings.Repeat("word ", 200))
	s := clitest.NewServer(t).On(list, clitest.Problem(400, "Bad", detail))
	w := clitest.On(t, s)
	contains(t, w.Run("users", "list").Err, "✗ Error: 400 Bad Request; "+detail+"\n")
}

func TestHeldRequestIsInterrupted(t *testing.T) {
	t.Parallel()
	for line, args := range map[string][]string{
		"GET /v2/users/x":                     {"users", "get", "x"},
		list:                                  {"users", "list"},
		"PATCH /v2/users/x":                   {"users", "update", "x", "-n", "y"},
		"POST /v2/users/x/reset-password":     {"users", "reset-password", "x"},
		"GET /v2/users?limit=100&email=x%40y": {"users", "get", "x@y"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s := clitest.NewServer(t).On(line, clitest.Hang(cancel))
			w := clitest.On(t, s)
			w.Context = ctx
			got := w.Run(args...)
			if got.Code != 130 || got.Out != "" || !strings.HasSuffix(got.Err, "\n\n⚠ Operation cancelled by user\n") {
				t.Errorf("%s", got)
			}
			same(t, len(s.Requests()), 1)
		})
	}
}
