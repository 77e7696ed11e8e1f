package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/api"
	"ax/internal/api/apitest"
	"ax/internal/client"
	"ax/internal/directory/dirtest"
	"ax/internal/store"
	"ax/internal/wire"
)

// served is a directory behind the API, and its administrator's key.
func served(t *testing.T) (*dirtest.World, http.Handler, string) {
	t.Helper()
	s, err := store.OpenSQLite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := dirtest.New(t, s)
	return w, apitest.Handler(t, api.New(w.Directory, slog.New(slog.DiscardHandler), s.Ready)), w.APIKey(t, w.Admin.Email)
}

// TestLoopbackIsTheNetwork does the same things in two directories, one in this process and one behind a socket.
func TestLoopbackIsTheNetwork(t *testing.T) {
	t.Parallel()
	_, handler, key := served(t)
	near := everything(t, client.New(client.Config{BaseURL: "http://local", Key: key, Transport: client.Loopback(handler)}))
	_, handler, key = served(t)
	server := httptest.NewServer(handler)
	defer server.Close()
	far := everything(t, client.New(client.Config{BaseURL: server.URL, Key: key, Transport: server.Client().Transport}))
	if diff := cmp.Diff(far, near); diff != "" {
		t.Errorf("(-network +loopback):\n%s", diff)
	}
	if n := strings.Count(near, "\n"); n < 20 {
		t.Errorf("only %d steps:\n%s", n, near)
	}
}

// everything does every operation, well and badly, and returns what came of it, without what differs each time.
func everything(t *testing.T, c *client.Client) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	say := func(step string, what any, err error) {
		text, encoding := json.Marshal(what)
		if e, ok := errors.AsType[*client.Error](err); ok && encoding == nil {
			e.Header.Del("Date")
			text, encoding = json.Marshal(e)
		}
		if encoding != nil {
			t.Fatal(encoding)
		}
		fmt.Fprintf(&b, "%s: %s %v\n", step, text, err)
	}
	create := func(email string, mode wire.InviteMode) string {
		u, created, err := c.CreateUser(ctx, wire.CreateUserRequest{Name: "Eve ✓ <&>", Email: email, InviteMode: mode, Role: wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: "MEMBER"}})
		say(fmt.Sprintf("create %s %s, created %v", email, mode, created), u, err)
		return u.ID
	}
	link := create("link@example.com", wire.InviteModeEmailLink)
	create("LINK@example.com", wire.InviteModeEmailLink)
	create("password@example.com", wire.InviteModeTemporaryPassword)
	active := create("active@example.com", wire.InviteModeNone)
	create("active@example.com", wire.InviteModeNone)
	create("no address", wire.InviteModeNone)
	create("", "")
	name, no := "Ann", false
	for _, id := range []string{active, link, "VXNlcjowMDAwMDAwMDAwMDAwMDAw", "Og==", "bad id/é?#%", "%2F"} {
		u, err := c.GetUser(ctx, id)
		say("get", u, err)
		u, err = c.UpdateUser(ctx, id, wire.UpdateUserRequest{Name: &name, IsDeveloper: &no})
		say("update", u, err)
		u, err = c.UpdateUser(ctx, id, wire.UpdateUserRequest{})
		say("update nothing", u, err)
		say("resend", nil, c.ResendInvitation(ctx, id))
		say("reset", nil, c.ResetPassword(ctx, id))
	}
	list, err := c.ListUsers(ctx, client.UserFilter{Limit: 2, Statuses: []string{"ACTIVE", "INVITED"}})
	say("list", list, err)
	for n, f := range []client.UserFilter{
		{Limit: 2, Statuses: []string{"ACTIVE", "INVITED"}, Cursor: list.Pagination.NextCursor}, {Email: "+&=%é"}, {Email: strings.Repeat("a", 256)}, {Statuses: []string{"GONE"}}, {Cursor: "x"},
	} {
		list, err := c.ListUsers(ctx, f)
		say(fmt.Sprint("list ", n), list, err)
	}
	u, err := c.UserByEmail(ctx, "Active@Example.Com")
	say("by email", u, err)
	u, err = c.UserByEmail(ctx, "ctive@example.com")
	say("by part of an email", u, err)
	say("delete", nil, c.DeleteUser(ctx, active))
	say("delete again", nil, c.DeleteUser(ctx, active))
	u, err = c.GetUser(ctx, active)
	say("get a deleted one", u, err)
	for _, always := range []string{`VXNlcj[op]\w{21}`, `[A-Z2-7]{26}`, `[a-z0-9]{4}(-[a-z0-9]{4}){5}`, `"next_cursor":"[\w-]+"`, `"Body":"[^"]*"`, `Content-Length":\["\d+"\]`} {
		b2 := regexp.MustCompile(always).ReplaceAllString(b.String(), "…")
		b.Reset()
		b.WriteString(b2)
	}
	return b.String()
}

// TestLoopbackAnswers has what net/http does for handlers that are careless, done the same way.
func TestLoopbackAnswers(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"nothing at all":             func(http.ResponseWriter, *http.Request) {},
		"a body without a status":    func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") },
		"a header behind the status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202); w.Header().Set("X-Late", "1") },
		"two statuses": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			w.WriteHeader(200)
		},
		"what was sent": func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s %s %q %d %v %s %v", r.Method, r.RequestURI, r.URL.EscapedPath(), r.Proto, body, r.ContentLength, err, r.Header["X-Sent"], r.TLS) //nolint:errcheck // memory
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(handler)
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // it tells of second statuses
			server.Start()
			defer server.Close()
			for _, method := range []string{"GET", "POST", "DELETE"} {
				near := exchange(t, client.Loopback(handler), method, "http://"+server.Listener.Addr().String())
				far := exchange(t, server.Client().Transport, method, server.URL)
				if diff := cmp.Diff(far, near); diff != "" {
					t.Errorf("%s (-network +loopback):\n%s", method, diff)
				}
			}
		})
	}
}

func exchange(t *testing.T, through http.RoundTripper, method, base string) string {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(`{"a":"b"}`)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, base+"/a%2Fb/é?q=%20&x", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Sent", "1")
	resp, err := through.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d late %q: %s", resp.StatusCode, resp.Header.Get("X-Late"), text)
}

// TestLoopbackGivesUp before the handler when nobody waits any more.
func TestLoopbackGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	asked := false
	c := over(client.Loopback(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true })))
	if err := c.DeleteUser(ctx, "x"); !errors.Is(err, context.Canceled) || asked {
		t.Errorf("error %v, the handler was asked: %v", err, asked)
	}
}
