package users

import (
	"cmp"
	"context"
	"errors"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
)

// deleteFrom deletes the users of a list.
func (in *remove) deleteFrom(ctx context.Context, e *command.Env) error {
	if !in.force && !in.from.dryRun && (!e.Streams.InTTY || !e.Streams.ErrTTY || in.from.path == "-") {
		return command.Usagef("Nobody is there to confirm; use --force to delete without asking. Nothing was deleted.")
	}
	v := &verb{
		name: "delete", doing: "Deleting users", ahead: 32 * inFlight,
		fields: []field{idField(), emailField()},
		ready:  in.fewEnough,
		check:  named,
		look: func(ctx context.Context, c *client.Client, i *item) {
			if _, ok := i.find(ctx, c); ok {
				i.is(isThere)
			}
		},
		before:  in.beforeDeleting,
		do:      deleteOne,
		done:    []string{deleted},
		planned: []string{isThere},
	}
	return in.from.run(ctx, e, v, in.output)
}

// fewEnough keeps a wrong list from emptying a directory.
func (in *remove) fewEnough(items []*item) error {
	if n := len(items); n > in.most && !in.from.dryRun {
		return command.Usagef("%s has %d rows, and --max-delete allows %d. Nothing was deleted. If all of them are meant, add --max-delete %d",
			in.from.label(), n, in.most, n)
	}
	return nil
}

// beforeDeleting finds everybody, and asks. With --force an id needs no
// look-up, unless there is an address to hold it against.
func (in *remove) beforeDeleting(ctx context.Context, b *batch, c *client.Client) error {
	var look []*item
	for _, i := range b.items {
		if i.status == "" && !(i.sent && i.userID != "") && (i.email != "" || !in.force) {
			look = append(look, i)
		}
	}
	reading := &batch{from: b.from, env: b.env, verb: b.verb, items: look}
	reading.each(ctx, "Finding users", look, func(ctx context.Context, i *item) { findToDelete(ctx, c, i) })
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := reading.reason(); err != nil {
		return command.Doing("find the users", err)
	}
	return in.confirmList(ctx, b)
}

// findToDelete finds a user. One whose deletion was sent before, and who is
// not there any more, was deleted.
func findToDelete(ctx context.Context, c *client.Client, i *item) {
	_, ok := i.find(ctx, c)
	if !ok && i.sent && i.status == notFound {
		i.is(deleted)
	}
}

func (in *remove) confirmList(ctx context.Context, b *batch) error {
	var found []*item
	for _, i := range b.items {
		if i.status == "" {
			found = append(found, i)
		}
	}
	if in.force || len(found) == 0 {
		return nil
	}
	e := b.env
	e.Streams.Warn("This will permanently delete %d user(s) of %s and cascade to all memberships, API keys, and role bindings", len(found), in.from.label())
	const shown = 10
	for _, i := range found[:min(len(found), shown)] {
		e.Streams.Line("    %s <%s>", i.fullName, cmp.Or(i.email, i.userID))
	}
	if more := len(found) - shown; more > 0 {
		e.Streams.Line("    and %d more", more)
	}
	e.Streams.Line("  A deleted address cannot be invited again.")
	yes, err := term.Confirm(ctx, e.Streams, "Are you sure?")
	if err != nil && !errors.Is(err, term.ErrNoAnswer) {
		return err
	}
	if !yes {
		return &command.DeclinedError{Text: "Users not deleted"}
	}
	return nil
}

// deleteOne deletes a user who was found.
func deleteOne(ctx context.Context, c *client.Client, i *item) {
	id := cmp.Or(i.userID, i.id)
	if !i.claim(id) {
		return
	}
	err := c.DeleteUser(ctx, id)
	switch {
	case err == nil:
		i.saw(id, i.fullName)
		i.is(deleted)
	case (&target{id: id}).nobody(err) && i.sent:
		i.is(deleted) // by the request whose answer was lost
	case (&target{id: id}).nobody(err):
		i.isNot(notFound, "")
	case answerLost(err):
		i.unsure(err)
	default:
		i.fail(err)
	}
}
