package web

import (
	"strings"
	"time"

	"ax/internal/directory"
)

// accountPage is what account.html shows.
type accountPage struct {
	directory.User
	Name, Password *form
	Everywhere     *form
	Sessions       []sessionLine
	More           int // sessions that are not shown
}

// A sessionLine is a session for people.
type sessionLine struct {
	Browser  string
	Address  string
	Here     bool // the browser that is asking
	Began    moment
	LastSeen moment
}

// account makes the page with its forms as they are before anybody types.
func (c *call) account() (accountPage, error) {
	u := c.in.User
	p := accountPage{
		User: u,
		Name: c.form(pathAccount+"/name", "Save the name", field{
			Name: "name", ID: "name", Label: "Name", Subject: "The name", Type: "text", Complete: "name",
			Hint: "This is how others see you.", Value: u.Name,
		}),
		Password: c.form(pathAccount+"/password", "Change the password",
			accountField(u), presentPasswordField("current_password", "Present password", "This"), c.newPasswordField("New password")),
		Everywhere: c.button(pathAccount+"/sessions/end", "Sign out everywhere", "second"),
	}
	return p, c.listSessions(&p)
}

// listSessions shows the newest ones: whoever signs in by a program has many.
func (c *call) listSessions(p *accountPage) error {
	const most = 20
	all, err := c.Directory.Sessions(c.Context(), c.in)
	p.More = max(0, len(all)-most)
	for _, s := range all[:len(all)-p.More] {
		p.Sessions = append(p.Sessions, sessionLine{
			Browser: browserName(s.Agent), Address: s.Address, Here: s.ID == c.in.Session.ID,
			Began: momentOf(s.CreatedAt), LastSeen: momentOf(s.SeenAt),
		})
	}
	return err
}

func (c *call) accountPage(p accountPage) answer {
	a := c.page("account.html", "Your account", p)
	a.view.Here = pathAccount
	return a
}

func openAccount(c *call) (answer, error) {
	p, err := c.account()
	if err != nil {
		return answer{}, err
	}
	return c.noticed(c.accountPage(p)), nil
}

// rename, and the forms below, show the whole page again when something is
// wrong: the other forms on it are as they were.
func rename(c *call) (answer, error) {
	p, err := c.account()
	if err != nil {
		return answer{}, err
	}
	in, err := c.read(p.Name)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.Directory.RenameSelf(c.Context(), c.actor(), in["name"]); err != nil {
		return c.again(c.accountPage(p), p.Name, err)
	}
	return c.then(pathAccount, flash{Notice: "name"})
}

func changePassword(c *call) (answer, error) {
	p, err := c.account()
	if err != nil {
		return answer{}, err
	}
	in, err := c.read(p.Password)
	if err != nil {
		return answer{}, err
	}
	entrance, err := c.Auth.ChangePassword(c.Context(), c.visit(), c.in, in["current_password"], in["password"])
	if err != nil {
		return c.again(c.accountPage(p), p.Password, err)
	}
	return c.enter(entrance, pathAccount, flash{Notice: "password"})
}

// signOutEverywhere ends this session too: whoever is unsure of one browser
// is unsure of the password, and signing in is the test of it.
func signOutEverywhere(c *call) (answer, error) {
	if _, err := c.read(c.button(pathAccount+"/sessions/end", "", "")); err != nil {
		return answer{}, err
	}
	if err := c.Directory.SignOutEverywhere(c.Context(), c.actor(), c.in); err != nil {
		return answer{}, err
	}
	return c.signedOut("everywhere"), nil
}

// A moment is a time for people and, in Machine, for programs.
type moment struct{ Text, Machine string }

func momentOf(t time.Time) moment {
	return moment{t.UTC().Format("2 January 2006, 15:04 MST"), t.UTC().Format(time.RFC3339)}
}

// clock is a time as letters have it.
func clock(t time.Time) string { return t.UTC().Format("Monday, 2 January 2006 at 15:04 MST") }

// browserName makes words of what a browser calls itself.
func browserName(agent string) string {
	// Most browsers claim to be several; those that claim the most stand first.
	name := firstIn(agent, "FxiOS/=Firefox", "Firefox/=Firefox", "EdgiOS/=Edge", "EdgA/=Edge", "Edg/=Edge", "OPR/=Opera",
		"SamsungBrowser/=Samsung Internet", "CriOS/=Chrome", "Chrome/=Chrome", "Safari/=Safari", "curl/=curl")
	system := firstIn(agent, "iPhone=iPhone", "iPad=iPad", "Android=Android", "Windows=Windows", "CrOS=ChromeOS", "Mac OS X=Mac", "Linux=Linux")
	switch {
	case name == "":
		return "A program we do not know"
	case system == "":
		return name
	}
	return name + " on " + system
}

// firstIn returns the word of the first sign=word whose sign is part of s.
func firstIn(s string, signs ...string) string {
	for _, both := range signs {
		if sign, word, _ := strings.Cut(both, "="); strings.Contains(s, sign) {
			return word
		}
	}
	return ""
}
