package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/web"
)

// H-08, R-SE-05
const snapshot = `Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
Cross-Origin-Opener-Policy: same-origin
Cross-Origin-Resource-Policy: same-origin
Permissions-Policy: accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()
Referrer-Policy: no-referrer
Strict-Transport-Security: max-age=31536000
X-Content-Type-Options: nosniff
X-Frame-Options: DENY
`

// own are the headers that each answer has its own of, looked at elsewhere.
var own = []string{"Allow", "Content-Length", "Content-Type", "Location", "Retry-After", "Set-Cookie", "X-Request-Id", "Cache-Control"}

func TestH08HeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	newcomer, _ := w.newcomer(t, "new@example.com")
	seen := map[int]bool{}
	for _, b := range []*browser{w.browser(), person, newcomer} {
		for _, p := range append(web.Pages(), web.Page{Pattern: "/nowhere"}, web.Page{Pattern: "//x"}) {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
				got := b.do(t, method, target(w, t, p.Pattern), "x=1")
				seen[got.Code] = true
				wantHeaders(t, fmt.Sprint(method, " ", p.Pattern, " ", got.Code), got)
			}
		}
		got := b.do(t, http.MethodPost, "/sign-in", "", "Sec-Fetch-Site: cross-site")
		seen[got.Code] = true
		wantHeaders(t, "cross-site", got)
	}
	for _, status := range []int{200, 303, 400, 403, 404, 405, 410} {
		if !seen[status] {
			t.Errorf("no answer was %d, so none of them was looked at", status)
		}
	}
}

func wantHeaders(t testing.TB, name string, p *page) {
	t.Helper()
	var b strings.Builder
	for _, h := range slices.Sorted(maps.Keys(p.Header())) {
		if !slices.Contains(own, h) {
			fmt.Fprintf(&b, "%s: %s\n", h, strings.Join(p.Header()[h], "|"))
		}
	}
	if diff := cmp.Diff(snapshot, b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
	kind, cache := p.Header().Get("Content-Type"), p.Header().Get("Cache-Control")
	isAsset := strings.HasPrefix(kind, "text/css")
	if isAsset != (cache == "public, max-age=31536000, immutable") || !isAsset && cache != "no-store" {
		t.Errorf("%s: %s is cached %q", name, kind, cache)
	}
	if p.Code != http.StatusSeeOther && !isAsset && kind != "text/html; charset=utf-8" {
		t.Errorf("%s: the type is %q", name, kind)
	}
}

func TestNoStrictTransportOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *web.Config) { c.PublicURL = "http://127.0.0.1:8080" })
	if got := w.browser().get(t, "/sign-in").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.browser().do(t, http.MethodGet, "/sign-in", "", "X-Request-Id: from-a-proxy-1").Header().Get("X-Request-Id"); got != "from-a-proxy-1" {
		t.Errorf("the id is %q", got)
	}
	if got := w.browser().do(t, http.MethodGet, "/sign-in", "", "X-Request-Id: <script>").Header().Get("X-Request-Id"); len(got) != 26 {
		t.Errorf("the id is %q", got)
	}
}

// T-15, L-03: what is in a log cannot be used by whoever reads it.
func TestLogsHoldNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	invited := w.Put(t, "inv@example.com", dirtest.InvitedByLink)
	other := w.browser()
	path := "/invitations/" + invited.Secret
	other.get(t, path)
	other.do(t, http.MethodPost, path, chosen(invited.Secret, "short"))
	other.do(t, http.MethodPost, path, chosen(invited.Secret, another))
	other.get(t, path)
	other.get(t, "/reset/"+invited.Secret)
	w.browser().signIn(t, "inv@example.com", "a wrong guess")
	b.submit(t, b.get(t, "/account/keys"), "/account/keys", map[string]string{"name": "Laptop"})
	key := aKey.FindString(b.get(t, "/account/keys").text())
	b.submit(t, b.get(t, "/account"), "/account/name", map[string]string{"name": "Quite Unusual"})
	text := w.log.String()
	secrets := []string{invited.Secret, "short", another, password, "a wrong guess", key, "pat@example.com", "inv@example.com", "example.com", "Quite Unusual"}
	for _, kept := range []*browser{b, other} {
		secrets = append(secrets, kept.cookies["__Host-ax-session"], kept.cookies["__Host-ax-browser"])
	}
	for _, s := range secrets {
		if s == "" || strings.Contains(text, s) {
			t.Errorf("the log holds %q", s)
		}
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) < 10 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		var l struct {
			Msg, Route, Method string
			Status             int
			ID                 string `json:"request_id"`
		}
		must(t, json.Unmarshal([]byte(line), &l))
		if l.Msg != "page" || l.Route == "" || l.Status == 0 || l.ID == "" {
			t.Errorf("the line is %s", line)
		}
	}
	if !strings.Contains(text, `"route":"/invitations/{token}"`) {
		t.Error("the route is missing")
	}
}

func TestPagesWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	invited := w.Put(t, "inv@example.com", dirtest.InvitedByLink)
	account := b.get(t, "/account")
	var away error = &directory.Error{Kind: directory.Unavailable, Detail: "The store is away."}
	w.store.write.Store(&away)
	for path, p := range map[string]*page{
		"/sign-in":                       b.signIn(t, "pat@example.com", password),
		"/forgot-password":               w.browser().do(t, http.MethodPost, "/forgot-password", url.Values{"email": {"pat@example.com"}}.Encode()),
		"/account/name":                  b.submit(t, account, "/account/name", map[string]string{"name": "Zoë"}),
		"/invitations/" + invited.Secret: b.do(t, http.MethodPost, "/invitations/"+invited.Secret, chosen(invited.Secret, password)),
	} {
		p.wantFaults(t, http.StatusServiceUnavailable, map[string]string{"": "The store is away."})
		if p.Header().Get("Retry-After") != "5" || len(p.all("form", "action="+path)) != 1 {
			t.Errorf("%s: Retry-After %q", path, p.Header().Get("Retry-After"))
		}
	}
	out := b.submit(t, account, "/sign-out", nil).want(t, http.StatusServiceUnavailable).says(t, "The store is away.")
	if out.Header().Get("Retry-After") != "5" {
		t.Errorf("Retry-After %q", out.Header().Get("Retry-After"))
	}
	w.store.write.Store(nil)
	b.submit(t, account, "/account/name", map[string]string{"name": "Zoë"}).want(t, http.StatusSeeOther)
}

func TestOurOwnFaultsAreNotShown(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*world, *error){
		"error": func(w *world, e *error) { w.store.write.Store(e) },
		"panic": func(w *world, e *error) { w.store.read.Store(e) },
	} {
		w := newWorld(t)
		broken := errors.New("disk /var/lib/ax on fire")
		fail(w, &broken)
		b := w.browser()
		p := b.signIn(t, "pat@example.com", password)
		if name == "panic" { // counted before anything is read
			w.store.write.Store(nil)
		}
		p.want(t, http.StatusInternalServerError).says(t, "Something went wrong here", "give them this:")
		if strings.Contains(p.Body.String(), "fire") {
			t.Errorf("%s: the page tells what happened", name)
		}
		if !strings.Contains(w.log.String(), "fire") || !strings.Contains(p.text(), p.Header().Get("X-Request-Id")) {
			t.Errorf("%s: nobody can find out what happened", name)
		}
		wantHeaders(t, name, p)
	}
}
