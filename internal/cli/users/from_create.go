package users

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/text/unicode/norm"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/wire"
)

// createFrom creates the users of a list.
func (in *create) createFrom(ctx context.Context, e *command.Env) error {
	developer := ""
	if in.notDeveloper {
		developer = "false"
	}
	for _, q := range in.questions() {
		if *q.to != "" {
			if _, err := q.read(*q.to); err != nil {
				return err
			}
		}
	}
	v := &verb{
		name: "create", doing: "Creating users", ahead: 32 * inFlight,
		fields:  []field{emailField(), nameField(), roleField(in.role), modeField(in.mode), developerField(developer)},
		check:   creatable,
		look:    lookAtNew,
		do:      createOne,
		done:    []string{created, invited, active},
		closed:  []string{lostPassword},
		planned: []string{isNew},
	}
	return in.from.run(ctx, e, v, in.output)
}

// creatable says what is missing, and which option could give it.
func creatable(i *item) (flaws []flaw) {
	for _, f := range []struct{ name, value, option string }{
		{"full_name", i.name, ""}, {"email", i.email, ""}, {"role", i.role, "--role"}, {"invite_mode", i.mode, "--invite-mode"},
	} {
		if f.value != "" {
			continue
		}
		text := fmt.Sprintf("; --map %s='COLUMN' says where it is", f.name)
		if f.option != "" {
			text = "; " + f.option + " gives one to all"
		}
		flaws = append(flaws, flaw{f.name, text, true})
	}
	return flaws
}

func (i *item) creation() wire.CreateUserRequest {
	return wire.CreateUserRequest{
		Name: i.name, Email: i.email, InviteMode: wire.InviteMode(i.mode), IsDeveloper: i.developer,
		Role: wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: i.role},
	}
}

// createOne creates a user. The address is the key: whatever was lost on the
// way, nobody is there twice.
func createOne(ctx context.Context, c *client.Client, i *item) {
	var err error
	for range 3 {
		if i.sent && settleCreation(ctx, c, i) {
			return
		}
		var u wire.CreatedUser
		var fresh bool
		err = insist(ctx, func() (err error) {
			u, fresh, err = c.CreateUser(ctx, i.creation())
			return err
		})
		switch {
		case err == nil && fresh:
			i.made(ctx, c, u)
			return
		case err == nil && i.settle(asUser(u)):
			return
		case err == nil:
			i.present(asUser(u))
			return
		case conflicts(err):
			i.explain(ctx, c, err)
			return
		case !answerLost(err):
			i.fail(err)
			return
		}
		i.sent = true
	}
	i.unsure(err)
}

// made records a user who was created now. A server that does not read
// is_developer is told once more.
func (i *item) made(ctx context.Context, c *client.Client, u wire.CreatedUser) {
	i.saw(u.ID, u.Name)
	i.password = u.TemporaryPassword
	i.is(created)
	if i.developer == nil || *i.developer == u.IsDeveloper {
		return
	}
	after, err := c.UpdateUser(ctx, u.ID, wire.UpdateUserRequest{IsDeveloper: i.developer})
	if err != nil || after.IsDeveloper != *i.developer {
		i.isNot(differs, fmt.Sprintf("created, but is_developer stayed %t", u.IsDeveloper))
		i.cause = err
	}
}

// settleCreation looks for the user of a request whose answer was lost. It
// returns true when nothing is left to send.
func settleCreation(ctx context.Context, c *client.Client, i *item) bool {
	u, err := byEmail(ctx, c, i.email)
	switch {
	case errors.Is(err, client.ErrNotFound):
		return false
	case errors.Is(err, context.Canceled), errors.Is(err, errGivenUp):
		return true
	case err != nil:
		i.unsure(err)
		return true
	}
	return i.settle(u)
}

// settle records the user that is there after a lost answer. Only an
// invitation or an activation that this request cannot have made leaves
// something to send.
func (i *item) settle(u wire.User) bool {
	asked := wire.UserStatusInvited
	if i.mode == string(wire.InviteModeNone) {
		asked = wire.UserStatusActive
	}
	switch {
	case !i.sent:
		return false
	case u.Status != asked && u.Status != wire.UserStatusActive:
		return false
	case u.Status != asked || i.difference(u) != "":
		i.present(u)
	case i.mode == string(wire.InviteModeTemporaryPassword):
		i.saw(u.ID, u.Name)
		i.isNot(lostPassword, "a temporary password, if this run made one, was lost with its answer; 'ax users resend-invitation "+u.Email+"' sends a link instead")
	default:
		i.saw(u.ID, u.Name)
		i.is(created)
	}
	i.sent = false
	return true
}

// present records a user that was there before.
func (i *item) present(u wire.User) {
	i.saw(u.ID, u.Name)
	switch how := i.difference(u); {
	case how != "":
		i.isNot(differs, how)
	case u.Status == wire.UserStatusActive:
		i.is(active)
	default:
		i.is(invited)
	}
}

// difference says how a user is not as the list has them.
func (i *item) difference(u wire.User) string {
	var how []string
	if norm.NFC.String(i.name) != norm.NFC.String(u.Name) && i.name != "" {
		how = append(how, fmt.Sprintf("full_name is %s, not %s", sample(u.Name), sample(i.name)))
	}
	if i.role != "" && i.role != command.RoleName(u.Role) {
		how = append(how, fmt.Sprintf("role is %s, not %s", strings.ToLower(command.RoleName(u.Role)), strings.ToLower(i.role)))
	}
	if i.developer != nil && *i.developer != u.IsDeveloper {
		how = append(how, fmt.Sprintf("is_developer is %t", u.IsDeveloper))
	}
	return strings.Join(how, "; ")
}

func conflicts(err error) bool {
	p, ok := errors.AsType[*client.Error](err)
	return ok && p.Status == http.StatusConflict
}

// explain finds out who has an address that was refused: an active user, or
// one who was deleted, as the server says.
func (i *item) explain(ctx context.Context, c *client.Client, refused error) {
	u, err := byEmail(ctx, c, i.email)
	switch {
	case errors.Is(err, client.ErrNotFound):
		i.fail(refused)
	case err != nil:
		i.fail(err)
	default:
		i.present(u)
	}
}

// lookAtNew says what creating would do.
func lookAtNew(ctx context.Context, c *client.Client, i *item) {
	u, err := byEmail(ctx, c, i.email)
	switch {
	case errors.Is(err, client.ErrNotFound):
		i.is(isNew)
	case err != nil:
		i.fail(err)
	case u.Status == wire.UserStatusExpired, u.Status == wire.UserStatusInvited && i.mode == string(wire.InviteModeNone):
		i.saw(u.ID, u.Name)
		i.is(isNew) // the server begins anew
	default:
		i.present(u)
	}
}
