package command

import (
	"errors"
	"net/http"

	"ax/internal/client"
	"ax/internal/profile"
)

// suggestion is what a person could do about an error, or "".
func suggestion(err error) string {
	if u, ok := errors.AsType[*UsageError](err); ok {
		return u.hint()
	}
	if e, ok := errors.AsType[*profile.Error](err); ok {
		return e.Hint
	}
	p, ok := errors.AsType[*client.Error](err)
	if !ok {
		return ""
	}
	switch p.Status {
	case http.StatusBadRequest:
		return "Check your input parameters and try again."
	case http.StatusUnauthorized:
		return "Authentication failed. If your profile uses OAuth, run 'ax auth login'. If it uses an API key, run 'ax profiles create' or 'ax profiles update'."
	case http.StatusForbidden:
		return "You don't have permission. Check your API key or space access."
	case http.StatusNotFound:
		return "Resource not found. Verify the ID exists using the list command."
	case http.StatusConflict:
		return "Resource already exists. Choose a different name or use the list command."
	case http.StatusUnprocessableEntity:
		return "Validation failed. Check the error details for specific field issues."
	case http.StatusTooManyRequests:
		return "Rate limit exceeded. Wait a moment and try again."
	case http.StatusInternalServerError:
		return "Server error. Try again later or contact support if the issue persists."
	case http.StatusBadGateway:
		return "Bad gateway. The server is temporarily unavailable. Try again later."
	case http.StatusServiceUnavailable:
		return "Service unavailable. The server is temporarily down. Try again later."
	case http.StatusGatewayTimeout:
		return "Gateway timeout. The server took too long to respond. Try again later."
	}
	return ""
}
