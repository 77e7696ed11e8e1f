package users

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
)

// The statuses of rows besides those of a deletion.
const (
	begun         = "begun"   // in the file of results only: perhaps sent
	unknown       = "unknown" // no answer
	created       = "created"
	invited       = "already_invited"
	active        = "already_active"
	differs       = "differs"
	lostPassword  = "password_lost"
	updated       = "updated"
	unchanged     = "unchanged"
	resent        = "sent"
	expired       = "expired"
	isNew         = "new"   // of a dry run
	isThere       = "found" // of a dry run
	notBegunLabel = "not begun"
)

// statuses are all that a row of the results may have, in the order in which
// they are counted.
func (v *verb) statuses() []string {
	return slices.Concat(v.planned, v.done, v.closed, []string{differs, expired, notFound, failed, unknown, begun})
}

// fine says whether nothing is left to do about an item.
func (b *batch) fine(i *item) bool {
	return slices.Contains(b.verb.done, i.status) || b.journal == nil && slices.Contains(b.verb.planned, i.status)
}

// A rowResult is what became of a row, as it is shown and as the file of
// results has it.
type rowResult struct {
	Line     int    `json:"line"`
	Email    string `json:"email,omitempty"`
	UserID   string `json:"user_id,omitempty"`
	Status   string `json:"status"`
	Password string `json:"temporary_password,omitempty"`
	Error    string `json:"error,omitempty"`
}

func (i *item) result() rowResult {
	return rowResult{i.line, i.email, cmp.Or(i.userID, i.id), i.status, i.password, i.problem}
}

// told are the items that there is something to tell of.
func told(items []*item) (all []rowResult) {
	for _, i := range items {
		if i.status != "" {
			all = append(all, i.result())
		}
	}
	return all
}

// rowResults is how results are shown.
func rowResults() command.View[rowResult] { return rowsView(nil) }

// rowsView has the ids of what is done for --quiet.
func rowsView(done []string) command.View[rowResult] {
	return command.View[rowResult]{
		Title: "Result", Key: "results",
		Columns: []term.Column[rowResult]{
			{Name: "line", Cell: func(r rowResult) string { return strconv.Itoa(r.Line) }, Kind: term.Int},
			{Name: "email", Cell: func(r rowResult) string { return r.Email }},
			{Name: "user_id", Cell: func(r rowResult) string { return r.UserID }, ID: true},
			{Name: "status", Cell: func(r rowResult) string { return r.Status }},
			{Name: "temporary_password", Cell: func(r rowResult) string { return r.Password }, Optional: true},
			{Name: "error", Cell: func(r rowResult) string { return r.Error }, Optional: true},
		},
		Quiet: func(r rowResult) string {
			if !slices.Contains(done, r.Status) {
				return ""
			}
			return r.UserID
		},
	}
}

// report ends a run: the file is put in order, the rows are shown, and what
// became of how many is told.
func (b *batch) report(ctx context.Context, out *command.Output[rowResult]) error {
	for _, i := range b.items {
		i.problem = b.env.Redact(i.problem)
		i.restore()
	}
	var unkept error
	if b.journal != nil {
		unkept = b.journal.finish(b.items)
	}
	summary, left := b.summary()
	if err := out.Results(told(b.items)); err != nil {
		return &command.PartialError{Done: summary + b.passwords() + "\nThe rows could not be shown", Err: err}
	}
	switch {
	case unkept != nil:
		return &command.PartialError{Done: summary + b.passwords() + "\nThe results could not be kept", Err: unkept}
	case ctx.Err() != nil:
		return &command.PartialError{Done: summary, Err: context.Cause(ctx)}
	case left > 0:
		return &command.PartialError{Done: summary, Err: b.reason()}
	}
	b.say(summary)
	return nil
}

// restore gives an item whose turn did not come the outcome of the run before.
func (i *item) restore() {
	switch {
	case i.status != "":
	case i.before != nil && i.before.Status != begun:
		i.isNot(i.before.Status, i.before.Error)
	case i.sent:
		i.isNot(unknown, "it is not known whether it was done")
	}
}

// say tells of a run in which all went well. With --quiet it tells of passwords
// only: nobody may miss them.
func (b *batch) say(summary string) {
	lines := strings.Split(summary, "\n")
	for n := range lines {
		lines[n] = term.Literal(lines[n])
	}
	b.env.Streams.Success("%s", term.Verbatim(strings.Join(lines, "\n")))
	if b.env.Streams.Silent && b.secrets() && b.journal != nil {
		b.env.Warn("The temporary passwords are in %s", b.journal.path)
	}
}

func (b *batch) secrets() bool {
	return slices.ContainsFunc(b.items, func(i *item) bool { return i.password != "" })
}

// reason is why a run was given up, or the failure that a better key would
// cure; nil for failures that the rows tell.
func (b *batch) reason() error {
	if err := b.stopped.Load(); err != nil {
		return *err
	}
	return nil
}

// summary says what became of how many rows, and where to read it.
func (b *batch) summary() (text string, left int) {
	counts := map[string]int{}
	for _, i := range b.items {
		counts[cmp.Or(i.status, notBegunLabel)]++
		if !b.fine(i) {
			left++
		}
	}
	lines := []string{b.headline(left)}
	for _, status := range append(b.verb.statuses(), notBegunLabel) {
		if n := counts[status]; n > 0 {
			lines = append(lines, fmt.Sprintf("  %s: %d", strings.ReplaceAll(status, "_", " "), n))
			delete(counts, status)
		}
	}
	return strings.Join(append(lines, b.whereResultsAre(left)...), "\n"), left
}

func (b *batch) headline(left int) string {
	all := len(b.items)
	switch {
	case b.journal == nil && left == 0:
		return fmt.Sprintf("Nothing was done. All of the %d row(s) can be.", all)
	case b.journal == nil:
		return fmt.Sprintf("Nothing was done. %d of %d row(s) cannot be, as they are.", left, all)
	case left == 0:
		return fmt.Sprintf("All of the %d row(s) are done.", all)
	}
	return fmt.Sprintf("%d of %d row(s) are not done.", left, all)
}

func (b *batch) whereResultsAre(left int) (lines []string) {
	if b.journal == nil || b.journal.failed() != nil {
		return nil
	}
	secrets := ""
	if b.secrets() {
		secrets = ", with the temporary passwords"
	}
	lines = append(lines, "The results are in "+b.journal.path+secrets+".")
	if left > 0 {
		lines = append(lines, "To go on: "+b.from.again(b.journal.path))
	}
	return lines
}

// passwords are those that could not be kept. Nobody else will ever know them.
func (b *batch) passwords() string {
	var lines strings.Builder
	for _, i := range b.items {
		if i.password != "" && !i.kept {
			lines.WriteString("\nThe temporary password of " + i.email + " is: " + i.password)
		}
	}
	return lines.String()
}
