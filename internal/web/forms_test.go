package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// A post is a form that would succeed, if nothing were wrong with how it comes.
type post struct {
	name   string
	path   string
	body   url.Values
	as     func() *browser
	signed bool // carries a session's proof
}

// posts are one of each route.
func posts(t testing.TB, w *world) []post {
	t.Helper()
	person, u := w.signedIn(t, "pat@example.com", directory.RoleMember)
	newcomer, _ := w.newcomer(t, "new@example.com")
	invited := w.Put(t, "inv@example.com", dirtest.InvitedByLink)
	must(t, w.ResetPassword(t.Context(), w.Admin, u.ID))
	reset := w.link(t, "pat@example.com")
	account := person.get(t, "/account")
	keys := person.follow(t, person.submit(t, person.get(t, "/account/keys"), "/account/keys", map[string]string{"name": "a key"}), "/account/keys")
	revoke := ""
	for _, f := range keys.all("form", "") {
		if strings.HasSuffix(value(f, "action"), "/revoke") {
			revoke = value(f, "action")
		}
	}
	pat, first := func() *browser { return person }, func() *browser { return newcomer }
	return []post{
		{"/invitations/{token}", "/invitations/" + invited.Secret, url.Values{"link": {invited.Secret}, "password": {password}}, w.browser, false},
		{"/reset/{token}", "/reset/" + reset, url.Values{"link": {reset}, "password": {another}}, w.browser, false},
		{"/sign-in", "/sign-in", url.Values{"email": {"pat@example.com"}, "password": {password}}, w.browser, false},
		{"/forgot-password", "/forgot-password", url.Values{"email": {"pat@example.com"}}, w.browser, false},
		{"/new-password", "/new-password", newcomer.get(t, "/new-password").fill(t, "/new-password", map[string]string{"password": another}), first, true},
		{"/sign-out", "/sign-out", account.fill(t, "/sign-out", nil), pat, true},
		{"/account/name", "/account/name", account.fill(t, "/account/name", map[string]string{"name": "Zoë"}), pat, true},
		{"/account/password", "/account/password", account.fill(t, "/account/password", map[string]string{"current_password": password, "password": another}), pat, true},
		{"/account/sessions/end", "/account/sessions/end", account.fill(t, "/account/sessions/end", nil), pat, true},
		{"/account/keys", "/account/keys", keys.fill(t, "/account/keys", map[string]string{"name": "another"}), pat, true},
		{"/account/keys/{id}/revoke", revoke, keys.fill(t, revoke, nil), pat, true},
	}
}

// H-09
func TestH09FormsFromElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := posts(t, w)
	before := w.state(t)
	for _, p := range all {
		for _, header := range [][]string{
			{"Sec-Fetch-Site: cross-site"},
			{"Sec-Fetch-Site: same-site", "Origin: https://other.ax.example"},
			{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"},
			{"Sec-Fetch-Site:", "Origin: https://evil.example"},
			{"Sec-Fetch-Site:", "Origin: https://ax.example.evil.example"},
			{"Sec-Fetch-Site:", "Origin: http://ax.example:81"},
			{"Sec-Fetch-Site:", "Origin: null"},
			{"Sec-Fetch-Site: cross-site", "Content-Type: application/json"},
		} {
			got := p.as().do(t, http.MethodPost, p.path, p.body.Encode(), header...)
			if got.Code != http.StatusForbidden || got.setCookie("__Host-ax-session") != nil {
				t.Errorf("%s with %q answers %d", p.name, header, got.Code)
			}
			got.says(t, "This form came from another site")
		}
	}
	if w.state(t) != before {
		t.Error("a form from elsewhere changed something")
	}
}

func TestH09FormsOfAnotherSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := posts(t, w)
	eve, _ := w.signedIn(t, "eve@example.com", directory.RoleMember)
	foreign := eve.get(t, "/account").fill(t, "/sign-out", nil).Get("proof")
	before := w.state(t)
	for _, p := range all {
		if !p.signed {
			if p.body.Has("proof") {
				t.Errorf("%s carries a proof", p.name)
			}
			continue
		}
		own := p.body.Get("proof")
		for _, proof := range []string{foreign, "", "x", own + "x", own[:len(own)-1], p.as().cookies["__Host-ax-session"]} {
			p.body.Set("proof", proof)
			p.as().do(t, http.MethodPost, p.path, p.body.Encode()).want(t, http.StatusForbidden).says(t, "This form is out of date")
		}
		p.body.Del("proof")
		p.as().do(t, http.MethodPost, p.path, p.body.Encode()).want(t, http.StatusForbidden)
	}
	if w.state(t) != before {
		t.Error("a form without this session's proof changed something")
	}
}

func TestFormsAreReadStrictly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := posts(t, w)
	before := w.state(t)
	for _, p := range all {
		sound := p.body.Encode()
		field := "password=x"
		for name := range p.body {
			field = name + "=x"
		}
		for _, c := range []struct {
			why, query, body string
			status           int
			header           []string
		}{
			{"an unknown field", "", sound + "&role=ADMIN", http.StatusBadRequest, nil},
			{"a field of another case", "", sound + "&Password=x", http.StatusBadRequest, nil},
			{"a field twice", "", sound + "&" + field, http.StatusBadRequest, nil},
			{"a field without a name", "", sound + "&=x", http.StatusBadRequest, nil},
			{"a query", "?x=1", sound, http.StatusBadRequest, nil},
			{"a field in the query", "?" + field, sound, http.StatusBadRequest, nil},
			{"a semicolon", "", sound + ";x=1", http.StatusBadRequest, nil},
			{"half an escape", "", sound + "&x=%4", http.StatusBadRequest, nil},
			{"no UTF-8", "", strings.Replace(sound, "=", "=%ff", 1), http.StatusBadRequest, nil},
			{"no type", "", sound, http.StatusUnsupportedMediaType, []string{"Content-Type:"}},
			{"text", "", sound, http.StatusUnsupportedMediaType, []string{"Content-Type: text/plain"}},
			{"JSON", "", `{"password":"x"}`, http.StatusUnsupportedMediaType, []string{"Content-Type: application/json"}},
			{"parts", "", sound, http.StatusUnsupportedMediaType, []string{"Content-Type: multipart/form-data; boundary=x"}},
			{"another charset", "", sound, http.StatusUnsupportedMediaType, []string{"Content-Type: application/x-www-form-urlencoded; charset=utf-16"}},
			{"an encoding", "", sound, http.StatusUnsupportedMediaType, []string{"Content-Encoding: gzip"}},
			{"too much", "", sound + "&x=" + strings.Repeat("a", 64<<10), http.StatusRequestEntityTooLarge, nil},
		} {
			got := p.as().do(t, http.MethodPost, p.path+c.query, c.body, c.header...)
			if got.Code != c.status {
				t.Errorf("%s with %s answers %d, want %d", p.name, c.why, got.Code, c.status)
			}
			got.says(t, "Nothing was changed.")
		}
		for name := range p.body {
			if name == "proof" || name == "link" {
				continue
			}
			less, err := url.ParseQuery(sound)
			must(t, err)
			less.Del(name)
			p.as().do(t, http.MethodPost, p.path, less.Encode()).want(t, http.StatusBadRequest)
		}
	}
	if w.state(t) != before {
		t.Error("a form that was refused changed something")
	}
}

// The forms of the two tests above fail for what the tests are about only.
func TestSoundFormsSucceed(t *testing.T) {
	t.Parallel()
	for i := range posts(t, newWorld(t)) {
		w := newWorld(t)
		p := posts(t, w)[i]
		before := w.state(t)
		p.as().do(t, http.MethodPost, p.path, p.body.Encode(), "Content-Type: application/x-www-form-urlencoded; charset=UTF-8").want(t, http.StatusSeeOther)
		if w.state(t) == before {
			t.Errorf("%s changed nothing", p.name)
		}
	}
}

func TestFormsFromThePublicURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signedIn(t, "pat@example.com", directory.RoleMember)
	for _, header := range [][]string{
		{"Sec-Fetch-Site:", "Origin:"},                                   // no browser
		{"Sec-Fetch-Site: none", "Origin:"},                              // typed or reloaded
		{"Sec-Fetch-Site:", "Origin: https://ax.example"},                // an old browser
		{"Sec-Fetch-Site: cross-site", "Origin: https://ax.example"},     // the same pages under another name
		{"Sec-Fetch-Site: same-origin", "Origin: https://ax.example"},    // a proxy that sets a referrer policy of its own
		{"Sec-Fetch-Site:", "Origin: https://ax.example", "Host: a.b.c"}, // behind a proxy
	} {
		w.browser().do(t, http.MethodPost, "/sign-in", credentials("pat@example.com", password), header...).want(t, http.StatusSeeOther)
	}
}
