package command

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"

	"ax/internal/cli/term"
	"ax/internal/client"
)

// Warn says that something needs attention. When JSON was chosen it waits for
// Report: a failure's JSON object must stand alone on Err.
func (e *Env) Warn(format string, args ...any) {
	if e.JSON {
		e.held = append(e.held, fmt.Sprintf(format, args...))
		return
	}
	e.Streams.Warn(format, args...)
}

// Report ends a command: it writes its error to Err, one JSON object when JSON
// was chosen, else a line for people, a suggestion, and with --verbose all
// that the server said. A nil error only lets go of warnings that waited.
func (e *Env) Report(err error) {
	switch {
	case err == nil:
		e.release()
		return
	case errors.Is(err, ErrNoCommand), errors.Is(err, ErrNo), readerLeft(err):
		return
	case e.JSON:
		if term.JSON(e.Streams.Err, e.jsonError(err)) == nil {
			return
		}
	}
	e.tell(err)
}

// release says what waited for the end.
func (e *Env) release() {
	for _, text := range e.held {
		e.Streams.Warn("%s", text)
	}
	if e.saved != "" {
		e.Streams.Success("Saved to %s", e.saved)
	}
}

// readerLeft holds when nobody reads stdout any more, as in `ax … | head`.
// That is no news to anyone, unless something was done.
func readerLeft(err error) bool {
	out, ok := errors.AsType[*term.OutputError](err)
	_, partial := errors.AsType[*PartialError](err)
	return ok && !partial && errors.Is(out, syscall.EPIPE)
}

const cancelled = "Operation cancelled by user"

// tell writes an error for people.
func (e *Env) tell(err error) {
	if ExitCode(err) == ExitInterrupted {
		e.Streams.Line("")
		if partial, ok := errors.AsType[*PartialError](err); ok {
			e.Streams.Problem("%s", term.Verbatim(literalLines(partial.Done)))
		}
		e.Streams.Warn("%s", cancelled)
		return
	}
	if d, ok := errors.AsType[*DeclinedError](err); ok {
		e.Streams.Notice("%s", d.Text)
		return
	}
	if u, ok := errors.AsType[*UsageError](err); ok {
		e.Streams.Problem("Error: %s", term.Verbatim(literalLines(u.Text)))
		e.Streams.Line("  %s", u.hint())
		return
	}
	e.Streams.Problem("%s", term.Verbatim(e.Redact(said(err))))
	if hint := suggestion(err); hint != "" {
		e.Streams.Line("")
		e.Streams.Line("  Suggestion: %s", hint)
	}
	e.technical(err)
}

// Redact takes the API key out of a text, as a server may have echoed it.
// Anything shorter is no secret, and would take words apart.
func (e *Env) Redact(text string) string {
	const least = 8
	if len(e.Secret) < least {
		return text
	}
	return strings.ReplaceAll(text, e.Secret, "[redacted]")
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
	status := ""
	if p.Status != 0 {
		status = fmt.Sprint(p.Status)
	}
	e.Streams.Line("")
	e.Streams.Line("HTTP Response:")
	e.fields([][2]string{
		{"Status", status}, {"Title", p.Title}, {"Detail", p.Detail}, {"Type", p.Type}, {"Instance", p.Instance},
		{"Request id", p.RequestID}, {"Retry-After", p.Header.Get("Retry-After")}, {"Content-Type", p.Header.Get("Content-Type")},
	})
	for _, f := range p.Fields {
		e.fields([][2]string{{"Error in " + f.Field, f.Detail}})
	}
	const shown = 1000
	e.fields([][2]string{{"Raw Response Body", string(p.Body[:min(len(p.Body), shown)])}})
}

func (e *Env) fields(all [][2]string) {
	for _, f := range all {
		if f[1] != "" {
			e.Streams.Line("  %s: %s", e.Redact(f[0]), e.Redact(f[1]))
		}
	}
}

// said is an error in the words of the CLI, harmless and ready to print: what
// was done nevertheless, then the status and its name with the server's
// detail, or our own words, which may have several lines.
func said(err error) string {
	if partial, ok := errors.AsType[*PartialError](err); ok {
		if partial.Err == nil {
			return literalLines(partial.Done)
		}
		return "Error: " + literalLines(partial.Done) + ": " + strings.TrimPrefix(said(partial.Err), "Error: ")
	}
	p, ok := errors.AsType[*client.Error](err)
	switch {
	case ok && p.Status != 0:
		text := fmt.Sprintf("Error: %d %s", p.Status, statusName(p))
		if p.Detail != "" {
			text += "; " + p.Detail
		}
		return term.Literal(text)
	case ok:
		return term.Literal("Error: " + err.Error())
	}
	return "Error: " + literalLines(ours(err))
}

// ours is an error that no server wrote. That a user was not found says it
// all, whatever was to be done with them.
func ours(err error) string {
	if doing, ok := errors.AsType[*DoingError](err); ok && errors.Is(err, client.ErrNotFound) {
		err = doing.Err
	}
	return err.Error()
}

func statusName(p *client.Error) string {
	if name := http.StatusText(p.Status); name != "" {
		return name
	}
	return p.Title
}

// literalLines makes a message of ours harmless, but keeps its line breaks.
func literalLines(text string) string {
	parts := strings.Split(text, "\n")
	for i := range parts {
		parts[i] = term.Literal(parts[i])
	}
	return strings.Join(parts, "\n")
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

func (e *Env) jsonError(err error) any {
	b := errorBody{Title: ours(err), ExitCode: ExitCode(err), Hint: suggestion(err)}
	p, api := errors.AsType[*client.Error](err)
	if api {
		b.Status, b.Title, b.Detail, b.Type, b.RequestID = p.Status, p.Title, p.Detail, p.Type, p.RequestID
	}
	if partial, ok := errors.AsType[*PartialError](err); ok {
		b.Title = partial.Done
		if partial.Err != nil && b.Detail == "" {
			b.Detail = partial.Err.Error()
		}
	}
	if b.ExitCode == ExitInterrupted {
		if _, ok := errors.AsType[*PartialError](err); ok {
			b.Detail = b.Title
		}
		b.Title = cancelled
	}
	for _, text := range []*string{&b.Title, &b.Detail, &b.Type, &b.RequestID} {
		*text = e.Redact(*text)
	}
	b.Hint = strings.TrimSpace(b.Hint + " " + strings.Join(e.held, " "))
	return struct {
		Error errorBody `json:"error"`
	}{b}
}
