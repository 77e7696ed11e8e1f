package web

import (
	"strings"

	"ax/internal/directory"
	"ax/internal/serve"
)

// signInPage is what signin.html shows.
type signInPage struct{ Form *form }

func (c *call) signInForm() *form {
	return c.form(pathSignIn, "Sign in", emailField(""), presentPasswordField("password", "Password", "The password"))
}

func openSignIn(c *call) (answer, error) {
	if c.secret != "" {
		return c.redirect(pathAccount), nil
	}
	// Why somebody was led here stands on the page.
	return c.noticed(c.page("signin.html", "Sign in", signInPage{c.signInForm()})), nil
}

// signIn leads to the account and nowhere else: there is no way to ask for
// another page, so nobody can ask for one of theirs.
func signIn(c *call) (answer, error) {
	f := c.signInForm()
	in, err := c.read(f)
	if err != nil {
		return answer{}, err
	}
	entrance, err := c.enterWith(in)
	switch {
	case err == nil && entrance.Restricted:
		return c.enter(entrance, pathNewPassword, flash{})
	case err == nil:
		return c.enter(entrance, pathAccount, flash{})
	}
	return c.again(c.page("signin.html", "Sign in", signInPage{f}), f, err)
}

// enterWith tries an address and a password. That they are wrong is a fault
// of the form here, like any other.
func (c *call) enterWith(in map[string]string) (directory.Entrance, error) {
	email, faults := address(in["email"])
	if in["password"] == "" {
		faults = append(faults, directory.Fault{Field: "password", Detail: "must not be empty"})
	}
	if len(faults) > 0 {
		return directory.Entrance{}, invalid(faults...)
	}
	guess := directory.Guess{Email: email, Address: serve.Peer(c.Request), Browser: c.kept(browserCookie)}
	entrance, err := c.Auth.SignIn(c.Context(), c.visit(), guess, in["password"])
	if directory.KindOf(err) == directory.Unauthenticated {
		err = &directory.Error{Kind: directory.Invalid, Detail: err.Error()}
	}
	return entrance, err
}

// address reads an e-mail address as it was typed, in the spelling that the
// directory keeps.
func address(typed string) (email string, faults []directory.Fault) {
	email, fault := directory.ParseEmail(strings.TrimSpace(typed))
	if fault != "" {
		faults = append(faults, directory.Fault{Field: "email", Detail: fault})
	}
	return email, faults
}

func signOut(c *call) (answer, error) {
	if _, err := c.read(c.button(pathSignOut, "", "")); err != nil {
		return answer{}, err
	}
	if err := c.Directory.SignOut(c.Context(), c.actor(), c.in); err != nil {
		return answer{}, err
	}
	return c.signedOut("out"), nil
}

// notices are the sentences that a page shows when another one's form
// succeeded.
func notices(name string) string {
	return map[string]string{
		"ended":      "You are not signed in any more. Sign in again to go on.",
		"out":        "You are signed out.",
		"everywhere": "You are signed out everywhere.",
		"reset":      "Your new password is set. All other browsers were signed out.",
		"password":   "Your password is changed. All other browsers were signed out.",
		"name":       "Your name is saved.",
		"revoked":    "The key is revoked. It works no longer.",
	}[name]
}

// noticed adds the sentence that waits to be shown, if one does.
func (c *call) noticed(a answer) answer {
	a.view.Notice = notices(c.takeFlash(&a).Notice)
	return a
}
