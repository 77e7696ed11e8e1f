package web

import (
	"net/url"
	"time"

	"ax/internal/directory"
)

// keysPage is what keys.html shows.
type keysPage struct {
	Developer bool
	NewKey    string // shown once
	Keys      []keyLine
	Create    *form
}

// A keyLine is a key for people.
type keyLine struct {
	Name, Description, Redacted string
	Created                     moment
	Ends                        moment // zero: never
	Revoke                      *form
}

func (c *call) keys() (keysPage, error) {
	p := keysPage{Developer: c.in.User.Developer, Create: c.keyForm()}
	all, err := c.Directory.OwnKeys(c.Context(), c.in)
	for _, k := range all {
		line := keyLine{
			Name: k.Name, Description: k.Description, Redacted: k.Redacted, Created: momentOf(k.CreatedAt),
			Revoke: c.button(pathKeys+"/"+url.PathEscape(k.ID)+"/revoke", "Revoke this key", "danger"),
		}
		if !k.ExpiresAt.IsZero() {
			line.Ends = momentOf(k.ExpiresAt)
		}
		p.Keys = append(p.Keys, line)
	}
	return p, err
}

// keyForm asks for a day, not for a moment: few keys need an hour, and a date
// can be typed without a script.
func (c *call) keyForm() *form {
	return c.form(pathKeys, "Make the key",
		field{Name: "name", ID: "name", Label: "Name", Subject: "The name", Type: "text", Hint: "What the key is for, to tell it from others later."},
		field{Name: "description", ID: "description", Label: "Description (optional)", Subject: "The description", Type: "text"},
		field{
			Name: "expires_at", ID: "expires_at", Label: "Last day (optional)", Subject: "The last day", Type: "date",
			Hint: "The key works until the end of this day, in UTC. Without one it works until you revoke it.",
		},
	)
}

func (c *call) keysPage(p keysPage) answer {
	a := c.page("keys.html", "API keys", p)
	a.view.Here = pathKeys
	return a
}

func openKeys(c *call) (answer, error) {
	p, err := c.keys()
	if err != nil {
		return answer{}, err
	}
	var taken answer
	f := c.takeFlash(&taken)
	p.NewKey = f.Key
	a := c.keysPage(p)
	a.cookies, a.view.Notice = taken.cookies, notices(f.Notice)
	return a, nil
}

// createKey leads on to the list, which shows the key: loading that page again
// makes no second one.
func createKey(c *call) (answer, error) {
	p, err := c.keys()
	if err != nil {
		return answer{}, err
	}
	in, err := c.read(p.Create)
	if err != nil {
		return answer{}, err
	}
	if !c.in.User.Developer {
		return answer{}, errNotDeveloper()
	}
	key, err := c.newKey(in)
	if err != nil {
		return c.again(c.keysPage(p), p.Create, err)
	}
	// It travels sealed in a cookie, never in an address.
	return c.then(pathKeys, flash{Key: key})
}

func (c *call) newKey(in map[string]string) (string, error) {
	ends, err := lastDay(in["expires_at"])
	if err != nil {
		return "", err
	}
	k, err := c.Directory.CreateOwnKey(c.Context(), c.actor(), directory.CreateKey{
		Name: in["name"], Description: in["description"], ExpiresAt: ends,
	})
	return k.Secret, err
}

// lastDay is the last second of the day, UTC; zero for none.
func lastDay(typed string) (time.Time, error) {
	if typed == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return time.Time{}, invalid(directory.Fault{Field: "expires_at", Detail: "must be a date like 2027-12-31"})
	}
	return day.AddDate(0, 0, 1).Add(-time.Second), nil
}

func revokeKey(c *call) (answer, error) {
	if _, err := c.read(c.button(pathKeys, "", "")); err != nil {
		return answer{}, err
	}
	if err := c.Directory.RevokeKey(c.Context(), c.actor(), c.PathValue("id")); err != nil {
		return answer{}, err
	}
	return c.then(pathKeys, flash{Notice: "revoked"})
}
