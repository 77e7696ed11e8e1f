package users

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

// The outcomes of a deletion.
const (
	deleted  = "deleted"
	failed   = "failed"
	notFound = "not_found"
)

// A target is one user to delete, as named and as found, and what became of it.
type target struct {
	id, email string
	name      string
	outcome   string // empty until it is known
	err       error
}

type remove struct {
	targets []*target // in the order of the command line
	force   bool
	from    from
	most    int // rows of a list
	output  command.OutputFlags
}

func newDelete(e *command.Env) *cobra.Command {
	var in remove
	c := &cobra.Command{
		Use:   "delete",
		Short: "Delete one or more users by ID or email",
		Long: `Delete one or more users by ID or email.

Each deletion cascades to organization memberships, space memberships, API keys
and role bindings. A deleted address cannot be invited again.`,
		Example: `  ax users delete --id usr_abc123
  ax users delete --id id1,id2,id3 --force
  ax users delete --email jane@example.com
  ax users delete --id usr_abc123 --email jane@example.com --force
  ax users delete --email jane@example.com --dry-run
  ax users delete --from leavers.csv --dry-run`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if list, err := in.from.given("id", "email"); list || err != nil {
				return in.from.or(err, func() error { return in.deleteFrom(c.Context(), e) })
			}
			if len(in.targets) == 0 {
				return command.Usagef("At least one --id or --email must be provided")
			}
			if in.from.dryRun {
				return in.preview(c.Context(), e)
			}
			return in.run(c.Context(), e)
		},
	}
	f := c.Flags()
	f.Var(targetFlag{&in, false}, "id", "user ID to delete; repeat it or separate several by commas")
	f.VarP(targetFlag{&in, true}, "email", "e", "user email to resolve and delete; repeat it or separate several by commas")
	f.BoolVarP(&in.force, "force", "f", false, "skip the confirmation prompt")
	e.FindsFlag(c, "id", ids)
	e.FindsFlag(c, "email", addresses)
	f.IntVar(&in.most, "max-delete", 50, "with --from: how many rows a list may have")
	in.from.flags(c)
	in.from.alone = "dry-run"
	f.Lookup("dry-run").Usage = "change nothing, and say what would go: memberships, API keys, role bindings, sessions"
	command.AddOutput(c, &in.output, resultsView)
	return c
}

// A targetFlag adds to the targets; --id and --email share one order.
type targetFlag struct {
	in    *remove
	email bool
}

// Set implements pflag.Value.
func (f targetFlag) Set(value string) error {
	for one := range strings.SplitSeq(value, ",") {
		one = strings.TrimSpace(one)
		switch {
		case one == "":
		case f.email:
			f.in.targets = append(f.in.targets, &target{email: one})
		default:
			f.in.targets = append(f.in.targets, &target{id: one})
		}
	}
	return nil
}

func (f targetFlag) String() string { return "" }

// Type implements pflag.Value.
func (f targetFlag) Type() string { return "strings" }

func (in *remove) run(ctx context.Context, e *command.Env) error {
	if !in.force && (!e.Streams.InTTY || !e.Streams.ErrTTY) {
		return command.Usagef("Nobody is there to confirm; use --force to delete without asking. Nothing was deleted.")
	}
	out, err := command.Open(ctx, e, in.output, resultsView())
	if err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	if err := in.find(ctx, e, c); err != nil {
		return err
	}
	if err := in.confirm(ctx, e); err != nil {
		return err
	}
	in.deleteAll(ctx, e, c)
	return in.report(ctx, e, out)
}

// find resolves every target before anything is deleted, and makes those that
// name one user into one. With --force ids need no look-up.
func (in *remove) find(ctx context.Context, e *command.Env, c *client.Client) error {
	defer e.Streams.Progress("Finding users")()
	known := map[string]*target{}
	var once []*target
	for _, t := range in.targets {
		named := t.key()
		if known[named] != nil {
			continue
		}
		if t.email != "" || !in.force {
			t.find(ctx, c)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		twin := known[t.key()]
		if twin == nil {
			once = append(once, t)
			twin = t
		}
		twin.email = cmp.Or(twin.email, t.email)
		known[named], known[t.key()] = twin, twin
	}
	in.targets = once
	return nil
}

// key is the same for targets that are known to be one user.
func (t *target) key() string {
	if t.id != "" {
		return "id " + t.id
	}
	return "email " + strings.ToLower(t.email)
}

func (t *target) find(ctx context.Context, c *client.Client) {
	var u wire.User
	var err error
	if t.email != "" {
		u, err = byEmail(ctx, c, t.email)
	} else {
		u, err = c.GetUser(ctx, t.id)
	}
	if err != nil {
		t.fail(err)
		return
	}
	t.id, t.name, t.email = u.ID, u.Name, cmp.Or(t.email, u.Email)
}

// fail records why a target was not deleted.
func (t *target) fail(err error) {
	t.outcome, t.err = failed, err
	if t.nobody(err) {
		t.outcome, t.err = notFound, nil
	}
}

// nobody says whether an error means that there is no such user. A text that
// cannot be an id names nobody, whatever the server calls it; a refused search
// for an address proves nothing.
func (t *target) nobody(err error) bool {
	p, ok := errors.AsType[*client.Error](err)
	if !ok || t.id == "" {
		return errors.Is(err, client.ErrNotFound)
	}
	return p.Status == http.StatusNotFound || p.Status == http.StatusBadRequest && !client.WellFormedID(t.id)
}

// confirm asks, naming whom it is about.
func (in *remove) confirm(ctx context.Context, e *command.Env) error {
	var found []*target
	for _, t := range in.targets {
		if t.outcome == "" {
			found = append(found, t)
		}
	}
	if in.force || len(found) == 0 {
		return nil
	}
	e.Streams.Warn("This will permanently delete %d user(s) and cascade to all memberships, API keys, and role bindings", len(found))
	const named = 10
	for _, t := range found[:min(len(found), named)] {
		e.Streams.Line("    %s <%s>", t.name, t.email)
	}
	if more := len(found) - named; more > 0 {
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

// deleteAll tries each target that was found, whatever becomes of the others.
func (in *remove) deleteAll(ctx context.Context, e *command.Env, c *client.Client) {
	defer e.Streams.Progress("Deleting users")()
	for i, t := range in.targets {
		if t.outcome != "" {
			continue
		}
		if ctx.Err() != nil {
			return
		}
		e.Streams.Step("Deleting users (%d of %d)", i+1, len(in.targets))
		err := c.DeleteUser(ctx, t.id)
		switch {
		case err == nil:
			t.outcome = deleted
		case ctx.Err() != nil:
			t.outcome, t.err = failed, errors.New("interrupted; whether it was deleted is not known")
		default:
			t.fail(err)
		}
	}
}

// report shows what became of each, also after an interruption.
func (in *remove) report(ctx context.Context, e *command.Env, out *command.Output[result]) error {
	var rows []result
	counts := map[string]int{}
	for _, t := range in.targets {
		if t.outcome == "" {
			continue // interrupted before its turn
		}
		counts[t.outcome]++
		rows = append(rows, t.result(e))
	}
	summary := fmt.Sprintf("%d deleted, %d failed, %d not found", counts[deleted], counts[failed], counts[notFound])
	if err := out.Results(rows); err != nil {
		return &command.PartialError{Done: summary + "; this could not be shown in full", Err: err}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if counts[failed]+counts[notFound] > 0 {
		return &command.PartialError{Done: "Delete incomplete: " + summary, Err: in.refused()}
	}
	e.Streams.Success("Delete complete: %s", summary)
	return nil
}

// refused is the failure that a better key would cure, if there was one.
func (in *remove) refused() error {
	for _, t := range in.targets {
		if p, ok := errors.AsType[*client.Error](t.err); ok && p.Status == http.StatusUnauthorized {
			return p
		}
	}
	return nil
}

// A result is a row of what became of the targets.
type result struct {
	UserID string `json:"user_id,omitempty"`
	Status string `json:"status"`
	Email  string `json:"email,omitempty"`
	Error  string `json:"error,omitempty"`
}

func (t *target) result(e *command.Env) result {
	r := result{UserID: t.id, Status: t.outcome, Email: t.email}
	if t.err != nil {
		r.Error = e.Redact(strings.ReplaceAll(t.err.Error(), "\n", " "))
	}
	return r
}

func resultsView() command.View[result] {
	return command.View[result]{
		Title: "Deletion", Key: "results",
		Columns: []term.Column[result]{
			{Name: "user_id", Cell: func(r result) string { return r.UserID }, ID: true},
			{Name: "status", Cell: func(r result) string { return r.Status }},
			{Name: "email", Cell: func(r result) string { return r.Email }, Optional: true},
			{Name: "error", Cell: func(r result) string { return r.Error }, Optional: true},
		},
		Quiet: func(r result) string {
			if r.Status != deleted {
				return ""
			}
			return r.UserID
		},
	}
}
