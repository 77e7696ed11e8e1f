package term

import (
	"io"
	"strings"
	"unicode/utf8"
)

// A CSV writes a header line and rows as RFC 4180 says, with LF for line ends.
// Columns are never left out.
//
// Unless raw, a cell that a spreadsheet would take for a formula begins with an
// apostrophe, and control and invisible characters are escaped as by Literal,
// except that tabs and newlines stay. Raw cells are exactly what Cell gave.
type CSV[T any] struct {
	w    io.Writer
	cols []Column[T]
	raw  bool
}

// NewCSV writes the header line.
func NewCSV[T any](w io.Writer, cols []Column[T], raw bool) (*CSV[T], error) {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	_, err := io.WriteString(w, record(names))
	return &CSV[T]{w, cols, raw}, err
}

// Add writes one row in a single call to the underlying writer.
func (c *CSV[T]) Add(row T) error {
	cells := make([]string, len(c.cols))
	for i, col := range c.cols {
		cells[i] = col.Cell(row)
		if !c.raw {
			cells[i] = neutral(cells[i])
		}
	}
	_, err := io.WriteString(c.w, record(cells))
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
