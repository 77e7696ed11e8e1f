package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"ax/internal/directory"
	"ax/internal/serve"
)

//go:embed templates
var templates embed.FS

// Parsed at the first page: most commands show none.
var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(templates, "templates/*.html")
})

// An answer is what goes back to the browser.
type answer struct {
	status   int
	template string
	view     view
	to       string // of a redirect
	raw      *file  // instead of a page
	cookies  []*http.Cookie
	retry    time.Duration
}

// A view is what templates can say. Page is the page's own part.
type view struct {
	Product     string
	Contact     contact
	ContinueURL string
	Base        string // before each path
	Style       string
	Script      string
	Icon        string

	Title   string
	Here    string // the path in the navigation that this page is
	Menu    bool   // with the navigation
	SignOut *form  // nil for nobody signed in
	Notice  string
	Faults  []fault
	Page    any
}

// A contact is whom to ask, as a link where it is an address.
type contact struct{ Text, Link string }

func contactOf(text string) contact {
	c := contact{Text: text}
	if email, fault := directory.ParseEmail(text); fault == "" {
		c.Link = "mailto:" + email
	} else if strings.HasPrefix(text, "https://") {
		c.Link = text
	}
	return c
}

// page is an answer with a page, for the person who is signed in if one is.
func (c *call) page(name, title string, page any) answer {
	// Without a session there is no menu, and for a newcomer only the way out.
	v := view{
		Product: c.Product, Contact: contactOf(c.Contact), ContinueURL: c.ContinueURL,
		Base: c.base, Style: assetPath("style.css"), Script: assetPath("show.js"), Icon: assetPath("icon.svg"),
		Title: title, Page: page,
	}
	if c.secret != "" {
		v.Menu = !c.in.Session.Restricted
		v.SignOut = c.button(pathSignOut, "Sign out", "plain")
	}
	return answer{status: http.StatusOK, template: name, view: v}
}

func (c *call) redirect(path string) answer {
	return answer{status: http.StatusSeeOther, to: c.base + path}
}

// send is the only place where an answer leaves. What cannot be rendered
// becomes a bare 500, before any of it was sent.
func (c *call) send(w http.ResponseWriter, a answer) {
	body, err := a.body(w.Header())
	if err != nil {
		c.Log.ErrorContext(c.Context(), "page failed", "request_id", serve.RequestID(c.Request), "route", c.Pattern, "err", err)
		a = answer{status: http.StatusInternalServerError}
		body = []byte("Something went wrong here. Try again in a while.\n")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	for _, k := range a.cookies {
		http.SetCookie(w, k)
	}
	if a.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((a.retry+time.Second-1)/time.Second)))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	if c.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(body); err != nil {
		c.Log.DebugContext(c.Context(), "the browser left", "err", err)
	}
}

// body renders the whole page before its status is sent.
func (a answer) body(h http.Header) ([]byte, error) {
	switch {
	case a.to != "":
		h.Set("Location", a.to)
		return nil, nil
	case a.raw != nil:
		h.Set("Content-Type", a.raw.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		return a.raw.text, nil
	}
	pages, err := parsed()
	if err != nil {
		return nil, fmt.Errorf("parse the pages: %w", err)
	}
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, a.template, a.view); err != nil {
		return nil, fmt.Errorf("render %s: %w", a.template, err)
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	return b.Bytes(), nil
}
