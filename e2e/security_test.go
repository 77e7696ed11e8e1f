package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// E-02 on the page: whatever a browser, or somebody in its place, says about the host, the link is from the public URL.
func TestE02_ForgottenPasswordLinks(t *testing.T) {
	t.Parallel()
	const evil = "evil.example"
	headers := []http.Header{
		{}, {"Host": {evil}}, {"Host": {evil + ":8443"}}, {"Forwarded": {"host=evil.example;proto=https"}}, {"X-Forwarded-Host": {evil}}, {"X-Forwarded-Proto": {"gopher"}},
		{"X-Forwarded-Port": {"666"}}, {"X-Forwarded-Prefix": {"/evil"}, "X-Original-Url": {"https://evil.example/x"}}, {"X-Host": {evil}, "X-Forwarded-Server": {evil}, "X-Rewrite-Url": {"//evil.example"}},
	}
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v, "--public-url", "https://ax.example/people")
		for n, header := range headers {
			email := fmt.Sprintf("pat%d@x.example", n)
			s.accepted(exchange{method: http.MethodPost, path: "/v2/users", body: invitation(email, "NONE")})
			if to := s.submit("/forgot-password", url.Values{"email": {email}}, header).Header.Get("Location"); strings.Contains(to, evil) {
				t.Errorf("%v: the browser is sent to %s", header, to)
			}
		}
		for n, header := range headers {
			s.wantLink(fmt.Sprint(header), s.letter(fmt.Sprintf("pat%d@x.example", n), 1), "https://ax.example/people/reset/", evil)
		}
	})
}

// A domain that only looks like another shows as what it is, in the answer, on the terminal and in the letter.
func TestE07_LookAlikeDomainsShow(t *testing.T) {
	t.Parallel()
	const given, kept = "jane@\u0430pple.example", "jane@xn--pple-43d.example" // a Cyrillic а
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		if u := s.create(given); u.Email != kept {
			t.Errorf("the user's address is %q, want %q", u.Email, kept)
		}
		if table := s.must("users", "list"); !strings.Contains(table, kept) || strings.Contains(table, given) {
			t.Errorf("the list shows\n%s", table)
		}
		if letter := string(s.letter(kept, 1)); !strings.Contains(letter, "xn--pple-43d") || strings.Contains(letter, "\u0430pple") {
			t.Errorf("the letter is\n%s", letter)
		}
	})
}

// Between the answer and the letter the server is killed: the next one sends what was promised, once, and to nobody else.
func TestE09_KilledBeforeSending(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := initialized(t, v)
		s.start("--mail-dir", "") // no way out: letters wait
		for n := range 20 {
			s.accepted(exchange{method: http.MethodPost, path: "/v2/users", body: invitation(fmt.Sprintf("user%d@x.example", n), "EMAIL_LINK")})
		}
		s.server.kill()
		for n := range 20 {
			if all := s.letters(fmt.Sprintf("user%d@x.example", n)); len(all) != 0 {
				t.Fatalf("%d letters left without a way out", len(all))
			}
		}
		s.move(5 * time.Minute)
		s.start()
		for n := range 20 {
			s.letter(fmt.Sprintf("user%d@x.example", n), 1)
		}
		db := s.database()
		if got := column(t, db, `SELECT count(*) FROM letters WHERE state = 'SENT'`)[0]; got != "20" {
			t.Errorf("%s letters were sent, want 20", got)
		}
		for n := range 20 {
			if all := s.letters(fmt.Sprintf("user%d@x.example", n)); len(all) != 1 {
				t.Errorf("%d letters to user %d, want one", len(all), n)
			}
		}
	})
}

// An administrator's browser is no key to the API: what another site has it send invites nobody.
func TestH09_BrowsersSessionIsNoKey(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		cookies := s.administratorsCookies()
		for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded"} {
			for _, origin := range []string{"https://evil.example", "null", "http://" + s.server.address} {
				status, _ := s.send(exchange{
					method: http.MethodPost, path: "/v2/users", body: invitation("eve@x.example", "NONE"),
					header: http.Header{"Authorization": nil, "Cookie": {cookies}, "Content-Type": {kind}, "Origin": {origin}, "Sec-Fetch-Site": {"cross-site"}},
				})
				if status != http.StatusUnauthorized {
					t.Errorf("%s from %s: %d, want 401", kind, origin, status)
				}
			}
		}
		if r := s.ax("users", "get", "eve@x.example"); r.code == 0 {
			t.Errorf("eve was invited: %v", r)
		}
	})
}

// administratorsCookies signs an administrator in to the pages.
func (s *site) administratorsCookies() string {
	s.t.Helper()
	s.accepted(exchange{method: http.MethodPost, path: "/v2/users", body: strings.Replace(invitation("root@x.example", "EMAIL_LINK"), "MEMBER", "ADMIN", 1)})
	link := linkIn(s.t, s.letter("root@x.example", 1))
	token := lastPart(link)
	resp := s.submit("/invitations/"+token, url.Values{"link": {token}, "password": {"teapot lantern gravel 42"}}, nil)
	var pairs []string
	for _, k := range resp.Cookies() {
		pairs = append(pairs, k.Name+"="+k.Value)
	}
	if len(pairs) == 0 {
		s.t.Fatal("no cookie is set")
	}
	return strings.Join(pairs, "; ")
}

// submit sends a form as a browser would, and does not go where the answer leads.
func (s *site) submit(path string, form url.Values, header http.Header) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://"+s.server.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	maps.Copy(req.Header, header)
	req.Host = header.Get("Host")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("POST %s: %d, want 303", path, resp.StatusCode)
	}
	return resp
}
