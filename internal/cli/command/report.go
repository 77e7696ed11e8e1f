package command

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/profile"
)

// Report writes an error to Err: one JSON object when JSON was chosen, else a
// line for people, a suggestion, and with --verbose all that the server said.
func (e *Env) Report(err error) {
	switch {
	case errors.Is(err, ErrIncomplete), errors.Is(err, ErrDeclined), errors.Is(err, ErrNoCommand):
		return // said already
	case e.JSON:
		if term.JSON(e.Streams.Err, jsonError(err)) == nil {
			return
		}
	}
	if ExitCode(err) == ExitInterrupted {
		e.Streams.Line("")
		e.Streams.Warn("Operation cancelled by user")
		return
	}
	if u, ok := errors.AsType[*UsageError](err); ok {
		e.Streams.Problem("Error: %s", u.Text)
		e.Streams.Line("  Try '%s --help'.", u.Command)
		return
	}
	e.Streams.Problem("Error: %s", term.Verbatim(lines(said(err))))
	if hint := suggestion(err); hint != "" {
		e.Streams.Line("")
		e.Streams.Line("  Suggestion: %s", hint)
	}
	e.technical(err)
}

// technical is what --verbose adds, or the way to it.
func (e *Env) technical(err error) {
	p, ok := errors.AsType[*client.Error](err)
	if !ok {
		return
	}
	if !e.Verbose {
		e.Streams.Line("  Run with --verbose for technical details.")
		return
	}
	e.Streams.Line("")
	e.Streams.Line("HTTP Response:")
	for _, f := range [][2]string{
		{"Status", fmt.Sprint(p.Status)},
		{"Title", p.Title}, {"Detail", p.Detail}, {"Type", p.Type}, {"Instance", p.Instance}, {"Request id", p.RequestID},
		{"Retry-After", p.Header.Get("Retry-After")}, {"Content-Type", p.Header.Get("Content-Type")},
	} {
		if f[1] != "" {
			e.Streams.Line("  %s: %s", f[0], f[1])
		}
	}
	const shown = 1000
	e.Streams.Line("Raw Response Body:")
	e.Streams.Line("%s", string(p.Body[:min(len(p.Body), shown)]))
}

// said is an error in the words of the CLI: the status and its name, then the
// server's detail.
func said(err error) string {
	p, ok := errors.AsType[*client.Error](err)
	if !ok || p.Status == 0 {
		return err.Error()
	}
	text := fmt.Sprintf("%d %s", p.Status, statusName(p))
	if p.Detail != "" {
		text += "; " + p.Detail
	}
	return text
}

func statusName(p *client.Error) string {
	if name := http.StatusText(p.Status); name != "" {
		return name
	}
	return p.Title
}

// lines makes a message of ours harmless, but keeps its line breaks.
func lines(text string) string {
	parts := strings.Split(text, "\n")
	for i := range parts {
		parts[i] = term.Literal(parts[i])
	}
	return strings.Join(parts, "\n")
}

func suggestion(err error) string {
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

// errorBody is an error for programs.
type errorBody struct {
	Status    int    `json:"status,omitempty"`
	Title     string `json:"title"`
	Detail    string `json:"detail,omitempty"`
	Type      string `json:"type,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	ExitCode  int    `json:"exit_code"`
	Hint      string `json:"hint,omitempty"`
}

func jsonError(err error) any {
	b := errorBody{Title: err.Error(), ExitCode: ExitCode(err), Hint: suggestion(err)}
	if p, ok := errors.AsType[*client.Error](err); ok {
		b.Status, b.Title, b.Detail, b.Type, b.RequestID = p.Status, p.Title, p.Detail, p.Type, p.RequestID
	}
	if b.ExitCode == ExitInterrupted {
		b.Title = "Operation cancelled by user"
	}
	return struct {
		Error errorBody `json:"error"`
	}{b}
}
