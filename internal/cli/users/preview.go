package users

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
)

// A preview is what deleting one user would take along.
type preview struct {
	UserID string `json:"user_id,omitempty"`
	Email  string `json:"email,omitempty"`
	Status string `json:"status"` // would_delete, failed or not_found
	*counts
	Error string `json:"error,omitempty"`
}

type counts struct {
	OrganizationMemberships int `json:"organization_memberships"`
	SpaceMemberships        int `json:"space_memberships"`
	APIKeys                 int `json:"api_keys"`
	RoleBindings            int `json:"role_bindings"`
	Sessions                int `json:"sessions"`
}

const wouldDelete = "would_delete"

func previewView() command.View[preview] {
	number := func(name string, drop int, of func(*counts) int) term.Column[preview] {
		return term.Column[preview]{Name: name, Kind: term.Int, Optional: true, Drop: drop, Cell: func(p preview) string {
			if p.counts == nil {
				return ""
			}
			return strconv.Itoa(of(p.counts))
		}}
	}
	return command.View[preview]{
		Key: "results",
		Columns: []term.Column[preview]{
			{Name: "user_id", Cell: func(p preview) string { return p.UserID }, ID: true},
			{Name: "email", Cell: func(p preview) string { return p.Email }, Optional: true},
			{Name: "status", Cell: func(p preview) string { return p.Status }},
			number("organization_memberships", 1, func(c *counts) int { return c.OrganizationMemberships }),
			number("space_memberships", 2, func(c *counts) int { return c.SpaceMemberships }),
			number("api_keys", 5, func(c *counts) int { return c.APIKeys }),
			number("role_bindings", 4, func(c *counts) int { return c.RoleBindings }),
			number("sessions", 3, func(c *counts) int { return c.Sessions }),
			{Name: "error", Cell: func(p preview) string { return p.Error }, Optional: true},
		},
	}
}

// preview shows what would go, and changes nothing. A server without this
// addition to the API says only who would.
func (in *remove) preview(ctx context.Context, e *command.Env) error {
	out, err := command.Open(ctx, e, in.output, previewView())
	if err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	if err := in.find(ctx, e, c); err != nil {
		return err
	}
	var rows []preview
	not := 0
	for _, t := range in.targets {
		row := t.preview(ctx, e, c)
		if row.Status != wouldDelete {
			not++
		}
		rows = append(rows, row)
	}
	if err := out.Results(rows); err != nil {
		return err
	}
	if not > 0 {
		return &command.PartialError{Done: strconv.Itoa(not) + " of " + strconv.Itoa(len(rows)) + " user(s) could not be deleted. Nothing was deleted"}
	}
	e.Streams.Notice("Nothing was deleted")
	return nil
}

func (t *target) preview(ctx context.Context, e *command.Env, c *client.Client) preview {
	var held *counts
	if t.outcome == "" {
		d, err := c.PreviewUserDeletion(ctx, t.id)
		p, api := errors.AsType[*client.Error](err)
		switch {
		case err == nil:
			held = &counts{d.OrganizationMemberships, d.SpaceMemberships, d.APIKeys, d.RoleBindings, d.Sessions}
		case api && p.Status == http.StatusNotFound: // the user was found: it is the question that the server does not know
		default:
			t.fail(err)
		}
	}
	r := t.result(e)
	if t.outcome == "" {
		r.Status = wouldDelete
	}
	return preview{UserID: r.UserID, Email: r.Email, Status: r.Status, counts: held, Error: r.Error}
}
