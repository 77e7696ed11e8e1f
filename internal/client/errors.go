package client

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ax/internal/wire"
)

// An Error is an answer that is not a success, or no answer of the API at all.
type Error struct {
	Status     int    // 0 when the answer was not understood
	Title      string // of the problem, or our words for what went wrong
	Detail     string // of the problem; may be empty
	Type       string
	Instance   string
	RequestID  string
	Fields     []wire.FieldError
	RetryAfter time.Duration
	Header     http.Header
	Body       []byte // as it came
}

func (e *Error) Error() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprint(e.Status))
	}
	parts = append(parts, e.Title)
	text := strings.Join(parts, " ")
	if e.Detail != "" {
		text += "; " + e.Detail
	}
	return text
}

// problem reads an error answer: a problem document, or whatever there is.
func problem(resp *http.Response, text []byte) error {
	e := &Error{
		Status: resp.StatusCode, Title: http.StatusText(resp.StatusCode),
		RequestID: resp.Header.Get("X-Request-Id"), Header: resp.Header, Body: text,
	}
	e.RetryAfter, _ = retryAfter(resp)
	var p wire.Problem
	if json.Unmarshal(text, &p) != nil {
		return e
	}
	if p.Title != "" {
		e.Title = p.Title
	}
	if p.RequestID != "" {
		e.RequestID = p.RequestID
	}
	e.Detail, e.Type, e.Instance, e.Fields = p.Detail, p.Type, p.Instance, p.Errors
	return e
}

// A NetworkError is a request without an answer. What became of it on the
// server is not known, unless Unsent is set.
type NetworkError struct {
	Unsent bool // surely never arrived
	err    error
}

func (e *NetworkError) Error() string { return reason(e.err) }

// Unwrap returns the cause.
func (e *NetworkError) Unwrap() error { return e.err }

func networkError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &NetworkError{Unsent: unsent(err), err: err}
}

// reason says in few words why there is no answer.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the server did not answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection without an answer"
	case errors.Is(err, http.ErrSchemeMismatch), notTLS(err):
		return "the server does not speak TLS there; if plain http is meant, say so with api_scheme in the profile, or ARIZE_API_SCHEME=http"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "there is no host " + dns.Name
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" && op.Addr != nil {
		return fmt.Sprintf("cannot connect to %s: %v", op.Addr, op.Err)
	}
	return err.Error()
}

func notTLS(err error) bool {
	_, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok
}

// unsent holds for a failure before the first byte of the request left.
func unsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}
