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

// Show writes data as the output says.
func Show[T any](e *Env, o Output, v View[T], data T) error {
	switch o.Format {
	case term.FormatJSON:
		return e.Streams.Emit(o.Output, func(w io.Writer) error { return term.JSON(w, v.JSON(data)) })
	case term.FormatCSV:
		return e.Streams.Emit(o.Output, func(w io.Writer) error { return v.CSV(w, data) })
	case term.FormatTable, term.FormatParquet:
	}
	return v.Table(e.Streams, data)
}
