package term

import (
	"slices"
	"strings"
)

// On a terminal a cell folds at foldAt columns and, when the table is still
// too wide, down to foldLeast.
const (
	foldAt    = 30
	foldLeast = 8
	absent    = "—"
)

// A Column is a heading and how to read its cell from a row.
type Column[T any] struct {
	Name string
	Cell func(T) string

	ID       bool // an identifier, never folded
	Optional bool // left out of a table when it is empty in every row

	// Drop is the column's turn to be left out of a table that is wider than
	// the terminal: 1 goes first, 0 never goes.
	Drop int

	Style func(cell string) Style // of a cell, nil for Plain
}

// Table draws rows to Out, each cell Literal, an empty one as a dash. Piped,
// it has its natural width and every cell is one line. On a terminal cells
// fold, and columns with a Drop are left out until the table fits, which one
// notice tells. Without rows it only says on Err that there are none.
func Table[T any](s *Streams, cols []Column[T], rows []T) error {
	if len(rows) == 0 {
		s.Line("No items to display")
		return nil
	}
	var g grid
	for _, c := range cols {
		l := lane{name: Literal(c.Name), cells: make([]string, len(rows)), id: c.ID, drop: c.Drop, style: c.Style}
		empty := true
		for i, row := range rows {
			l.cells[i] = Literal(c.Cell(row))
			empty = empty && l.cells[i] == ""
		}
		if !empty || !c.Optional {
			g = append(g, l)
		}
	}
	if len(g) == 0 {
		return nil
	}
	return s.table(g)
}

// A lane is a column with its cells read.
type lane struct {
	name  string
	cells []string
	id    bool
	drop  int
	style func(string) Style
	width int
	limit int // columns at which cells fold, 0 for never
}

type grid []lane

func (s *Streams) table(g grid) error {
	for i := range g {
		if s.OutTTY && !g[i].id {
			g[i].limit = foldAt
		}
		g[i].measure()
	}
	var dropped []string
	wide := false
	if room := s.columns(); s.OutTTY && room > 0 {
		g, dropped = g.drop(room)
		wide = !g.squeeze(room)
	}
	if err := s.Print("%s", Verbatim(g.draw(s.OutTTY, s.OutColor))); err != nil {
		return err
	}
	switch {
	case len(dropped) > 0:
		s.Notice("Left out to fit the terminal: %s. To see every column, add -o json", strings.Join(dropped, ", "))
	case wide:
		s.Notice("The table is wider than the terminal. To see it whole, add -o json")
	}
	return nil
}

// measure sets the width that the heading and the folded cells need.
func (l *lane) measure() {
	l.width = width(l.name)
	for _, cell := range l.cells {
		for _, line := range fold(cell, l.limit) {
			l.width = max(l.width, width(line), 1)
		}
	}
}

func (g grid) total() int {
	n := 1
	for _, l := range g {
		n += l.width + 3
	}
	return n
}

// drop leaves columns out in their order until the rest fits into room.
func (g grid) drop(room int) (rest grid, names []string) {
	for len(g) > 1 && g.total() > room {
		first := -1
		for i, l := range g {
			if l.drop > 0 && (first < 0 || l.drop < g[first].drop) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		names = append(names, g[first].name)
		g = slices.Delete(g, first, first+1)
	}
	return g, names
}

// squeeze folds the widest cells more narrowly until the table fits into room.
// When that is not possible it leaves everything as it was and says false.
func (g grid) squeeze(room int) bool {
	before := slices.Clone(g)
	for g.total() > room {
		widest := -1
		for i, l := range g {
			if !l.id && l.width > max(foldLeast, width(l.name)) && (widest < 0 || l.width > g[widest].width) {
				widest = i
			}
		}
		if widest < 0 {
			copy(g, before)
			return false
		}
		g[widest].limit = g[widest].width - 1
		g[widest].width--
	}
	for i := range g {
		g[i].measure()
	}
	return true
}
