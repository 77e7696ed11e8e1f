package users

import (
	"context"
	"errors"
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
	from                    from
	output                  command.OutputFlags
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
    --invite-mode email_link
  ax users create -n "Build bot" -e bot@example.com -r annotator \
    --invite-mode temporary_password -o json
  ax users create --from people.csv --role member --invite-mode email_link \
    --dry-run
  ax users create --from hr.csv \
    --map email='Work Email',full_name='{First} {Last}' \
    --role member --invite-mode email_link`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if list, err := in.from.given("full-name", "email"); list || err != nil {
				return in.from.or(err, func() error { return in.createFrom(c.Context(), e) })
			}
			return in.run(c.Context(), e, c.Flags().Changed)
		},
	}
	f := c.Flags()
	f.StringVarP(&in.name, "full-name", "n", "", "full name for the user (1-255 characters)")
	f.StringVarP(&in.email, "email", "e", "", "email address (used as the idempotency key)")
	f.StringVarP(&in.role, "role", "r", "", "account-level role: admin, member, member_ui_only or annotator")
	f.StringVar(&in.mode, "invite-mode", "", "invite mode: none, email_link or temporary_password")
	f.BoolVar(&in.notDeveloper, "is-not-developer", false, "disable developer permissions")
	command.TakesOneOf(f, "role", command.Typed(roles()))
	command.TakesOneOf(f, "invite-mode", command.Typed(inviteModes()))
	in.from.flags(c)
	command.AddOutput(c, &in.output, createdView)
	return c
}

func (in *create) run(ctx context.Context, e *command.Env, given func(flag string) bool) error {
	missing, err := in.read(given)
	if err != nil {
		return err
	}
	if len(missing) > 0 && (!e.Streams.InTTY || !e.Streams.ErrTTY) {
		return command.Usagef("Missing option: %s", flags(missing))
	}
	// A temporary password is shown once: the output must be sound first.
	out, err := command.Open(ctx, e, in.output, createdView())
	if err != nil {
		return err
	}
	if err := ask(ctx, e, missing); err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	stop := e.Streams.Progress("Creating user")
	u, created, err := c.CreateUser(ctx, in.request())
	stop()
	if err != nil {
		if n, ok := errors.AsType[*client.NetworkError](err); ctx.Err() != nil || ok && !n.Unsent {
			in.warnLost(e)
		}
		return command.Doing("create user", err)
	}
	if !created {
		return showInvited(e, out, u)
	}
	failed := in.withdrawDeveloper(ctx, c, &u)
	return show(e, out, u, failed)
}

// warnLost says what a creation without an answer may have left behind.
func (in *create) warnLost(e *command.Env) {
	password := ""
	if in.mode == string(wire.InviteModeTemporaryPassword) {
		password = " A temporary password was lost with the answer; 'ax users resend-invitation' sends a link instead."
	}
	e.Warn("It is not known whether the user was created: 'ax users get %s' tells.%s", in.email, password)
}

// showInvited shows the user that was there already, without what the server
// may say of an invitation that it did not make.
func showInvited(e *command.Env, out *command.Output[createdUser], u wire.CreatedUser) error {
	out.View.Title = view().Title
	for i := range out.View.Columns {
		out.View.Columns[i].Optional = true
	}
	if err := out.Show(createdUser{User: asUser(u)}); err != nil {
		return err
	}
	e.Streams.Warn("%s was already invited; nothing was changed or sent. Use 'ax users resend-invitation' for a new link.", u.Email)
	return nil
}

// withdrawDeveloper makes up for servers that no longer read the flag.
func (in *create) withdrawDeveloper(ctx context.Context, c *client.Client, u *wire.CreatedUser) error {
	if !in.notDeveloper || !u.IsDeveloper {
		return nil
	}
	no := false
	after, err := c.UpdateUser(ctx, u.ID, wire.UpdateUserRequest{IsDeveloper: &no})
	if err != nil {
		return &command.PartialError{Done: "The user was created, but keeps developer permissions", Err: err}
	}
	u.IsDeveloper = after.IsDeveloper
	return nil
}

// show writes the new user. failed is what went wrong after the creation.
func show(e *command.Env, out *command.Output[createdUser], u wire.CreatedUser, failed error) error {
	err := out.Changed(createdUser{asUser(u), u.InviteMode, u.TemporaryPassword}, "The user was created")
	if partial, ok := errors.AsType[*command.PartialError](err); ok {
		partial.Err = errors.Join(partial.Err, failed)
		return partial
	}
	if failed != nil {
		return failed
	}
	e.Streams.Success("User created successfully")
	return nil
}

// A question is one required option, which a person can also be asked for.
type question struct {
	flag, label string
	to          *string
	choices     []string
	read        func(string) (string, error) // checks a value and gives it its final form
}

func (in *create) questions() []question {
	return []question{
		{"full-name", "Full name", &in.name, nil, func(s string) (string, error) {
			s = strings.TrimSpace(s)
			return s, checkName(s)
		}},
		{"email", "Email", &in.email, nil, func(s string) (string, error) {
			if s = strings.TrimSpace(s); s == "" {
				return s, command.Usagef("Invalid value for '--email': must not be empty")
			}
			return s, nil
		}},
		{"role", "Role", &in.role, roles(), func(s string) (string, error) { return command.OneOf("--role", s, roles()) }},
		{"invite-mode", "Invite mode", &in.mode, inviteModes(), func(s string) (string, error) {
			return command.OneOf("--invite-mode", s, inviteModes())
		}},
	}
}

// read checks the options that were given, and returns the others.
func (in *create) read(given func(string) bool) (missing []question, err error) {
	for _, q := range in.questions() {
		if !given(q.flag) {
			missing = append(missing, q)
		} else if *q.to, err = q.read(*q.to); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

func flags(missing []question) string {
	var names []string
	for _, q := range missing {
		names = append(names, "--"+q.flag)
	}
	return strings.Join(names, ", ")
}

func ask(ctx context.Context, e *command.Env, missing []question) error {
	for _, q := range missing {
		answer, err := term.Ask(ctx, e.Streams, q.label, q.choices, func(s string) error {
			_, err := q.read(s)
			return err
		})
		if err != nil {
			return err
		}
		*q.to = answer
	}
	return nil
}

func (in *create) request() wire.CreateUserRequest {
	body := wire.CreateUserRequest{
		Name: in.name, Email: in.email, InviteMode: wire.InviteMode(in.mode),
		Role: wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: in.role},
	}
	if in.notDeveloper { // newer servers no longer have the key: it is sent only when it is meant
		no := false
		body.IsDeveloper = &no
	}
	return body
}

func asUser(u wire.CreatedUser) wire.User {
	return wire.User{ID: u.ID, Name: u.Name, Email: u.Email, CreatedAt: u.CreatedAt, Status: u.Status, Role: u.Role, IsDeveloper: u.IsDeveloper}
}

// A createdUser is a user with what is told only at the creation.
type createdUser struct {
	wire.User
	InviteMode        wire.InviteMode `json:"invite_mode,omitempty"`
	TemporaryPassword string          `json:"temporary_password,omitempty"`
}

func createdView() command.View[createdUser] {
	user := func(u createdUser) wire.User { return u.User }
	return command.View[createdUser]{
		Title: "CreateUserResponse Details", Key: "users",
		Columns: append(term.Of(view().Columns, user),
			term.Column[createdUser]{Name: "invite_mode", Cell: func(u createdUser) string { return string(u.InviteMode) }},
			term.Column[createdUser]{Name: "temporary_password", Cell: func(u createdUser) string { return u.TemporaryPassword }, Secret: true}),
	}
}
