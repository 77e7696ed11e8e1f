package web

import (
	"encoding/json"
	"net/http"
	"time"

	"ax/internal/directory"
	"ax/internal/serve"
)

// The cookies. Over https each has the prefix that keeps other hosts of the
// same domain from setting it (RFC 6265bis 4.1.3).
const (
	sessionCookie = "ax-session"
	browserCookie = "ax-browser" // by which a browser that signed in before is recognised
	flashCookie   = "ax-flash"
)

// How long a browser keeps them. How long a session is good is the
// directory's business, not the cookie's.
const (
	browserLife = 400 * 24 * time.Hour // the longest that browsers allow
	flashLife   = 5 * time.Minute      // a slow phone's way to the next page
	whileOpen   = 0                    // until the browser is closed
	over        = -time.Second         // forget it
)

func (s *site) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (s *site) cookie(name, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever the pages are reached by https
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// kept is the value of a cookie; empty without one.
func (c *call) kept(name string) string {
	k, err := c.Cookie(c.cookieName(name))
	if err != nil {
		return ""
	}
	return k.Value
}

// A flash is what one page has to say after another one's form succeeded. A
// browser keeps it, sealed, until the next page has shown it.
type flash struct {
	Owner  string    `json:"owner"` // made from the session that may see it
	Until  time.Time `json:"until"`
	Notice string    `json:"notice,omitempty"` // the name of a sentence in notices
	Fresh  bool      `json:"fresh,omitempty"`  // the account has just been opened
	Key    string    `json:"key,omitempty"`    // a new API key
}

// flash seals f for the session with the secret; an empty one is no session.
func (c *call) flash(f flash, secret string) (*http.Cookie, error) {
	f.Owner, f.Until = derive(secret, "flash"), c.Directory.Now().Add(flashLife)
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	sealed, err := c.Directory.Key.Flash(string(text))
	return c.cookie(flashCookie, sealed, flashLife), err
}

// takeFlash reads what waits to be shown, and has the browser forget it. HEAD
// shows nothing, so it takes nothing.
func (c *call) takeFlash(a *answer) (f flash) {
	kept := c.kept(flashCookie)
	if kept == "" {
		return flash{}
	}
	if c.Method != http.MethodHead {
		a.cookies = append(a.cookies, c.cookie(flashCookie, "", over))
	}
	text, err := c.Directory.Key.OpenFlash(kept)
	if err != nil || json.Unmarshal([]byte(text), &f) != nil {
		return flash{}
	}
	if f.Owner != derive(c.secret, "flash") || !c.Directory.Now().Before(f.Until) {
		return flash{}
	}
	return f
}

// then leads on to a page that shows f.
func (c *call) then(path string, f flash) (answer, error) {
	a := c.redirect(path)
	if f == (flash{}) {
		return a, nil
	}
	k, err := c.flash(f, c.secret)
	a.cookies = append(a.cookies, k)
	return a, err
}

// enter gives the browser its new session. The one it had is over.
func (c *call) enter(e directory.Entrance, path string, f flash) (answer, error) {
	c.endBefore()
	c.secret = e.Secret
	a, err := c.then(path, f)
	a.cookies = append(a.cookies, c.cookie(sessionCookie, e.Secret, whileOpen), c.cookie(browserCookie, e.Browser, browserLife))
	return a, err
}

// endBefore ends the session that the browser had, which nobody can reach any
// more. Whoever has just come in is in, whatever becomes of it.
func (c *call) endBefore() {
	secret := c.kept(sessionCookie)
	if secret == "" {
		return
	}
	in, err := c.Directory.SignedInBy(c.Context(), secret)
	if err == nil {
		err = c.Directory.SignOut(c.Context(), in.Actor(serve.Peer(c.Request), serve.RequestID(c.Request)), in)
	}
	if err != nil && directory.KindOf(err) != directory.Unauthenticated {
		c.Log.WarnContext(c.Context(), "a session was left open", "request_id", serve.RequestID(c.Request), "err", err)
	}
}

// signedOut leads to the sign-in page, which says why.
func (c *call) signedOut(notice string) answer {
	c.secret = ""
	a, err := c.then(pathSignIn, flash{Notice: notice})
	if err != nil {
		a = c.redirect(pathSignIn) // without a word is better than not at all
	}
	a.cookies = append(a.cookies, c.cookie(sessionCookie, "", over))
	return a
}
