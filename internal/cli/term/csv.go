package term

import (
	"io"
	"strings"
	"unicode/utf8"
)

// CSV writes a header line and the rows as RFC 4180 says, with LF for line
// ends. Columns are never left out.
//
// Unless raw, a cell that a spreadsheet would take for a formula begins with an
// apostrophe, and control and invisible characters are escaped as by Literal,
// except that tabs and newlines stay. Raw cells are exactly what Cell gave.
func CSV[T any](w io.Writer, cols []Column[T], rows []T, raw bool) error {
	c, err := NewCSV(w, cols, raw)
	if err != nil {
		return err
	}
	return c.Write(rows)
}

// A CSVWriter is CSV for rows that come in parts.
type CSVWriter[T any] struct {
	w    io.Writer
	cols []Column[T]
	raw  bool
}

// NewCSV writes the header line.
func NewCSV[T any](w io.Writer, cols []Column[T], raw bool) (*CSVWriter[T], error) {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	_, err := io.WriteString(w, record(names))
	return &CSVWriter[T]{w, cols, raw}, err
}

// Write writes one part in a single call to the underlying writer.
func (c *CSVWriter[T]) Write(rows []T) error {
	var b strings.Builder
	cells := make([]string, len(c.cols))
	for _, row := range rows {
		for i, col := range c.cols {
			cells[i] = col.Cell(row)
			if !c.raw {
				cells[i] = neutral(cells[i])
			}
		}
		b.WriteString(record(cells))
	}
	_, err := io.WriteString(c.w, b.String())
	return err
}

// neutral decides on the text as it came: an escape must not hide a tab that
// a spreadsheet would skip on its way to the formula.
func neutral(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	safe := escape(cell, "\t\n")
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + safe
	}
	return safe
}

// record is one line. A lone empty cell is quoted, since readers skip lines
// that are empty.
func record(cells []string) string {
	if len(cells) == 1 && cells[0] == "" {
		return "\"\"\n"
	}
	quoted := make([]string, len(cells))
	for i, cell := range cells {
		quoted[i] = cell
		if strings.ContainsAny(cell, ",\"\r\n") || strings.TrimSpace(cell) != cell {
			quoted[i] = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
	}
	return strings.Join(quoted, ",") + "\n"
}
