package users

import (
	"context"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

type list struct {
	filter   client.UserFilter
	statuses []string // as given
	all      bool
	output   command.Output
}

func newList(e *command.Env) *cobra.Command {
	var in list
	c := &cobra.Command{
		Use:   "list",
		Short: "List users, optionally filtered by email or status",
		Example: `  ax users list
  ax users list --email "@example.com" --status active
  ax users list --output users.json`,
		Args: noArguments,
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
	in.output.Flag(c)
	return c
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return command.Usagef("Got unexpected extra argument %q", args[0])
	}
	return nil
}

func (in *list) run(ctx context.Context, e *command.Env) (err error) {
	if in.filter.Limit < 1 || in.filter.Limit > 100 {
		return command.Usagef("Invalid value for '--limit': %d is not in the range 1 to 100", in.filter.Limit)
	}
	if in.filter.Statuses, err = chosen(in.statuses); err != nil {
		return err
	}
	if err := in.output.Check(e); err != nil {
		return err
	}
	c, err := e.Client(ctx)
	if err != nil {
		return err
	}
	defer e.Streams.Progress("Fetching users")()
	if in.all {
		return command.Doing("list users", in.every(ctx, e, c))
	}
	page, err := c.ListUsers(ctx, in.filter)
	if err != nil {
		return command.Doing("list users", err)
	}
	if err := command.Show(e, in.output, listView(), page); err != nil {
		return err
	}
	sayMore(e, page.Pagination)
	return nil
}

// chosen reads --status, repeated or with commas, into the API's values.
func chosen(given []string) (values []string, err error) {
	for _, s := range given {
		for one := range strings.SplitSeq(s, ",") {
			v, err := oneOf("--status", one, statuses())
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

// sayMore tells, in every format, that the page is not the whole list.
func sayMore(e *command.Env, p wire.Pagination) {
	if !p.HasMore {
		return
	}
	e.Streams.Line("")
	if p.NextCursor == "" {
		e.Streams.Line("More items available, but the server gives no cursor to fetch them with.")
		return
	}
	e.Streams.Line("More items available. To fetch the next page, add:")
	e.Streams.Line("  --cursor %s", p.NextCursor)
}

func listView() command.View[wire.UserList] {
	return command.View[wire.UserList]{
		Table: func(s *term.Streams, l wire.UserList) error { return term.Table(s, columns(), l.Users) },
		CSV:   func(w io.Writer, l wire.UserList) error { return term.CSV(w, csvColumns(), l.Users, false) },
		JSON:  func(l wire.UserList) any { return l },
	}
}

// every reads all pages into one document. JSON and CSV are written as the
// pages come; only a table has to wait for its widths.
func (in *list) every(ctx context.Context, e *command.Env, c *client.Client) error {
	users := counted(e, c.AllUsers(ctx, in.filter))
	switch in.output.Format {
	case term.FormatJSON:
		return in.output.Emit(e, func(w io.Writer) error { return writeJSON(w, users) })
	case term.FormatCSV:
		return in.output.Emit(e, func(w io.Writer) error { return writeCSV(w, users) })
	case term.FormatTable, term.FormatParquet:
	}
	var all []wire.User
	for u, err := range users {
		if err != nil {
			return err
		}
		all = append(all, u)
	}
	return term.Table(e.Streams, columns(), all)
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

func writeJSON(w io.Writer, users iter.Seq2[wire.User, error]) error {
	l := term.NewJSONList(w, "users")
	for u, err := range users {
		if err != nil {
			return err
		}
		if err := l.Add(u); err != nil {
			return err
		}
	}
	return l.Close("pagination", wire.Pagination{})
}

func writeCSV(w io.Writer, users iter.Seq2[wire.User, error]) error {
	rows, err := term.NewCSV(w, csvColumns(), false)
	if err != nil {
		return err
	}
	for u, err := range users {
		if err != nil {
			return err
		}
		if err := rows.Write([]wire.User{u}); err != nil {
			return err
		}
	}
	return nil
}
