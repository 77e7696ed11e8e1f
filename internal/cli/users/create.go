package users

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

type create struct {
	name, email, role, mode string
	notDeveloper            bool
	output                  command.Output
}

func newCreate(e *command.Env) *cobra.Command {
	var in create
	c := &cobra.Command{
		Use:   "create",
		Short: "Create a new user with a builtin account-level role",
		Example: `  ax users create \
    --full-name "Jane Doe" \
    --email jane@example.com \
    --role member \
    --invite-mode email_link`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return in.run(c.Context(), e, c.Flags().Changed) },
	}
	f := c.Flags()
	f.StringVarP(&in.name, "full-name", "n", "", "full name for the user (1-255 characters)")
	f.StringVarP(&in.email, "email", "e", "", "email address (used as the idempotency key)")
	f.StringVarP(&in.role, "role", "r", "", "account-level role: admin, member, member_ui_only or annotator")
	f.StringVar(&in.mode, "invite-mode", "", "invite mode: none, email_link or temporary_password")
	f.BoolVar(&in.notDeveloper, "is-not-developer", false, "disable developer permissions")
	in.output.Flag(c)
	return c
}

func (in *create) run(ctx context.Context, e *command.Env, given func(flag string) bool) error {
	if err := in.complete(ctx, e, given); err != nil {
		return err
	}
	body, err := in.request()
	if err != nil {
		return err
	}
	// A temporary password is shown once: the output must be sound first.
	if err := in.output.Check(e); err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	stop := e.Streams.Progress("Creating user")
	u, created, err := c.CreateUser(ctx, body)
	stop()
	if err != nil {
		return command.Doing("create user", err)
	}
	if !created {
		e.Streams.Warn("%s was already invited; nothing was changed or sent. Use 'ax users resend-invitation' for a new link.", u.Email)
		return command.Show(e, in.output, view(), asUser(u))
	}
	err = in.withdrawDeveloper(ctx, c, &u)
	e.Streams.Success("User created successfully")
	return in.show(e, u, err)
}

// withdrawDeveloper makes up for servers that no longer read the flag.
func (in *create) withdrawDeveloper(ctx context.Context, c *client.Client, u *wire.CreatedUser) error {
	if !in.notDeveloper || !u.IsDeveloper {
		return nil
	}
	no := false
	after, err := c.UpdateUser(ctx, u.ID, wire.UpdateUserRequest{IsDeveloper: &no})
	if err != nil {
		return command.Doing("turn off developer permissions of the user that was created", err)
	}
	u.IsDeveloper = after.IsDeveloper
	return nil
}

// show writes the new user. Whatever goes wrong, a temporary password reaches
// the person, or nobody will ever know it. failed is what went wrong before.
func (in *create) show(e *command.Env, u wire.CreatedUser, failed error) error {
	err := command.Show(e, in.output, createdView(), u)
	if err != nil && u.TemporaryPassword != "" {
		e.Streams.Warn("The user was created, but the output could not be written. The temporary password is: %s", u.TemporaryPassword)
	}
	if failed != nil {
		return failed
	}
	return err
}

// complete asks for what is missing, when somebody is there to answer.
func (in *create) complete(ctx context.Context, e *command.Env, given func(string) bool) error {
	asked := []struct {
		flag, label string
		to          *string
		choices     []string
	}{
		{"full-name", "Full name", &in.name, nil},
		{"email", "Email", &in.email, nil},
		{"role", "Role", &in.role, roles()},
		{"invite-mode", "Invite mode", &in.mode, inviteModes()},
	}
	var missing []string
	for _, a := range asked {
		if !given(a.flag) {
			missing = append(missing, "--"+a.flag)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if !e.Streams.InTTY || !e.Streams.ErrTTY {
		return command.Usagef("Missing option: %s", strings.Join(missing, ", "))
	}
	for _, a := range asked {
		if given(a.flag) {
			continue
		}
		answer, err := term.Ask(ctx, e.Streams, a.label, a.choices, nil)
		if err != nil {
			return err
		}
		*a.to = answer
	}
	return nil
}

func (in *create) request() (wire.CreateUserRequest, error) {
	var none wire.CreateUserRequest
	name, email := strings.TrimSpace(in.name), strings.TrimSpace(in.email)
	switch {
	case name == "":
		return none, command.Usagef("Invalid value for '--full-name': must not be empty")
	case len([]rune(name)) > 255:
		return none, command.Usagef("Invalid value for '--full-name': must be at most 255 characters")
	case email == "":
		return none, command.Usagef("Invalid value for '--email': must not be empty")
	}
	role, err := oneOf("--role", in.role, roles())
	if err != nil {
		return none, err
	}
	mode, err := oneOf("--invite-mode", in.mode, inviteModes())
	if err != nil {
		return none, err
	}
	body := wire.CreateUserRequest{
		Name: name, Email: email, InviteMode: wire.InviteMode(mode),
		Role: wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: role},
	}
	if in.notDeveloper { // newer servers no longer have the key: it is sent only when it is meant
		no := false
		body.IsDeveloper = &no
	}
	return body, nil
}

func asUser(u wire.CreatedUser) wire.User {
	return wire.User{ID: u.ID, Name: u.Name, Email: u.Email, CreatedAt: u.CreatedAt, Status: u.Status, Role: u.Role, IsDeveloper: u.IsDeveloper}
}

func createdView() command.View[wire.CreatedUser] {
	return command.View[wire.CreatedUser]{
		Table: func(s *term.Streams, u wire.CreatedUser) error {
			return term.Panel(s, "CreateUserResponse Details", append(fields(asUser(u)),
				term.Field{Name: "invite_mode", Value: string(u.InviteMode)},
				term.Field{Name: "temporary_password", Value: u.TemporaryPassword}))
		},
		CSV: func(w io.Writer, u wire.CreatedUser) error {
			return term.CSV(w, createdColumns(), []wire.CreatedUser{u}, false)
		},
		JSON: func(u wire.CreatedUser) any { return u },
	}
}

func createdColumns() []term.Column[wire.CreatedUser] {
	var cols []term.Column[wire.CreatedUser]
	for _, c := range csvColumns() {
		cols = append(cols, term.Column[wire.CreatedUser]{Name: c.Name, Cell: func(u wire.CreatedUser) string { return c.Cell(asUser(u)) }})
	}
	return append(cols,
		term.Column[wire.CreatedUser]{Name: "invite_mode", Cell: func(u wire.CreatedUser) string { return fmt.Sprint(u.InviteMode) }},
		term.Column[wire.CreatedUser]{Name: "temporary_password", Cell: func(u wire.CreatedUser) string { return u.TemporaryPassword }})
}
