package audit

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/wire"
)

type list struct {
	filter            client.AuditFilter
	since, start, end string
	user              string
	follow            bool
	pages             command.PageFlags
	output            command.OutputFlags
}

func newList(e *command.Env) *cobra.Command {
	var in list
	c := &cobra.Command{
		Use:   "list",
		Short: "List who changed what, the newest first",
		Long: `List who changed what, the newest first; those of the last 30 days, unless times
are given. With --follow, show the latest ones and then each as it comes, until
Ctrl-C. Only administrators of the account see the log.`,
		Example: `  ax audit list --since 24h
  ax audit list --user jane@example.com --operation delete_user --all -o csv`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error { return in.run(c.Context(), e, c) },
	}
	in.pages.Add(c)
	f := c.Flags()
	f.StringVar(&in.user, "user", "", "only what this user did, by email or id")
	f.StringArrayVar(&in.filter.OperationNames, "operation", nil, "only this operation, like create_user; can be repeated")
	f.StringVar(&in.since, "since", "", "only what is younger, like 90m, 24h or 7d")
	f.StringVar(&in.start, "start-time", "", "only from this time on, like 2026-01-02T03:04:05Z or 2026-01-02")
	f.StringVar(&in.end, "end-time", "", "only up to this time")
	f.BoolVarP(&in.follow, "follow", "f", false, "go on and show entries as they come")
	command.AddOutput(c, &in.output, view)
	return c
}

func (in *list) run(ctx context.Context, e *command.Env, c *cobra.Command) (err error) {
	if err := command.NotEmpty(c, "user", "operation", "since", "start-time", "end-time"); err != nil {
		return err
	}
	if err := in.times(time.Now()); err != nil {
		return err
	}
	in.filter.Limit, in.filter.Cursor = in.pages.Limit, in.pages.Cursor
	if in.follow {
		return in.tail(ctx, e, c)
	}
	return command.Listing[wire.AuditLog]{
		Plural: "audit entries", View: view(),
		Page: func(ctx context.Context, c *client.Client) ([]wire.AuditLog, wire.Pagination, error) {
			if err := in.byUser(ctx, c); err != nil {
				return nil, wire.Pagination{}, err
			}
			l, err := c.ListAuditLogs(ctx, in.filter)
			return l.Logs, l.Pagination, err
		},
		All: func(ctx context.Context, c *client.Client) iter.Seq2[wire.AuditLog, error] {
			if err := in.byUser(ctx, c); err != nil {
				return func(yield func(wire.AuditLog, error) bool) { yield(wire.AuditLog{}, err) }
			}
			return c.AllAuditLogs(ctx, in.filter)
		},
	}.Run(ctx, e, in.pages, in.output)
}

// byUser finds whose entries are asked for.
func (in *list) byUser(ctx context.Context, c *client.Client) (err error) {
	if in.user != "" {
		in.filter.UserID, err = c.UserID(ctx, in.user)
	}
	return err
}

// times reads the options that say from when to when.
func (in *list) times(now time.Time) (err error) {
	if in.since != "" && in.start != "" {
		return command.Usagef("--since and --start-time exclude each other")
	}
	if in.since != "" {
		ago, err := age(in.since)
		if err != nil {
			return err
		}
		in.filter.Start = now.Add(-ago)
	}
	if in.start != "" {
		if in.filter.Start, err = command.Moment("--start-time", in.start); err != nil {
			return err
		}
	}
	if in.end != "" {
		if in.filter.End, err = command.Moment("--end-time", in.end); err != nil {
			return err
		}
	}
	if in.follow && (in.end != "" || in.pages.Cursor != "" || in.pages.All) {
		return command.Usagef("--follow goes on without an end; leave out --end-time, --cursor and --all")
	}
	return nil
}

func age(text string) (ago time.Duration, err error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		const most = 100_000
		n, bad := strconv.Atoi(days)
		if err = bad; n <= most {
			ago = time.Duration(n) * 24 * time.Hour
		}
	} else {
		ago, err = time.ParseDuration(text)
	}
	if err != nil || ago <= 0 {
		return 0, command.Usagef("Invalid value for '--since': %q is not a time like 90m, 24h or 7d", text)
	}
	return ago, nil
}
