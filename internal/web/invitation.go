package web

import (
	"context"
	"crypto/subtle"
	"net/http"

	"ax/internal/directory"
	"ax/internal/signin"
)

// An errand is what a letter's link is for: an invitation or a reset. Both
// end in choosing a password, so they are one page in two wordings.
type errand struct {
	purpose  directory.Purpose
	path     string // before the link's secret
	template string
	title    string
	label    string // of the password
	submit   string
	spend    func(*signin.Authenticator, context.Context, directory.Visit, string, string) (directory.Entrance, error)
	to       string // when all is done
	say      flash
}

func invitation() errand {
	return errand{
		purpose: directory.TokenInvitation, path: "/invitations/", template: "invitation.html",
		title: "Accept your invitation", label: "Choose a password", submit: "Accept the invitation",
		spend: (*signin.Authenticator).AcceptInvitation, to: pathWelcome, say: flash{Fresh: true},
	}
}

// linkField holds the secret of the link in the form: a person may open the
// letter in one program and be sent on to another, where no cookie goes with
// them.
const linkField = "link"

// linkPage is what invitation.html and reset.html show.
type linkPage struct {
	directory.User
	Until string
	Form  *form
}

// deadPage is what dead.html shows.
type deadPage struct {
	Sentence string
	Reset    bool
	Used     bool // by its holder, who has a password then
}

// open shows the form. It spends nothing and sets nothing: programs that
// protect mail open links too.
func (e errand) open(c *call) (answer, error) {
	held, err := c.Directory.OpenLink(c.Context(), e.purpose, c.PathValue("token"))
	if err != nil {
		return e.dead(c, held, err)
	}
	return e.page(c, held, e.form(c, held)), nil
}

func (e errand) form(c *call, held directory.HeldLink) *form {
	link := c.PathValue("token")
	f := c.form(e.path+link, e.submit, accountField(held.User), c.newPasswordField(e.label))
	f.Hidden = []hidden{{linkField, link}}
	return f
}

func (e errand) page(c *call, held directory.HeldLink, f *form) answer {
	return c.page(e.template, e.title, linkPage{held.User, clock(held.Token.ExpiresAt), f})
}

// spendLink takes the password. The directory spends the link, or says why not.
func (e errand) spendLink(c *call) (answer, error) {
	link := c.PathValue("token")
	held, ended := c.Directory.OpenLink(c.Context(), e.purpose, link)
	f := e.form(c, held)
	in, err := c.read(f)
	if err != nil {
		return answer{}, err
	}
	if subtle.ConstantTimeCompare([]byte(in[linkField]), []byte(link)) != 1 {
		_, unknown := c.Directory.OpenLink(c.Context(), e.purpose, "")
		return e.dead(c, directory.HeldLink{}, unknown)
	}
	entrance, err := e.spend(c.Auth, c.Context(), c.visit(), link, in["password"])
	switch {
	case err == nil:
		return c.enter(entrance, e.to, e.say)
	case directory.KindOf(err) == directory.Gone:
		if ended == nil { // somebody was faster: see what they did
			held, _ = c.Directory.OpenLink(c.Context(), e.purpose, link)
		}
		return e.dead(c, held, err)
	case ended != nil: // and so no form
		return answer{}, err
	}
	return c.again(e.page(c, held, f), f, err)
}

// dead shows why the link is no good, and the way on.
func (e errand) dead(c *call, held directory.HeldLink, err error) (answer, error) {
	if directory.KindOf(err) != directory.Gone {
		return answer{}, err
	}
	a := c.page("dead.html", "This link cannot be used", deadPage{
		Sentence: err.Error(), Reset: e.purpose == directory.TokenReset, Used: !held.Token.UsedAt.IsZero(),
	})
	a.status = http.StatusGone
	return a, nil
}

// welcome is shown once, to a person whose account has just been opened.
func welcome(c *call) (answer, error) {
	a := c.page("welcome.html", "Your account is ready", c.in.User)
	if f := c.takeFlash(&a); !f.Fresh {
		return c.redirect(pathAccount), nil
	}
	return a, nil
}
