package term

import (
	"bufio"
	"slices"
	"strings"
)

// On a terminal a cell folds at foldAt columns and, when the table is still
// too wide, down to foldLeast.
const (
	foldAt    = 30
	foldLeast = 6
	absent    = "—"
)

// Table draws rows to Out, each cell Literal, an empty one as a dash. Piped,
// it has its natural width and every cell is one line. On a terminal cells
// fold, and columns with a Drop are left out until the table fits, which one
// notice tells. Without rows it only says on Err that there are none.
func Table[T any](s *Streams, cols []Column[T], rows []T) error {
	t := NewTable(s, cols)
	defer t.Discard()
	for _, row := range rows {
		if err := t.Add(row); err != nil {
			return err
		}
	}
	return t.Close()
}

// A TableWriter is Table for rows that come one at a time. Nothing is written
// before Close, since the widths depend on every row; what a long table needs
// until then is on the disk, not in memory.
type TableWriter[T any] struct {
	s    *Streams
	cols []Column[T]
	lanes
	rows  spill
	count int
}

// NewTable begins a table. Close or Discard has to end it.
func NewTable[T any](s *Streams, cols []Column[T]) *TableWriter[T] {
	t := &TableWriter[T]{s: s, cols: slices.Clone(cols)}
	slices.SortStableFunc(t.cols, func(a, b Column[T]) int {
		switch {
		case a.Lead == b.Lead:
			return 0
		case a.Lead:
			return -1
		}
		return 1
	})
	for i, c := range t.cols {
		l := lane{name: Literal(c.Name), at: i, id: c.ID, drop: c.Drop, style: c.Style, optional: c.Optional}
		if s.OutTTY && !l.id {
			l.limit = foldAt
		}
		l.width = width(l.name)
		t.lanes = append(t.lanes, l)
	}
	return t
}

// Add adds a row. An error is an *OutputError: the disk does not hold the table.
func (t *TableWriter[T]) Add(row T) error {
	cells := make([]string, len(t.cols))
	for i, c := range t.cols {
		cells[i] = Literal(c.short(row))
	}
	t.measure(cells)
	t.count++
	return t.kept(t.rows.add(cells))
}

// Discard forgets the rows. After Close it does nothing.
func (t *TableWriter[T]) Discard() { t.rows.close() }

// Close draws the table.
func (t *TableWriter[T]) Close() error {
	defer t.rows.close()
	if t.count == 0 {
		t.s.Line("No items to display")
		return nil
	}
	g := slices.DeleteFunc(t.lanes, func(l lane) bool { return l.optional && !l.used })
	if len(g) == 0 {
		return nil
	}
	var dropped []string
	wide := false
	if room := t.s.columns(); t.s.OutTTY && room > 0 {
		g, dropped = g.drop(room)
		wide = !g.squeeze(room)
		if err := t.kept(g.again(&t.rows)); err != nil {
			return err
		}
	}
	if err := t.draw(g); err != nil {
		return err
	}
	if len(dropped) > 0 {
		t.s.Notice("Left out to fit the terminal: %s. To see every column, add -o json", strings.Join(dropped, ", "))
	}
	if wide {
		t.s.Notice("The table is wider than the terminal. To see it whole, add -o json")
	}
	return nil
}

func (t *TableWriter[T]) draw(g lanes) error {
	w := bufio.NewWriterSize(sink{t.s.Out, stdout}, 64<<10)
	g.top(w, t.s.OutColor)
	fixed := t.s.OutTTY && !t.s.dumb() && g.total() <= t.s.columns()
	first := true
	err := t.rows.each(func(cells []string) error {
		if !first {
			g.rule(w, "├─", "─┼─", "─┤", "─")
		}
		first = false
		g.row(w, cells, t.s.OutTTY, fixed, t.s.OutColor)
		return nil
	})
	if err != nil {
		return t.kept(err)
	}
	g.rule(w, "└─", "─┴─", "─┘", "─")
	return w.Flush()
}

func (t *TableWriter[T]) kept(err error) error {
	if err == nil {
		return nil
	}
	return &OutputError{Path: "a temporary file for the table", Err: bare(err)}
}

// A lane is a column of the table that is drawn.
type lane struct {
	name     string
	at       int // its place in a row
	id       bool
	optional bool
	used     bool // some cell is not empty
	drop     int
	style    func(string) Style
	width    int
	limit    int // columns at which cells fold, 0 for never
}

type lanes []lane

// measure widens the lanes to the cells of a row.
func (g lanes) measure(cells []string) {
	for i := range g {
		l := &g[i]
		cell := cells[l.at]
		l.used = l.used || cell != ""
		l.width = max(l.width, 1)
		for _, line := range fold(cell, l.limit) {
			l.width = max(l.width, width(line))
		}
	}
}

// again measures every row anew, after limits have changed.
func (g lanes) again(rows *spill) error {
	for i := range g {
		g[i].width = width(g[i].name)
	}
	return rows.each(func(cells []string) error {
		g.measure(cells)
		return nil
	})
}

func (g lanes) total() int {
	n := 1
	for _, l := range g {
		n += l.width + 3
	}
	return n
}

// drop leaves columns out in their order until the rest fits into room.
func (g lanes) drop(room int) (rest lanes, names []string) {
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
func (g lanes) squeeze(room int) bool {
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
	return true
}
