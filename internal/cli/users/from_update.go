package users

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/wire"
)

// updateFrom updates the users of a list.
func (in *update) updateFrom(ctx context.Context, e *command.Env, given func(string) bool) error {
	developer := ""
	switch yes, no := given("is-developer"), given("is-not-developer"); {
	case yes && no:
		return command.Usagef("--is-developer and --is-not-developer exclude each other")
	case yes:
		developer = strconv.FormatBool(in.developer)
	case no:
		developer = strconv.FormatBool(!in.notDeveloper)
	}
	v := &verb{
		name: "update", doing: "Updating users", ahead: 32 * inFlight,
		fields:  []field{idField(), emailField(), nameField(), developerField(developer)},
		check:   updatable,
		look:    lookAtUpdate,
		do:      updateOne,
		done:    []string{updated, unchanged},
		planned: []string{differs},
	}
	return in.from.run(ctx, e, v, in.output)
}

// named says whether a row names its user.
func named(i *item) []flaw {
	if i.id == "" && i.email == "" {
		return flawf("", "there is neither an id nor an email; --map email='COLUMN' names one")
	}
	return nil
}

func updatable(i *item) []flaw {
	if flaws := named(i); flaws != nil {
		return flaws
	}
	if i.name == "" && i.developer == nil {
		return flawf("", "there is nothing to change: no full_name and no is_developer")
	}
	return nil
}

// find looks an item up. An id that is somebody else's than the address says
// is a mistake in the list.
func (i *item) find(ctx context.Context, c *client.Client) (u wire.User, ok bool) {
	var err error
	if i.id != "" {
		u, err = c.GetUser(ctx, i.id)
		if err != nil && (&target{id: i.id}).nobody(err) {
			err = client.ErrNotFound
		}
	} else {
		u, err = byEmail(ctx, c, i.email)
	}
	if err != nil {
		i.fail(err)
		return u, false
	}
	i.saw(u.ID, u.Name)
	if i.email != "" && client.AddressKey(i.email) != client.AddressKey(u.Email) {
		i.isNot(failed, fmt.Sprintf("the id is that of %s, not of %s", u.Email, i.email))
		return u, false
	}
	i.email = cmp.Or(i.email, u.Email)
	return u, i.claim(u.ID)
}

// claim makes a user the business of one row: an id and an address can be the
// same person, which only the server knows.
func (i *item) claim(id string) bool {
	line, taken := i.taken.LoadOrStore(id, i.line)
	if taken && line != i.line {
		i.isNot(failed, fmt.Sprintf("the same user as on line %d", line))
		return false
	}
	return true
}

// changes are what a user lacks to be as the list has them.
func (i *item) changes(u wire.User) (in wire.UpdateUserRequest, some bool) {
	if (&item{name: i.name}).difference(u) != "" {
		in.Name = &i.name
	}
	if i.developer != nil && *i.developer != u.IsDeveloper {
		in.IsDeveloper = i.developer
	}
	return in, in.Name != nil || in.IsDeveloper != nil
}

// updateOne changes a user, and looks again when the answer was lost.
func updateOne(ctx context.Context, c *client.Client, i *item) {
	var err error
	for range 3 {
		u, ok := i.find(ctx, c)
		if !ok {
			return
		}
		body, some := i.changes(u)
		switch {
		case !some && i.sent:
			i.is(updated)
			return
		case !some:
			i.is(unchanged)
			return
		}
		err = insist(ctx, func() error {
			_, err := c.UpdateUser(ctx, u.ID, body)
			return err
		})
		switch {
		case err == nil:
			i.is(updated)
			return
		case !answerLost(err):
			i.fail(err)
			return
		}
		i.sent = true
	}
	i.unsure(err)
}

func lookAtUpdate(ctx context.Context, c *client.Client, i *item) {
	u, ok := i.find(ctx, c)
	if !ok {
		return
	}
	if how := (&item{name: i.name, developer: i.developer}).difference(u); how != "" {
		i.isNot(differs, how)
		return
	}
	i.is(unchanged)
}

// resendFrom sends the invited users of a list new links.
func resendFrom(ctx context.Context, e *command.Env, f *from, flags command.OutputFlags) error {
	v := &verb{
		name: "resend-invitation", doing: "Resending invitations", ahead: 1,
		fields:  []field{idField(), emailField()},
		check:   named,
		look:    func(ctx context.Context, c *client.Client, i *item) { resendable(ctx, c, i) },
		do:      resendOne,
		settled: func(i *item) { i.isNot(unknown, "no answer; a letter may have left, so none was sent again") },
		done:    []string{resent, active},
		closed:  []string{unknown},
		planned: []string{isThere},
	}
	return f.run(ctx, e, v, flags)
}

// resendable says whether a letter can be sent.
func resendable(ctx context.Context, c *client.Client, i *item) (u wire.User, ok bool) {
	if u, ok = i.find(ctx, c); !ok {
		return u, false
	}
	switch u.Status {
	case wire.UserStatusActive:
		i.is(active)
	case wire.UserStatusExpired:
		i.isNot(expired, "the invitation ended; 'ax users create' invites anew")
	default:
		i.is(isThere)
		return u, true
	}
	return u, false
}

// resendOne sends one letter. When the answer is lost nobody can tell whether
// it left, and a second one would make the first one's link void.
func resendOne(ctx context.Context, c *client.Client, i *item) {
	u, ok := resendable(ctx, c, i)
	if !ok {
		return
	}
	i.status = ""
	err := insist(ctx, func() error { return c.ResendInvitation(ctx, u.ID) })
	switch {
	case err == nil:
		i.is(resent)
	case answerLost(err):
		i.unsure(err)
	case errors.Is(err, context.Canceled):
	default:
		i.fail(err)
	}
}
