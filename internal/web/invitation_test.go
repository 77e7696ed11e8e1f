package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/web"
)

// errands are the two kinds of links, each with a way to get a fresh one.
func errands() []errand {
	return []errand{
		{"/invitations/", "/welcome", directory.TokenInvitation, func(t testing.TB, w *world, email string) string {
			t.Helper()
			return w.Put(t, email, dirtest.InvitedByLink).Secret
		}},
		{"/reset/", "/account", directory.TokenReset, func(t testing.TB, w *world, email string) string {
			t.Helper()
			u := w.Put(t, email, dirtest.Active)
			must(t, w.ResetPassword(t.Context(), w.Admin, u.ID))
			return w.link(t, email)
		}},
	}
}

type errand struct {
	path, after string
	purpose     directory.Purpose
	link        func(t testing.TB, w *world, email string) string
}

// chosen is the form of a link, filled in.
func chosen(link, password string) string {
	return url.Values{"link": {link}, "password": {password}}.Encode()
}

func TestInvitationIsForSomebodyWhoNeverHeardOfUs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	path := "/invitations/" + p.Secret
	got := w.browser().get(t, path).want(t, http.StatusOK)
	got.says(t, "You are invited to Observatory", "Hello Pat!", "good until Sunday, 8 March 2026 at 09:00 UTC",
		"Questions? Ask help@example.com.", w.PasswordRule())
	if forms := got.all("form", ""); len(forms) != 1 {
		t.Errorf("%d forms, want one", len(forms))
	}
	if links := got.all("a", "href=mailto:help@example.com"); len(links) != 1 {
		t.Error("the contact is no link")
	}
	account := got.all("input", "autocomplete=username")
	if len(account) != 1 || value(account[0], "value") != "pat@example.com" {
		t.Fatalf("the address is not shown once: %v", account)
	}
	if _, named := attr(account[0], "name"); named {
		t.Error("the address is sent with the form")
	}
	if _, readonly := attr(account[0], "readonly"); !readonly {
		t.Error("the address can be changed")
	}
	choose := got.all("input", "autocomplete=new-password")
	if len(choose) != 1 || value(choose[0], "type") != "password" || value(choose[0], "aria-describedby") != "password-hint" {
		t.Errorf("the password field is %+v", choose)
	}
}

func TestWordsWithoutContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *web.Config) { c.Contact, c.Product = "", "" })
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	w.browser().get(t, "/invitations/"+p.Secret).says(t, "You are invited to ax", "ask whoever invited you")
	w.browser().get(t, "/invitations/x").says(t, "ask whoever invited you")
}

// T-01
func TestT01AcceptInvitation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *web.Config) { c.ContinueURL = "https://observatory.example.com/start" })
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	path := "/invitations/" + p.Secret
	b := w.browser()
	got := b.submit(t, b.get(t, path), path, map[string]string{"password": password})
	welcome := b.follow(t, got, "/welcome").want(t, http.StatusOK).says(t, "Welcome, Pat", "pat@example.com", "Continue to Observatory")
	if len(welcome.all("a", "href=https://observatory.example.com/start")) != 1 || len(welcome.all("a", "href=/account")) == 0 {
		t.Error("the way on is missing")
	}
	if u := w.user(t, "pat@example.com"); u.State != directory.StateActive {
		t.Errorf("the user is %s", u.State)
	}
	if n := w.count(t, "accept_invitation"); n != 1 {
		t.Errorf("%d acceptances in the log, want 1", n)
	}
	b.follow(t, b.get(t, "/welcome"), "/account").says(t, "Your account", "Continue to Observatory")
}

func TestWelcomeWithoutContinueURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	b := w.browser()
	got := b.do(t, http.MethodPost, "/invitations/"+p.Secret, chosen(p.Secret, password))
	if text := b.follow(t, got, "/welcome").text(); strings.Contains(text, "Continue") {
		t.Errorf("there is nowhere to continue to: %s", text)
	}
}

// T-02
func TestT02LookingSpendsNothing(t *testing.T) {
	t.Parallel()
	agents := []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks", "BarracudaCentral/1.0", "Mimecast URL Protect", "Googlebot/2.1",
		"Slackbot-LinkExpanding 1.0", "facebookexternalhit/1.1", "HeadlessChrome/156.0",
	}
	for _, e := range errands() {
		t.Run(e.path, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			link := e.link(t, w, "pat@example.com")
			before := w.state(t)
			for i := range 20 {
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					b := w.browser()
					b.agent = agents[i%len(agents)]
					got := b.do(t, method, e.path+link, "").want(t, http.StatusOK)
					if set := got.Header().Values("Set-Cookie"); len(set) > 0 {
						t.Fatalf("%s set %q", method, set)
					}
				}
			}
			if w.state(t) != before {
				t.Error("looking changed something")
			}
			// Another browser than the one that looked goes on.
			w.browser().do(t, http.MethodPost, e.path+link, chosen(link, password)).want(t, http.StatusSeeOther)
		})
	}
}

// T-03
func TestT03OneOfManyAccepts(t *testing.T) {
	t.Parallel()
	for name, same := range map[string]bool{"same password": true, "different passwords": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
			statuses := map[int]int{}
			var mu sync.Mutex
			var all sync.WaitGroup
			for i := range 64 {
				all.Go(func() {
					choice := password
					if !same {
						choice = fmt.Sprintf("%s %d", password, i)
					}
					got := w.browser().do(t, http.MethodPost, "/invitations/"+p.Secret, chosen(p.Secret, choice))
					mu.Lock()
					defer mu.Unlock()
					statuses[got.Code]++
				})
			}
			all.Wait()
			if n := w.count(t, "accept_invitation"); n != 1 {
				t.Errorf("%d acceptances, want 1", n)
			}
			for status := range statuses {
				switch status {
				case http.StatusSeeOther, http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusGone:
				default:
					t.Errorf("status %d in %v", status, statuses)
				}
			}
			if statuses[http.StatusSeeOther] == 0 || !same && statuses[http.StatusSeeOther] != 1 || same && statuses[http.StatusGone] > 0 {
				t.Errorf("statuses %v", statuses)
			}
		})
	}
}

func TestSameFormTwice(t *testing.T) {
	t.Parallel()
	for _, e := range errands() {
		w := newWorld(t)
		link := e.link(t, w, "pat@example.com")
		for range 2 {
			b := w.browser()
			b.follow(t, b.do(t, http.MethodPost, e.path+link, chosen(link, password)), e.after).want(t, http.StatusOK)
		}
		w.browser().do(t, http.MethodPost, e.path+link, chosen(link, another)).want(t, http.StatusGone)
		w.Clock.Advance(10 * time.Minute)
		w.browser().do(t, http.MethodPost, e.path+link, chosen(link, password)).want(t, http.StatusGone)
	}
}

// T-06, T-07
func TestT06DeadLinks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, says string
		leads            []string
		link             func(t testing.TB, w *world) string
	}{
		{"expired", "/invitations/", "This invitation was good until Sunday, 8 March 2026 at 09:00 UTC.", []string{"/sign-in"}, func(t testing.TB, w *world) string {
			p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
			w.Clock.Advance(directory.DefaultInvitationLife)
			return p.Secret
		}},
		{"used", "/invitations/", "This link has been used: you have already chosen a password.", []string{"/sign-in", "/forgot-password"}, func(t testing.TB, w *world) string {
			p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
			w.browser().do(t, http.MethodPost, "/invitations/"+p.Secret, chosen(p.Secret, another)).want(t, http.StatusSeeOther)
			return p.Secret
		}},
		{"resent", "/invitations/", "a newer letter has replaced it", []string{"/sign-in"}, func(t testing.TB, w *world) string {
			p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
			must(t, w.ResendInvitation(t.Context(), w.Admin, p.ID))
			return p.Secret
		}},
		{"of a deleted user", "/invitations/", "This link does not work.", []string{"/sign-in"}, func(t testing.TB, w *world) string {
			p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
			must(t, w.DeleteUser(t.Context(), w.Admin, p.ID))
			return p.Secret
		}},
		{"unknown", "/invitations/", "This link does not work.", []string{"/sign-in"}, func(testing.TB, *world) string { return strings.Repeat("a", 43) }},
		{"expired", "/reset/", "This link was good until Sunday, 1 March 2026 at 09:30 UTC.", []string{"/forgot-password", "/sign-in"}, func(t testing.TB, w *world) string {
			link := errands()[1].link(t, w, "pat@example.com")
			w.Clock.Advance(30 * time.Minute)
			return link
		}},
		{"used", "/reset/", "This link has been used: you have already chosen a new password.", []string{"/sign-in", "/forgot-password"}, func(t testing.TB, w *world) string {
			link := errands()[1].link(t, w, "pat@example.com")
			w.browser().do(t, http.MethodPost, "/reset/"+link, chosen(link, another)).want(t, http.StatusSeeOther)
			return link
		}},
		{"replaced", "/reset/", "a newer letter has replaced it", []string{"/forgot-password", "/sign-in"}, func(t testing.TB, w *world) string {
			link := errands()[1].link(t, w, "pat@example.com")
			must(t, w.Directory.ForgotPassword(t.Context(), directory.Visit{Address: "192.0.2.9"}, "pat@example.com"))
			return link
		}},
		{"unknown", "/reset/", "This link does not work.", []string{"/forgot-password", "/sign-in"}, func(testing.TB, *world) string { return "x" }},
	} {
		t.Run(c.path+c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			link := c.link(t, w)
			before := w.state(t)
			b := w.browser()
			for _, p := range []*page{b.get(t, c.path+link), b.do(t, http.MethodPost, c.path+link, chosen(link, password))} {
				p.want(t, http.StatusGone).says(t, c.says, "Questions? Ask help@example.com.")
				if len(p.all("form", ""))+len(p.all("input", "")) != 0 {
					t.Error("a dead link shows a form")
				}
				var leads []string
				for _, a := range p.all("a", "") {
					if href := value(a, "href"); strings.HasPrefix(href, "/") {
						leads = append(leads, href)
					}
				}
				if strings.Join(leads, " ") != strings.Join(c.leads, " ") {
					t.Errorf("it leads to %v, want %v", leads, c.leads)
				}
				if len(p.Header().Values("Set-Cookie")) > 0 {
					t.Error("a dead link set a cookie")
				}
			}
			if c.name != "used" && w.state(t) != before { // a used one counts a guess
				t.Error("a dead link changed something")
			}
		})
	}
}

// T-08, T-10
func TestT10LinkFormTakesNothingElse(t *testing.T) {
	t.Parallel()
	for _, e := range errands() {
		w := newWorld(t)
		link := e.link(t, w, "pat@example.com")
		before := w.state(t)
		for _, extra := range []string{
			"role=ADMIN", "email=eve@example.com", "is_developer=true", "account_id=1", "user_id=" + url.QueryEscape(string(w.Admin.UserID)), "name=Eve",
			"password=" + url.QueryEscape(another), "link=" + link, "proof=x", "=x", "Password=x", "return_to=/x",
		} {
			got := w.browser().do(t, http.MethodPost, e.path+link, chosen(link, password)+"&"+extra).want(t, http.StatusBadRequest)
			if len(got.Header().Values("Set-Cookie")) > 0 {
				t.Errorf("%s: a cookie is set", extra)
			}
		}
		for _, query := range []string{"?role=ADMIN", "?password=x", "?return_to=/x"} {
			w.browser().do(t, http.MethodPost, e.path+link+query, chosen(link, password)).want(t, http.StatusBadRequest)
		}
		for _, disagreeing := range []string{"", "x", link + "x", strings.ToLower(link)} {
			w.browser().do(t, http.MethodPost, e.path+link, chosen(disagreeing, password)).want(t, http.StatusGone)
		}
		w.browser().do(t, http.MethodPost, e.path+link, url.Values{"password": {password}}.Encode()).want(t, http.StatusGone)
		if w.state(t) != before {
			t.Error("a refused form changed something")
		}
		w.browser().do(t, http.MethodPost, e.path+link, chosen(link, password)).want(t, http.StatusSeeOther)
	}
}

// T-09
func TestT09NoOtherTokenWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	invitation, reset := errands()[0].link(t, w, "pat@example.com"), errands()[1].link(t, w, "rae@example.com")
	b, _ := w.signedIn(t, "sam@example.com", directory.RoleMember)
	near := func(link string) (all []string) {
		for i := range link {
			for bit := range 7 {
				if c := link[i] ^ 1<<bit; c > ' ' && c < 0x7f && !strings.ContainsRune("/?#%", rune(c)) {
					all = append(all, link[:i]+string(rune(c))+link[i+1:])
				}
			}
		}
		return append(all, link[:42], link[1:], link+"A", link+"=", link+"%20", link+"%0A", "%20"+link, link+"%00", link+".", b.cookies["__Host-ax-session"])
	}
	before := w.state(t)
	for path, links := range map[string][]string{
		"/invitations/": append(near(invitation), reset), "/reset/": append(near(reset), invitation),
	} {
		want := ""
		for _, link := range links {
			plain, err := url.PathUnescape(link)
			must(t, err)
			for _, p := range []*page{w.browser().get(t, path+link), w.browser().do(t, http.MethodPost, path+link, chosen(plain, password))} {
				p.want(t, http.StatusGone)
				if want == "" {
					want = p.Body.String()
				}
				if p.Body.String() != want {
					t.Fatalf("%s%s answers differently:\n%s", path, link, p.text())
				}
			}
		}
	}
	if w.state(t) != before {
		t.Error("a wrong token changed something")
	}
}

func TestRefusedPasswordKeepsTheLink(t *testing.T) {
	t.Parallel()
	for _, e := range errands() {
		w := newWorld(t)
		link := e.link(t, w, "jane.tuesday@example.com")
		before := w.state(t)
		for typed, want := range map[string]string{
			"":                                    "The password must have at least 15 characters.",
			"teapot lantern":                      "The password must have at least 15 characters.",
			"password password":                   "The password is one of the first that anybody would guess.",
			"jane.tuesday@example.com":            "The password must not be your name, your address or the name of this service.",
			strings.Repeat("teapot lantern ", 70): "The password must be at most 1024 bytes long.",
			"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4": "The password must have at least 15 characters.",
		} {
			b := w.browser()
			got := b.do(t, http.MethodPost, e.path+link, chosen(link, typed))
			got.wantFaults(t, http.StatusUnprocessableEntity, map[string]string{"password": want})
			if typed != "" && typed != "jane.tuesday@example.com" && strings.Contains(got.Body.String(), html.EscapeString(typed)) {
				t.Errorf("the page repeats %q", typed)
			}
		}
		if w.state(t) != before {
			t.Error("a refused password changed something")
		}
		w.browser().do(t, http.MethodPost, e.path+link, chosen(link, password)).want(t, http.StatusSeeOther)
	}
}

func TestLinkEndsTheBrowsersOtherSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "sam@example.com", directory.RoleMember)
	before := b.cookies["__Host-ax-session"]
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	b.do(t, http.MethodPost, "/invitations/"+p.Secret, chosen(p.Secret, password)).want(t, http.StatusSeeOther)
	if _, err := w.SignedInBy(t.Context(), before); directory.KindOf(err) != directory.Unauthenticated {
		t.Errorf("the session before is still open: %v", err)
	}
	b.get(t, "/account").says(t, "pat@example.com")
}

func TestUsedLinkWhileGuessingIsLocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	path := "/invitations/" + p.Secret
	w.browser().do(t, http.MethodPost, path, chosen(p.Secret, password)).want(t, http.StatusSeeOther)
	for range 5 {
		w.browser().do(t, http.MethodPost, path, chosen(p.Secret, another)).want(t, http.StatusGone)
	}
	got := w.browser().do(t, http.MethodPost, path, chosen(p.Secret, password)).want(t, http.StatusTooManyRequests)
	if got.Header().Get("Retry-After") != "1" || len(got.all("input", "")) > 0 {
		t.Errorf("Retry-After %q, %d inputs", got.Header().Get("Retry-After"), len(got.all("input", "")))
	}
}
