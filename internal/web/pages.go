package web

import (
	"net/http"

	"ax/internal/directory"
)

// A Page is one row of the routing table. GET answers HEAD too.
type Page struct {
	Method  string
	Pattern string // as http.ServeMux has them
	Access  Access

	do func(*call) (answer, error)
}

// An Access says who may open a page. Whoever may not is led to the page that
// comes first, and nothing else happens.
type Access string

// The kinds of access. A newcomer has signed in with a temporary password and
// still has to choose one of their own.
const (
	Anyone     Access = "anyone, signed in or not"
	LinkHolder Access = "whoever holds the link of a letter"
	Visitor    Access = "anyone but a newcomer"
	Person     Access = "a signed-in person"
	Newcomer   Access = "a newcomer"
	Either     Access = "a signed-in person or a newcomer"
)

// Pages are all pages.
func Pages() []Page {
	const get, post = http.MethodGet, http.MethodPost
	return []Page{
		{get, "/{$}", Visitor, home},
		{get, "/assets/{name}", Anyone, asset},

		{get, "/invitations/{token}", LinkHolder, invitation().open},
		{post, "/invitations/{token}", LinkHolder, invitation().spendLink},
		{get, "/welcome", Person, welcome},

		{get, "/sign-in", Visitor, openSignIn},
		{post, "/sign-in", Anyone, signIn},
		{post, "/sign-out", Either, signOut},

		{get, "/new-password", Newcomer, openNewPassword},
		{post, "/new-password", Newcomer, newPassword},
		{get, "/forgot-password", Visitor, openForgot},
		{post, "/forgot-password", Visitor, forgot},
		{get, "/forgot-password/sent", Visitor, letterSent},
		{get, "/reset/{token}", LinkHolder, reset().open},
		{post, "/reset/{token}", LinkHolder, reset().spendLink},

		{get, "/account", Person, openAccount},
		{post, "/account/name", Person, rename},
		{post, "/account/password", Person, changePassword},
		{post, "/account/sessions/end", Person, signOutEverywhere},

		{get, "/account/keys", Person, openKeys},
		{post, "/account/keys", Person, createKey},
		{post, "/account/keys/{id}/revoke", Person, revokeKey},
	}
}

// answer lets the right people in and sends what the page answers.
func (c *call) answer(w http.ResponseWriter, p Page) {
	a, err := c.admit(p)
	if directory.KindOf(err) == directory.Unauthenticated {
		a, err = c.signedOut("ended"), nil
	}
	if err != nil {
		c.fail(w, err)
		return
	}
	c.send(w, a)
}

// admit is the one place where access is decided.
func (c *call) admit(p Page) (answer, error) {
	if p.Access == Anyone || p.Access == LinkHolder {
		return p.do(c)
	}
	// It is asked anew at every request: what ended on another server is over here.
	err := c.recognise()
	if ended := directory.KindOf(err) == directory.Unauthenticated; err != nil && !(ended && p.Access == Visitor) {
		return answer{}, err
	}
	signedIn, newcomer := c.secret != "", c.in.Session.Restricted
	switch {
	case !signedIn && p.Access == Visitor: // come in
	case !signedIn:
		return c.redirect(pathSignIn), nil
	case newcomer && p.Access != Newcomer && p.Access != Either:
		return c.redirect(pathNewPassword), nil
	case !newcomer && p.Access == Newcomer:
		return c.redirect(pathAccount), nil
	}
	return p.do(c)
}

// recognise finds out who is signed in with this browser, if anybody is. A
// session that has ended is Unauthenticated.
func (c *call) recognise() error {
	secret := c.kept(sessionCookie)
	if secret == "" {
		return nil
	}
	in, err := c.Directory.SignedInBy(c.Context(), secret)
	if err == nil {
		c.in, c.secret = in, secret
	}
	return err
}

// The pages that other pages lead to.
const (
	pathHome        = "/"
	pathWelcome     = "/welcome"
	pathSignIn      = "/sign-in"
	pathSignOut     = "/sign-out"
	pathNewPassword = "/new-password"
	pathForgot      = "/forgot-password"
	pathLetterSent  = "/forgot-password/sent"
	pathAccount     = "/account"
	pathKeys        = "/account/keys"
)

// home leads everybody to where they can go on.
func home(c *call) (answer, error) {
	if c.secret == "" {
		return c.redirect(pathSignIn), nil
	}
	return c.redirect(pathAccount), nil
}
