// Package users has the commands of `ax users`.
package users

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
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

// oneOf finds the value that a flag names, in any case.
func oneOf(flag, value string, values []string) (string, error) {
	i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(strings.TrimSpace(value), v) })
	if i < 0 {
		return "", command.Usagef("Invalid value for '%s': %q is not one of %s", flag, value, strings.ToLower(strings.Join(values, ", ")))
	}
	return values[i], nil
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

// columns are the fields of a user in the order of the table; wider ones that
// say least leave a narrow terminal first.
func columns() []term.Column[wire.User] {
	return []term.Column[wire.User]{
		{Name: "name", Cell: func(u wire.User) string { return u.Name }},
		{Name: "id", Cell: func(u wire.User) string { return u.ID }, ID: true},
		{Name: "email", Cell: func(u wire.User) string { return u.Email }},
		{Name: "created_at", Cell: func(u wire.User) string { return shortTime(u.CreatedAt) }, Drop: 2},
		{Name: "status", Cell: func(u wire.User) string { return string(u.Status) }, Style: statusStyle},
		{Name: "role", Cell: func(u wire.User) string { return roleName(u.Role) }, Drop: 3},
		{Name: "is_developer", Cell: func(u wire.User) string { return capital(u.IsDeveloper) }, Drop: 1, Style: boolStyle},
	}
}

// csvColumns are the same for programs: the API's order, times as sent,
// booleans as JSON has them.
func csvColumns() []term.Column[wire.User] {
	return []term.Column[wire.User]{
		{Name: "id", Cell: func(u wire.User) string { return u.ID }},
		{Name: "name", Cell: func(u wire.User) string { return u.Name }},
		{Name: "email", Cell: func(u wire.User) string { return u.Email }},
		{Name: "created_at", Cell: func(u wire.User) string { return u.CreatedAt }},
		{Name: "status", Cell: func(u wire.User) string { return string(u.Status) }},
		{Name: "role", Cell: func(u wire.User) string { return roleName(u.Role) }},
		{Name: "is_developer", Cell: func(u wire.User) string { return fmt.Sprint(u.IsDeveloper) }},
	}
}

// view is one user in every format.
func view() command.View[wire.User] {
	return command.View[wire.User]{
		Table: func(s *term.Streams, u wire.User) error { return term.Panel(s, "User Details", fields(u)) },
		CSV: func(w io.Writer, u wire.User) error {
			return term.CSV(w, csvColumns(), []wire.User{u}, false)
		},
		JSON: func(u wire.User) any { return u },
	}
}

func fields(u wire.User) []term.Field {
	return []term.Field{
		{Name: "id", Value: u.ID}, {Name: "name", Value: u.Name}, {Name: "email", Value: u.Email},
		{Name: "created_at", Value: shortTime(u.CreatedAt)}, {Name: "status", Value: string(u.Status)},
		{Name: "role", Value: roleName(u.Role)}, {Name: "is_developer", Value: capital(u.IsDeveloper)},
	}
}

// roleName is a role in one word: its name, or the id of a custom one without.
func roleName(r wire.RoleAssignment) string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID
}

// shortTime is a time for people; one that is not RFC 3339 stands as it came.
func shortTime(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return t.UTC().Format(time.DateTime)
}

func capital(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func statusStyle(cell string) term.Style {
	if cell == string(wire.UserStatusActive) {
		return term.Green
	}
	return term.Plain
}

func boolStyle(cell string) term.Style {
	if cell == capital(true) {
		return term.Green
	}
	return term.Red
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
