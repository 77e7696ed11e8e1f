package users

import (
	"context"
	"strings"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/wire"
)

// These complete users. One request each, so that a key press costs the server
// one page: of ids only those of the first hundred users are found, as there is
// no search for them.

// references are addresses, or ids when a word begins like no address.
func references(ctx context.Context, c *client.Client, begun string) ([]command.Candidate, error) {
	found, err := addresses(ctx, c, begun)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return ids(ctx, c, begun)
}

func addresses(ctx context.Context, c *client.Client, begun string) (found []command.Candidate, err error) {
	page, err := c.ListUsers(ctx, client.UserFilter{Email: begun, Limit: 100})
	for _, u := range page.Users {
		if strings.HasPrefix(u.Email, begun) {
			found = append(found, command.Candidate{Word: u.Email, About: u.Name})
		}
	}
	return found, err
}

func ids(ctx context.Context, c *client.Client, begun string) (found []command.Candidate, err error) {
	page, err := c.ListUsers(ctx, client.UserFilter{Limit: 100})
	for _, u := range page.Users {
		if strings.HasPrefix(u.ID, begun) {
			found = append(found, command.Candidate{Word: u.ID, About: about(u)})
		}
	}
	return found, err
}

func about(u wire.User) string { return u.Name + " <" + u.Email + ">" }
