package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"ax/internal/api"
	"ax/internal/api/apitest"
	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/wire"
)

const leak = "SELECT digest FROM api_keys; /var/lib/ax/directory.db: disk I/O error"

// A broken store answers every question with an error, or with a panic, after the first few.
type broken struct {
	directory.Store
	healthy int // questions that are still answered
	panics  bool
}

func (b *broken) fail() error {
	if b.healthy--; b.healthy >= 0 {
		return nil
	}
	if b.panics {
		panic(leak)
	}
	return errors.New(leak)
}

// Read implements directory.Store.
func (b *broken) Read(ctx context.Context) directory.Reads { return brokenReads{b.Store.Read(ctx), b} }

// Write implements directory.Store.
func (b *broken) Write(ctx context.Context, fn func(directory.Tx) error) error {
	if err := b.fail(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return b.Store.Write(ctx, fn)
}

type brokenReads struct {
	directory.Reads
	broken *broken
}

func (r brokenReads) KeyByDigest(d directory.Digest) (k directory.APIKey, owner directory.User, ok bool, err error) {
	if err := r.broken.fail(); err != nil {
		return k, owner, false, err
	}
	return r.Reads.KeyByDigest(d)
}

func (r brokenReads) UserByID(id directory.UserID) (u directory.User, ok bool, err error) {
	if err := r.broken.fail(); err != nil {
		return u, false, err
	}
	return r.Reads.UserByID(id)
}

func (r brokenReads) Users(q directory.UserQuery) ([]directory.User, error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.Users(q)
}

func (r brokenReads) Organizations(q directory.OrganizationQuery) ([]directory.Granted[directory.Organization], error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.Organizations(q)
}

func (r brokenReads) OrganizationByID(id directory.OrganizationID) (o directory.Organization, ok bool, err error) {
	if err := r.broken.fail(); err != nil {
		return o, false, err
	}
	return r.Reads.OrganizationByID(id)
}

func (r brokenReads) Spaces(q directory.SpaceQuery) ([]directory.Granted[directory.Space], error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.Spaces(q)
}

func (r brokenReads) SpaceByID(id directory.SpaceID) (s directory.Space, ok bool, err error) {
	if err := r.broken.fail(); err != nil {
		return s, false, err
	}
	return r.Reads.SpaceByID(id)
}

func (r brokenReads) RoleByID(id directory.Role) (d directory.RoleDefinition, ok bool, err error) {
	if err := r.broken.fail(); err != nil {
		return d, false, err
	}
	return r.Reads.RoleByID(id)
}

func (r brokenReads) RoleDefinitions(after int64, limit int) ([]directory.RoleDefinition, error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.RoleDefinitions(after, limit)
}

func (r brokenReads) RoleBinding(id string) (b directory.RoleBinding, ok bool, err error) {
	if err := r.broken.fail(); err != nil {
		return b, false, err
	}
	return r.Reads.RoleBinding(id)
}

func (r brokenReads) RoleBindings(q directory.BindingQuery) ([]directory.RoleBinding, error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.RoleBindings(q)
}

func (r brokenReads) Restrictions(q directory.RestrictionQuery) ([]directory.Restriction, error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.Restrictions(q)
}

func (r brokenReads) Keys(q directory.KeyQuery) ([]directory.APIKey, error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.Keys(q)
}

func (r brokenReads) FindEntries(q directory.EntryQuery) ([]directory.Entry, error) {
	if err := r.broken.fail(); err != nil {
		return nil, err
	}
	return r.Reads.FindEntries(q)
}

// soundRequest has a target and a body that no operation complains of before it asks the store.
func soundRequest(op apitest.Operation, user directory.UserID) (target, body string) {
	target = strings.NewReplacer("{user_id}", string(user), "{org_id}", "T3JnYW5pemF0aW9uOjE=", "{space_id}", "U3BhY2U6MTIz",
		"{role_id}", "Um9sZTox", "{binding_id}", "Um9sZUJpbmRpbmc6", "{resource_id}", "UHJvamVjdDox", "{api_key_id}", "QXBpS2V5OjEy").Replace(op.Path)
	if op.ID == "list_role_bindings" {
		target += "?resource_type=SPACE"
	}
	if op.ID == "can_i" {
		target += "?action=get_user&resource=" + string(user)
	}
	const predefined, custom = `{"type":"PREDEFINED","name":"MEMBER"}`, `"role_id":"Um9sZTox"`
	return target, map[string]string{
		"create_user": soundBody("eve@example.com"), "update_user": `{"name":"Eve"}`,
		"create_organization": `{"name":"One"}`, "update_organization": `{"name":"One"}`,
		"create_space": `{"name":"One","organization_id":"T3JnYW5pemF0aW9uOjE="}`, "update_space": `{"name":"One"}`,
		"add_organization_user": `{"user_id":"` + string(user) + `","role":` + predefined + `}`,
		"add_space_user":        `{"user_id":"` + string(user) + `","role":` + predefined + `}`,
		"create_role":           `{"name":"One","permissions":["USER_READ"]}`, "update_role": `{"name":"One"}`,
		"create_role_binding": `{` + custom + `,"user_id":"` + string(user) + `","resource_type":"SPACE","resource_id":"U3BhY2U6MTIz"}`,
		"update_role_binding": `{` + custom + `}`, "create_resource_restriction": `{"resource_id":"UHJvamVjdDox"}`,
		"create_api_key": `{"key_type":"USER","name":"One"}`,
	}[op.ID]
}

// TestAFailingStore breaks each operation at the key and behind it. The client hears nothing of how; the log does.
func TestAFailingStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := w.Put(t, "link@example.com", dirtest.InvitedByLink)
	for _, op := range apitest.Operations() {
		if withoutKey(op.Path) {
			continue
		}
		for healthy := range 2 {
			for _, panics := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s at %d, panic %v", op.ID, healthy, panics), func(t *testing.T) {
					log := &logged{}
					d := w.On(&broken{Store: w.Store, healthy: healthy, panics: panics}).Directory
					h := apitest.Handler(t, api.New(d, log.logger(), ready(nil)))
					target, body := soundRequest(op, link.ID)
					r := newRequest(t, op.Method, target, strings.NewReader(body), "Authorization: Bearer "+w.key, "X-Request-Id: find-me")
					got := serve(h, r)
					p := wantProblem(t, got, 500, "The server failed; nothing was changed.")
					if text := got.Body.String() + fmt.Sprint(got.Header()); strings.Contains(text, "SELECT") || strings.Contains(text, "directory.db") || strings.Contains(text, ".go") {
						t.Errorf("the answer tells how it failed: %s", text)
					}
					if p.RequestID != "find-me" || !strings.Contains(log.String(), "find-me") || !strings.Contains(log.String(), leak) {
						t.Errorf("request %q cannot be found in the log:\n%s", p.RequestID, log)
					}
				})
			}
		}
	}
}

func ready(err error) func(context.Context) error { return func(context.Context) error { return err } }

func TestReadiness(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		ready  func(context.Context) error
		status int
		says   string
	}{
		"ready":                            {ready(nil), 200, ""},
		"not ready":                        {ready(errors.New(leak)), 503, "The server cannot serve requests now."},
		"panics":                           {func(context.Context) error { panic(leak) }, 500, "The server failed"},
		"panics with an error that aborts": {func(context.Context) error { panic(errors.New(leak)) }, 500, "The server failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &logged{}
			h := apitest.Handler(t, api.New(w.Directory, log.logger(), c.ready))
			got := serve(h, newRequest(t, "GET", "/readyz", strings.NewReader("")))
			if c.status == 200 {
				if want := `{"status":"ok"}` + "\n"; got.Code != 200 || got.Body.String() != want {
					t.Errorf("answer %d %s, want %s", got.Code, got.Body, want)
				}
				return
			}
			wantProblem(t, got, c.status, c.says)
			if strings.Contains(got.Body.String(), "SELECT") {
				t.Errorf("the answer says too much: %s", got.Body)
			}
			if retry := got.Header().Get("Retry-After"); (c.status == 503) != (retry == "1") {
				t.Errorf("Retry-After is %q", retry)
			}
			if alive := serve(h, newRequest(t, "GET", "/livez", strings.NewReader(""))); alive.Code != 200 {
				t.Errorf("livez: answer %d", alive.Code)
			}
		})
	}
}

// TestProblems has one of each status, and what every problem has.
func TestProblems(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		method, target, body string
		header               []string
		want                 wire.Problem
	}{
		{"GET", "/v2/users?limit=0", "", nil, wire.Problem{Status: 400, Type: "invalid-request", Title: "Invalid request parameters"}},
		{"GET", "/v2/users", "", []string{"Authorization:"}, wire.Problem{Status: 401, Type: "authentication-required", Title: "Authentication required"}},
		{"DELETE", "/v2/users/" + string(w.Admin.UserID), "", nil, wire.Problem{Status: 403, Type: "access-forbidden", Title: "Access forbidden"}},
		{"GET", "/v2/nothing", "", nil, wire.Problem{Status: 404, Type: "resource-not-found", Title: "Resource not found"}},
		{"PUT", "/v2/users", "", nil, wire.Problem{Status: 405, Type: "method-not-allowed", Title: "Method not allowed"}},
		{"POST", "/v2/users", soundBody(w.Member.Email), nil, wire.Problem{Status: 409, Type: "resource-conflict", Title: "Resource conflict"}},
		{"POST", "/v2/users", strings.Repeat(" ", 1<<20) + "{}", nil, wire.Problem{Status: 413, Type: "content-too-large", Title: "Request body too large"}},
		{"POST", "/v2/users", "{}", []string{"Content-Type: text/plain"}, wire.Problem{Status: 415, Type: "unsupported-media-type", Title: "Unsupported media type"}},
		{"POST", "/v2/users", "{}", nil, wire.Problem{Status: 422, Type: "unprocessable-entity", Title: "Unprocessable Entity"}},
		{"GET", "/v2/users", "", []string{"X-Long: " + strings.Repeat("a", 33<<10)}, wire.Problem{Status: 431, Type: "header-fields-too-large", Title: "Request header fields too large"}},
	} {
		t.Run(fmt.Sprint(c.want.Status), func(t *testing.T) {
			t.Parallel()
			got := w.do(t, c.method, c.target, c.body, c.header...)
			p := wantProblem(t, got, c.want.Status, "")
			if p.Type != "/errors#"+c.want.Type || p.Title != c.want.Title || p.Status != c.want.Status {
				t.Errorf("got %+v, want %+v", p, c.want)
			}
			if p.Instance != "urn:request:"+p.RequestID || p.RequestID != got.Header().Get("X-Request-Id") {
				t.Errorf("instance %q, request id %q, header %q", p.Instance, p.RequestID, got.Header().Get("X-Request-Id"))
			}
			for name, want := range map[string]string{
				"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
				"Content-Length": fmt.Sprint(got.Body.Len()),
			} {
				if got := got.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestFieldErrors names each offending field apart.
func TestFieldErrors(t *testing.T) {
	t.Parallel()
	p := wantProblem(t, newWorld(t).do(t, "POST", "/v2/users", "{}"), 422, "")
	var fields []string
	for _, e := range p.Errors {
		fields = append(fields, e.Field)
		if !strings.Contains(p.Detail, e.Field+": "+e.Detail) {
			t.Errorf("the detail lacks %s: %s", e.Field, e.Detail)
		}
	}
	if got := sorted(strings.Join(fields, " ")); got != "email invite_mode name role.type" && got != "email invite_mode name role.name role.type" {
		t.Errorf("fields at fault: %s", got)
	}
}

// TestLimits stands at each side of each limit.
func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	padded := func(email string, size int) string {
		body := soundBody(email)
		return body + strings.Repeat(" ", size-len(body))
	}
	deep := func(levels int) string {
		return `{"name":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
	}
	headers := func(size int) string { // what do adds is there too
		return "X-Long: " + strings.Repeat("a", size-len("Authorization: Bearer \r\n")-len(w.key)-len("Content-Type: application/json\r\n")-len("X-Long: \r\n"))
	}
	for _, c := range []struct {
		name, body, header string
		status             int
		says               string
	}{
		{"a body of 1 MiB", padded("size1@example.com", 1<<20), "", 201, ""},
		{"a byte more", padded("size2@example.com", 1<<20+1), "", 413, "1 MiB"},
		{"50 MB", padded("size3@example.com", 50<<20), "", 413, "1 MiB"},
		{"32 levels", deep(32), "", 400, "name: must be a string, not an array"},
		{"33 levels", deep(33), "", 400, "more than 32 levels"},
		{"10,000 levels", deep(10_000), "", 400, "more than 32 levels"},
		{"400,000 levels, never closed", strings.Repeat(`[`, 400_000), "", 400, "more than 32 levels"},
		{"headers of 32 KiB", soundBody("size4@example.com"), headers(32 << 10), 201, ""},
		{"a byte more in headers", soundBody("size5@example.com"), headers(32<<10 + 1), 431, "32 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var header []string
			if c.header != "" {
				header = append(header, c.header)
			}
			got := w.do(t, "POST", "/v2/users", c.body, header...)
			if c.status < 400 {
				decoded[wire.CreatedUser](t, got, c.status)
				return
			}
			wantProblem(t, got, c.status, c.says)
		})
	}
}

// endless is a body that never ends, and counts how much of it was read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func TestAnEndlessBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := &endless{}
	r := newRequest(t, "POST", "/v2/users", body, "Authorization: Bearer "+w.key, "Transfer-Encoding: chunked")
	wantProblem(t, serve(w.handler, r), 413, "1 MiB")
	if body.read > 2<<20 {
		t.Errorf("%d bytes were read", body.read)
	}
}

// TestABodyThatBreaksOff is over a socket: the client announces more than it sends.
func TestABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newRequest(t, "POST", "/v2/users", io.MultiReader(strings.NewReader(`{"name":`), failing{}), "Authorization: Bearer "+w.key)
	p := wantProblem(t, serve(w.handler, r), 400, "The body broke off")
	if strings.Contains(p.Detail, leak) {
		t.Errorf("the detail says too much: %s", p.Detail)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("%s: %w", leak, io.ErrUnexpectedEOF) }

// TestMediaTypes are checked for the two operations that take a body, and only there.
func TestMediaTypes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n, c := range []struct {
		header []string
		status int
	}{
		{[]string{"Content-Type: application/json"}, 201},
		{[]string{"Content-Type: application/json; charset=utf-8"}, 201},
		{[]string{"Content-Type: Application/JSON;charset=\"UTF-8\""}, 201},
		{[]string{"Content-Encoding: identity"}, 201},
		{[]string{"Content-Type:"}, 415},
		{[]string{"Content-Type: text/plain"}, 415},
		{[]string{"Content-Type: text/json"}, 415},
		{[]string{"Content-Type: application/x-www-form-urlencoded"}, 415},
		{[]string{"Content-Type: multipart/form-data; boundary=x"}, 415},
		{[]string{"Content-Type: application/merge-patch+json"}, 415},
		{[]string{"Content-Type: application/jsonx"}, 415},
		{[]string{"Content-Type: application/json; charset=iso-8859-1"}, 415},
		{[]string{"Content-Type: application/json; charset=utf-16"}, 415},
		{[]string{"Content-Type: application/json, text/plain"}, 415},
		{[]string{"Content-Type: */*"}, 415},
		{[]string{"Content-Type: ;"}, 415},
		{[]string{"Content-Encoding: gzip"}, 415},
		{[]string{"Content-Encoding: identity, gzip"}, 415},
		{[]string{"Content-Encoding: br"}, 415},
		{[]string{"Content-Encoding: deflate"}, 415},
		{[]string{"Content-Encoding: zstd"}, 415},
		{[]string{"Content-Encoding: X-GZIP"}, 415},
	} {
		got := w.do(t, "POST", "/v2/users", soundBody(fmt.Sprintf("type%d@example.com", n)), c.header...)
		if got.Code != c.status {
			t.Errorf("%q: answer %d, want %d", c.header, got.Code, c.status)
		}
		if c.status == 415 {
			wantProblem(t, w.do(t, "PATCH", "/v2/users/"+string(w.Member.UserID), `{"name":"X"}`, c.header...), 415, "Content-")
		}
	}
	for _, path := range []string{"/resend-invitation", "/reset-password"} {
		link := w.Put(t, path[1:]+"@example.com", map[string]dirtest.Standing{"/resend-invitation": dirtest.InvitedByLink, "/reset-password": dirtest.Active}[path])
		if got := w.do(t, "POST", "/v2/users/"+string(link.ID)+path, "", "Content-Type: text/plain"); got.Code != 204 {
			t.Errorf("%s, which has no body: answer %d", path, got.Code)
		}
	}
}

// TestErrorsGoThroughAnyAccept: the answer's form does not depend on what a client says that it wants.
func TestErrorsGoThroughAnyAccept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, accept := range []string{"application/json", "application/problem+json", "text/html", "*/*", "application/xml;q=0.9", "nonsense"} {
		if got := w.do(t, "GET", "/v2/users/bad", "", "Accept: "+accept); got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("Accept %s: %s", accept, got.Header().Get("Content-Type"))
		}
		if got := w.do(t, "GET", "/v2/users", "", "Accept: "+accept); got.Code != 200 || got.Header().Get("Content-Type") != "application/json" {
			t.Errorf("Accept %s: answer %d %s", accept, got.Code, got.Header().Get("Content-Type"))
		}
	}
}

// TestTheLogHasNoPathOrBody: both can hold secrets.
func TestTheLogHasNoPathOrBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(t, "GET", "/v2/users/canary-in-the-path", "")
	w.do(t, "GET", "/canary-in-no-path", "")
	w.do(t, "GET", "/v2/users?email=canary-in-the-query", "")
	w.do(t, "POST", "/v2/users", `{"name":"canary-in-the-body"}`, "X-Canary: canary-in-a-header")
	log := w.log.String()
	if strings.Contains(log, "canary") {
		t.Errorf("the log holds what it must not:\n%s", log)
	}
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if !strings.Contains(log, `"route":"/v2/users/{user_id}","status":400`) || !strings.Contains(log, `"address":"192.0.2.7"`) {
		t.Errorf("the log lacks route, status or address:\n%s", log)
	}
}
