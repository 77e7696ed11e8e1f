package web_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/signin"
	"ax/internal/store"
	"ax/internal/web"
)

const (
	password = "teapot lantern gravel 42"
	another  = "orchid velvet tramline 7"
	public   = "https://ax.example"
)

// A world is a directory behind the pages.
type world struct {
	*dirtest.World
	handler http.Handler
	auth    *signin.Authenticator
	store   *faulty
	log     *logged
}

func newWorld(t testing.TB, change ...func(*web.Config)) *world {
	t.Helper()
	s, err := store.OpenSQLite(t.TempDir())
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	must(t, s.Migrate(t.Context()))
	w := &world{store: &faulty{Store: s}, log: &logged{}}
	w.World = dirtest.New(t, w.store)
	w.auth = &signin.Authenticator{Directory: w.Directory, Hasher: signin.NewHasher()}
	c := web.Config{
		Directory: w.Directory, Auth: w.auth, Log: w.log.logger(),
		Product: "Observatory", Contact: "help@example.com", PublicURL: public,
	}
	for _, f := range change {
		f(&c)
	}
	w.handler = web.New(c)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A faulty store fails every transaction, or every read, while it is told to.
type faulty struct {
	directory.Store
	write, read atomic.Pointer[error]
}

func (s *faulty) Write(ctx context.Context, fn func(directory.Tx) error) error {
	if err := s.write.Load(); err != nil {
		return *err
	}
	return s.Store.Write(ctx, fn)
}

// Read panics where it is to fail, as nothing that our code expects would.
func (s *faulty) Read(ctx context.Context) directory.Reads {
	if err := s.read.Load(); err != nil {
		panic(*err)
	}
	return s.Store.Read(ctx)
}

// A browser keeps cookies and says what Chromium says.
type browser struct {
	world   *world
	cookies map[string]string
	agent   string
	address string
}

func (w *world) browser() *browser {
	return &browser{world: w, cookies: map[string]string{}, agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36", address: "192.0.2.7"}
}

// do sends a request; a header is one line, and one without a value is left out.
func (b *browser) do(t testing.TB, method, target, body string, header ...string) *page {
	t.Helper()
	r := b.request(t, method, target, body, header...)
	out := httptest.NewRecorder()
	b.world.handler.ServeHTTP(out, r)
	for _, k := range out.Result().Cookies() {
		if k.MaxAge < 0 {
			delete(b.cookies, k.Name)
			continue
		}
		b.cookies[k.Name] = k.Value
	}
	return newPage(t, out)
}

func (b *browser) request(t testing.TB, method, target, body string, header ...string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: ax.example\r\n\r\n")))
	if err != nil {
		t.Fatalf("%s %.100q: %v", method, target, err)
	}
	r.Body, r.RemoteAddr = http.NoBody, b.address+":4711"
	r.Header.Set("User-Agent", b.agent)
	if method == http.MethodPost {
		r.Body = nopCloser{strings.NewReader(body)}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", "null") // what browsers make of no-referrer
	}
	for _, name := range slices.Sorted(mapKeys(b.cookies)) {
		r.AddCookie(&http.Cookie{Name: name, Value: b.cookies[name]})
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ":")
		r.Header.Del(name)
		if value = strings.TrimPrefix(value, " "); value != "" {
			r.Header.Set(name, value)
		}
	}
	return r.WithContext(t.Context())
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

type nopCloser struct{ *strings.Reader }

func (nopCloser) Close() error { return nil }

func (b *browser) get(t testing.TB, target string) *page {
	t.Helper()
	return b.do(t, http.MethodGet, target, "")
}

// submit fills in the form of a page and sends it, as a browser would.
func (b *browser) submit(t testing.TB, p *page, action string, typed map[string]string) *page {
	t.Helper()
	return b.do(t, http.MethodPost, action, p.fill(t, action, typed).Encode())
}

// follow goes where a redirect leads.
func (b *browser) follow(t testing.TB, p *page, want string) *page {
	t.Helper()
	p.want(t, http.StatusSeeOther)
	if got := p.Header().Get("Location"); got != want {
		t.Fatalf("the redirect leads to %q, want %q", got, want)
	}
	return b.get(t, want)
}

// signedIn is a person who has accepted an invitation, in a browser.
func (w *world) signedIn(t testing.TB, email string, role directory.Role) (*browser, directory.User) {
	t.Helper()
	made, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{Name: "Pat Person", Email: email, Role: role, Mode: directory.InviteLink})
	must(t, err)
	b := w.browser()
	e, err := w.auth.AcceptInvitation(t.Context(), directory.Visit{Address: b.address, Agent: b.agent}, w.link(t, email), password)
	must(t, err)
	b.cookies["__Host-ax-session"], b.cookies["__Host-ax-browser"] = e.Secret, e.Browser
	return b, made.User
}

// newcomer is a person who has signed in with a temporary password.
func (w *world) newcomer(t testing.TB, email string) (b *browser, temporary string) {
	t.Helper()
	p := w.Put(t, email, dirtest.InvitedByPassword)
	b = w.browser()
	e, err := w.auth.SignIn(t.Context(), directory.Visit{Address: b.address}, directory.Guess{Email: email, Address: b.address}, p.Secret)
	must(t, err)
	b.cookies["__Host-ax-session"] = e.Secret
	return b, p.Secret
}

// link is the secret in the last letter to an address.
func (w *world) link(t testing.TB, email string) string {
	t.Helper()
	link := ""
	for _, l := range w.Letters(t) {
		if l.To == email && l.Token != "" {
			link = l.Token
		}
	}
	if link == "" {
		t.Fatalf("no letter with a link to %s", email)
	}
	return link
}

func (w *world) user(t testing.TB, email string) directory.User {
	t.Helper()
	u, ok, err := w.Store.Read(t.Context()).UserByEmail(directory.Fold(email))
	if err != nil || !ok {
		t.Fatalf("user %s: found %v, error %v", email, ok, err)
	}
	return u
}

// state is everything that a page could change, as text.
func (w *world) state(t testing.TB) string {
	t.Helper()
	r := w.Store.Read(t.Context())
	users, err := r.Users(directory.UserQuery{Now: w.Clock.Now(), Limit: 1000})
	must(t, err)
	var b strings.Builder
	for _, u := range users {
		hash, err := r.PasswordHash(u.Seq)
		must(t, err)
		sessions, err := r.SessionsOf(u.Seq)
		must(t, err)
		keys, err := r.KeysOf(u.Seq)
		must(t, err)
		fmt.Fprintf(&b, "%+v %q %+v %+v\n", u, hash, sessions, keys)
	}
	letters, err := w.Directory.Letters(t.Context(), 0, 10_000)
	must(t, err)
	fmt.Fprintf(&b, "%+v\n%d entries", letters, len(w.Entries(t)))
	return b.String()
}

// count is how often the audit log has an operation.
func (w *world) count(t testing.TB, operation string) (n int) {
	t.Helper()
	for _, e := range w.Entries(t) {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

// logged is a log that can be read while it is being written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
