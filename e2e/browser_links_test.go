package e2e_test

import (
	"strings"
	"testing"
	"time"
)

// A link that is no good says why, shows no form, and shows the way on: used, replaced, expired, mangled (T-01, T-06, T-07).
func TestBrowserDeadLinks(t *testing.T) {
	t.Parallel()
	for _, v := range engines() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			browser(t)
			p := newPortal(t, v)
			visitor := newTab(t, p.origin, way{noScripts: v == postgres})
			p.deadInvitations(visitor)
			p.deadResets(newTab(t, p.origin, way{}))
			p.shared()
		})
	}
}

func (p *portal) deadInvitations(visitor *tab) {
	p.t.Helper()
	p.create("used@people.example")
	used := p.link("used@people.example", "/invitations/")
	visitor.choose(used, ownPassword)
	visitor.at("/welcome", 200)
	other := newTab(p.t, p.origin, way{})
	other.dead(used, "already chosen a password")
	other.follow("/sign-in")
	other.at("/sign-in", 200)

	p.create("resent@people.example")
	first := p.link("resent@people.example", "/invitations/")
	other.open(first) // the form stays open while a newer letter goes out
	p.must("users", "resend-invitation", "resent@people.example")
	second := p.link("resent@people.example", "/invitations/")
	other.fill("password", ownPassword)
	other.submit("/invitations/")
	other.deadHere(first, "a newer letter has replaced it")
	other.dead(first, "a newer letter has replaced it")
	other.dead(second+"x", "This link does not work")
	other.choose(second, ownPassword)
	other.at("/welcome", 200)

	p.create("late@people.example")
	late := p.link("late@people.example", "/invitations/")
	other = newTab(p.t, p.origin, way{})
	other.open(late)
	p.move(7*24*time.Hour + time.Second)
	other.fill("password", ownPassword)
	other.submit("/invitations/")
	other.deadHere(late, "UTC") // since when
	other.dead(late, "UTC")
	if got := p.user("late@people.example").Status; got != "EXPIRED" {
		p.t.Errorf("the status is %s", got)
	}
}

func (p *portal) deadResets(visitor *tab) {
	p.t.Helper()
	reset := func() string {
		p.must("users", "reset-password", "used@people.example")
		return p.link("used@people.example", "/reset/")
	}
	first := reset()
	visitor.open(first)
	second := reset()
	visitor.fill("password", newPassword)
	visitor.submit("/reset/")
	visitor.deadHere(first, "a newer letter has replaced it")
	visitor.choose(second, newPassword)
	visitor.at("/account", 200)

	other := newTab(p.t, p.origin, way{})
	other.dead(second, "already chosen a new password")
	late := reset()
	p.move(30*time.Minute + time.Second)
	other.dead(late, "UTC")
	other.follow("/forgot-password")
	other.fill("email", "used@people.example")
	other.submit("/forgot-password")
	other.at("/forgot-password/sent", 200)
	other.choose(p.link("used@people.example", "/reset/"), ownPassword)
	other.at("/account", 200)
}

// choose opens a link and takes a password.
func (p *tab) choose(link, password string) {
	p.t.Helper()
	p.open(link)
	p.fill("password", password)
	p.submit(strings.TrimPrefix(link, p.origin))
}

// dead opens a link, which must be no good.
func (p *tab) dead(link, why string) {
	p.t.Helper()
	p.open(link)
	p.deadHere(link, why)
}

func (p *tab) deadHere(link, why string) {
	p.t.Helper()
	p.at(strings.TrimPrefix(link, p.origin), 410)
	p.says(why)
	if n := p.count("input"); n != 0 {
		p.t.Errorf("the page of a dead link has %d fields", n)
	}
	if p.count(`main a[href="/sign-in"]`) == 0 {
		p.t.Error("the page of a dead link does not lead on")
	}
}
