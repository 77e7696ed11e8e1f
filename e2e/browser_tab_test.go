package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A way is how a person uses a browser. The zero value is a mouse, with scripts on.
type way struct {
	noScripts bool
	keyboard  bool   // alone
	address   string // that the request claims to come from; empty: none
	trusting  bool   // of any certificate
}

// A tab is the window of a person with a browser of their own: nobody shares its cookies.
type tab struct {
	*window
	t       testing.TB
	way     way
	traffic *traffic
	origin  string
	status  int64 // of the page
}

// newTab opens a browser for the pages at origin. When the test ends it must not have seen anything amiss.
func newTab(t testing.TB, origin string, w way) *tab {
	t.Helper()
	browser(t)
	p := &tab{window: openWindow(t), t: t, way: w, traffic: newTraffic(origin), origin: origin}
	p.listener.Store(p.traffic)
	t.Cleanup(func() {
		if !t.Failed() { // else it may be anywhere
			p.keepsNothing()
		}
		for _, complaint := range p.traffic.complaints() {
			t.Error(complaint)
		}
		if t.Failed() {
			p.explain()
			p.end()
			return
		}
		p.listener.Store(nil)
		p.rinse()
	})
	p.prepare()
	return p
}

func (p *tab) prepare() {
	p.t.Helper()
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.size(desktop)
	p.dark(false)
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: p.way.noScripts})
	call(p, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: p.way.trusting})
	headers := network.Headers{}
	if p.way.address != "" {
		headers["X-Forwarded-For"] = p.way.address
	}
	call(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers})
}

// A window is of a browser with cookies and storage of its own. One tab after another has it.
type window struct {
	ctx      context.Context
	end      context.CancelFunc
	listener atomic.Pointer[traffic]
}

// openWindow returns one that nobody has left anything in.
func openWindow(t testing.TB) *window {
	t.Helper()
	chromium.mu.Lock()
	if n := len(chromium.idle); n > 0 {
		w := chromium.idle[n-1]
		chromium.idle = chromium.idle[:n-1]
		chromium.mu.Unlock()
		return w
	}
	parent := chromium.ctx
	chromium.mu.Unlock()
	w := &window{}
	w.ctx, w.end = chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(func(event any) {
		if r := w.listener.Load(); r != nil {
			r.hear(event)
		}
	}))
	if err := chromedp.Do(w.ctx); err != nil {
		w.end()
		t.Fatal("open a window: ", err)
	}
	return w
}

// rinse empties the tab's window for the next tab. The page stays: it asks for nothing any more, and another one, if only an
// empty one, would be a process of its own.
func (p *tab) rinse() {
	call(p, network.ClearBrowserCookies, cdp.Empty{})
	call(p, page.ResetNavigationHistory, cdp.Empty{})
	chromium.mu.Lock()
	defer chromium.mu.Unlock()
	chromium.idle = append(chromium.idle, p.window)
}

func (p *tab) must(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// explain says where a tab is, for a test that has failed.
func (p *tab) explain() {
	if p.ctx.Err() != nil {
		return
	}
	where, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	p.t.Logf("status %d at %s %v", p.status, where, err)
}

const patience = 30 * time.Second

// do runs steps, but not for ever.
func (p *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	p.must(what, chromedp.Do(ctx, steps...))
}

// load runs steps that lead to another page and waits for it.
func (p *tab) load(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	r, err := chromedp.RunResponse(ctx, steps...)
	p.must(what, err)
	if p.status = 0; r != nil {
		p.status = r.Status
	}
	// What wants the focus gets it when the page is drawn, after it is loaded.
	for range 50 {
		if eval[bool](p, `document.activeElement !== document.body || !document.querySelector("[autofocus]")`) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// call gives the browser a command about the tab.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	p.must(command.Method, err)
	return r
}

// eval asks the page.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	p.must("evaluate "+expression[:min(len(expression), 200)], err)
	return v
}

// open goes to a path of the site, or to a whole URL.
func (p *tab) open(to string) {
	p.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = p.origin + to
	}
	p.load("open "+to, chromedp.Navigate(to))
}

// path is where the tab is.
func (p *tab) path() string { return eval[string](p, `location.pathname`) }

// text is what the page says.
func (p *tab) text() string { return eval[string](p, `document.body.innerText`) }

// at fails unless the tab shows the page at a path, answered with a status.
func (p *tab) at(path string, status int64) {
	p.t.Helper()
	if got := p.path(); got != path || p.status != status {
		p.t.Fatalf("status %d at %s, want %d at %s; the page says:\n%s", p.status, got, status, path, p.text())
	}
}

// says fails unless the page does.
func (p *tab) says(texts ...string) {
	p.t.Helper()
	page := p.text()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			p.t.Errorf("the page at %s does not say %q:\n%s", p.path(), text, page)
		}
	}
}

// count is how many elements a selector has.
func (p *tab) count(selector string) int {
	return eval[int](p, "document.querySelectorAll("+literal(selector)+").length")
}

// reach puts the focus on an element: by a click, or by Tab alone, from where the focus is.
func (p *tab) reach(selector string) {
	p.t.Helper()
	if !p.way.keyboard {
		p.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
		return
	}
	const most = 80
	for range most {
		if eval[bool](p, "document.activeElement.matches("+literal(selector)+")") {
			return
		}
		p.key(kb.Tab)
		if fault := eval[string](p, focusFault); fault != "" {
			p.t.Errorf("at %s: %s", p.path(), fault)
		}
	}
	p.t.Fatalf("%d times Tab do not lead to %s at %s:\n%s", most, selector, p.path(), p.text())
}

func (p *tab) key(keys string) {
	p.t.Helper()
	p.do("press a key", chromedp.KeyEvent(keys))
}

// fill writes a text into the field of a name, in place of what is there.
func (p *tab) fill(name, text string) {
	p.t.Helper()
	p.reach("input[name=" + literal(name) + "]")
	p.edit("selectAll")
	if p.way.keyboard {
		p.key(kb.Delete + text)
		return
	}
	call(p, input.InsertText, input.InsertTextParams{Text: text})
}

// edit does what a shortcut of the browser does: selectAll, copy, paste.
func (p *tab) edit(command string) {
	p.t.Helper()
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "F13", Commands: []string{command}})
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: "F13"})
}

// submit sends a form by its button. An action that ends in a slash stands for all that begin with it.
func (p *tab) submit(action string) {
	p.t.Helper()
	selector := "form[action=" + literal(action) + "] button[type=submit]"
	if strings.HasSuffix(action, "/") {
		selector = strings.Replace(selector, "=", "^=", 1)
	}
	p.press(selector)
}

// follow goes where a link leads.
func (p *tab) follow(href string) {
	p.t.Helper()
	p.press(fmt.Sprintf(`a[href=%q]`, href))
}

// press uses a button or a link that leads to another page.
func (p *tab) press(selector string) {
	p.t.Helper()
	if !p.way.keyboard {
		p.load("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
		return
	}
	p.reach(selector)
	p.load("press Enter on "+selector, chromedp.KeyEvent(kb.Enter))
}

// use presses a button that leads nowhere, or opens what is folded away.
func (p *tab) use(selector string) {
	p.t.Helper()
	p.reach(selector)
	if p.way.keyboard {
		p.key(kb.Enter)
	}
}

func (p *tab) reload() {
	p.t.Helper()
	p.load("reload", chromedp.Reload())
}

// back goes to the page before this one, which the browser may have kept.
func (p *tab) back() {
	p.t.Helper()
	history := call(p, page.GetNavigationHistory, cdp.Empty{})
	to := history.CurrentIndex - 1
	call(p, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[to].ID})
	eventually(p.t, "page to go back to", func() bool {
		// On the way there is no page that could answer.
		status, err := chromedp.Run(p.ctx, chromedp.Evaluate[int64](`document.readyState === "complete" ? performance.getEntriesByType("navigation")[0].responseStatus : -1`))
		p.status = status
		return err == nil && status >= 0 && call(p, page.GetNavigationHistory, cdp.Empty{}).CurrentIndex == to
	})
}

// A screen is what the page is shown on, in CSS pixels.
type screen struct {
	width, height int64
	scale         float64
	phone         bool
}

var (
	desktop    = screen{width: 1280, height: 800, scale: 1}
	phone      = screen{width: 375, height: 812, scale: 2, phone: true}
	smallPhone = screen{width: 320, height: 568, scale: 2, phone: true}
	zoomed     = screen{width: 320, height: 256, scale: 4} // 1280 × 1024 at 400 % (WCAG 2.2, 1.4.10)
)

func (p *tab) size(s screen) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height, DeviceScaleFactor: s.scale, Mobile: s.phone})
}

func (p *tab) dark(on bool) {
	p.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}
