package server

import (
	"context"
	"strconv"
	"time"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/server"
)

// A row is a letter in the list.
type row struct{ id, kind, state, to, due, attempts, trouble string }

func listLetters(ctx context.Context, e *command.Env, s *server.Server) error {
	const page = 500
	var rows []row
	for after := int64(0); ; {
		letters, err := s.Letters(ctx, after, page)
		if err != nil {
			return err
		}
		for _, l := range letters {
			after = l.Seq
			rows = append(rows, row{string(l.ID), string(l.Kind), string(l.State), l.To, moment(l.DueAt), strconv.Itoa(l.Attempts), l.LastError})
		}
		if len(letters) < page {
			break
		}
	}
	return term.Table(e.Streams, []term.Column[row]{
		{Name: "id", Cell: func(r row) string { return r.id }, ID: true},
		{Name: "kind", Cell: func(r row) string { return r.kind }, Drop: 3},
		{Name: "state", Cell: func(r row) string { return r.state }},
		{Name: "to", Cell: func(r row) string { return r.to }},
		{Name: "due_at", Cell: func(r row) string { return r.due }, Drop: 2},
		{Name: "attempts", Cell: func(r row) string { return r.attempts }, Drop: 1},
		{Name: "last_error", Cell: func(r row) string { return r.trouble }, Optional: true},
	}, rows)
}

func showLetter(ctx context.Context, e *command.Env, s *server.Server, id string) error {
	l, link, err := s.Letter(ctx, id)
	if err != nil {
		return err
	}
	if link == "" {
		link = "not kept any more"
	}
	return term.Panel(e.Streams, "Letter", []term.Field{
		{Name: "id", Value: string(l.ID)}, {Name: "kind", Value: string(l.Kind)}, {Name: "state", Value: string(l.State)},
		{Name: "to", Value: l.To}, {Name: "name", Value: l.ToName}, {Name: "from", Value: l.From},
		{Name: "created_at", Value: moment(l.CreatedAt)}, {Name: "due_at", Value: moment(l.DueAt)},
		{Name: "attempts", Value: strconv.Itoa(l.Attempts)}, {Name: "last_error", Value: l.LastError},
		{Name: "settled_at", Value: moment(l.SettledAt)}, {Name: "expires_at", Value: moment(l.ExpiresAt)},
		{Name: "link", Value: link},
	})
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}
