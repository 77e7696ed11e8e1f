package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"ax/internal/directory"
	"ax/internal/serve"
	"ax/internal/wire"
)

// A fault is an error that the protocol makes, not the directory.
type fault struct {
	status int
	detail string
	fields []directory.Fault
	keys   bool  // what is wrong is how the key was sent
	cause  error // the directory's, where its status is another here
}

func (f *fault) Error() string { return f.detail }

func (f *fault) Unwrap() error { return f.cause }

// kinds maps the directory's failures to statuses.
func statusOf(k directory.Kind) int {
	switch k {
	case directory.Malformed:
		return http.StatusBadRequest
	case directory.Invalid:
		return http.StatusUnprocessableEntity
	case directory.Unauthenticated:
		return http.StatusUnauthorized
	case directory.Forbidden:
		return http.StatusForbidden
	case directory.NotFound:
		return http.StatusNotFound
	case directory.Conflict:
		return http.StatusConflict
	case directory.Gone:
		return http.StatusGone
	case directory.TooMany:
		return http.StatusTooManyRequests
	case directory.Unavailable:
		return http.StatusServiceUnavailable
	case directory.Internal:
	}
	return http.StatusInternalServerError
}

// titles are the words of the documented API, and the fragments of its types.
func titleOf(status int) (title, fragment string) {
	switch status {
	case http.StatusBadRequest:
		return "Invalid request parameters", "invalid-request"
	case http.StatusUnauthorized:
		return "Authentication required", "authentication-required"
	case http.StatusForbidden:
		return "Access forbidden", "access-forbidden"
	case http.StatusNotFound:
		return "Resource not found", "resource-not-found"
	case http.StatusMethodNotAllowed:
		return "Method not allowed", "method-not-allowed"
	case http.StatusConflict:
		return "Resource conflict", "resource-conflict"
	case http.StatusRequestEntityTooLarge:
		return "Request body too large", "content-too-large"
	case http.StatusUnsupportedMediaType:
		return "Unsupported media type", "unsupported-media-type"
	case http.StatusUnprocessableEntity:
		return "Unprocessable Entity", "unprocessable-entity"
	case http.StatusRequestHeaderFieldsTooLarge:
		return "Request header fields too large", "header-fields-too-large"
	case http.StatusTooManyRequests:
		return "Rate limit exceeded", "rate-limit-exceeded"
	case http.StatusServiceUnavailable:
		return "Service unavailable", "service-unavailable"
	}
	return "Internal server error", "internal-error"
}

// problem renders an error (RFC 9457). It is the only place that does: what
// is not meant for clients is logged and becomes a bare 500.
func (a *API) problem(w http.ResponseWriter, r *http.Request, err error) {
	f := faultOf(err)
	if f.status == http.StatusInternalServerError || directory.HasCause(err) {
		a.Log.ErrorContext(r.Context(), "request failed", "request_id", serve.RequestID(r), "route", r.Pattern, "err", err)
	}
	challenge(w.Header(), f, err)
	if f.status == http.StatusServiceUnavailable || f.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter(err)))
	}
	title, fragment := titleOf(f.status)
	body := wire.Problem{
		Type: "/errors#" + fragment, Title: title, Status: f.status, Detail: f.detail,
		Instance: "urn:request:" + serve.RequestID(r), RequestID: serve.RequestID(r),
	}
	for _, field := range f.fields {
		body.Errors = append(body.Errors, wire.FieldError{Field: field.Field, Detail: field.Detail})
	}
	a.send(w, r, answer{status: f.status, body: body, contentType: "application/problem+json"})
}

func faultOf(err error) *fault {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	if e, ok := errors.AsType[*directory.Error](err); ok && e.Kind != directory.Internal {
		return &fault{status: statusOf(e.Kind), detail: e.Detail, fields: e.Fields}
	}
	return errInternal()
}

// retryAfter is in whole seconds, at least one.
func retryAfter(err error) int {
	e, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return 1
	}
	return max(1, int(e.RetryAfter/time.Second))
}

// challenge says how to authenticate (RFC 6750, section 3).
func challenge(h http.Header, f *fault, err error) {
	switch {
	case f.status == http.StatusForbidden:
		h.Set("WWW-Authenticate", `Bearer realm="ax", error="insufficient_scope"`)
	case f.keys:
		h.Set("WWW-Authenticate", `Bearer realm="ax", error="invalid_request"`)
	case f.status != http.StatusUnauthorized:
	case directory.KindOf(err) == directory.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="ax", error="invalid_token"`)
	default:
		h.Set("WWW-Authenticate", `Bearer realm="ax"`)
	}
}

func badRequest(format string, args ...any) *fault {
	return &fault{status: http.StatusBadRequest, detail: fmt.Sprintf(format, args...)}
}

func errNoKey() *fault {
	return &fault{status: http.StatusUnauthorized, detail: "Send an API key in the header `Authorization: Bearer <key>`."}
}

func errTwoKeys() *fault {
	return &fault{status: http.StatusBadRequest, detail: "Authorization: send the header once.", keys: true}
}

func errNoSuchPath() *fault {
	return &fault{status: http.StatusNotFound, detail: "There is nothing at this path; /openapi.yaml lists what there is."}
}

func errMethod(method, allow string) *fault {
	return &fault{status: http.StatusMethodNotAllowed, detail: fmt.Sprintf("%.20q is not possible here; this path takes %s.", method, allow)}
}

func errHeaderTooLarge() *fault {
	return &fault{status: http.StatusRequestHeaderFieldsTooLarge, detail: "The headers of a request may take 32 KiB together."}
}

func errBodyTooLarge() *fault {
	return &fault{status: http.StatusRequestEntityTooLarge, detail: "The body of a request may take 1 MiB."}
}

func errMediaType() *fault {
	return &fault{status: http.StatusUnsupportedMediaType, detail: "Send the body as UTF-8 JSON with the header `Content-Type: application/json`."}
}

func errContentEncoding() *fault {
	return &fault{status: http.StatusUnsupportedMediaType, detail: "Content-Encoding: send the body as it is, not compressed."}
}

func errInternal() *fault {
	return &fault{status: http.StatusInternalServerError, detail: "The server failed; nothing was changed. Tell its operator the request id."}
}

func errNotReady() *fault {
	return &fault{status: http.StatusServiceUnavailable, detail: "The server cannot serve requests now."}
}
