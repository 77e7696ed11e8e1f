package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/web"
)

func credentials(email, password string) string {
	return url.Values{"email": {email}, "password": {password}}.Encode()
}

func (b *browser) signIn(t testing.TB, email, password string) *page {
	t.Helper()
	return b.do(t, http.MethodPost, "/sign-in", credentials(email, password))
}

const notRight = "The email or the password is not right."

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signedIn(t, "pat@example.com", directory.RoleMember)
	b := w.browser()
	p := b.follow(t, b.get(t, "/"), "/sign-in").want(t, http.StatusOK).says(t, "Sign in to Observatory", "Forgotten your password?")
	for id, complete := range map[string]string{"email": "username", "password": "current-password"} {
		if got := value(p.all("input", "id="+id)[0], "autocomplete"); got != complete {
			t.Errorf("%s completes as %q, want %q", id, got, complete)
		}
	}
	got := b.submit(t, p, "/sign-in", map[string]string{"email": " PAT@example.com ", "password": password})
	b.follow(t, got, "/account").want(t, http.StatusOK).says(t, "You are signed in as pat@example.com")
	b.follow(t, b.get(t, "/sign-in"), "/account")
	b.follow(t, b.get(t, "/"), "/account")
	if n := w.count(t, "sign_in"); n != 1 {
		t.Errorf("%d sign-ins in the log, want 1", n)
	}
}

func TestSignInFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signedIn(t, "pat@example.com", directory.RoleMember)
	for _, c := range []struct {
		email, password string
		faults          map[string]string
	}{
		{"pat@example.com", "wrong", map[string]string{"": notRight}},
		{"", "", map[string]string{"email": "The address must not be empty.", "password": "The password must not be empty."}},
		{"pat", "x", map[string]string{"email": "The address must be a single e-mail address like jane@example.com."}},
		{"a@example.com,b@example.com", "x", map[string]string{"email": "The address must be a single e-mail address like jane@example.com."}},
		{"pat@localhost", "x", map[string]string{"email": "The address must end in a domain name like example.com."}},
		{"pat\x00@example.com", "x", map[string]string{"email": "The address must be a single e-mail address like jane@example.com."}},
	} {
		before := w.state(t)
		b := w.browser()
		p := b.signIn(t, c.email, c.password)
		p.wantFaults(t, http.StatusUnprocessableEntity, c.faults)
		if got := value(p.all("input", "id=email")[0], "value"); got != strings.ReplaceAll(c.email, "\x00", "\ufffd") {
			t.Errorf("the address comes back as %q, want %q", got, c.email)
		}
		if len(p.Header().Values("Set-Cookie")) > 0 {
			t.Errorf("%q: a cookie is set", c.email)
		}
		if c.faults[""] == "" && w.state(t) != before {
			t.Errorf("%q changed something", c.email)
		}
	}
}

//
func TestA05SignInsThatFailAreAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signedIn(t, "known@example.com", directory.RoleMember)
	emails := map[string]string{"active with a password": "known@example.com"}
	for i, s := range dirtest.Standings() { // an active one of these has no password
		emails[string(s)] = fmt.Sprintf("near%d@example.com", i)
		w.Put(t, emails[string(s)], s)
	}
	var first string
	for _, standing := range slices.Sorted(maps.Keys(emails)) {
		email := emails[standing]
		b := w.browser()
		got := masked(b.signIn(t, email, "not the password at all"), email)
		if first == "" {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%s answers differently (-others +this):\n%s", standing, diff)
		}
	}
	if !strings.HasPrefix(first, "422\n") || !strings.Contains(first, notRight) {
		t.Errorf("the answer is %s", first)
	}
}

func TestA05ForgottenIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var first string
	for i, s := range dirtest.Standings() {
		email := fmt.Sprintf("near%d@example.com", i)
		w.Put(t, email, s)
		before := len(w.Letters(t))
		begun := time.Now()
		p := w.browser().do(t, http.MethodPost, "/forgot-password", url.Values{"email": {email}}.Encode())
		if took := time.Since(begun); took < 250*time.Millisecond {
			t.Errorf("%s: answered after %s, as only one that writes nothing can", s, took)
		}
		got := masked(p, email)
		if first == "" {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%s answers differently (-others +this):\n%s", s, diff)
		}
		want := 0
		if s == dirtest.Active {
			want = 1
		}
		if n := len(w.Letters(t)) - before; n != want {
			t.Errorf("%s: %d letters, want %d", s, n, want)
		}
	}
	if !strings.HasPrefix(first, "303\n") || !strings.Contains(first, "Location: /forgot-password/sent\n") {
		t.Errorf("the answer is %s", first)
	}
}

// masked is all of an answer, without what is each request's own.
func masked(p *page, email string) string {
	var b strings.Builder
	fmt.Fprintln(&b, p.Code)
	for _, name := range slices.Sorted(maps.Keys(p.Header())) {
		if name != "X-Request-Id" {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(p.Header()[name], "|"))
		}
	}
	return b.String() + "\n" + strings.ReplaceAll(p.Body.String(), email, "EMAIL")
}

//
func TestA01GuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.signedIn(t, "jane@example.com", directory.RoleMember)
	variants := []string{"jane@example.com", "JANE@example.com", " jane@example.com", "jane@EXAMPLE.com\t", "Jane@Example.Com"}
	for _, email := range variants {
		w.browser().signIn(t, email, "a wrong guess").want(t, http.StatusUnprocessableEntity)
	}
	p := w.browser().signIn(t, "jane@example.com", password)
	p.wantFaults(t, http.StatusTooManyRequests, map[string]string{"": "Too many attempts. Wait a second and try again."})
	if got := p.Header().Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After is %q, want 1", got)
	}
	if got := value(p.all("input", "id=email")[0], "value"); got != "jane@example.com" {
		t.Errorf("the address comes back as %q", got)
	}
	delete(owner.cookies, "__Host-ax-session")
	owner.signIn(t, "jane@example.com", password).want(t, http.StatusSeeOther)
	w.browser().signIn(t, "jane@example.com", "a wrong guess").want(t, http.StatusTooManyRequests)
	w.Clock.Advance(time.Second)
	w.browser().signIn(t, "jane@example.com", password).want(t, http.StatusSeeOther)
}

//
func TestA08PresentPasswordIsGuessedAsSlowly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "jane@example.com", directory.RoleMember)
	p := b.get(t, "/account")
	for range 5 {
		b.submit(t, p, "/account/password", map[string]string{"current_password": "a wrong guess", "password": another}).want(t, http.StatusUnprocessableEntity)
	}
	got := b.submit(t, p, "/account/password", map[string]string{"current_password": password, "password": another})
	got.wantFaults(t, http.StatusTooManyRequests, map[string]string{"": "Too many attempts. Wait a second and try again."})
	if got.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", got.Header().Get("Retry-After"))
	}
	w.browser().signIn(t, "jane@example.com", password).want(t, http.StatusTooManyRequests)
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		public, prefix string
		secure         bool
	}{{public, "__Host-", true}, {"https://ax.example/people/", "__Host-", true}, {"http://127.0.0.1:8080", "", false}} {
		w := newWorld(t, func(f *web.Config) { f.PublicURL = c.public })
		w.signedIn(t, "jane@example.com", directory.RoleMember)
		p := w.browser().signIn(t, "jane@example.com", password).want(t, http.StatusSeeOther)
		for name, life := range map[string]int{"ax-session": 0, "ax-browser": 400 * 24 * 60 * 60} {
			k := p.setCookie(c.prefix + name)
			if k == nil {
				t.Fatalf("%s: no cookie %s in %q", c.public, name, p.Header().Values("Set-Cookie"))
			}
			if k.Secure != c.secure || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" || k.MaxAge != life || k.Value == "" {
				t.Errorf("%s: the cookie is %s", c.public, k)
			}
		}
	}
}

//
func TestA14SessionsAreNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "jane@example.com", directory.RoleMember)
	first := b.cookies["__Host-ax-session"]
	set := w.browser()
	set.cookies["__Host-ax-session"] = "chosen-by-somebody-else"
	set.signIn(t, "jane@example.com", password).want(t, http.StatusSeeOther)
	if set.cookies["__Host-ax-session"] == "chosen-by-somebody-else" {
		t.Error("the session that was there before the sign-in goes on")
	}
	b.signIn(t, "jane@example.com", password).want(t, http.StatusSeeOther)
	second := b.cookies["__Host-ax-session"]
	if second == first {
		t.Error("a second sign-in keeps the session")
	}
	again := w.browser()
	again.cookies["__Host-ax-session"] = first
	again.follow(t, again.get(t, "/account"), "/sign-in").says(t, "You are not signed in any more.")

	p := b.get(t, "/account")
	out := b.submit(t, p, "/sign-out", nil)
	b.follow(t, out, "/sign-in").says(t, "You are signed out.")
	if _, kept := b.cookies["__Host-ax-session"]; kept {
		t.Error("the browser keeps the session")
	}
	again.cookies["__Host-ax-session"] = second
	again.get(t, "/account").want(t, http.StatusSeeOther)
	if text := b.get(t, "/sign-in").text(); strings.Contains(text, "signed out") {
		t.Error("the notice is shown twice")
	}
}

func TestSessionsEndWithTheirUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, u := w.signedIn(t, "jane@example.com", directory.RoleMember)
	p := b.get(t, "/account").want(t, http.StatusOK)
	must(t, w.DeleteUser(t.Context(), w.Admin, u.ID))
	before := w.state(t)
	got := b.submit(t, p, "/account/name", map[string]string{"name": "Back Again"})
	b.follow(t, got, "/sign-in").says(t, "You are not signed in any more.")
	if w.state(t) != before {
		t.Error("the session of a deleted user changed something")
	}
}

func TestSessionsEndWithTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "jane@example.com", directory.RoleMember)
	w.Clock.Advance(24*time.Hour - time.Second)
	b.get(t, "/account").want(t, http.StatusOK)
	w.Clock.Advance(24 * time.Hour)
	b.get(t, "/account").want(t, http.StatusSeeOther)
	b.get(t, "/sign-in").want(t, http.StatusOK)
}

// H-06
func TestH06SignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "jane@example.com", directory.RoleMember)
	names := []string{"return_to", "next", "redirect", "continue", "url"}
	for i, to := range []string{
		"https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%2f%2fevil.example", "%2f%2fevil.example",
		"javascript:alert(1)", "data:text/html,x", "https:evil.example", "/\t/evil.example", "/\r\nSet-Cookie: x=1", "http://user@evil.example",
		"///evil.example", "/./evil.example", "/account", "https://ax.example.evil.example", "ftp://evil.example", "//ax.example@evil.example", "?x", "#x",
	} {
		query := "?" + names[i%len(names)] + "=" + url.QueryEscape(to)
		if got := b.get(t, "/sign-in"+query).Header().Get("Location"); got != "/account" {
			t.Errorf("%s leads to %q", query, got)
		}
		out := w.browser()
		p := out.get(t, "/sign-in"+query).want(t, http.StatusOK)
		if forms := p.all("form", ""); len(forms) != 1 || value(forms[0], "action") != "/sign-in" {
			t.Errorf("%s: the form goes elsewhere", query)
		}
		out.do(t, http.MethodPost, "/sign-in"+query, credentials("jane@example.com", password)).want(t, http.StatusBadRequest)
		out.do(t, http.MethodPost, "/sign-in", credentials("jane@example.com", password)+"&"+query[1:]).want(t, http.StatusBadRequest)
	}
}

func TestPublicURLWithAPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *web.Config) { c.PublicURL = "https://ax.example/people/" })
	b, _ := w.signedIn(t, "jane@example.com", directory.RoleMember)
	if got := w.browser().get(t, "/account").Header().Get("Location"); got != "/people/sign-in" {
		t.Errorf("the redirect leads to %q", got)
	}
	for _, target := range []string{"/account", "/account/keys", "/nowhere"} {
		body := b.get(t, target).Body.String()
		for _, m := range regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			if strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "/people/") {
				t.Errorf("%s leads to %s", target, m[1])
			}
		}
	}
}
