package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"ax/internal/client"
	"ax/internal/wire"
)

const key = "ak-canary-that-goes-nowhere-else"

// A transport answers in memory and remembers what it was asked.
type transport struct {
	answer func(n int, r *http.Request) (*http.Response, error) // n counts from 1
	sent   []sent
}

type sent struct{ method, uri, body, key string }

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	in := sent{method: r.Method, uri: r.URL.RequestURI(), key: r.Header.Get("Authorization")}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		in.body = string(body)
	}
	t.sent = append(t.sent, in)
	return t.answer(len(t.sent), r)
}

// respond is an answer; a header is one line.
func respond(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Set(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func always(status int, body string, header ...string) *transport {
	return &transport{answer: func(int, *http.Request) (*http.Response, error) { return respond(status, body, header...), nil }}
}

func over(t http.RoundTripper) *client.Client {
	return client.New(client.Config{BaseURL: "http://api.example", Key: key, UserAgent: "ax/test", Transport: t})
}

func to(server *httptest.Server) *client.Client {
	return client.New(client.Config{BaseURL: server.URL, Key: key, UserAgent: "ax/test", Transport: server.Client().Transport})
}

const (
	someone = `{"id":"VXNlcjox","name":"Eve","email":"eve@example.com","created_at":"2026-03-01T09:00:00Z","status":"ACTIVE","role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":true}`
	noUsers = `{"users":[],"pagination":{"has_more":false}}`
)

// An operation is one of the client's, with what it sends and what a good answer is.
type operation struct {
	name, method, uri string
	status            int
	answer            string
	do                func(context.Context, *client.Client) error
}

func operations() []operation {
	name := "Eve"
	all := []operation{
		{"list", "GET", "/v2/users", 200, noUsers, func(ctx context.Context, c *client.Client) error {
			_, err := c.ListUsers(ctx, client.UserFilter{})
			return err
		}},
		{"get", "GET", "/v2/users/VXNlcjox", 200, someone, func(ctx context.Context, c *client.Client) error {
			_, err := c.GetUser(ctx, "VXNlcjox")
			return err
		}},
		{"create", "POST", "/v2/users", 201, someone, func(ctx context.Context, c *client.Client) error {
			_, _, err := c.CreateUser(ctx, wire.CreateUserRequest{Name: "Eve", Email: "eve@example.com", InviteMode: wire.InviteModeNone})
			return err
		}},
		{"update", "PATCH", "/v2/users/VXNlcjox", 200, someone, func(ctx context.Context, c *client.Client) error {
			_, err := c.UpdateUser(ctx, "VXNlcjox", wire.UpdateUserRequest{Name: &name})
			return err
		}},
		{"delete", "DELETE", "/v2/users/VXNlcjox", 204, "", func(ctx context.Context, c *client.Client) error { return c.DeleteUser(ctx, "VXNlcjox") }},
		{"resend", "POST", "/v2/users/VXNlcjox/resend-invitation", 204, "", func(ctx context.Context, c *client.Client) error {
			return c.ResendInvitation(ctx, "VXNlcjox")
		}},
		{"reset", "POST", "/v2/users/VXNlcjox/reset-password", 204, "", func(ctx context.Context, c *client.Client) error { return c.ResetPassword(ctx, "VXNlcjox") }},
	}
	return append(all, restOperations()...)
}

// safe holds for the methods that may be sent again.
func (o operation) safe() bool { return slices.Contains([]string{"GET", "PUT", "DELETE"}, o.method) }

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		asked := always(op.status, op.answer)
		if err := op.do(t.Context(), over(asked)); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if len(asked.sent) != 1 || asked.sent[0].method != op.method || asked.sent[0].uri != op.uri || asked.sent[0].key != "Bearer "+key {
			t.Errorf("%s: sent %+v", op.name, asked.sent)
		}
	}
}

// TestReferencesAreEscaped has ids and filters that would change the request if they stood as they are.
func TestReferencesAreEscaped(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"Um9sZTox+/=": "/v2/users/Um9sZTox%2B%2F%3D", "a/../b?x=1#y": "/v2/users/a%2F..%2Fb%3Fx%3D1%23y", "a b": "/v2/users/a%20b",
		"é\n": "/v2/users/%C3%A9%0A", "%2F": "/v2/users/%252F", "a@b": "/v2/users/a%40b", ";": "/v2/users/%3B",
	} {
		asked := always(200, someone)
		if _, err := over(asked).GetUser(t.Context(), id); err != nil || asked.sent[0].uri != want {
			t.Errorf("%q: sent %s, want %s, error %v", id, asked.sent[0].uri, want, err)
		}
	}
	asked := always(200, noUsers)
	filter := client.UserFilter{Email: "a+b &=#@é", Statuses: []string{"ACTIVE", "INVITED"}, Limit: 7, Cursor: "c/+="}
	if _, err := over(asked).ListUsers(t.Context(), filter); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, asked.sent[0].uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := r.URL.Query()
	if q.Get("email") != filter.Email || q.Get("cursor") != filter.Cursor || q.Get("limit") != "7" || !slices.Equal(q["status"], filter.Statuses) || strings.Contains(asked.sent[0].uri, "+") {
		t.Errorf("sent %s", asked.sent[0].uri)
	}
}

// TestAnswersThatAreNot has what answers in the place of an API. Each operation fails, and says what came.
func TestAnswersThatAreNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		status  int
		body    string
		header  []string
		says    string
		lenient bool // good enough where no content is expected
	}{
		{"a web page", 200, "<!doctype html><title>Sign in</title>", []string{"Content-Type: text/html; charset=utf-8"}, "text/html, not JSON", false},
		{"a text", 200, "ok", []string{"Content-Type: text/plain"}, "text/plain, not JSON", false},
		{"nothing", 200, "", nil, "not what the API promises", true},
		{"nothing of no type", 200, "", []string{"Content-Type: "}, "not what the API promises", true},
		{"half an answer", 200, someone[:40], nil, "not what the API promises", true},
		{"an empty object", 200, "{}", nil, "is this the address of the API?", true},
		{"null", 200, "null", nil, "is this the address of the API?", true},
		{"an array", 200, "[]", nil, "not what the API promises", true},
		{"a list without users", 200, `{"users":null,"pagination":{"has_more":false}}`, nil, "is this the address of the API?", true},
		{"fields of wrong types", 200, wrongTypes, nil, "not what the API promises", true},
		{"a page for a failure", 502, "<html>Bad gateway</html>", []string{"Content-Type: text/html", "Retry-After: 3600"}, "502 Bad Gateway", false},
		{"a failure without words", 500, "", nil, "500 Internal Server Error", false},
		{"a failure in another form", 403, `{"error":"no"}`, nil, "403 Forbidden", false},
		{"a failure with broken JSON", 404, `{"title":`, nil, "404 Not Found", false},
		{"a problem of wrong types", 400, `{"title":7,"status":"x"}`, nil, "400 Bad Request", false},
		{"a problem", 409, `{"status":409,"title":"Resource conflict","detail":"It is there."}`, []string{"Content-Type: application/problem+json"}, "409 Resource conflict; It is there.", false},
		{"a status of no name", 599, "", nil, "599", false},
		{"not modified", 304, "", nil, "304 Not Modified", false},
	} {
		for _, op := range operations() {
			err := op.do(t.Context(), over(always(c.status, c.body, c.header...)))
			switch nothing := op.answer == ""; {
			case c.lenient && nothing:
				if err != nil {
					t.Errorf("%s for %s: %v", c.name, op.name, err)
				}
			case err == nil || !strings.Contains(err.Error(), c.says):
				t.Errorf("%s for %s: error %v, want %q", c.name, op.name, err, c.says)
			case strings.Contains(err.Error(), key):
				t.Errorf("%s for %s: the error holds the key", c.name, op.name)
			}
		}
	}
}

// TestProblemFields are kept, for --verbose and for programs.
func TestProblemFields(t *testing.T) {
	t.Parallel()
	const body = `{"type":"/errors#unprocessable-entity","title":"Unprocessable Entity","status":422,"detail":"name: must not be empty",` +
		`"instance":"urn:request:abc","request_id":"abc","errors":[{"field":"name","detail":"must not be empty"}]}`
	_, err := over(always(422, body, "Content-Type: application/problem+json", "Retry-After: 3")).GetUser(t.Context(), "x")
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.Status != 422 || e.Type != "/errors#unprocessable-entity" || e.Instance != "urn:request:abc" || e.RequestID != "abc" ||
		e.RetryAfter.Seconds() != 3 || len(e.Fields) != 1 || e.Fields[0].Field != "name" || string(e.Body) != body {
		t.Errorf("got %+v", e)
	}
	_, err = over(always(500, "", "X-Request-Id: from-the-header")).GetUser(t.Context(), "x")
	if e, ok := errors.AsType[*client.Error](err); !ok || e.RequestID != "from-the-header" {
		t.Errorf("without a body: %+v", e)
	}
}

// spaces is a body of n spaces that takes no memory.
type spaces int64

func (s *spaces) Read(p []byte) (int, error) {
	n := min(int64(len(p)), int64(*s))
	if n == 0 {
		return 0, io.EOF
	}
	copy(p, bytes.Repeat([]byte{' '}, int(n)))
	*s -= spaces(n)
	return int(n), nil
}

// TestHugeAnswers are given up, before they fill the memory.
func TestHugeAnswers(t *testing.T) {
	t.Parallel()
	for size, says := range map[spaces]string{64 << 20: "not what the API promises", 64<<20 + 1: "larger than 64 MB", 1 << 50: "larger than 64 MB"} {
		left := size
		asked := &transport{answer: func(int, *http.Request) (*http.Response, error) {
			r := respond(200, "")
			r.Body = io.NopCloser(&left)
			return r, nil
		}}
		if _, err := over(asked).GetUser(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%d bytes: %v, want %q", size, err, says)
		}
		if read := int64(size - left); read > 65<<20 {
			t.Errorf("%d bytes were read", read)
		}
	}
}

// TestCreatedOrNot: the status decides, as long as the API is the one that answers.
func TestCreatedOrNot(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{201: true, 200: false} {
		u, created, err := over(always(status, someone)).CreateUser(t.Context(), wire.CreateUserRequest{})
		if err != nil || created != want || u.Email != "eve@example.com" {
			t.Errorf("%d: created %v, %+v, error %v", status, created, u, err)
		}
	}
}

// TestNetworkErrors are told in few words, without the key and without names of Go's.
func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	for says, cause := range map[string]error{
		"the server closed the connection without an answer": io.EOF,
		"cannot connect to 192.0.2.1:443":                    &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443}, Err: syscall.ECONNREFUSED},
		"there is no host api.example":                       &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}},
	} {
		synctest.Test(t, func(t *testing.T) {
			failing := &transport{answer: func(int, *http.Request) (*http.Response, error) { return nil, cause }}
			_, err := over(failing).UpdateUser(t.Context(), "x", wire.UpdateUserRequest{})
			e, ok := errors.AsType[*client.NetworkError](err)
			if !ok || !strings.Contains(err.Error(), says) || !errors.Is(err, cause) {
				t.Errorf("%v became %v, want %q", cause, err, says)
			}
			if _, dial := errors.AsType[*net.OpError](cause); ok && e.Unsent != dial {
				t.Errorf("%v: unsent is %v", cause, e.Unsent)
			}
		})
	}
}

// TestABadAddress is an error, not a panic.
func TestABadAddress(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://a b", "://", "http://[::1", "http://x:port", "ftp\n://x"} {
		c := client.New(client.Config{BaseURL: base, Key: key, Transport: always(200, someone)})
		if _, err := c.GetUser(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "the address of the API") {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestRemote(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, someone) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of every client that does not trust it
	server.StartTLS()
	defer server.Close()
	good, bad := folder+"/ca.pem", folder+"/bad.pem"
	writeCertificate(t, good, server.Certificate().Raw)
	writeFile(t, bad, "no certificate")
	for name, c := range map[string]struct {
		ca, proxy string
		skip      bool
		says      string // of an error, "" for none
	}{
		"the right certificates": {ca: good},
		"no certificates":        {says: "certificate"},
		"unverified on request":  {skip: true},
		"a file that is absent":  {ca: folder + "/absent", says: "CA certificates"},
		"a file without any":     {ca: bad, says: "holds no PEM certificate"},
		"a proxy that is none":   {proxy: "http://a b", says: "proxy"},
		"a proxy that is gone":   {ca: good, proxy: "http://127.0.0.1:1", says: "proxyconnect"},
	} {
		t.Run(name, func(t *testing.T) {
			through, err := client.Remote(c.ca, c.proxy, c.skip)
			if err == nil {
				_, err = client.New(client.Config{BaseURL: server.URL, Key: key, Transport: through}).UpdateUser(t.Context(), "x", wire.UpdateUserRequest{})
			}
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}
