package term

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// A Format is a way to write data.
type Format string

// The formats of --output.
const (
	FormatTable   Format = "table"
	FormatJSON    Format = "json"
	FormatJSONL   Format = "jsonl"
	FormatCSV     Format = "csv"
	FormatParquet Format = "parquet"
)

const stdout = "standard output"

// An Output is where a command's data goes and in which format: to the file at
// Path, or to Out when Path is empty.
type Output struct {
	Format Format
	Path   string
}

// An OutputError is a bad --output value or a place that cannot be written.
// Its text is already Literal and may have several lines.
type OutputError struct {
	Value  string // the --output value, when that is what is wrong
	Path   string // the file, when that is
	Reason string // said instead of Err
	Err    error
}

func (e *OutputError) Error() string {
	reason := e.Reason
	if reason == "" {
		reason = Literal(e.Err.Error())
	}
	if e.Path == "" {
		return reason
	}
	return fmt.Sprintf("Cannot write %s: %s", Literal(e.Path), reason)
}

func (e *OutputError) Unwrap() error { return e.Err }

// Formats are the formats of --output, as their users are told them.
func Formats() []string {
	return []string{string(FormatTable), string(FormatJSON), string(FormatJSONL), string(FormatCSV), string(FormatParquet)}
}

// ParseOutput reads the value of --output: a format in lower case, or a file
// path whose extension, in any case, names one. Errors are *OutputError.
func ParseOutput(value string) (Output, error) {
	if slices.Contains(Formats(), value) {
		return Output{Format: Format(value)}, nil
	}
	switch extension(value) {
	case ".json":
		return Output{FormatJSON, value}, nil
	case ".jsonl", ".ndjson":
		return Output{FormatJSONL, value}, nil
	case ".csv":
		return Output{FormatCSV, value}, nil
	case ".parquet", ".pq":
		return Output{FormatParquet, value}, nil
	}
	return Output{}, &OutputError{Value: value, Reason: "Invalid output option: " + Literal(value) + `
Must be either:
  - A format: ` + strings.Join(Formats(), ", ") + `
  - A file path with extension: .json, .jsonl, .ndjson, .csv, .parquet, .pq`}
}

// extension is the lower-case extension, "" for a name that is nothing else.
func extension(path string) string {
	ext := filepath.Ext(path)
	if filepath.Base(path) == ext {
		return ""
	}
	return strings.ToLower(ext)
}

// Emit calls write with the place that o names: Out, or the file, which Success
// then tells. What write returns is returned as it is; a failure to store what
// it wrote is an *OutputError. When a small output fails, Out stays empty.
func (s *Streams) Emit(o Output, write func(io.Writer) error) error {
	if o.Path == "" {
		return buffered(s.Out, stdout, write)
	}
	if err := o.Write(write); err != nil {
		return err
	}
	s.Success("Saved to %s", o.Path)
	return nil
}

// buffered passes on what write wrote, in large pieces.
func buffered(w io.Writer, path string, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(sink{w, path}, 64<<10)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// A sink makes its writer's errors OutputErrors, so that a full disk is told
// from a failing source of data.
type sink struct {
	w    io.Writer
	path string
}

func (k sink) Write(p []byte) (int, error) {
	n, err := k.w.Write(p)
	if err != nil {
		return n, &OutputError{Path: k.path, Err: bare(err)}
	}
	return n, nil
}
