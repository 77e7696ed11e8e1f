package term

import (
	"bufio"
	"strings"
)

// What is written to a bufio.Writer fails at its Flush.

// top draws the heading.
func (g lanes) top(w *bufio.Writer, colour bool) {
	g.rule(w, "┏━", "━┳━", "━┓", "━")
	for _, l := range g {
		_, _ = w.WriteString("┃ " + inked(l.name, l.width, BoldCyan, false, colour) + " ")
	}
	_, _ = w.WriteString("┃\n")
	g.rule(w, "┡━", "━╇━", "━┩", "━")
}

func (g lanes) rule(w *bufio.Writer, left, middle, right, line string) {
	_, _ = w.WriteString(left)
	for i, l := range g {
		if i > 0 {
			_, _ = w.WriteString(middle)
		}
		_, _ = w.WriteString(strings.Repeat(line, l.width))
	}
	_, _ = w.WriteString(right + "\n")
}

// row draws as many lines as the tallest of its cells has. fixed says that it
// is for a terminal which the table fits.
func (g lanes) row(w *bufio.Writer, cells []string, tty, fixed, colour bool) {
	height := 0
	folded, styles := make([][]string, len(g)), make([]Style, len(g))
	for i, l := range g {
		folded[i], styles[i] = l.folded(cells[l.at])
		height = max(height, len(folded[i]))
	}
	for n := range height {
		column := 3
		for i, l := range g {
			line := ""
			if n < len(folded[i]) {
				line = folded[i][n]
			}
			_, _ = w.WriteString("│ " + inked(line, l.width, styles[i], tty, colour))
			column += l.width
			if fixed {
				_, _ = w.WriteString(settle(line, column))
			}
			_, _ = w.WriteString(" ")
			column += 3
		}
		_, _ = w.WriteString("│\n")
	}
}

// folded is a cell's lines and the style they share.
func (l lane) folded(cell string) ([]string, Style) {
	if cell == "" {
		return []string{absent}, Plain
	}
	if l.style == nil {
		return fold(cell, l.limit), Plain
	}
	return fold(cell, l.limit), l.style(cell)
}

// inked pads a line to its column, and gives a terminal its style and
// direction. The padding has neither.
func inked(line string, columns int, style Style, tty, colour bool) string {
	space := strings.Repeat(" ", max(0, columns-width(line)))
	if tty {
		line = isolated(line)
	}
	return paint(colour, style, line) + space
}
