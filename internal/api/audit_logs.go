package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"ax/internal/directory"
	"ax/internal/wire"
)

func auditLogOperations() []operation {
	return []operation{{
		id: "list_audit_logs", method: http.MethodGet, pattern: "/v2/audit-logs", do: listAuditLogs, repeated: []string{"operation_name"},
		params: []string{"limit", "cursor", "start_time", "end_time", "user_id", "operation_type", "operation_name"},
	}}
}

func listAuditLogs(c *call) (answer, error) {
	in, err := listEntriesFrom(c.query)
	if err != nil {
		return answer{}, err
	}
	kind, err := oneOf(c.query, "operation_type", operationTypes())
	if err != nil {
		return answer{}, err
	}
	page, err := c.api.Directory.AuditLog(c.Context(), c.actor, in)
	if kind != "" && kind != wire.OperationTypeMutation { // reads leave no entry
		page = directory.Page[directory.Entry]{}
	}
	return answer{status: http.StatusOK, body: wire.AuditLogList{Logs: each(page.Items, auditLogOnWire), Pagination: pagination(page.Next)}}, err
}

func operationTypes() []wire.OperationType {
	return []wire.OperationType{wire.OperationTypeQuery, wire.OperationTypeMutation, wire.OperationTypeSubscription}
}

func listEntriesFrom(q url.Values) (in directory.ListEntries, err error) {
	if in.Limit, in.Cursor, err = pageParams(q); err != nil {
		return in, err
	}
	for name, to := range map[string]*time.Time{"start_time": &in.From, "end_time": &in.To} {
		if !q.Has(name) {
			continue
		}
		if *to, err = timeFrom(q.Get(name)); err != nil {
			return in, badRequest("%s: must be a time like 2026-01-02T03:04:05Z.", name)
		}
	}
	who, err := userFilter(q)
	if err != nil {
		return in, err
	}
	in.ActorID, in.Operations = string(who), q["operation_name"]
	const names, characters = 20, 255
	if len(in.Operations) > names {
		return in, badRequest("operation_name: give it at most %d times.", names)
	}
	for _, name := range in.Operations {
		if name == "" || utf8.RuneCountInString(name) > characters {
			return in, badRequest("operation_name: must have 1 to %d characters.", characters)
		}
	}
	return in, nil
}

// timeFrom reads a time of a request: RFC 3339, also with an offset without a
// colon, as clients in Python send it, or without any, which is UTC.
func timeFrom(s string) (t time.Time, err error) {
	s = upper(s)
	if day := len(time.DateOnly); len(s) > day && s[day] == ' ' {
		s = s[:day] + "T" + s[day+1:]
	}
	const fraction = 9
	_, behind, _ := strings.Cut(s, ".")
	if digits := len(behind) - len(strings.TrimLeft(behind, "0123456789")); digits > fraction || strings.Contains(s, ",") {
		return t, errors.New("more than nine digits, or a comma")
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05"} {
		if t, err = time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Microsecond), nil
		}
	}
	return t, err
}

func auditLogOnWire(e directory.Entry) wire.AuditLog {
	return wire.AuditLog{
		ID: e.ID, UserID: e.ActorID, IP: e.Address, OperationType: wire.OperationTypeMutation, OperationName: e.Operation,
		Variables: variables(e), CreatedAt: timestamp(e.At),
	}
}

// variables is what else an entry knows, as a JSON text.
func variables(e directory.Entry) string {
	text, err := encode(struct {
		Subject    string          `json:"subject,omitempty"`
		Actor      string          `json:"actor,omitempty"`
		Via        directory.Via   `json:"via"`
		Credential string          `json:"credential,omitempty"`
		RequestID  string          `json:"request_id,omitempty"`
		Changes    json.RawMessage `json:"changes"`
	}{e.Subject, e.Actor, e.Via, e.Credential, e.RequestID, json.RawMessage(e.Changes)})
	if err != nil { // the changes were encoded here
		return ""
	}
	return string(text[:len(text)-1])
}
