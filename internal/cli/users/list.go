package users

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/wire"
)

type list struct {
	filter   client.UserFilter
	statuses []string // as given
	all      bool
	output   command.OutputFlags
}

func newList(e *command.Env) *cobra.Command {
	var in list
	c := &cobra.Command{
		Use:   "list",
		Short: "List users, optionally filtered by email or status",
		Example: `  ax users list
  ax users list --email "@example.com" --status active
  ax users list --status active,invited --all --output users.csv`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if in.all && !c.Flags().Changed("limit") {
				in.filter.Limit = 100 // the fewest requests
			}
			return in.run(c.Context(), e)
		},
	}
	f := c.Flags()
	f.StringVarP(&in.filter.Email, "email", "e", "", "filter by email (case-insensitive substring match)")
	f.StringArrayVarP(&in.statuses, "status", "s", nil, "filter by status: active, invited or expired; can be repeated")
	f.IntVarP(&in.filter.Limit, "limit", "l", 50, "maximum number of results to return (1-100); with --all, of a page")
	f.StringVarP(&in.filter.Cursor, "cursor", "c", "", "pagination cursor for the next page")
	f.BoolVar(&in.all, "all", false, "read every page")
	command.TakesOneOf(f, "status", typed(statuses()))
	command.AddOutput(c, &in.output, view)
	return c
}

func (in *list) run(ctx context.Context, e *command.Env) (err error) {
	if in.filter.Limit < 1 || in.filter.Limit > 100 {
		return command.Usagef("Invalid value for '--limit': %d is not in the range 1 to 100", in.filter.Limit)
	}
	if in.filter.Statuses, err = chosen(in.statuses); err != nil {
		return err
	}
	out, err := command.Open(ctx, e, in.output, view())
	if err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	defer e.Streams.Progress("Fetching users")()
	if in.all {
		return command.Doing("list users", out.All(counted(e, c.AllUsers(ctx, in.filter))))
	}
	page, err := c.ListUsers(ctx, in.filter)
	if err != nil {
		return command.Doing("list users", err)
	}
	return out.List(page.Users, page.Pagination)
}

// chosen reads --status, repeated or with commas, into the API's values.
func chosen(given []string) (values []string, err error) {
	for _, s := range given {
		for one := range strings.SplitSeq(s, ",") {
			v, err := command.OneOf("--status", one, statuses())
			if err != nil {
				return nil, err
			}
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	return values, nil
}

// counted shows how far a long walk has come.
func counted(e *command.Env, users iter.Seq2[wire.User, error]) iter.Seq2[wire.User, error] {
	return func(yield func(wire.User, error) bool) {
		n := 0
		for u, err := range users {
			if n++; n%100 == 0 {
				e.Streams.Step("Fetching users (%d)", n)
			}
			if !yield(u, err) {
				return
			}
		}
	}
}
