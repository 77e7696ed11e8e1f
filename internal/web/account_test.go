package web_test

import (
	"net/http"
	"strings"
	"testing"

	"ax/internal/directory"
)

func TestRename(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	p := b.get(t, "/account").want(t, http.StatusOK)
	b.follow(t, b.submit(t, p, "/account/name", map[string]string{"name": "  Zoë Person "}), "/account").says(t, "Your name is saved.")
	if got := w.user(t, "pat@example.com").Name; got != "Zoë Person" {
		t.Errorf("the name is %q", got)
	}
	before := w.state(t)
	for typed, want := range map[string]string{
		" ":                      "The name must not be empty.",
		strings.Repeat("x", 256): "The name must be at most 255 characters.",
		"a\u202eb":               "The name must not hold control characters, line breaks or characters that reorder or hide text.",
		"a\nb":                   "The name must not hold control characters, line breaks or characters that reorder or hide text.",
	} {
		got := b.submit(t, p, "/account/name", map[string]string{"name": typed})
		got.wantFaults(t, http.StatusUnprocessableEntity, map[string]string{"name": want})
		if kept := value(got.all("input", "id=name")[0], "value"); kept != typed {
			t.Errorf("the name comes back as %q, want %q", kept, typed)
		}
	}
	if w.state(t) != before {
		t.Error("a refused name changed something")
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	other := w.browser()
	other.signIn(t, "pat@example.com", password).want(t, http.StatusSeeOther)
	p := b.get(t, "/account")
	var completes []string
	for _, n := range p.all("input", "autocomplete") {
		completes = append(completes, value(n, "autocomplete"))
	}
	if got := strings.Join(completes, " "); got != "name username current-password new-password" {
		t.Errorf("the fields complete as %s", got)
	}
	for _, c := range []struct{ present, chosen, id, want string }{
		{"not my password", another, "current_password", "This is not your present password."},
		{password, "short", "password", "The password must have at least 15 characters."},
		{"", another, "current_password", "This is not your present password."},
	} {
		got := b.submit(t, p, "/account/password", map[string]string{"current_password": c.present, "password": c.chosen})
		got.wantFaults(t, http.StatusUnprocessableEntity, map[string]string{c.id: c.want})
	}
	before := b.cookies["__Host-ax-session"]
	got := b.submit(t, p, "/account/password", map[string]string{"current_password": password, "password": another})
	b.follow(t, got, "/account").says(t, "Your password is changed. All other browsers were signed out.")
	if b.cookies["__Host-ax-session"] == before {
		t.Error("the session goes on")
	}
	other.follow(t, other.get(t, "/account"), "/sign-in")
	letters := w.Waiting(t)
	if last := letters[len(letters)-1]; last.Kind != directory.LetterPasswordChanged || last.To != "pat@example.com" {
		t.Errorf("the last letter is %s to %s", last.Kind, last.To)
	}
	w.browser().signIn(t, "pat@example.com", another).want(t, http.StatusSeeOther)
}

func TestSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	phone := w.browser()
	phone.agent, phone.address = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1", "198.51.100.9"
	phone.signIn(t, "pat@example.com", password).want(t, http.StatusSeeOther)
	p := b.get(t, "/account").says(t, "Chrome on Linux this browser", "Safari on iPhone", "1 March 2026, 09:00 UTC from 198.51.100.9")
	b.follow(t, b.submit(t, p, "/account/sessions/end", nil), "/sign-in").says(t, "You are signed out everywhere.")
	for _, one := range []*browser{b, phone} {
		one.get(t, "/account").want(t, http.StatusSeeOther)
	}
	if n := w.count(t, "sign_out_everywhere"); n != 1 {
		t.Errorf("%d in the log", n)
	}
}

func TestManySessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, u := w.signedIn(t, "pat@example.com", directory.RoleMember)
	must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error {
		for i := range 25 {
			id := strings.Repeat("x", i+1)
			now := w.Clock.Now()
			err := tx.InsertSession(directory.Session{ID: id, Digest: directory.DigestOf(id), UserSeq: u.Seq, CreatedAt: now, SeenAt: now, ExpiresAt: now.AddDate(0, 0, 1)})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	p := b.get(t, "/account").want(t, http.StatusOK).says(t, "And 6 more.", "A program we do not know")
	if n := len(p.all("time", "")); n != 40 {
		t.Errorf("%d times, want two for each of 20 sessions", n)
	}
}

func TestBrowsersByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signedIn(t, "pat@example.com", directory.RoleMember)
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15":     "Safari on Mac",
		"Mozilla/5.0 (Linux; Android 16) Chrome/150.0 Mobile Safari/537.36":                "Chrome on Android",
		"Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0":               "Edge on Windows",
		"curl/8.9":                          "curl",
		"":                                  "A program we do not know",
		"\xff<script>alert(1)</script>\x80": "A program we do not know",
		"Chrome/1 " + strings.Repeat("<b>x", 10_000): "Chrome",
	} {
		b := w.browser()
		b.agent = agent
		b.signIn(t, "pat@example.com", password).want(t, http.StatusSeeOther)
		b.get(t, "/account").says(t, want+" this browser")
	}
	sessions, err := w.Store.Read(t.Context()).SessionsOf(w.user(t, "pat@example.com").Seq)
	must(t, err)
	for _, s := range sessions {
		if len(s.Agent) > 255 || strings.ToValidUTF8(s.Agent, "") != s.Agent {
			t.Errorf("kept of the browser: %.300q", s.Agent)
		}
	}
}
