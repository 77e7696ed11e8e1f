package client

import (
	"context"
	"iter"
	"time"

	"ax/internal/wire"
)

// An AuditFilter says what of the audit log to list; the zero one is the
// last 30 days.
type AuditFilter struct {
	Start, End     time.Time // both included; zero for the server's
	UserID         string
	OperationType  string // QUERY, MUTATION or SUBSCRIPTION
	OperationNames []string
	Limit          int // of a page; 0 for the server's
	Cursor         string
}

// ListAuditLogs returns one page, the newest first.
func (c *Client) ListAuditLogs(ctx context.Context, f AuditFilter) (wire.AuditLogList, error) {
	q := paged(f.Limit, f.Cursor).with("start_time", moment(f.Start)).with("end_time", moment(f.End)).
		with("user_id", f.UserID).with("operation_type", f.OperationType).with("operation_name", f.OperationNames...)
	return list(ctx, c, "/v2/audit-logs", q, "the audit log", func(l wire.AuditLogList) []wire.AuditLog { return l.Logs })
}

// AllAuditLogs walks over every page. It stops at the first error.
func (c *Client) AllAuditLogs(ctx context.Context, f AuditFilter) iter.Seq2[wire.AuditLog, error] {
	return pages(f.Cursor, "entries", func(cursor string) ([]wire.AuditLog, wire.Pagination, error) {
		f.Cursor = cursor
		page, err := c.ListAuditLogs(ctx, f)
		return page.Logs, page.Pagination, err
	})
}

// moment is a time as a server reads it; empty for the zero one.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z")
}
