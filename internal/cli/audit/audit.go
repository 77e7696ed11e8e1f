// Package audit has the commands of `ax audit`.
package audit

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
	"ax/internal/wire"
)

// New returns the group.
func New(e *command.Env) *cobra.Command {
	c := &cobra.Command{
		Use:     "audit",
		Short:   "See who changed what",
		Example: "  ax audit list --since 24h",
	}
	c.AddCommand(newList(e))
	return c
}

// The rest of an entry is a JSON text, for programs as it came. People see who
// it was, and what is different now.
func view() command.View[wire.AuditLog] {
	return command.View[wire.AuditLog]{
		Key: "logs",
		Columns: []term.Column[wire.AuditLog]{
			{Name: "id", Cell: func(l wire.AuditLog) string { return l.ID }, ID: true, Drop: 1},
			{Name: "user_id", Cell: func(l wire.AuditLog) string { return l.UserID }, Short: who, Drop: 5},
			{Name: "ip", Cell: func(l wire.AuditLog) string { return l.IP }, Drop: 3},
			{Name: "operation_type", Cell: func(l wire.AuditLog) string { return string(l.OperationType) }, Drop: 2},
			{Name: "operation_name", Cell: func(l wire.AuditLog) string { return l.OperationName }},
			{Name: "operation_text", Cell: func(l wire.AuditLog) string { return l.OperationText }, Optional: true, Drop: 2},
			{Name: "variables", Cell: func(l wire.AuditLog) string { return l.Variables }, Short: what, Drop: 4},
			command.Time("created_at", 6, func(l wire.AuditLog) string { return l.CreatedAt }),
		},
	}
}

// An entry is what our server writes into variables. Another's is shown as it is.
type entry struct {
	Subject string `json:"subject"`
	Actor   string `json:"actor"`
	Changes []struct {
		Field string          `json:"field"`
		To    json.RawMessage `json:"to"`
	} `json:"changes"`
}

func read(l wire.AuditLog) (e entry, ok bool) {
	return e, json.Unmarshal([]byte(l.Variables), &e) == nil
}

// who acted: the address, or whatever else there is.
func who(l wire.AuditLog) string {
	e, _ := read(l)
	return cmp.Or(e.Actor, l.UserID)
}

// what became different: the names of the fields, or why it was refused.
func what(l wire.AuditLog) string {
	e, ok := read(l)
	if !ok {
		return l.Variables
	}
	var fields []string
	for _, c := range e.Changes {
		var reason string
		if c.Field == "denied" && json.Unmarshal(c.To, &reason) == nil {
			return "denied: " + reason
		}
		fields = append(fields, c.Field)
	}
	return strings.TrimSpace(e.Subject + " " + strings.Join(fields, ", "))
}
