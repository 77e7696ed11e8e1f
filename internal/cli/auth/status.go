package auth

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/profile"
	"ax/internal/wire"
)

// A status is whom a profile makes of its user.
type status struct {
	Profile string `json:"profile"`
	Server  string `json:"server"`
	*wire.WhoAmI
}

func statusView() command.View[status] {
	user := func(get func(u wire.WhoAmIUser) string) func(status) string {
		return func(s status) string {
			if s.WhoAmI == nil {
				return ""
			}
			return get(s.User)
		}
	}
	key := func(get func(k wire.WhoAmIKey) string) func(status) string {
		return func(s status) string {
			if s.WhoAmI == nil {
				return ""
			}
			return get(s.Key)
		}
	}
	return command.View[status]{
		Title: "Signed In",
		Columns: []term.Column[status]{
			{Name: "profile", Cell: func(s status) string { return s.Profile }},
			{Name: "server", Cell: func(s status) string { return s.Server }},
			{Name: "user", Cell: user(func(u wire.WhoAmIUser) string { return u.ID }), ID: true, Optional: true},
			{Name: "email", Cell: user(func(u wire.WhoAmIUser) string { return u.Email }), Optional: true},
			{Name: "name", Cell: user(func(u wire.WhoAmIUser) string { return u.Name }), Optional: true},
			{Name: "role", Cell: user(func(u wire.WhoAmIUser) string { return command.RoleName(u.Role) }), Optional: true},
			{Name: "developer", Optional: true, Cell: user(func(u wire.WhoAmIUser) string { return map[bool]string{true: "yes", false: "no"}[u.IsDeveloper] })},
			{Name: "permissions", Optional: true, Cell: user(permissions), Short: user(shortly)},
			{Name: "key", Cell: key(func(k wire.WhoAmIKey) string { return k.ID }), ID: true, Optional: true},
			{Name: "key_type", Cell: key(func(k wire.WhoAmIKey) string { return string(k.KeyType) }), Optional: true},
			{Name: "key_expires_at", Cell: key(func(k wire.WhoAmIKey) string { return k.ExpiresAt }), Optional: true},
		},
	}
}

func permissions(u wire.WhoAmIUser) string {
	names := make([]string, len(u.Permissions))
	for i, p := range u.Permissions {
		names[i] = string(p)
	}
	return strings.Join(names, ",")
}

// shortly is the permissions for people.
func shortly(u wire.WhoAmIUser) string {
	const few, all = 6, 151
	switch n := len(u.Permissions); {
	case n >= all:
		return "all"
	case n > few:
		return strings.ReplaceAll(permissions(wire.WhoAmIUser{Permissions: u.Permissions[:few]}), ",", ", ") + ", …"
	}
	return strings.ReplaceAll(permissions(u), ",", ", ")
}

func newStatus(e *command.Env) *cobra.Command {
	var output command.OutputFlags
	c := &cobra.Command{
		Use:   "status",
		Short: "Show which profile, server and user commands work with",
		Long: `Show which profile and server commands work with, and who their key speaks for.
A server without this addition to the API is asked for a list, which proves the
key; it does not say whose the key is.`,
		Example: "  ax auth status\n  ax auth status -o json",
		Args:    command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			at, err := profile.Resolve(c.Flag("profile").Value.String(), e.Getenv)
			if err != nil {
				return err
			}
			s := status{Profile: cmp.Or(at.Name, "the environment"), Server: cmp.Or(at.BaseURL, "this machine")}
			return command.Get(c.Context(), e, output, statusView(), "the status", func(ctx context.Context, c *client.Client) (status, error) {
				who, err := c.WhoAmI(ctx)
				if unanswered(err) {
					if err = proven(ctx, c); err == nil {
						e.Warn("The key is good. This server does not say whose it is.")
					}
					return s, err
				}
				s.WhoAmI = &who
				return s, err
			})
		},
	}
	command.AddOutput(c, &output, statusView)
	return c
}
