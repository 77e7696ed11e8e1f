package e2e_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// A traffic listens to all that a tab asks for and says, in every test. No page may load anything from another host, tell
// where it was (R-TK-08, T-15), break its own content security policy, or fail in a script.
type traffic struct {
	mu     sync.Mutex
	host   string
	wrong  []string
	asked  []string       // URLs
	beside map[string]int // what a test expects to be complained about, and how often it was
}

func newTraffic(origin string) *traffic {
	u, err := url.Parse(origin)
	if err != nil {
		panic(err) // the tests made it
	}
	return &traffic{host: u.Host, beside: map[string]int{}}
}

// hear is called for each event of a tab, in order.
func (r *traffic) hear(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r.request(e.Request)
	case *network.EventRequestWillBeSentExtraInfo:
		r.headers("a request", e.Headers) // as they are on the wire
	case *log.EventEntryAdded:
		// A status of 400 and more is logged as an error as well; tests look at each status themselves.
		if e.Entry.Source != log.EntrySourceNetwork && e.Entry.Level == log.EntryLevelError {
			r.complain("the browser's log says: %s", e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		r.complain("a script failed: %s", e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		r.complain("a script wrote to the console")
	case *page.EventJavascriptDialogOpening:
		r.complain("a script opened a dialog: %s", e.Message)
	}
}

func (r *traffic) request(q *network.Request) {
	r.asked = append(r.asked, q.URL)
	u, err := url.Parse(q.URL)
	if err != nil || u.Scheme != "about" && u.Scheme != "data" && u.Host != r.host {
		r.complain("%s is not from %s", q.URL, r.host)
	}
	r.headers(q.URL, q.Headers)
}

func (r *traffic) headers(what string, h network.Headers) {
	for name, value := range h {
		if strings.EqualFold(name, "Referer") && value != "" {
			r.complain("%s says where it comes from: %v", what, value)
		}
	}
}

func (r *traffic) complain(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for expected := range r.beside {
		if strings.Contains(text, expected) {
			r.beside[expected]++
			return
		}
	}
	r.wrong = append(r.wrong, text)
}

// expect takes complaints with a text in them for granted.
func (r *traffic) expect(texts ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, text := range texts {
		r.beside[text] = 0
	}
}

// count is how often there was a complaint that expect took for granted.
func (r *traffic) count(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.beside[text]
}

func (r *traffic) complaints() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wrong
}

// requests is how many were heard of.
func (r *traffic) requests() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.asked)
}

// keepsNothing fails when the browser has stored anything where a script could read it (R-SE-01).
func (p *tab) keepsNothing() {
	if p.ctx.Err() != nil || !strings.HasPrefix(eval[string](p, `location.href`), p.origin) {
		return
	}
	kept := eval[string](p, `(async () => JSON.stringify([
		{...localStorage}, {...sessionStorage}, document.cookie, (await indexedDB.databases()).length, "caches" in window ? (await caches.keys()).length : 0,
		(await navigator.serviceWorker?.getRegistrations() ?? []).length,
	]))()`)
	if want := `[{},{},"",0,0,0]`; kept != want {
		p.t.Errorf("the browser keeps %s, want %s", kept, want)
	}
}
