package e2e_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"ax/internal/web"
)

const (
	ownPassword = "seven quiet lanterns by the harbour"
	newPassword = "eleven slow trains across the moor"
)

// journeys are the ways in which each journey is made.
func journeys() map[string]struct {
	on  variant
	way way
} {
	return map[string]struct {
		on  variant
		way way
	}{
		"sqlite":         {sqlite, way{}},
		"no-scripts":     {sqlite, way{noScripts: true}},
		"keyboard":       {sqlite, way{keyboard: true}},
		"replicas":       {postgres, way{}},
		"replicas-plain": {postgres, way{noScripts: true, keyboard: true}},
	}
}

// From the command line through a letter to an account of one's own, an API key that works, and a new password.
func TestBrowserInvitation(t *testing.T) {
	t.Parallel()
	for name, j := range journeys() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			browser(t)
			p := newPortal(t, j.on)
			p.create("jane@people.example")
			link := p.link("jane@people.example", "/invitations/")
			jane := newTab(t, p.origin, j.way)
			jane.open(link)
			jane.says("Jane Doe")
			jane.fill("password", "too short")
			jane.submit("/invitations/")
			jane.faulty("password")
			jane.at(strings.TrimPrefix(link, p.origin), 422)
			jane.fill("password", ownPassword)
			jane.submit("/invitations/")
			jane.at("/welcome", 200)
			if got := p.user("jane@people.example").Status; got != "ACTIVE" {
				t.Errorf("after the acceptance she is %s", got)
			}
			jane.follow("/account")
			p.settle(jane, j.way)
			p.shared()
		})
	}
}

// The same with a temporary password, which opens nothing but the page that replaces it.
func TestBrowserTemporaryPassword(t *testing.T) {
	t.Parallel()
	for name, j := range journeys() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			browser(t)
			p := newPortal(t, j.on)
			password := p.temporary("jane@people.example")
			jane := newTab(t, p.origin, j.way)
			jane.signIn("jane@people.example", password)
			jane.at("/new-password", 200)
			for _, page := range web.Pages() {
				if page.Method == "GET" && slices.Contains([]web.Access{web.Visitor, web.Person}, page.Access) {
					jane.open(strings.TrimSuffix(page.Pattern, "{$}"))
					jane.at("/new-password", 200)
				}
			}
			jane.fill("password", "jane@people.example")
			jane.submit("/new-password")
			jane.faulty("password")
			jane.fill("password", ownPassword)
			jane.submit("/new-password")
			jane.at("/welcome", 200)
			late := newTab(t, p.origin, j.way)
			late.signIn("jane@people.example", password)
			late.at("/sign-in", 422) // it is spent
			jane.follow("/account")
			p.settle(jane, j.way)
			p.shared()
		})
	}
}

// settle is the second half: a key, a program that uses it, and a reset that ends what was there before.
func (p *portal) settle(jane *tab, w way) {
	p.t.Helper()
	jane.at("/account", 200)
	jane.says("jane@people.example")
	key := jane.makeKey("laptop")
	program := p.command("users", "get", "jane@people.example", "-o", "json")
	program.Env = append(program.Env, "ARIZE_API_KEY="+key)
	if r := run(p.t, program); r.code != 0 || !strings.Contains(r.stdout, `"jane@people.example"`) {
		p.t.Errorf("with her key: %v", r)
	}
	before := newTab(p.t, p.origin, w)
	before.signIn("jane@people.example", ownPassword)
	before.at("/account", 200)

	p.must("users", "reset-password", "jane@people.example")
	link := p.link("jane@people.example", "/reset/")
	jane.open(link)
	jane.fill("password", newPassword)
	jane.submit("/reset/")
	jane.at("/account", 200)
	before.open("/account")
	before.at("/sign-in", 200)
	before.says("not signed in any more")
	before.signIn("jane@people.example", ownPassword)
	before.at("/sign-in", 422)
	before.says("The email or the password is not right.")
	before.signIn("jane@people.example", newPassword)
	before.at("/account", 200)
}

func (p *tab) signIn(email, password string) {
	p.t.Helper()
	p.open("/sign-in")
	p.fill("email", email)
	p.fill("password", password)
	p.submit("/sign-in")
}

// faulty fails unless the page says what is wrong with a field: beside it, in a summary that has the focus and leads to the
// field, and in the title.
func (p *tab) faulty(names ...string) {
	p.t.Helper()
	for _, name := range names {
		fault := eval[string](p, `(() => {
			const input = document.querySelector(`+literal("input[name="+literal(name)+"]")+`);
			const said = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.innerText ?? "").join(" ");
			const link = document.querySelector('main a[href="#' + input.id + '"]');
			if (input.getAttribute("aria-invalid") !== "true") return "it is not marked as invalid";
			if (!link || !said.includes(link.innerText)) return "the summary says " + link?.innerText + ", the field " + said;
			if (document.activeElement === document.body || !document.activeElement.contains(link)) return "the focus is not on the summary";
			if (!document.title.startsWith("Error: ")) return "the title is " + document.title;
			return "";
		})()`)
		if fault != "" {
			p.t.Errorf("the field %s at %s: %s", name, p.path(), fault)
		}
	}
}

// makeKey makes an API key on its page, where it can be read once.
func (p *tab) makeKey(name string) (key string) {
	p.t.Helper()
	p.follow("/account/keys")
	p.fill("name", name)
	p.submit("/account/keys")
	p.at("/account/keys", 200)
	if key = p.keyShown(); key == "" {
		p.t.Fatalf("no key in:\n%s", p.text())
	}
	p.reload()
	p.at("/account/keys", 200)
	p.says(name)
	if strings.Contains(p.text(), key) {
		p.t.Error("the key is shown a second time")
	}
	return key
}

func (p *tab) keyShown() string {
	return regexp.MustCompile(`\bak-[A-Za-z0-9_-]{30,}`).FindString(p.text())
}
