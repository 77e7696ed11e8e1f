// Package users has the commands of `ax users`.
package users

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "users",
		Short: "Create, retrieve, update and delete users",
		Long: `Create, retrieve, update and delete users.

The ax users commands are in BETA: the API may change without notice.`,
		Example: `  ax users list --status active,invited
  ax users get jane@example.com`,
	}
	c.AddCommand(newList(e), newGet(e), newCreate(e), newUpdate(e), newDelete(e), newResend(e), newReset(e))
	return c
}

// The values that flags take, as the API writes them.
func roles() []string {
	return []string{string(wire.UserRoleAdmin), string(wire.UserRoleMember), string(wire.UserRoleMemberUIOnly), string(wire.UserRoleAnnotator)}
}

func statuses() []string {
	return []string{string(wire.UserStatusActive), string(wire.UserStatusInvited), string(wire.UserStatusExpired)}
}

func inviteModes() []string {
	return []string{string(wire.InviteModeNone), string(wire.InviteModeEmailLink), string(wire.InviteModeTemporaryPassword)}
}

// checkName applies the API's rule for a name, so that a bad one costs no
// request. name has no white space at its ends.
func checkName(name string) error {
	switch {
	case name == "":
		return command.Usagef("Invalid value for '--full-name': must not be empty")
	case utf8.RuneCountInString(name) > 255:
		return command.Usagef("Invalid value for '--full-name': must be at most 255 characters")
	}
	return nil
}

// view is a user in every format. On a narrow terminal the columns that say
// least leave first.
func view() command.View[wire.User] {
	return command.View[wire.User]{
		Title: "User Details", Key: "users",
		Columns: []term.Column[wire.User]{
			{Name: "id", Cell: func(u wire.User) string { return u.ID }, ID: true},
			{Name: "name", Cell: func(u wire.User) string { return u.Name }, Lead: true},
			{Name: "email", Cell: func(u wire.User) string { return u.Email }},
			command.Time("created_at", 2, func(u wire.User) string { return u.CreatedAt }),
			{Name: "status", Cell: func(u wire.User) string { return string(u.Status) }, Style: statusStyle},
			command.Role("role", 3, func(u wire.User) wire.RoleAssignment { return u.Role }),
			command.Bool("is_developer", 1, func(u wire.User) bool { return u.IsDeveloper }),
		},
	}
}

func statusStyle(cell string) term.Style {
	if cell == string(wire.UserStatusActive) {
		return term.Green
	}
	return term.Plain
}

// lookUp returns the id that a command's argument names: an address is looked
// up exactly, anything else is an id.
func lookUp(ctx context.Context, c *client.Client, ref string) (id string, err error) {
	if !strings.Contains(ref, "@") {
		return ref, nil
	}
	u, err := byEmail(ctx, c, ref)
	return u.ID, err
}

func byEmail(ctx context.Context, c *client.Client, email string) (wire.User, error) {
	u, err := c.UserByEmail(ctx, email)
	if errors.Is(err, client.ErrNotFound) {
		err = &noUserError{email}
	}
	return u, err
}

// noUserError is an address that no user has, in the CLI's words.
type noUserError struct{ email string }

func (e *noUserError) Error() string { return fmt.Sprintf("User '%s' not found", e.email) }

// Unwrap makes it a client.ErrNotFound.
func (e *noUserError) Unwrap() error { return client.ErrNotFound }

// oneUserOrList is oneUser, unless --from names a list of them.
func oneUserOrList(c *cobra.Command, args []string) error {
	if !c.Flags().Changed("from") {
		return oneUser(c, args)
	}
	if len(args) > 0 {
		return command.Usagef("%q and --from exclude each other: the list has the users", args[0])
	}
	return nil
}

// oneUser is the argument of the commands that work on one user.
func oneUser(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return command.Usagef("Missing argument: the id or email of a user")
	case len(args) > 1:
		return command.Usagef("Got unexpected extra argument %q; this command takes one user", args[1])
	case strings.TrimSpace(args[0]) == "":
		return command.Usagef("The id or email of the user must not be empty")
	}
	return nil
}
