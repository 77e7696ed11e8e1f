package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
)

// A scene is a page in a state.
type scene struct {
	name   string // of its files
	says   string // what is to be seen, for docs/pages/README.md
	dark   bool   // a picture of it in the dark as well
	unseen bool   // no picture
	plain  bool   // on a server that nothing was configured for
	reach  func(*stage)
}

// scenes are in the order of docs/pages/README.md.
func scenes() []scene {
	return slices.Concat(invitationScenes(), signInScenes(), resetScenes(), accountScenes(), keyScenes(), refusalScenes())
}

func invitationScenes() []scene {
	return []scene{
		{name: "invitation", dark: true, says: "The link of an invitation opens the page on which a person chooses a password.", reach: func(s *stage) {
			s.jane.open(s.invited())
		}},
		{name: "invitation-shown", says: "A button shows what is being typed.", reach: func(s *stage) {
			s.jane.open(s.invited())
			s.jane.fill("password", ownPassword)
			s.jane.use("button[aria-controls=password]")
		}},
		{name: "invitation-fault", dark: true, says: "A password that is too short is refused, with the reason above the form and beside the field.", reach: func(s *stage) {
			s.jane.choose(s.invited(), "too short")
		}},
		{name: "invitation-guessable", says: "A password that anybody would try first is refused too.", reach: func(s *stage) {
			s.jane.choose(s.invited(), "passwordpassword")
		}},
		{name: "welcome", dark: true, says: "The account is ready, and the way on to the product is there.", reach: func(s *stage) {
			s.jane.choose(s.invited(), ownPassword)
		}},
		{name: "invitation-used", says: "A link that has done its work leads to the sign-in.", reach: func(s *stage) {
			link := s.invited()
			s.other().choose(link, ownPassword)
			s.jane.open(link)
		}},
		{name: "invitation-replaced", says: "A link that a newer letter has replaced says so.", reach: func(s *stage) {
			link := s.invited()
			s.p.must("users", "resend-invitation", s.email)
			s.jane.open(link)
		}},
		{name: "invitation-expired", dark: true, says: "A link that is too old says since when, and who can help.", reach: func(s *stage) {
			s.jane.open(s.late.invitation)
		}},
		{name: "invitation-mangled", says: "A link that was never sent like this tells nothing.", reach: func(s *stage) {
			s.jane.open("/invitations/in-thisIsNotALinkOfOurs")
		}},
		{name: "invitation-unconfigured", plain: true, says: "Without a name, a contact and a place to go on to, the pages speak of whoever sent the invitation.", reach: func(s *stage) {
			s.jane.open(s.invited())
		}},
		{name: "invitation-mangled-unconfigured", plain: true, unseen: true, reach: func(s *stage) {
			s.jane.open("/invitations/in-thisIsNotALinkOfOurs")
		}},
		{name: "welcome-unconfigured", plain: true, unseen: true, reach: func(s *stage) {
			s.jane.choose(s.invited(), ownPassword)
		}},
		{name: "welcome-long-name", unseen: true, reach: func(s *stage) {
			s.jane.choose(s.invitedAs(longName), ownPassword)
		}},
		{name: "invitation-long-name", unseen: true, reach: func(s *stage) {
			s.jane.open(s.invitedAs(longName))
		}},
	}
}

// longName cannot be broken at a space, and ends in letters that run the other way.
const longName = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschafers עברית"

func signInScenes() []scene {
	return []scene{
		{name: "sign-in", dark: true, says: "The page on which a person signs in.", reach: func(s *stage) {
			s.jane.open("/sign-in")
		}},
		{name: "sign-in-empty", says: "Both fields are missing: each is named, and the summary leads to them.", reach: func(s *stage) {
			s.jane.open("/sign-in")
			s.jane.submit("/sign-in")
		}},
		{name: "sign-in-wrong", dark: true, says: "Wrong address or wrong password: the page does not tell which, and keeps the address.", reach: func(s *stage) {
			s.jane.signIn(s.email, "not the password")
		}},
		{name: "sign-in-throttled", says: "After many wrong tries the page says how long to wait.", reach: func(s *stage) {
			s.exhaust(s.email)
			s.again("guessing", func() { s.jane.signIn(s.email, "not the password") })
		}},
		{name: "sign-in-ended", says: "A session that has ended, here because the password was reset, leads back to the sign-in.", reach: func(s *stage) {
			s.resident()
			s.other().choose(s.reset(), newPassword)
			s.jane.reload()
		}},
		{name: "sign-in-out", says: "After signing out.", reach: func(s *stage) {
			s.resident()
			s.jane.submit("/sign-out")
		}},
		{name: "sign-in-everywhere", says: "After signing out everywhere.", reach: func(s *stage) {
			s.resident()
			s.jane.submit("/account/sessions/end")
		}},
		{name: "new-password", dark: true, says: "Whoever comes with a temporary password chooses one of their own before anything else.", reach: func(s *stage) {
			s.jane.signIn(s.email, s.p.temporary(s.email))
		}},
		{name: "new-password-fault", says: "One's own address is no password.", reach: func(s *stage) {
			s.jane.signIn(s.email, s.p.temporary(s.email))
			s.jane.fill("password", s.email)
			s.jane.submit("/new-password")
		}},
	}
}

func resetScenes() []scene {
	return []scene{
		{name: "forgot", dark: true, says: "Forgotten password: the page that asks for an address.", reach: func(s *stage) {
			s.jane.open("/forgot-password")
		}},
		{name: "forgot-fault", says: "What is no address is refused.", reach: func(s *stage) {
			s.jane.open("/forgot-password")
			s.jane.fill("email", "jane.example")
			s.jane.submit("/forgot-password")
		}},
		{name: "forgot-throttled", says: "Letters cannot be asked for without end.", reach: func(s *stage) {
			s.again("asking", func() {
				s.jane.open("/forgot-password")
				s.jane.fill("email", s.email)
				s.jane.submit("/forgot-password")
			})
		}},
		{name: "forgot-sent", says: "The answer is the same for everybody, with an account or without.", reach: func(s *stage) {
			s.jane.open("/forgot-password")
			s.jane.fill("email", s.email)
			s.jane.submit("/forgot-password")
		}},
		{name: "reset", dark: true, says: "The link of a reset opens the page for a new password.", reach: func(s *stage) {
			s.resident()
			s.jane.open(s.reset())
		}},
		{name: "reset-fault", says: "The same rule holds for the new password.", reach: func(s *stage) {
			s.resident()
			s.jane.choose(s.reset(), "too short")
		}},
		{name: "reset-used", says: "A reset link works once.", reach: func(s *stage) {
			s.resident()
			link := s.reset()
			s.other().choose(link, newPassword)
			s.jane.open(link)
		}},
		{name: "reset-replaced", says: "The newest letter is the one that counts.", reach: func(s *stage) {
			s.resident()
			link := s.reset()
			s.reset()
			s.jane.open(link)
		}},
		{name: "reset-expired", says: "A reset link is good for half an hour.", reach: func(s *stage) {
			s.jane.open(s.gallery.late.reset)
		}},
		{name: "account-reset", says: "After a reset, the account says what happened to the other browsers.", reach: func(s *stage) {
			s.resident()
			s.jane.choose(s.reset(), newPassword)
		}},
	}
}

func accountScenes() []scene {
	return []scene{
		{name: "account", dark: true, says: "The account: name, password, and where it is signed in.", reach: func(s *stage) {
			s.resident()
		}},
		{name: "account-sessions", says: "Signed in with several browsers.", reach: func(s *stage) {
			s.resident()
			s.crowd(2)
			s.jane.reload()
		}},
		{name: "account-many-sessions", unseen: true, reach: func(s *stage) {
			s.resident()
			s.crowd(22)
			s.jane.reload()
		}},
		{name: "account-renamed", says: "After saving a new name.", reach: func(s *stage) {
			s.resident()
			s.jane.fill("name", "Jane Roe")
			s.jane.submit("/account/name")
		}},
		{name: "account-name-fault", says: "A name cannot be empty.", reach: func(s *stage) {
			s.resident()
			s.jane.fill("name", "")
			s.jane.submit("/account/name")
		}},
		{name: "account-long-name", unseen: true, reach: func(s *stage) {
			s.resident()
			s.jane.fill("name", longName)
			s.jane.submit("/account/name")
		}},
		{name: "account-password-fault", says: "The present password is asked for before a new one is taken.", reach: func(s *stage) {
			s.resident()
			s.changePassword("not the password")
		}},
		{name: "account-password-throttled", says: "Whoever guesses it many times has to wait here too.", reach: func(s *stage) {
			s.resident()
			s.again("guessing", func() { s.changePassword("not the password") })
		}},
		{name: "account-password", says: "After changing the password.", reach: func(s *stage) {
			s.resident()
			s.changePassword(ownPassword)
		}},
	}
}

func keyScenes() []scene {
	return []scene{
		{name: "keys", says: "API keys, before the first one.", reach: func(s *stage) {
			s.resident()
			s.jane.open("/account/keys")
		}},
		{name: "keys-new", dark: true, says: "A new key is shown once.", reach: func(s *stage) {
			s.resident()
			s.key("laptop", "", "")
		}},
		{name: "keys-filled", dark: true, says: "Several keys, with and without a last day.", reach: func(s *stage) {
			s.keys()
		}},
		{name: "keys-revoke", says: "Revoking one asks once more.", reach: func(s *stage) {
			s.keys()
			s.jane.use("details summary")
		}},
		{name: "keys-revoked", says: "After revoking one.", reach: func(s *stage) {
			s.keys()
			s.jane.use("details summary")
			s.jane.submit("/account/keys/")
		}},
		{name: "keys-fault", says: "A key needs a name, and a last day that is still to come.", reach: func(s *stage) {
			s.resident()
			s.key("", "", "01022020")
		}},
		{name: "keys-long-name", unseen: true, reach: func(s *stage) {
			s.resident()
			s.key(longName, strings.Repeat("w", 200), "12312099")
			s.jane.reload()
			s.jane.use("details summary")
		}},
		{name: "keys-not-developer", says: "Somebody without developer access is told who can turn it on.", reach: func(s *stage) {
			s.resident()
			s.p.must("users", "update", s.email, "--is-not-developer")
			s.jane.open("/account/keys")
		}},
	}
}

func refusalScenes() []scene {
	return []scene{
		{name: "not-found", says: "An address without a page.", reach: func(s *stage) {
			s.jane.open("/nowhere")
		}},
		{name: "not-found-signed-in", unseen: true, reach: func(s *stage) {
			s.resident()
			s.jane.open("/account/nowhere")
		}},
		{name: "wrong-method", unseen: true, reach: func(s *stage) {
			s.jane.open("/sign-out")
		}},
		{name: "stale-form", says: "A form that was open while its person signed in anew, in another window.", reach: func(s *stage) {
			s.resident()
			s.jane.do("sign in elsewhere", chromedp.Evaluate[chromedp.Void](`document.querySelector("form[action='/account/name'] [type=hidden]").value = "of an earlier session"`))
			s.jane.fill("name", "Jane Roe")
			s.jane.submit("/account/name")
		}},
		{name: "key-gone", unseen: true, reach: func(s *stage) {
			s.keys()
			s.jane.use("details summary")
			s.jane.do("revoke elsewhere", chromedp.Evaluate[chromedp.Void](`document.querySelector("form[action^='/account/keys/']").action = "/account/keys/QXBpS2V5Om5vdGhpbmcxMg%3D%3D/revoke"`))
			s.jane.submit("/account/keys/")
		}},
	}
}

// invited makes somebody and returns the link in their letter.
func (s *stage) invited() string { return s.invitedAs("Jane Doe") }

func (s *stage) invitedAs(name string) string {
	s.p.t.Helper()
	s.p.must("users", "create", "--full-name", name, "--email", s.email, "--role", "member", "--invite-mode", "email_link")
	return s.p.link(s.email, "/invitations/")
}

// resident is at her account.
func (s *stage) resident() {
	s.p.t.Helper()
	s.jane.choose(s.invited(), ownPassword)
	s.jane.open("/account")
}

// other is somebody at another browser.
func (s *stage) other() *tab { return newTab(s.p.t, s.p.origin, s.jane.way) }

func (s *stage) reset() (link string) {
	s.p.t.Helper()
	s.p.must("users", "reset-password", s.email)
	return s.p.link(s.email, "/reset/")
}

func (s *stage) changePassword(present string) {
	s.p.t.Helper()
	s.jane.fill("current_password", present)
	s.jane.fill("password", newPassword)
	s.jane.submit("/account/password")
}

// key makes one; last is a day as it is typed in America.
func (s *stage) key(name, description, last string) {
	s.p.t.Helper()
	s.jane.open("/account/keys")
	s.jane.fill("name", name)
	s.jane.fill("description", description)
	if last != "" {
		s.jane.do("type a date", chromedp.SendKeys(chromedp.CSS("input[type=date]"), last))
	}
	s.jane.submit("/account/keys")
}

func (s *stage) keys() {
	s.p.t.Helper()
	s.resident()
	s.key("laptop", "", "")
	s.key("Nightly export", "Runs on the build machine; ask Ann before you revoke it.", "12312099")
	s.key("notebook 3", "", "")
	s.jane.reload()
}

// post sends a form without a browser. Its answer's status is returned.
func (s *stage) post(agent, path string, in url.Values) int {
	s.p.t.Helper()
	r, err := http.NewRequestWithContext(s.p.t.Context(), http.MethodPost, s.p.origin+path, strings.NewReader(in.Encode()))
	if err != nil {
		s.p.t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": {agent}, "X-Forwarded-For": {s.jane.way.address}}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.p.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// again does something until it has to wait.
func (s *stage) again(what string, do func()) {
	s.p.t.Helper()
	for range 80 {
		if do(); s.jane.status == http.StatusTooManyRequests {
			return
		}
	}
	s.p.t.Errorf("nobody stops %s", what)
}

// exhaust guesses until it has to wait.
func (s *stage) exhaust(email string) {
	s.p.t.Helper()
	for i := range 20 {
		status := s.post("guesser", "/sign-in", url.Values{"email": {email}, "password": {fmt.Sprint("guess ", i)}})
		if status == http.StatusTooManyRequests {
			return
		}
	}
	s.p.t.Error("nobody stops guessing")
}

// crowd signs her in n more times, with other browsers.
func (s *stage) crowd(n int) {
	s.p.t.Helper()
	agents := []string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
		"something else",
	}
	for i := range n {
		if status := s.post(agents[i%len(agents)], "/sign-in", url.Values{"email": {s.email}, "password": {ownPassword}}); status != http.StatusSeeOther {
			s.p.t.Fatalf("signing in answers %d", status)
		}
	}
}
