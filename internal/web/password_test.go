package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/web"
)

// T-11
func TestT11TemporaryPasswordIsGoodForOneThing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *web.Config) { c.ContinueURL = "https://observatory.example.com" })
	p := w.Put(t, "pat@example.com", dirtest.InvitedByPassword)
	b := w.browser()
	choose := b.follow(t, b.signIn(t, "pat@example.com", p.Secret), "/new-password").want(t, http.StatusOK)
	choose.says(t, "Choose your own password", w.PasswordRule())
	if len(choose.all("nav", "")) != 0 {
		t.Error("the menu is there before the password")
	}
	if got := value(choose.all("input", "autocomplete=username")[0], "value"); got != "pat@example.com" {
		t.Errorf("the address shown is %q", got)
	}
	for _, target := range []string{"/", "/account", "/account/keys", "/welcome", "/sign-in", "/forgot-password", "/forgot-password/sent"} {
		if got := b.get(t, target).want(t, http.StatusSeeOther).Header().Get("Location"); got != "/new-password" {
			t.Errorf("%s leads to %q", target, got)
		}
	}
	w.browser().signIn(t, "pat@example.com", p.Secret).want(t, http.StatusUnprocessableEntity)
	got := b.submit(t, choose, "/new-password", map[string]string{"password": p.Secret})
	got.wantFaults(t, http.StatusUnprocessableEntity, map[string]string{"password": "The password must not be the temporary password."})
	if strings.Contains(got.Body.String(), p.Secret) {
		t.Error("the page repeats the password")
	}
	restricted := b.cookies["__Host-ax-session"]
	got = b.submit(t, choose, "/new-password", map[string]string{"password": password})
	b.follow(t, got, "/welcome").says(t, "Welcome, Pat", "Continue to Observatory")
	if b.cookies["__Host-ax-session"] == restricted {
		t.Error("the session of the temporary password goes on")
	}
	b.follow(t, b.get(t, "/new-password"), "/account").want(t, http.StatusOK)
	w.browser().signIn(t, "pat@example.com", password).want(t, http.StatusSeeOther)
}

func TestT11TemporaryPasswordEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world, p dirtest.Person) error{
		"with time":     func(w *world, _ dirtest.Person) error { w.Clock.Advance(directory.DefaultPasswordLife); return nil },
		"with a resend": func(w *world, p dirtest.Person) error { return w.ResendInvitation(t.Context(), w.Admin, p.ID) },
		"with the user": func(w *world, p dirtest.Person) error { return w.DeleteUser(t.Context(), w.Admin, p.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.Put(t, "pat@example.com", dirtest.InvitedByPassword)
			early := w.browser()
			early.signIn(t, "pat@example.com", p.Secret).want(t, http.StatusSeeOther)
			choose := early.get(t, "/new-password").want(t, http.StatusOK)
			q := w.Put(t, "quin@example.com", dirtest.InvitedByPassword)
			must(t, end(w, p))
			must(t, end(w, q))
			early.follow(t, early.submit(t, choose, "/new-password", map[string]string{"password": password}), "/sign-in")
			w.browser().signIn(t, "quin@example.com", q.Secret).want(t, http.StatusUnprocessableEntity)
		})
	}
}

func TestNewcomerCanSignOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.newcomer(t, "pat@example.com")
	p := b.get(t, "/new-password").want(t, http.StatusOK)
	b.follow(t, b.submit(t, p, "/sign-out", nil), "/sign-in").says(t, "You are signed out.")
	b.follow(t, b.get(t, "/new-password"), "/sign-in")
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	b := w.browser()
	p := b.get(t, "/forgot-password").want(t, http.StatusOK)
	b.follow(t, b.submit(t, p, "/forgot-password", map[string]string{"email": " Pat@Example.com "}), "/forgot-password/sent").
		want(t, http.StatusOK).says(t, "If there is an account with that address, a letter is on its way")
	path := "/reset/" + w.link(t, "pat@example.com")
	p = b.get(t, path).want(t, http.StatusOK).says(t, "Choose a new password", "good until Sunday, 1 March 2026 at 09:30 UTC", w.PasswordRule())
	if got := value(p.all("input", "autocomplete=username")[0], "value"); got != "pat@example.com" {
		t.Errorf("the address shown is %q", got)
	}
	b.follow(t, b.submit(t, p, path, map[string]string{"password": another}), "/account").
		want(t, http.StatusOK).says(t, "Your new password is set. All other browsers were signed out.")
	old.follow(t, old.get(t, "/account"), "/sign-in")
	w.browser().signIn(t, "pat@example.com", password).want(t, http.StatusUnprocessableEntity)
	w.browser().signIn(t, "pat@example.com", another).want(t, http.StatusSeeOther)
}

func TestSignedInPersonMayAskForALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	p := b.get(t, "/forgot-password").want(t, http.StatusOK)
	b.follow(t, b.submit(t, p, "/forgot-password", map[string]string{"email": "pat@example.com"}), "/forgot-password/sent").want(t, http.StatusOK)
}

// E-01, E-04
func TestE01ForgottenTakesOneAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signedIn(t, "pat@example.com", directory.RoleMember)
	w.signedIn(t, "eve@example.com", directory.RoleMember)
	before := w.state(t)
	for _, c := range []struct {
		body   string
		status int
	}{
		{"email=pat@example.com&email=eve@example.com", http.StatusBadRequest},
		{"email[]=pat@example.com", http.StatusBadRequest},
		{"email=pat@example.com&email[]=eve@example.com", http.StatusBadRequest},
		{"", http.StatusBadRequest},
		{"email=", http.StatusUnprocessableEntity},
		{"email=pat@example.com,eve@example.com", http.StatusUnprocessableEntity},
		{"email=pat@example.com%20eve@example.com", http.StatusUnprocessableEntity},
		{"email=pat@example.com%0d%0abcc:eve@example.com", http.StatusUnprocessableEntity},
		{"email=%3Cpat@example.com%3E", http.StatusUnprocessableEntity},
		{"email=Pat+%3Cpat@example.com%3E", http.StatusUnprocessableEntity},
		{"email=pat@[127.0.0.1]", http.StatusUnprocessableEntity},
		{"email=pat@example.com%00", http.StatusUnprocessableEntity},
		{"email=" + strings.Repeat("a", 255) + "@example.com", http.StatusUnprocessableEntity},
	} {
		w.browser().do(t, http.MethodPost, "/forgot-password", c.body).want(t, c.status)
	}
	w.browser().do(t, http.MethodPost, "/forgot-password?email=eve@example.com", "email=pat@example.com").want(t, http.StatusBadRequest)
	w.browser().do(t, http.MethodPost, "/forgot-password", `{"email":["pat@example.com"]}`, "Content-Type: application/json").want(t, http.StatusUnsupportedMediaType)
	if w.state(t) != before {
		t.Error("a refused request changed something")
	}
}

func TestForgottenTooOften(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := url.Values{"email": {"nobody@example.com"}}.Encode()
	for range 3 {
		w.browser().do(t, http.MethodPost, "/forgot-password", body).want(t, http.StatusSeeOther)
	}
	p := w.browser().do(t, http.MethodPost, "/forgot-password", body)
	p.wantFaults(t, http.StatusTooManyRequests, map[string]string{"": "Too many attempts. Wait a second and try again."})
	if p.Header().Get("Retry-After") != "1" || value(p.all("input", "id=email")[0], "value") != "nobody@example.com" {
		t.Errorf("Retry-After is %q", p.Header().Get("Retry-After"))
	}
	w.Clock.Advance(time.Second)
	w.browser().do(t, http.MethodPost, "/forgot-password", body).want(t, http.StatusSeeOther)
}
