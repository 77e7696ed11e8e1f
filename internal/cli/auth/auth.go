// Package auth has the commands of `ax auth`: who one is, and what one may do.
package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/client"
)

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:     "auth",
		Short:   "See who you are to the server, and what you may do",
		Example: "  ax auth status\n  ax auth can-i create_user",
	}
	c.AddCommand(newStatus(e), newCanI(e))
	return c
}

// unanswered holds for a server that does not know our additions to the API. It
// may have a page of an application for every path that it lacks.
func unanswered(err error) bool {
	p, ok := errors.AsType[*client.Error](err)
	if !ok {
		return false
	}
	page := p.Status == 0 && strings.HasPrefix(p.Header.Get("Content-Type"), "text/html")
	return page || p.Status == http.StatusNotFound || p.Status == http.StatusMethodNotAllowed
}

// proven shows, by a list, that the key is good. One that may not list is.
func proven(ctx context.Context, c *client.Client) error {
	_, err := c.ListUsers(ctx, client.UserFilter{Limit: 1})
	if p, ok := errors.AsType[*client.Error](err); ok && p.Status == http.StatusForbidden {
		return nil
	}
	return err
}
