package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/web"
)

var aKey = regexp.MustCompile(`ak-[0-9A-Za-z]{49}`)

func TestKeyIsShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, u := w.signedIn(t, "pat@example.com", directory.RoleMember)
	p := b.get(t, "/account/keys").want(t, http.StatusOK).says(t, "You have none.")
	typed := map[string]string{"name": " Laptop ", "description": "at home", "expires_at": "2026-03-31"}
	made := b.submit(t, p, "/account/keys", typed).want(t, http.StatusSeeOther)
	if aKey.MatchString(made.Header().Get("Location")) || aKey.MatchString(strings.Join(made.Header().Values("Set-Cookie"), " ")) {
		t.Error("the key can be read on its way")
	}
	flash := made.setCookie("__Host-ax-flash")
	if flash == nil || !flash.HttpOnly || !flash.Secure || flash.SameSite != http.SameSiteLaxMode || flash.Path != "/" || flash.MaxAge != 300 {
		t.Fatalf("the key's cookie is %v", flash)
	}
	b.do(t, http.MethodHead, "/account/keys", "").want(t, http.StatusOK)
	shown := b.follow(t, made, "/account/keys").says(t, "Your new key", "Laptop", "at home", "works until 31 March 2026, 23:59 UTC")
	key := aKey.FindString(shown.text())
	actor, err := w.Authenticate(t.Context(), key)
	must(t, err)
	if actor.UserID != u.ID {
		t.Errorf("the key is %s's", actor.Email)
	}
	b.cookies["__Host-ax-flash"] = flash.Value // a browser that kept it
	w.Clock.Advance(5 * time.Minute)
	for range 2 {
		if again := b.get(t, "/account/keys"); aKey.MatchString(again.Body.String()) {
			t.Error("the key is shown twice")
		}
	}
	w.Clock.Advance(30*24*time.Hour + 14*time.Hour + 54*time.Minute + 58*time.Second)
	_, err = w.Authenticate(t.Context(), key)
	must(t, err) // a second before midnight
	w.Clock.Advance(time.Second)
	if _, err = w.Authenticate(t.Context(), key); err == nil {
		t.Error("the key works on the day after its last")
	}
}

func TestKeyIsNotShownToAnotherSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	eve, _ := w.signedIn(t, "eve@example.com", directory.RoleMember)
	made := b.submit(t, b.get(t, "/account/keys"), "/account/keys", map[string]string{"name": "Laptop"}).want(t, http.StatusSeeOther)
	for _, kept := range []string{made.setCookie("__Host-ax-flash").Value, "x", "AAAA", strings.Repeat("A", 4000)} {
		eve.cookies["__Host-ax-flash"] = kept
		if got := eve.get(t, "/account/keys").want(t, http.StatusOK); aKey.MatchString(got.Body.String()) {
			t.Error("another person sees the key")
		}
		if _, still := eve.cookies["__Host-ax-flash"]; still {
			t.Error("a cookie that says nothing is kept")
		}
	}
}

func TestKeyFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	p := b.get(t, "/account/keys")
	before := w.state(t)
	for _, c := range []struct{ name, description, ends, id, want string }{
		{"", "d", "", "name", "The name must not be empty."},
		{strings.Repeat("x", 257), "d", "", "name", "The name must be at most 256 characters."},
		{"a\nb", "d", "", "name", "The name must not hold control characters, line breaks or characters that reorder or hide text."},
		{"n", strings.Repeat("x", 1001), "", "description", "The description must be at most 1000 characters."},
		{"n", "d", "2026-02-28", "expires_at", "The last day must be in the future."},
		{"n", "d", "tomorrow", "expires_at", "The last day must be a date like 2027-12-31."},
		{"n", "d", "2026-02-30", "expires_at", "The last day must be a date like 2027-12-31."},
	} {
		got := b.submit(t, p, "/account/keys", map[string]string{"name": c.name, "description": c.description, "expires_at": c.ends})
		got.wantFaults(t, http.StatusUnprocessableEntity, map[string]string{c.id: c.want})
		for id, typed := range map[string]string{"name": c.name, "description": c.description, "expires_at": c.ends} {
			if kept := value(got.all("input", "id="+id)[0], "value"); kept != typed {
				t.Errorf("%s comes back as %.20q, want %.20q", id, kept, typed)
			}
		}
	}
	if w.state(t) != before {
		t.Error("a refused key changed something")
	}
	// Today is a day on which a key still works.
	b.submit(t, p, "/account/keys", map[string]string{"name": "n", "expires_at": "2026-03-01"}).want(t, http.StatusSeeOther)
}

func TestKeysAreForDevelopers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, u := w.signedIn(t, "pat@example.com", directory.RoleMember)
	p := b.get(t, "/account/keys")
	b.submit(t, p, "/account/keys", map[string]string{"name": "early"}).want(t, http.StatusSeeOther)
	off := false
	_, err := w.UpdateUser(t.Context(), w.Admin, u.ID, directory.UpdateUser{Developer: &off})
	must(t, err)
	before := w.state(t)
	b.submit(t, p, "/account/keys", map[string]string{"name": "late"}).want(t, http.StatusForbidden).says(t, "You cannot make API keys", "An administrator can turn it on.")
	got := b.get(t, "/account/keys").says(t, "yours is off", "early")
	if len(got.all("form", "action=/account/keys")) != 0 {
		t.Error("the form is there all the same")
	}
	if w.state(t) != before {
		t.Error("a refused key changed something")
	}
	for _, f := range got.all("form", "") {
		if action := value(f, "action"); strings.HasSuffix(action, "/revoke") {
			b.follow(t, b.submit(t, got, action, nil), "/account/keys").says(t, "You have none.")
		}
	}
}

func TestRevokeKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	eve, _ := w.signedIn(t, "eve@example.com", directory.RoleMember)
	made := b.submit(t, b.get(t, "/account/keys"), "/account/keys", map[string]string{"name": "Laptop"})
	p := b.follow(t, made, "/account/keys")
	key := aKey.FindString(p.text())
	action := ""
	for _, f := range p.all("form", "") {
		if strings.HasSuffix(value(f, "action"), "/revoke") {
			action = value(f, "action")
		}
	}
	before := w.state(t)
	proof := eve.get(t, "/account/keys").fill(t, "/account/keys", nil).Get("proof")
	foreign := eve.do(t, http.MethodPost, action, url.Values{"proof": {proof}}.Encode()).want(t, http.StatusNotFound)
	missing := eve.do(t, http.MethodPost, "/account/keys/QXBpS2V5OnNvbWV0aGluZzEy/revoke", url.Values{"proof": {proof}}.Encode()).want(t, http.StatusNotFound)
	if foreign.Body.String() != missing.Body.String() {
		t.Error("another person's key answers differently from none")
	}
	if w.state(t) != before {
		t.Error("somebody else's key was touched")
	}
	b.follow(t, b.submit(t, p, action, nil), "/account/keys").says(t, "The key is revoked.", "You have none.")
	if _, err := w.Authenticate(t.Context(), key); err == nil {
		t.Error("the key still works")
	}
	b.submit(t, p, action, nil).want(t, http.StatusSeeOther) // as the API answers a repeat
}

func TestNoticesWithoutSecure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *web.Config) { c.PublicURL = "http://127.0.0.1:8080" })
	w.signedIn(t, "pat@example.com", directory.RoleMember)
	b := w.browser()
	b.follow(t, b.signIn(t, "pat@example.com", password), "/account").want(t, http.StatusOK)
	made := b.submit(t, b.get(t, "/account/keys"), "/account/keys", map[string]string{"name": "Laptop"})
	if k := made.setCookie("ax-flash"); k == nil || k.Secure || !k.HttpOnly {
		t.Errorf("the key's cookie is %v", k)
	}
	b.follow(t, made, "/account/keys").says(t, "Your new key")
}
