package audit

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/wire"
)

// pollEvery is how long an entry may stay unseen; overlap is how much later
// than one of another server it may become visible.
const (
	pollEvery = time.Second
	overlap   = time.Minute
)

// tail shows the latest entries, the oldest first, and then what comes. A
// document has an end, so there are lines only: for people, or JSON.
func (in *list) tail(ctx context.Context, e *command.Env, c *cobra.Command) error {
	show, err := in.line(e, c.Flag("output").Value.String())
	if err != nil {
		return err
	}
	cl, err := e.Client(ctx)
	if err != nil {
		return err
	}
	if err := in.byUser(ctx, cl); err != nil {
		return command.Doing("list audit entries", err)
	}
	page, err := cl.ListAuditLogs(ctx, in.filter)
	if err != nil {
		return command.Doing("list audit entries", err)
	}
	fresh, oldest := slices.Clone(page.Logs), ""
	if page.Pagination.HasMore && len(fresh) > 0 {
		oldest = fresh[len(fresh)-1].ID
	}
	slices.Reverse(fresh)
	in.filter.Limit = 100 // the fewest requests
	for seen := map[string]bool{}; ; oldest = "" {
		for _, l := range fresh {
			seen[l.ID] = true
			if err := show(l); err != nil {
				return err
			}
		}
		if len(fresh) > 0 {
			in.from(fresh[len(fresh)-1])
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
		if fresh, err = in.fresh(ctx, cl, seen, oldest); err != nil {
			return command.Doing("list audit entries", err)
		}
	}
}

// from asks for what is not much older than the last one that was shown.
func (in *list) from(last wire.AuditLog) {
	if at, err := time.Parse(time.RFC3339, last.CreatedAt); err == nil {
		in.filter.Start = at.Add(-overlap)
	}
}

// fresh reads the entries that were not seen, the oldest first, and forgets
// those that it will not meet again. What comes behind the one named oldest was
// there before anything was shown, and is not news.
func (in *list) fresh(ctx context.Context, c *client.Client, seen map[string]bool, oldest string) (fresh []wire.AuditLog, err error) {
	met, old := map[string]bool{}, false
	for l, err := range c.AllAuditLogs(ctx, in.filter) {
		if err != nil {
			return nil, err
		}
		if !seen[l.ID] && !met[l.ID] && !old { // one can be on two pages when others come meanwhile
			fresh = append(fresh, l)
		}
		met[l.ID] = true
		seen[l.ID] = seen[l.ID] || old
		old = old || l.ID == oldest
	}
	for id := range seen {
		if !met[id] && !in.filter.Start.IsZero() {
			delete(seen, id)
		}
	}
	slices.Reverse(fresh)
	return fresh, nil
}

// line is how an entry is shown at once.
func (in *list) line(e *command.Env, output string) (func(wire.AuditLog) error, error) {
	switch output {
	case "jsonl":
		return func(l wire.AuditLog) error {
			text, err := json.Marshal(l)
			if err != nil {
				return err
			}
			return e.Streams.Print("%s\n", term.Verbatim(string(text)))
		}, nil
	case "", "table":
		at := command.Time("", 0, func(l wire.AuditLog) string { return l.CreatedAt })
		return func(l wire.AuditLog) error {
			return e.Streams.Print("%s  %s  %s  %s  %s\n", at.Short(l), l.OperationName, who(l), l.IP, what(l))
		}, nil
	}
	return nil, command.Usagef("Invalid value for '--output': with --follow it is table or jsonl, which need no end")
}
