package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

// What a request says about where it came through, or claims, never reaches a letter.
func TestLinksComeFromThePublicURL(t *testing.T) {
	t.Parallel()
	const evil = "evil.example"
	headers := map[string]http.Header{
		"none":             {},
		"host":             {"Host": {evil}},
		"host-and-port":    {"Host": {evil + ":8443"}},
		"forwarded":        {"Forwarded": {`host="evil.example";proto=https;for=203.0.113.9`}},
		"forwarded-host":   {"X-Forwarded-Host": {evil}},
		"forwarded-proto":  {"X-Forwarded-Proto": {"gopher"}},
		"forwarded-server": {"X-Forwarded-Server": {evil}, "X-Forwarded-Port": {"666"}},
		"forwarded-prefix": {"X-Forwarded-Prefix": {"/evil"}, "X-Original-Url": {"https://evil.example/x"}},
		"everything":       {"Host": {evil}, "Forwarded": {"host=evil.example"}, "X-Forwarded-Host": {evil}, "X-Host": {evil}, "Origin": {"https://evil.example"}, "Referer": {"https://evil.example/"}},
	}
	for _, c := range []struct{ flag, want string }{
		{"https://ax.example/people/", "https://ax.example/people"},
		{"", "http://"}, // and the address
	} {
		onEachEngine(t, func(t *testing.T, v variant) {
			var flags []string
			if c.flag != "" {
				flags = []string{"--public-url", c.flag}
			}
			s := serving(t, v, flags...)
			origin := c.want
			if c.flag == "" {
				origin += s.server.address
			}
			// All are asked for first: each wait is up to a second.
			invited, active := map[string]user{}, map[string]user{}
			for name, header := range headers {
				invited[name] = s.accepted(create("invited-"+name, "EMAIL_LINK", header))
				active[name] = s.accepted(create("active-"+name, "NONE", header))
			}
			for name, header := range headers {
				s.wantLink(name+", create", s.letter(invited[name].Email, 1), origin+"/invitations/", evil)
				s.accepted(exchange{method: http.MethodPost, path: "/v2/users/" + invited[name].ID + "/resend-invitation", header: header})
				s.accepted(exchange{method: http.MethodPost, path: "/v2/users/" + active[name].ID + "/reset-password", header: header})
			}
			for name := range headers {
				s.wantLink(name+", resend", s.letter(invited[name].Email, 2), origin+"/invitations/", evil)
				s.wantLink(name+", reset", s.letter(active[name].Email, 1), origin+"/reset/", evil)
			}
		})
	}
}

func create(name, mode string, header http.Header) exchange {
	return exchange{method: http.MethodPost, path: "/v2/users", body: invitation(name+"@x.example", mode), header: header}
}

// accepted sends what has to succeed, and returns the user in the answer, if there is one.
func (s *site) accepted(x exchange) (u user) {
	s.t.Helper()
	status, answer := s.send(x)
	if status >= http.StatusMultipleChoices {
		s.t.Fatalf("%s %s: %d %s", x.method, x.path, status, answer)
	}
	if answer != "" {
		s.decode(answer, &u)
	}
	return u
}

func (s *site) wantLink(what string, raw []byte, prefix, evil string) {
	s.t.Helper()
	if link := linkIn(s.t, raw); !strings.HasPrefix(link, prefix) || strings.ContainsAny(strings.TrimPrefix(link, prefix), "/:?#") {
		s.t.Errorf("%s: the link is %s, want %s and a token", what, link, prefix)
	}
	if strings.Contains(string(raw), evil) {
		s.t.Errorf("%s: the letter names %s:\n%s", what, evil, raw)
	}
}
