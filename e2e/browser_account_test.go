package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// What a person can do with their account, in each way of using a browser.
func TestBrowserAccount(t *testing.T) {
	t.Parallel()
	for name, j := range map[string]struct {
		on  variant
		way way
	}{
		"keyboard":   {sqlite, way{keyboard: true}},
		"no-scripts": {sqlite, way{noScripts: true}},
		"replicas":   {postgres, way{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			browser(t)
			p := newPortal(t, j.on)
			jane := p.resident("jane@people.example", j.way)
			p.renames(jane)
			jane.revokes()
			p.changesPassword(jane, j.way)
			p.leaves(jane, j.way)
			p.forgets(jane)
			p.shared()
		})
	}
}

// resident is somebody who has accepted and looks at their account.
func (p *portal) resident(email string, w way) *tab {
	p.t.Helper()
	p.create(email)
	person := newTab(p.t, p.origin, w)
	person.choose(p.link(email, "/invitations/"), ownPassword)
	person.follow("/account")
	person.at("/account", 200)
	return person
}

func (p *portal) renames(jane *tab) {
	p.t.Helper()
	jane.fill("name", " ")
	jane.submit("/account/name")
	jane.at("/account/name", 422)
	jane.faulty("name")
	jane.fill("name", "Jane Roe-Doe")
	jane.submit("/account/name")
	jane.at("/account", 200)
	jane.noticed()
	if got := p.user("jane@people.example").Name; got != "Jane Roe-Doe" {
		p.t.Errorf("her name is %q", got)
	}
}

func (p *tab) revokes() {
	p.t.Helper()
	p.makeKey("laptop")
	p.use("details summary")
	p.submit("/account/keys/")
	p.at("/account/keys", 200)
	p.noticed()
	if strings.Contains(p.text(), "laptop") {
		p.t.Error("the revoked key is still there")
	}
}

func (p *portal) changesPassword(jane *tab, w way) {
	p.t.Helper()
	other := newTab(p.t, p.origin, w)
	other.signIn("jane@people.example", ownPassword)
	jane.follow("/account")
	jane.fill("current_password", "not this one")
	jane.fill("password", newPassword)
	jane.submit("/account/password")
	jane.at("/account/password", 422)
	jane.faulty("current_password")
	jane.fill("current_password", ownPassword)
	jane.fill("password", newPassword)
	jane.submit("/account/password")
	jane.at("/account", 200)
	jane.noticed()
	other.open("/account/keys")
	other.at("/sign-in", 200)
	other.signIn("jane@people.example", newPassword)
	other.at("/account", 200)
	jane.submit("/account/sessions/end")
	jane.at("/sign-in", 200)
	jane.noticed()
	other.reload()
	other.at("/sign-in", 200)
}

func (p *portal) leaves(jane *tab, w way) {
	p.t.Helper()
	jane.signIn("jane@people.example", newPassword)
	jane.at("/account", 200)
	if w.keyboard { // the first stop of a page leads past its head
		jane.open("/account/keys")
		jane.key(kb.Tab)
		jane.key(kb.Enter)
		if got := eval[string](jane, `document.activeElement.localName`); got != "main" {
			p.t.Errorf("the skip link leads to %s", got)
		}
		jane.open("/account")
	}
	jane.submit("/sign-out")
	jane.at("/sign-in", 200)
	jane.noticed()
	jane.open("/account")
	jane.at("/sign-in", 200)
}

// forgets is a person who asks for a letter. What the page says does not depend on who asks.
func (p *portal) forgets(jane *tab) {
	p.t.Helper()
	jane.follow("/forgot-password")
	jane.fill("email", "jane")
	jane.submit("/forgot-password")
	jane.at("/forgot-password", 422)
	jane.faulty("email")
	said := map[string]bool{}
	for _, email := range []string{"nobody@people.example", "jane@people.example"} {
		jane.open("/forgot-password")
		jane.fill("email", email)
		jane.submit("/forgot-password")
		jane.at("/forgot-password/sent", 200)
		said[jane.text()] = true
	}
	if len(said) != 1 {
		p.t.Errorf("the answer tells who has an account: %v", said)
	}
	jane.choose(p.link("jane@people.example", "/reset/"), ownPassword)
	jane.at("/account", 200)
	jane.noticed()
}

// noticed fails unless the page says what has just been done, where a screen reader says it too.
func (p *tab) noticed() {
	p.t.Helper()
	if p.count("[role=status]") == 0 || eval[string](p, `document.querySelector("[role=status]").innerText`) == "" {
		p.t.Errorf("the page at %s says nothing of what was done:\n%s", p.path(), p.text())
	}
}
