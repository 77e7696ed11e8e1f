package command

import (
	"context"

	"github.com/spf13/cobra"

	"ax/internal/cli/term"
	"ax/internal/client"
)

// An Env is a command's world.
type Env struct {
	Streams *term.Streams
	Getenv  func(string) string
	Verbose bool

	// Client opens the profile's directory. Commands call it when the flags
	// are known to be good: it may read files, make the local directory, and
	// fail with a configuration error.
	Client func(ctx context.Context) (*client.Client, error)
	// Find asks the profile's server for what completes a word. Whatever goes
	// wrong, or takes long, nothing completes it.
	Find func(ctx context.Context, find Finder, begun string) []Candidate
	// DefaultOutput is the profile's, "" when it names none.
	DefaultOutput func() (string, error)

	// JSON is set when errors are to be JSON too.
	JSON bool
	// Secret is the API key in use, which Redact takes out of texts.
	Secret string

	held  []string // warnings that wait for Report
	saved string   // the file of a JSON document, which waits too
}

// WantsJSON says whether a value of --output, good or not, asks for JSON.
func WantsJSON(value string) bool {
	out, err := term.ParseOutput(value)
	return err == nil && isJSON(out.Format)
}

func isJSON(f term.Format) bool { return f == term.FormatJSON || f == term.FormatJSONL }

// NoArguments is the rule of commands that take options only.
func NoArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return Usagef("Got unexpected extra argument %q", args[0])
	}
	return nil
}
