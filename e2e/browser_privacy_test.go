package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// Whoever comes to the browser next finds nothing: not by going back, not by the link.
func TestBrowserBackButton(t *testing.T) {
	t.Parallel()
	browser(t)
	p := newPortal(t, sqlite)
	p.create("jane@people.example")
	link := p.link("jane@people.example", "/invitations/")
	jane := newTab(t, p.origin, way{})
	jane.choose(link, ownPassword)
	jane.back() // to the form, which is not to be had again
	jane.deadHere(link, "already chosen a password")

	jane.open("/account")
	key := jane.makeKey("laptop")
	jane.submit("/sign-out")
	jane.at("/sign-in", 200)
	for jane.canGoBack() {
		jane.back()
		for _, secret := range []string{"jane@people.example", "laptop", key, key[len(key)-4:]} {
			if strings.Contains(jane.text()+eval[string](jane, `[...document.querySelectorAll("input")].map((e) => e.value).join()`), secret) {
				t.Errorf("after the sign-out, back at %s, %s can be seen:\n%s", jane.path(), secret, jane.text())
			}
		}
	}
	if jane.traffic.requests() < 20 {
		t.Errorf("only %d requests were heard of: what no page may ask for is not heard either", jane.traffic.requests())
	}
}

func (p *tab) canGoBack() bool {
	p.t.Helper()
	history := call(p, page.GetNavigationHistory, cdp.Empty{})
	return history.CurrentIndex > 0 && strings.HasPrefix(history.Entries[history.CurrentIndex-1].URL, p.origin)
}

// Programs that keep passwords know which is whose; what they or the person paste arrives as it is.
func TestBrowserPasswordManagers(t *testing.T) {
	t.Parallel()
	browser(t)
	p := newPortal(t, sqlite)
	temporary := p.temporary("tem@people.example")
	jane := newTab(t, p.origin, way{})
	p.create("jane@people.example")
	link := p.link("jane@people.example", "/invitations/")
	jane.open(link)
	jane.keeps("POST " + strings.TrimPrefix(link, p.origin) + ": email username=jane@people.example, password new-password=")
	jane.open("/sign-in")
	jane.keeps("POST /sign-in: email username=, password current-password=")
	jane.pastes("email", "password")
	jane.signIn("tem@people.example", temporary)
	jane.keeps("POST /new-password: email username=tem@people.example, password new-password=")
	jane.pastes("", "password")
	jane.fill("password", ownPassword)
	jane.submit("/new-password")
	jane.open("/account")
	jane.keeps("POST /account/password: email username=tem@people.example, password current-password=, password new-password=")
	jane.pastes("name", "password")
	p.must("users", "reset-password", "tem@people.example")
	link = p.link("tem@people.example", "/reset/")
	jane.open(link)
	jane.keeps("POST " + strings.TrimPrefix(link, p.origin) + ": email username=tem@people.example, password new-password=")
}

// keeps compares the form that has passwords, of which there must be one.
func (p *tab) keeps(want string) {
	p.t.Helper()
	got := eval[string](p, `[...document.forms].filter((f) => f.querySelector("[type=password]")).map((f) => f.method.toUpperCase() + " " + f.getAttribute("action") + ": " +
		[...f.querySelectorAll("input:not([type=hidden])")].map((e) => e.type + " " + e.autocomplete + "=" + e.value).join(", ")).join("\n")`)
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("the form with a password at %s (-want +got):\n%s", p.path(), diff)
	}
}

// pastes copies a text from one field, or one that is shown, into another: with the browser's own commands, so that a page
// that forbids it is found out.
func (p *tab) pastes(from, to string) {
	p.t.Helper()
	const text = "  päste: 𝕏 <&> \"'  "
	if from == "" {
		p.fill(to, text)
		from = to
		p.use(`form[action="/new-password"] button[type=button]`) // a password cannot be copied while it is hidden
	} else {
		p.fill(from, text)
	}
	p.reach("input[name=" + from + "]")
	p.edit("selectAll")
	p.edit("copy")
	p.fill(to, "")
	p.edit("paste")
	if got := eval[string](p, `document.querySelector("input[name=`+to+`]").value`); got != text {
		p.t.Errorf("pasted into %s at %s: %q, want %q", to, p.path(), got, text)
	}
}

// The session is in a cookie that no script can read and no other site can send, until the browser is closed.
func TestBrowserCookies(t *testing.T) {
	t.Parallel()
	browser(t)
	for scheme, want := range map[string][]string{
		"http":  {"ax-browser HttpOnly Lax 400d", "ax-session HttpOnly Lax while open"},
		"https": {"__Host-ax-browser Secure HttpOnly Lax 400d", "__Host-ax-session Secure HttpOnly Lax while open"},
	} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			s, flags := initialized(t, sqlite), []string(nil)
			if scheme == "https" {
				cert, key := certificate(t)
				s.setenv("ARIZE_API_SCHEME", "https")
				s.setenv("ARIZE_SSL_CA_CERT", cert)
				flags = []string{"--tls-cert", cert, "--tls-key", key}
			}
			s.start(flags...)
			s.create("jane@people.example")
			origin := scheme + "://" + s.server.address
			jane := newTab(t, origin, way{trusting: true})
			link := linkIn(t, s.letter("jane@people.example", 1))
			jane.open(link)
			if got := jane.cookies(); len(got) != 0 {
				t.Errorf("opening a link sets %q", got)
			}
			jane.choose(link, ownPassword)
			jane.at("/welcome", 200)
			if diff := cmp.Diff(want, jane.cookies()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			jane.open("/account")
			jane.submit("/sign-out")
			jane.at("/sign-in", 200)
			if diff := cmp.Diff(want[:1], jane.cookies()); diff != "" {
				t.Errorf("signed out (-want +got):\n%s", diff)
			}
		})
	}
}

// cookies describes those of the tab's site, by name.
func (p *tab) cookies() (found []string) {
	p.t.Helper()
	for _, c := range call(p, network.GetCookies, network.GetCookiesParams{}).Cookies {
		life := "while open"
		if !c.Session {
			life = fmt.Sprintf("%.0fd", time.Until(time.Unix(int64(c.Expires), 0)).Hours()/24)
		}
		line := c.Name
		if c.Secure {
			line += " Secure"
		}
		if c.HTTPOnly {
			line += " HttpOnly"
		}
		found = append(found, line+" "+string(c.SameSite)+" "+life)
	}
	slices.Sort(found)
	return found
}

// Another site that a signed-in person visits can neither send forms in their name nor show the pages in a frame.
func TestBrowserForeignSite(t *testing.T) {
	t.Parallel()
	browser(t)
	p := newPortal(t, sqlite)
	jane := p.resident("jane@people.example", way{})
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, err := fmt.Fprintf(w, `<!DOCTYPE html><title>Win</title><form method="post" action="%[1]s/account/name"><input name="name" value="Evil"><button type="submit">Win</button></form>
			<form method="post" action="%[1]s/sign-out"><button type="submit">Out</button></form><iframe src="%[1]s/sign-in"></iframe>`, p.origin)
		if err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(evil.Close)
	// localhost is another site than 127.0.0.1, though it is the same machine.
	elsewhere := strings.Replace(evil.URL, "127.0.0.1", "localhost", 1)
	jane.traffic.expect(strings.TrimPrefix(elsewhere, "http://"), "says where it comes from", "frame-ancestors")
	for _, action := range []string{p.origin + "/account/name", p.origin + "/sign-out"} {
		jane.open(elsewhere)
		jane.press(`form[action="` + action + `"] button`)
		jane.at(strings.TrimPrefix(action, p.origin), 403)
	}
	jane.open(elsewhere)
	if seen := eval[bool](jane, `document.querySelector("iframe").contentDocument !== null`); seen {
		t.Error("the frame can be reached from outside")
	}
	if n := jane.traffic.count("frame-ancestors"); n == 0 {
		t.Error("the browser did not refuse to show the page in a frame")
	}
	jane.open("/account")
	jane.at("/account", 200)
	if got := p.user("jane@people.example").Name; got != "Jane Doe" {
		t.Errorf("her name is %q", got)
	}
}

// What people are called is text, wherever it is shown (H-12).
func TestBrowserNamesAreText(t *testing.T) {
	t.Parallel()
	browser(t)
	p := newPortal(t, sqlite, "--product-name", `<b>A&amp;B</b>`, "--contact", `"><script>alert(1)</script>`)
	person := newTab(t, p.origin, way{})
	for i, name := range []string{
		`<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`, `' autofocus onfocus='alert(1)`, `</title><svg onload=alert(1)>`, `javascript:alert(1)`, `{{.Contact}} ${alert(1)} &lt;b&gt;`,
	} {
		email := fmt.Sprintf("u%d@people.example", i)
		p.must("users", "create", "--full-name", name, "--email", email, "--role", "member", "--invite-mode", "email_link")
		link := p.link(email, "/invitations/")
		call(person, network.ClearBrowserCookies, cdp.Empty{})
		person.open(link)
		person.says(name, "<b>A&amp;B</b>", `"><script>alert(1)</script>`)
		person.choose(link, ownPassword)
		person.says(name)
		person.open("/account")
		if got := eval[string](person, `document.querySelector("input[name=name]").value`); got != name {
			t.Errorf("the name is %q, want %q", got, name)
		}
		person.makeKey(name)
		person.says(name)
		if n := person.count("main img, main script, main svg, [onfocus]"); n != 0 {
			t.Errorf("%q became %d elements", name, n)
		}
	}
}

// The button beside a password shows it, says so, and hides it again before it is sent.
func TestBrowserShowPassword(t *testing.T) {
	t.Parallel()
	browser(t)
	p := newPortal(t, sqlite)
	for _, w := range []way{{}, {keyboard: true}} {
		jane := newTab(t, p.origin, w)
		jane.open("/sign-in")
		jane.fill("password", ownPassword)
		kind := func() string {
			return eval[string](jane, `document.querySelector("input[name=password]").type + " " + document.activeElement.name + " " + document.querySelector("[role=status]").innerText`)
		}
		for i, want := range []string{"text password Your password can be seen.", "password password Your password is hidden.", "text password Your password can be seen."} {
			jane.use("button[aria-controls=password]")
			if got := kind(); got != want {
				t.Errorf("pressed %d times: %q, want %q", i+1, got, want)
			}
		}
		jane.fill("email", "nobody@people.example")
		jane.do("listen", chromedp.Evaluate[chromedp.Void](`document.forms[0].addEventListener("submit", () => { name = document.querySelector("input[name=password]").type })`))
		jane.submit("/sign-in")
		if sent := eval[string](jane, `name`); sent != "password" {
			t.Errorf("sent as %q", sent)
		}
	}
}
