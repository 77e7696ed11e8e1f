package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A page is an answer with its document.
type page struct {
	*httptest.ResponseRecorder
	root *html.Node
}

func newPage(t testing.TB, out *httptest.ResponseRecorder) *page {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(out.Body.Bytes()))
	must(t, err)
	return &page{out, root}
}

func (p *page) want(t testing.TB, status int) *page {
	t.Helper()
	if p.Code != status {
		t.Fatalf("status %d, want %d; %s", p.Code, status, p.text())
	}
	return p
}

// says fails unless the page's text has all of it.
func (p *page) says(t testing.TB, texts ...string) *page {
	t.Helper()
	for _, s := range texts {
		if !strings.Contains(p.text(), s) {
			t.Errorf("the page does not say %q; it says:\n%s", s, p.text())
		}
	}
	return p
}

// all are the elements of a name that have an attribute, "name=value" or "name".
func (p *page) all(element, attribute string) []*html.Node {
	name, value, valued := strings.Cut(attribute, "=")
	return find(p.root, func(n *html.Node) bool {
		if n.Type != html.ElementNode || element != "*" && n.Data != element {
			return false
		}
		got, ok := attr(n, name)
		return attribute == "" || ok && (!valued || got == value)
	})
}

func find(n *html.Node, match func(*html.Node) bool) (found []*html.Node) {
	for d := range n.Descendants() {
		if match(d) {
			found = append(found, d)
		}
	}
	return found
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// value is an attribute, empty when it is not there.
func value(n *html.Node, name string) string {
	v, _ := attr(n, name)
	return v
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for _, d := range find(n, func(n *html.Node) bool { return n.Type == html.TextNode }) {
		b.WriteString(d.Data)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (p *page) text() string { return textOf(p.root) }

// form finds a form by its action.
func (p *page) form(t testing.TB, action string) *html.Node {
	t.Helper()
	forms := p.all("form", "action="+action)
	if len(forms) == 0 {
		t.Fatalf("no form goes to %s; the page says: %s", action, p.text())
	}
	return forms[0]
}

// fill is what a browser would send of a form, with what a person typed.
func (p *page) fill(t testing.TB, action string, typed map[string]string) url.Values {
	t.Helper()
	sent := url.Values{}
	for _, n := range find(p.form(t, action), func(n *html.Node) bool { return n.Data == "input" }) {
		if name := value(n, "name"); name != "" {
			sent.Set(name, value(n, "value"))
		}
	}
	for name, text := range typed {
		if !sent.Has(name) {
			t.Fatalf("the form to %s has no field %q", action, name)
		}
		sent.Set(name, text)
	}
	return sent
}

// faultOf is what stands beside a field, by the ids that it is described by.
func (p *page) faultOf(t testing.TB, id string) string {
	t.Helper()
	for _, n := range p.all("input", "id="+id) {
		if value(n, "aria-invalid") != "true" {
			return ""
		}
		for described := range strings.FieldsSeq(value(n, "aria-describedby")) {
			if strings.HasSuffix(described, "-fault") {
				return strings.TrimPrefix(textOf(p.all("*", "id="+described)[0]), "Error: ")
			}
		}
	}
	return ""
}

// wantFaults holds a refused form to its shape: the status, the title, the
// summary that has the focus, and each fault beside its field.
func (p *page) wantFaults(t testing.TB, status int, faults map[string]string) {
	t.Helper()
	p.want(t, status)
	if title := textOf(p.all("title", "")[0]); !strings.HasPrefix(title, "Error: ") {
		t.Errorf("the title is %q, want one that begins with \"Error: \"", title)
	}
	summary := p.all("div", "class=summary")
	if len(summary) != 1 || len(p.all("*", "autofocus")) != 1 {
		t.Fatalf("%d summaries and %d elements with the focus, want one", len(summary), len(p.all("*", "autofocus")))
	}
	if _, ok := attr(summary[0], "autofocus"); !ok || value(summary[0], "tabindex") != "-1" {
		t.Error("the summary does not have the focus")
	}
	for id, want := range faults {
		if !strings.Contains(textOf(summary[0]), want) {
			t.Errorf("the summary says %q, want %q", textOf(summary[0]), want)
		}
		if id == "" {
			continue
		}
		if got := p.faultOf(t, id); got != want {
			t.Errorf("beside %s stands %q, want %q", id, got, want)
		}
		if len(p.all("a", "href=#"+id)) == 0 {
			t.Errorf("the summary does not lead to %s", id)
		}
	}
	for _, n := range p.all("input", "type=password") {
		if v, ok := attr(n, "value"); ok {
			t.Errorf("a password field comes back with %q in it", v)
		}
	}
}

// setCookie is what an answer sets, by name.
func (p *page) setCookie(name string) *http.Cookie {
	for _, k := range p.Result().Cookies() {
		if k.Name == name {
			return k
		}
	}
	return nil
}
