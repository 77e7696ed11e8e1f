package command

import (
	"context"
	"io"

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
	return err == nil && out.Format == term.FormatJSON
}

// An Output is where a command's data goes; Flag adds --output.
type Output struct {
	value string
	term.Output
}

// Flag adds --output to a command.
func (o *Output) Flag(c *cobra.Command) {
	c.Flags().StringVarP(&o.value, "output", "o", "", "output format (table, json, csv, parquet) or file path")
}

// Check settles the output and makes sure that it can be written, before any
// request is sent.
func (o *Output) Check(e *Env) (err error) {
	value := o.value
	if value == "" {
		if value, err = e.DefaultOutput(); err != nil {
			return err
		}
	}
	if value == "" {
		value = string(term.FormatTable)
	}
	if o.Output, err = term.ParseOutput(value); err != nil {
		return err
	}
	if o.Format == term.FormatJSON {
		e.JSON = true
		e.Streams.Quiet = !e.Streams.ErrTTY
	}
	return o.Output.Check()
}

// A View is one kind of data in every format.
type View[T any] struct {
	Table func(*term.Streams, T) error // to Out
	CSV   func(io.Writer, T) error
	JSON  func(T) any // the value to encode
}

// Emit writes a document where the output says. That it went to a file is
// told, when JSON was chosen only after everything went well.
func (o Output) Emit(e *Env, write func(io.Writer) error) error {
	if o.Path == "" || !e.JSON {
		return e.Streams.Emit(o.Output, write)
	}
	err := o.Write(write)
	if err == nil {
		e.saved = o.Path
	}
	return err
}

// Show writes data as the output says.
func Show[T any](e *Env, o Output, v View[T], data T) error {
	switch o.Format {
	case term.FormatJSON:
		return o.Emit(e, func(w io.Writer) error { return term.JSON(w, v.JSON(data)) })
	case term.FormatCSV:
		return o.Emit(e, func(w io.Writer) error { return v.CSV(w, data) })
	case term.FormatTable, term.FormatParquet:
	}
	return v.Table(e.Streams, data)
}
