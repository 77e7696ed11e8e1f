package command

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

// These are the verbs that nouns have in common: a command adds what is its
// own, the request.

// PageFlags are the options of a list.
type PageFlags struct {
	Limit  int
	Cursor string
	All    bool
}

// Add gives a command the options. A limit that stands already is the default.
func (p *PageFlags) Add(c *cobra.Command) {
	f := c.Flags()
	f.IntVarP(&p.Limit, "limit", "l", cmp.Or(p.Limit, 50), "maximum number of results to return (1-100); with --all, of a page")
	f.StringVarP(&p.Cursor, "cursor", "c", "", "pagination cursor for the next page")
	f.BoolVar(&p.All, "all", false, "read every page")
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if p.All && !c.Flags().Changed("limit") {
			p.Limit = 100 // the fewest requests
		}
		if p.Limit < 1 || p.Limit > 100 {
			return Usagef("Invalid value for '--limit': %d is not in the range 1 to 100", p.Limit)
		}
		return run(c, args)
	}
}

// A Listing reads a list of T: one page, or all of it.
type Listing[T any] struct {
	Plural string // "spaces", as in "list spaces" and "Fetching spaces"
	View   View[T]
	// Find, unless nil, finds the ids of what the filter names, before either.
	Find func(ctx context.Context, c *client.Client) error
	Page func(ctx context.Context, c *client.Client) ([]T, wire.Pagination, error)
	All  func(ctx context.Context, c *client.Client) iter.Seq2[T, error]
}

// Run shows the list.
func (l Listing[T]) Run(ctx context.Context, e *Env, p PageFlags, flags OutputFlags) error {
	out, err := Open(ctx, e, flags, l.View)
	if err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	doing := "Fetching " + l.Plural
	defer e.Streams.Progress(doing)()
	if l.Find != nil {
		if err := l.Find(ctx, c); err != nil {
			return Doing("list "+l.Plural, err)
		}
	}
	if p.All {
		return Doing("list "+l.Plural, out.All(counted(e, doing, l.All(ctx, c))))
	}
	items, pagination, err := l.Page(ctx, c)
	if err != nil {
		return Doing("list "+l.Plural, err)
	}
	return out.List(items, pagination)
}

// counted shows how far a long walk has come.
func counted[T any](e *Env, doing string, items iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := 0
		for item, err := range items {
			if n++; n%100 == 0 {
				e.Streams.Step("%s (%d)", doing, n)
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// Get shows the one that fetch answers. what is "space".
func Get[T any](ctx context.Context, e *Env, flags OutputFlags, view View[T], what string, fetch func(context.Context, *client.Client) (T, error)) error {
	out, err := Open(ctx, e, flags, view)
	if err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	stop := e.Streams.Progress("Fetching " + what)
	item, err := fetch(ctx, c)
	stop()
	if err != nil {
		return Doing("get "+what, err)
	}
	return out.Show(item)
}

// A Deed is a change in words: "create", "Creating", "created", of a "space".
type Deed struct{ Verb, Doing, Done, What string }

// Change shows what came of a change.
func Change[T any](ctx context.Context, e *Env, flags OutputFlags, view View[T], d Deed, change func(context.Context, *client.Client) (T, error)) error {
	out, err := Open(ctx, e, flags, view)
	if err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	stop := e.Streams.Progress(d.Doing + " " + d.What)
	item, err := change(ctx, c)
	stop()
	if err != nil {
		return Doing(d.Verb+" "+d.What, err)
	}
	if err := out.Changed(item, "The "+d.What+" was "+d.Done); err != nil {
		return err
	}
	e.Streams.Success("%s", d.succeeded())
	return nil
}

func (d Deed) succeeded() string {
	return strings.ToUpper(d.What[:1]) + d.What[1:] + " " + d.Done + " successfully"
}

// A Removal is a change that cannot be undone: somebody has to confirm it. Find
// resolves what is named, and says what it is and what goes with it.
type Removal struct {
	Deed
	Force bool
	Find  func(ctx context.Context, c *client.Client) (id, warning string, err error)
	Do    func(ctx context.Context, c *client.Client, id string) error
}

// ForceFlag adds --force to a command.
func (r *Removal) ForceFlag(c *cobra.Command) {
	c.Flags().BoolVarP(&r.Force, "force", "f", false, "skip the confirmation prompt")
}

// Run asks, and does it.
func (r Removal) Run(ctx context.Context, e *Env) error {
	if !r.Force && (!e.Streams.InTTY || !e.Streams.ErrTTY) {
		return Usagef("Nobody is there to confirm; use --force to %s without asking. Nothing was done.", r.Verb)
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	id, warning, err := r.Find(ctx, c)
	if err != nil {
		return Doing(r.Verb+" "+r.What, err)
	}
	if !r.Force {
		e.Streams.Warn("%s", warning)
		yes, err := term.Confirm(ctx, e.Streams, "Are you sure?")
		if err != nil && !errors.Is(err, term.ErrNoAnswer) {
			return err
		}
		if !yes {
			return &DeclinedError{Text: "The " + r.What + " was not " + r.Done}
		}
	}
	stop := e.Streams.Progress(r.Doing + " " + r.What)
	err = r.Do(ctx, c, id)
	stop()
	if err != nil {
		return Doing(r.Verb+" "+r.What, err)
	}
	e.Streams.Success("%s", r.succeeded())
	return nil
}

// OneArgument is the argument of commands that work on one thing, which is
// named by what: "the name or id of a space".
func OneArgument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return Usagef("Missing argument: %s", what)
		case len(args) > 1:
			return Usagef("Got unexpected extra argument %q; this command takes %s", args[1], what)
		case strings.TrimSpace(args[0]) == "":
			return Usagef("The argument must not be empty: give %s", what)
		}
		return nil
	}
}

// Required fails for options without a value that a command cannot do without.
func Required(c *cobra.Command, flags ...string) error {
	var missing []string
	for _, name := range flags {
		if f := c.Flags().Lookup(name); f == nil || strings.TrimSpace(f.Value.String()) == "" {
			missing = append(missing, "--"+name)
		}
	}
	if len(missing) > 0 {
		return Usagef("Missing option: %s", strings.Join(missing, ", "))
	}
	return nil
}

// NotEmpty fails for options that were given and say nothing. A variable that
// is not set must not turn a filter into none.
func NotEmpty(c *cobra.Command, flags ...string) error {
	for _, name := range flags {
		values := []string{c.Flag(name).Value.String()}
		if list, ok := c.Flag(name).Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		blank := func(v string) bool { return strings.TrimSpace(v) == "" }
		if c.Flags().Changed(name) && slices.ContainsFunc(values, blank) {
			return Usagef("Invalid value for '--%s': must not be empty", name)
		}
	}
	return nil
}

// NewName is the value of --name where that renames something, nil when it
// was not given.
func NewName(c *cobra.Command) (*string, error) {
	f := c.Flags().Lookup("name")
	if f == nil || !f.Changed {
		return nil, nil //nolint:nilnil // nothing given is no error
	}
	name := f.Value.String()
	return &name, NotEmpty(c, "name")
}

// RoleFlag is a role, given by a flag, that somebody is to have: the name of a
// predefined one, in any case, or the name or id of a role that was made here.
// What can be neither costs no request.
func RoleFlag(ctx context.Context, c *client.Client, flag, value string, predefined []string) (wire.RoleAssignment, error) {
	for _, name := range predefined {
		if strings.EqualFold(strings.ReplaceAll(strings.TrimSpace(value), "-", "_"), name) {
			return wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: name}, nil
		}
	}
	id, err := "", client.ErrNotFound
	if roleLike(value) {
		id, err = c.RoleID(ctx, value)
	}
	if errors.Is(err, client.ErrNotFound) {
		_, usage := OneOf(flag, value, predefined)
		return wire.RoleAssignment{}, usage
	}
	return wire.RoleAssignment{Type: wire.RoleTypeCustom, ID: id}, err
}

// roleLike holds for what can be the name of a role: up to 255 characters, all
// of them ASCII. An id is such a text too.
func roleLike(value string) bool {
	return len(value) <= 255 && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}

// MemberRoles are the predefined roles in organizations and spaces.
func MemberRoles() []string { return []string{"ADMIN", "MEMBER", "READ_ONLY", "ANNOTATOR"} }
