package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

var (
	update   = flag.Bool("update", false, "write browser/testdata and docs/pages/README.md anew")
	pictures = flag.Bool("pictures", false, "write the pictures of docs/pages anew")
)

// A gallery is where each page can be seen in each state.
type gallery struct {
	named *portal // all that can be configured is
	plain *portal // nothing is
	late  struct{ invitation, reset string }
}

func newGallery(t *testing.T) *gallery {
	g := &gallery{
		named: newPortal(t, sqlite, "--product-name", "Orbit", "--contact", "help@orbit.example", "--continue-url", "https://app.orbit.example/"),
		plain: newPortal(t, sqlite),
	}
	g.named.create("jane@late.example")
	g.late.invitation = g.named.link("jane@late.example", "/invitations/")
	g.named.resident("jane@late-reset.example", way{})
	g.named.must("users", "reset-password", "jane@late-reset.example")
	g.late.reset = g.named.link("jane@late-reset.example", "/reset/")
	g.named.move(8 * 24 * time.Hour)
	return g
}

// A stage is a scene being set up.
type stage struct {
	*gallery
	p     *portal
	jane  *tab
	email string // hers: nobody else has been on the stage under it
}

// Each page in each state: axe-core finds nothing in light and dark, a screen reader meets what the snapshot says, the
// keyboard reaches everything and shows where it is, and nothing is cut at 400 % zoom or on a small phone.
func TestBrowserPages(t *testing.T) {
	t.Parallel()
	browser(t)
	source := axe(t)
	g := newGallery(t)
	known := map[string]bool{}
	for i, c := range scenes() {
		known[c.name+".txt"] = true
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &stage{gallery: g, p: g.named.of(t), email: "jane@" + c.name + ".example"}
			if c.plain {
				s.p = g.plain.of(t)
			}
			// Whoever is throttled is so alone.
			s.jane = newTab(t, s.p.origin, way{address: fmt.Sprintf("198.51.100.%d", i+1)})
			c.reach(s)
			c.inspect(s.jane, source)
		})
	}
	files, err := os.ReadDir(filepath.Join("browser", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("browser/testdata/%s belongs to no page", f.Name())
		}
	}
}

func (c scene) inspect(p *tab, source string) {
	p.t.Helper()
	if *pictures && !c.unseen {
		p.picture(c.name+"-phone", phone)
		p.picture(c.name+"-desktop", desktop)
		if c.dark {
			p.dark(true)
			p.picture(c.name+"-phone-dark", phone)
			p.picture(c.name+"-desktop-dark", desktop)
			p.dark(false)
		}
		p.size(desktop)
	}
	snapshot(p.t, c.name, p.snapshot())
	p.accessible(source)
	p.fits()
}

// accessible fails for everything that axe-core has found, and that it cannot decide on.
func (p *tab) accessible(source string) {
	p.t.Helper()
	eval[any](p, source+"; 1")
	for _, scheme := range []bool{false, true} {
		p.dark(scheme)
		if found := eval[string](p, axeRun); found != "" {
			p.t.Errorf("axe-core at %s (dark: %v):\n%s", p.path(), scheme, found)
		}
	}
	p.dark(false)
}

const axeRun = `axe.run(document, {resultTypes: ["violations", "incomplete"], rules: {"target-size": {enabled: true}}}).then((r) =>
	[...r.violations, ...r.incomplete].flatMap((v) => v.nodes.map((n) =>
		v.id + ": " + v.help + ": " + n.target.join(" ") + ": " + [...n.any, ...n.all, ...n.none].map((c) => c.message).join("; "))).join("\n"))`

// fits fails for what a small screen cuts off.
func (p *tab) fits() {
	p.t.Helper()
	for name, s := range map[string]screen{"at 400 %": zoomed, "on a small phone": smallPhone} {
		p.size(s)
		if faults := eval[string](p, layoutFaults); faults != "" {
			p.t.Errorf("%s, %s:\n%s", p.path(), name, faults)
		}
		eval[any](p, spaced)
		if faults := eval[string](p, layoutFaults); faults != "" {
			p.t.Errorf("%s, %s, with the text set wide:\n%s", p.path(), name, faults)
		}
		eval[any](p, unspaced)
	}
	p.size(desktop)
}

// snapshot compares with the file of a name, or writes it.
func snapshot(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("browser", "testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./e2e -run TestBrowserPages -update writes it", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", file, diff)
	}
}

// stops walks through the page by Tab, once from its beginning, and returns where it stopped. Each must show the focus.
func (p *tab) stops() (found []string) {
	p.t.Helper()
	eval[any](p, `document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex")`)
	const most = 200
	seen, last := map[int]bool{}, 0
	for range most {
		p.key(kb.Tab)
		at := eval[stop](p, focused)
		if at.Element == 0 || seen[at.Element] && at.Element != last { // out of the page, or at its beginning again
			return found
		}
		if fault := eval[string](p, focusFault); fault != "" {
			p.t.Errorf("at %s: %s", p.path(), fault)
		}
		if !seen[at.Element] { // a date has three parts and a calendar
			found = append(found, at.Name)
		}
		seen[at.Element], last = true, at.Element
	}
	p.t.Fatalf("the keyboard does not come to an end of %s: %q", p.path(), found)
	return nil
}

// A stop is what has the focus: its place in the page, 0 for nothing, and its name as a screen reader would say it.
type stop struct {
	Element int
	Name    string
}

const focused = `(() => {
	const e = document.activeElement, name = e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent;
	return {
		Element: e === document.body ? 0 : [...document.querySelectorAll("*")].indexOf(e),
		Name: e.localName + " " + JSON.stringify(name.trim().replace(/\s+/g, " ")),
	};
})()`

const controls = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), summary")].filter((e) => e.checkVisibility()).length`

// What looks at pages sees what is wrong with one.
func TestBrowserSeesFaults(t *testing.T) {
	t.Parallel()
	browser(t)
	source := axe(t)
	p := newPortal(t, sqlite)
	page := newTab(t, p.origin, way{})
	for _, c := range []struct{ planted, look, want string }{
		{`document.querySelectorAll("label").forEach((e) => e.remove())`, axeRun, "label: "},
		{`document.querySelector("h1").style.color = "#ddd"`, axeRun, "color-contrast: "},
		{`document.querySelector("main").style.minWidth = "1300px"`, layoutFaults, "wider than the screen"},
		{`document.querySelector("h1").style.cssText = "width: 40px; overflow: hidden; white-space: nowrap"`, layoutFaults, "is cut off"},
		{`document.querySelector("h1").style.marginLeft = "-600px"`, layoutFaults, "leaves the screen"},
		{`document.querySelector("h1").style.marginBottom = "-25px"`, layoutFaults, "lies over"},
		{`document.querySelector("input").style.outline = "none"; document.querySelector("input").focus()`, focusFault, "cannot be seen"},
		{`document.querySelector("input").style.cssText = "position: absolute; left: -2000px"; document.querySelector("input").focus({preventScroll: true})`, focusFault, "off the screen"},
	} {
		page.open("/sign-in")
		eval[any](page, source+"; 1")
		page.do("plant", chromedp.Evaluate[chromedp.Void](c.planted))
		if got := eval[string](page, c.look); !strings.Contains(got, c.want) {
			t.Errorf("after %s: %q, want %q", c.planted, got, c.want)
		}
	}
	page.open("/sign-in")
	page.traffic.expect("elsewhere.example")
	page.do("plant", chromedp.Evaluate[chromedp.Void](`document.body.append(Object.assign(new Image(), {src: "https://elsewhere.example/x.png"}))`))
	eventually(t, "complaint", func() bool { return page.traffic.count("elsewhere.example") > 0 })
}
