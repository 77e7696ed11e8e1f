package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"ax/internal/cli/term"
	"ax/internal/client"
	"ax/internal/profile"
)

// The exit codes. docs/cli.md has the same table.
const (
	ExitOK          = 0
	ExitRefused     = 1   // configuration, refusal or decline
	ExitUsage       = 2   // a bad or missing option
	ExitAuth        = 3   // not authenticated
	ExitFailed      = 4   // the API or the network failed, or a deletion was not done
	ExitOutput      = 5   // a file could not be read, or an output not be written
	ExitInterrupted = 130 // Ctrl-C
)

// A UsageError is a command line that cannot be run as it is.
type UsageError struct {
	Text    string
	Command string // whose --help says more
}

func (e *UsageError) Error() string { return e.Text }

func (e *UsageError) hint() string { return "Try '" + e.Command + " --help'." }

// Usagef makes a UsageError.
func Usagef(format string, args ...any) error { return &UsageError{Text: fmt.Sprintf(format, args...)} }

// A PartialError is a failure after something was done that stays done.
type PartialError struct {
	Done string // what was, for people
	Err  error  // nil when Done says all there is to say
}

func (e *PartialError) Error() string {
	if e.Err == nil {
		return e.Done
	}
	return e.Done + ": " + e.Err.Error()
}

// Unwrap returns what failed.
func (e *PartialError) Unwrap() error { return e.Err }

// An InputError is a file that cannot be read.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

// A DeclinedError ends a command whose question was not answered with yes.
// Text says what was therefore not done.
type DeclinedError struct{ Text string }

func (e *DeclinedError) Error() string { return e.Text }

// ErrNoCommand ends a command line that names a group and got its help.
var ErrNoCommand = errors.New("no command")

// ErrNo ends a command that answered a question with no.
var ErrNo = errors.New("no")

// A DoingError is a failure with what was being done: "list users".
type DoingError struct {
	Doing string
	Err   error
}

func (e *DoingError) Error() string { return "Failed to " + e.Doing + ": " + e.Err.Error() }

// Unwrap returns the failure.
func (e *DoingError) Unwrap() error { return e.Err }

// Doing adds what was being done to a failure.
func Doing(what string, err error) error {
	if err == nil {
		return nil
	}
	return &DoingError{what, err}
}

// ExitCode is the one table from errors to exit codes.
func ExitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	if errors.Is(err, context.Canceled) {
		return ExitInterrupted
	}
	if _, ok := errors.AsType[*UsageError](err); ok || errors.Is(err, ErrNoCommand) {
		return ExitUsage
	}
	if e, ok := errors.AsType[*profile.Error](err); ok && e.Kind != profile.Config {
		if e.Kind == profile.Unwritable {
			return ExitOutput
		}
		return ExitAuth
	}
	if e, ok := errors.AsType[*client.Error](err); ok && e.Status == http.StatusUnauthorized {
		return ExitAuth
	}
	_, output := errors.AsType[*term.OutputError](err)
	if _, input := errors.AsType[*InputError](err); input || output {
		return ExitOutput
	}
	if isAPIFailure(err) {
		return ExitFailed
	}
	return ExitRefused
}

func isAPIFailure(err error) bool {
	_, api := errors.AsType[*client.Error](err)
	_, network := errors.AsType[*client.NetworkError](err)
	_, partial := errors.AsType[*PartialError](err)
	return api || network || partial || errors.Is(err, client.ErrNotFound)
}
