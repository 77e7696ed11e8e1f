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
	pages    command.PageFlags
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
		RunE: func(c *cobra.Command, _ []string) error { return in.run(c.Context(), e) },
	}
	in.pages.Add(c)
	f := c.Flags()
	f.StringVarP(&in.filter.Email, "email", "e", "", "filter by email (case-insensitive substring match)")
	f.StringArrayVarP(&in.statuses, "status", "s", nil, "filter by status: active, invited or expired; can be repeated")
	command.TakesOneOf(f, "status", command.Typed(statuses()))
	command.AddOutput(c, &in.output, view)
	return c
}

func (in *list) run(ctx context.Context, e *command.Env) (err error) {
	if in.filter.Statuses, err = chosen(in.statuses); err != nil {
		return err
	}
	in.filter.Limit, in.filter.Cursor = in.pages.Limit, in.pages.Cursor
	return command.Listing[wire.User]{
		Plural: "users", View: view(),
		Page: func(ctx context.Context, c *client.Client) ([]wire.User, wire.Pagination, error) {
			l, err := c.ListUsers(ctx, in.filter)
			return l.Users, l.Pagination, err
		},
		All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.User, error] {
			return c.AllUsers(ctx, in.filter)
		},
	}.Run(ctx, e, in.pages, in.output)
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
