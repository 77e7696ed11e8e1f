package web

import (
	"context"
	"time"

	"ax/internal/directory"
	"ax/internal/signin"
)

func reset() errand {
	return errand{
		purpose: directory.TokenReset, path: "/reset/", template: "reset.html",
		title: "Choose a new password", label: "New password", submit: "Set the new password",
		spend: (*signin.Authenticator).ResetPassword, to: pathAccount, say: flash{Notice: "reset"},
	}
}

// forgotPage is what forgot.html shows.
type forgotPage struct{ Form *form }

func (c *call) forgotForm() *form {
	return c.form(pathForgot, "Send me a link", emailField(""))
}

func openForgot(c *call) (answer, error) {
	return c.page("forgot.html", forgotTitle, forgotPage{c.forgotForm()}), nil
}

const forgotTitle = "Forgotten your password?"

// forgotTime is how long asking for a letter takes at least. Writing one
// takes longer than writing none, and nobody is to learn which it was.
const forgotTime = 250 * time.Millisecond

func forgot(c *call) (answer, error) {
	begun := time.Now()
	f := c.forgotForm()
	in, err := c.read(f)
	if err != nil {
		return answer{}, err
	}
	// Only what is wrong with the address as such is said; not who has it.
	email, faults := address(in["email"])
	if err = invalid(faults...); len(faults) == 0 {
		err = c.Directory.ForgotPassword(c.Context(), c.visit(), email)
	}
	if err != nil {
		return c.again(c.page("forgot.html", forgotTitle, forgotPage{f}), f, err)
	}
	pause(c.Context(), forgotTime-time.Since(begun))
	return c.redirect(pathLetterSent), nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func letterSent(c *call) (answer, error) {
	return c.page("sent.html", "Look at your mail", nil), nil
}

// newPasswordPage is what newpassword.html shows.
type newPasswordPage struct {
	directory.User
	Form *form
}

func (c *call) newPasswordForm() *form {
	return c.form(pathNewPassword, "Save the password", accountField(c.in.User), c.newPasswordField("New password"))
}

func openNewPassword(c *call) (answer, error) {
	return c.newPasswordPage(c.newPasswordForm()), nil
}

func (c *call) newPasswordPage(f *form) answer {
	return c.page("newpassword.html", "Choose your own password", newPasswordPage{c.in.User, f})
}

func newPassword(c *call) (answer, error) {
	f := c.newPasswordForm()
	in, err := c.read(f)
	if err != nil {
		return answer{}, err
	}
	entrance, err := c.Auth.ReplaceTemporaryPassword(c.Context(), c.visit(), c.in, in["password"])
	if err != nil {
		return c.again(c.newPasswordPage(f), f, err)
	}
	return c.enter(entrance, pathWelcome, flash{Fresh: true})
}
