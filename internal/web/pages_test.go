package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/web"
)

// table is the routing table once more, by hand: a page that is added or whose
// access changes has to be looked at here too.
const table = `
GET /{$}                              anyone but a newcomer
GET /assets/{name}                    anyone, signed in or not
GET /invitations/{token}              whoever holds the link of a letter
POST /invitations/{token}             whoever holds the link of a letter
GET /welcome                          a signed-in person
GET /sign-in                          anyone but a newcomer
POST /sign-in                         anyone, signed in or not
POST /sign-out                        a signed-in person or a newcomer
GET /new-password                     a newcomer
POST /new-password                    a newcomer
GET /forgot-password                  anyone but a newcomer
POST /forgot-password                 anyone but a newcomer
GET /forgot-password/sent             anyone but a newcomer
GET /reset/{token}                    whoever holds the link of a letter
POST /reset/{token}                   whoever holds the link of a letter
GET /account                          a signed-in person
POST /account/name                    a signed-in person
POST /account/password                a signed-in person
POST /account/sessions/end            a signed-in person
GET /account/keys                     a signed-in person
POST /account/keys                    a signed-in person
POST /account/keys/{id}/revoke        a signed-in person
`

func TestTable(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, p := range web.Pages() {
		b.WriteString("\n" + p.Method + " " + p.Pattern + strings.Repeat(" ", 37-len(p.Method+p.Pattern)) + string(p.Access))
	}
	if diff := cmp.Diff(table, b.String()+"\n"); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// target is a path that a pattern matches.
func target(w *world, t testing.TB, pattern string) string {
	t.Helper()
	switch {
	case pattern == "/{$}":
		return "/"
	case strings.HasPrefix(pattern, "/assets/"):
		return asset(w, t, "css")
	}
	return strings.NewReplacer("{token}", strings.Repeat("a", 43), "{id}", "QXBpS2V5OnNvbWV0aGluZw").Replace(pattern)
}

// asset is where a page finds its file of a kind.
func asset(w *world, t testing.TB, kind string) string {
	t.Helper()
	p := w.browser().get(t, "/sign-in")
	for _, n := range append(p.all("link", ""), p.all("script", "")...) {
		for _, name := range []string{"href", "src"} {
			if v := value(n, name); strings.HasSuffix(v, "."+kind) {
				return v
			}
		}
	}
	t.Fatalf("no page uses a file of the kind %s", kind)
	return ""
}

func TestAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	newcomer, _ := w.newcomer(t, "new@example.com")
	before := w.state(t)
	for _, p := range web.Pages() {
		for _, who := range []struct {
			name string
			*browser
		}{{"nobody", w.browser()}, {"newcomer", newcomer}, {"person", person}} {
			want := map[string]map[web.Access]string{
				"nobody":   {web.Person: "/sign-in", web.Newcomer: "/sign-in", web.Either: "/sign-in"},
				"newcomer": {web.Person: "/new-password", web.Visitor: "/new-password"},
				"person":   {web.Newcomer: "/account"},
			}[who.name][p.Access]
			// The wrong type is the first thing that a page says of its form.
			got := who.do(t, p.Method, target(w, t, p.Pattern), "", "Content-Type: text/plain")
			switch {
			case want != "":
				if got.Code != http.StatusSeeOther || got.Header().Get("Location") != want {
					t.Errorf("%s %s answers %s with %d %q, want a redirect to %s", p.Method, p.Pattern, who.name, got.Code, got.Header().Get("Location"), want)
				}
			case p.Method == http.MethodPost:
				if got.Code != http.StatusUnsupportedMediaType {
					t.Errorf("%s %s answers %s with %d, want that it is no form", p.Method, p.Pattern, who.name, got.Code)
				}
			case p.Access != web.LinkHolder && got.Code != http.StatusOK && p.Pattern != "/{$}" && p.Pattern != "/sign-in" && p.Pattern != "/welcome":
				t.Errorf("%s %s answers %s with %d", p.Method, p.Pattern, who.name, got.Code)
			}
		}
	}
	if w.state(t) != before {
		t.Error("a refused request changed something")
	}
}

func TestWrongMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	allowed := map[string][]string{}
	for _, p := range web.Pages() {
		allowed[p.Pattern] = append(allowed[p.Pattern], p.Method)
		if p.Method == http.MethodGet {
			allowed[p.Pattern] = append(allowed[p.Pattern], http.MethodHead)
		}
	}
	for pattern, methods := range allowed {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			if strings.Contains(strings.Join(methods, " ")+" ", method+" ") {
				continue
			}
			got := w.browser().do(t, method, target(w, t, pattern), "").want(t, http.StatusMethodNotAllowed)
			if allow := got.Header().Get("Allow"); allow != strings.Join(methods, ", ") {
				t.Errorf("%s %s allows %q, want %v", method, pattern, allow, methods)
			}
			if method != http.MethodHead {
				got.says(t, "This page cannot be opened like that", "Go to the start page")
			}
		}
	}
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	for _, path := range []string{
		"/nowhere", "/account/", "/sign-in/", "//sign-in", "/./sign-in", "/a/../account", "/invitations", "/invitations/", "/invitations/a/b",
		"/reset/", "/assets", "/assets/", "/assets/style.css", "/assets/../style.css", "/assets/%2e%2e/style.css", "/assets/..%2fweb.go", "/favicon.ico",
		"/account/keys/x", "/.well-known/change-password", "/%00", "/ACCOUNT",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if strings.HasPrefix(path, "/assets/") && method == http.MethodPost {
				continue // that is a wrong method first
			}
			p := b.do(t, method, path, "").want(t, http.StatusNotFound).says(t, "Page not found")
			if p.Header().Get("Location") != "" {
				t.Errorf("%s redirects", path)
			}
		}
	}
}

// HEAD is GET without its body.
func TestHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	invited := w.Put(t, "inv@example.com", dirtest.InvitedByLink)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	for _, path := range []string{"/", "/sign-in", "/account", "/account/keys", "/welcome", "/forgot-password", "/nowhere", "/invitations/" + invited.Secret, "/reset/x", asset(w, t, "js")} {
		get, head := b.get(t, path), b.do(t, http.MethodHead, path, "")
		if head.Body.Len() != 0 {
			t.Errorf("HEAD %s has a body", path)
		}
		get.Header().Del("X-Request-Id")
		head.Header().Del("X-Request-Id")
		if diff := cmp.Diff(get.Header(), head.Header()); diff != "" || get.Code != head.Code {
			t.Errorf("%s: HEAD answers %d, GET %d (-GET +HEAD):\n%s", path, head.Code, get.Code, diff)
		}
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for kind, want := range map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"} {
		path := asset(w, t, kind)
		got := w.browser().get(t, path).want(t, http.StatusOK)
		if got.Header().Get("Content-Type") != want || got.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || got.Body.Len() == 0 {
			t.Errorf("%s: %v, %d bytes", path, got.Header(), got.Body.Len())
		}
		other := strings.Replace(path, path[len(path)-8:len(path)-6], "zz", 1)
		w.browser().get(t, other).want(t, http.StatusNotFound)
	}
}

// What every page is to somebody who cannot see it.
func TestStructure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	newcomer, _ := w.newcomer(t, "new@example.com")
	invited := w.Put(t, "inv@example.com", dirtest.InvitedByLink)
	faulty := person.submit(t, person.get(t, "/account"), "/account/name", map[string]string{"name": ""})
	for name, p := range map[string]*page{
		"sign-in": w.browser().get(t, "/sign-in"), "forgot": w.browser().get(t, "/forgot-password"), "sent": w.browser().get(t, "/forgot-password/sent"),
		"invitation": w.browser().get(t, "/invitations/"+invited.Secret), "dead": w.browser().get(t, "/reset/x"), "404": w.browser().get(t, "/nowhere"),
		"account": person.get(t, "/account"), "keys": person.get(t, "/account/keys"), "faulty": faulty, "new password": newcomer.get(t, "/new-password"),
	} {
		if html := p.all("html", "lang=en"); len(html) != 1 {
			t.Errorf("%s: no language", name)
		}
		for _, element := range []string{"title", "h1", "main", "header"} {
			if n := len(p.all(element, "")); n != 1 {
				t.Errorf("%s: %d of %s, want one", name, n, element)
			}
		}
		if text := textOf(p.all("title", "")[0]); !strings.HasSuffix(text, " – Observatory") {
			t.Errorf("%s: the title is %q", name, text)
		}
		ids := map[string]bool{}
		for _, n := range p.all("*", "id") {
			if ids[value(n, "id")] {
				t.Errorf("%s: the id %s stands twice", name, value(n, "id"))
			}
			ids[value(n, "id")] = true
		}
		for _, n := range p.all("input", "") {
			if value(n, "type") != "hidden" && len(p.all("label", "for="+value(n, "id"))) != 1 {
				t.Errorf("%s: the field %s has no label", name, value(n, "id"))
			}
			for described := range strings.FieldsSeq(value(n, "aria-describedby")) {
				if !ids[described] {
					t.Errorf("%s: %s is described by %s, which is not there", name, value(n, "id"), described)
				}
			}
		}
		for _, n := range append(p.all("*", "style"), p.all("style", "")...) {
			t.Errorf("%s: a style stands in the page: %v", name, n.Attr)
		}
		for _, n := range p.all("script", "") {
			if n.FirstChild != nil {
				t.Errorf("%s: a script stands in the page", name)
			}
		}
		for _, f := range p.all("form", "") {
			if !strings.EqualFold(value(f, "method"), "post") || strings.Contains(value(f, "action"), "?") {
				t.Errorf("%s: the form %v", name, f.Attr)
			}
		}
		withPassword := 0
		for _, f := range p.all("form", "") {
			for d := range f.Descendants() {
				if value(d, "type") == "password" {
					withPassword++
					break
				}
			}
		}
		if withPassword > 1 {
			t.Errorf("%s: %d forms with a password", name, withPassword)
		}
	}
}

// Only hrefs of ours, of the contact and of the next place leave a page.
func TestContactIsALinkOnlyWhereItIsOne(t *testing.T) {
	t.Parallel()
	for contact, want := range map[string]string{
		"help@example.com": "mailto:help@example.com", "https://help.example.com/ax": "https://help.example.com/ax",
		"the people at the front desk": "", "javascript:alert(1)": "", "http://help.example.com": "", `"<b>x`: "",
	} {
		w := newWorld(t, func(c *web.Config) { c.Contact = contact })
		p := w.browser().get(t, "/sign-in").says(t, "Questions? Ask "+contact+".")
		footer := p.all("footer", "")[0]
		got := ""
		for d := range footer.Descendants() {
			if d.Data == "a" {
				got = value(d, "href")
			}
		}
		if got != want {
			t.Errorf("%s leads to %q, want %q", contact, got, want)
		}
	}
}

func TestContinueURLIsNoScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *web.Config) { c.ContinueURL = "javascript:alert(1)" })
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	for _, a := range b.get(t, "/account").all("a", "") {
		if u, err := url.Parse(value(a, "href")); err != nil || u.Scheme == "javascript" {
			t.Errorf("a link leads to %q", value(a, "href"))
		}
	}
}
