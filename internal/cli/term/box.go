package term

import "strings"

// draw renders the table: a heavy heading, a light body, a rule between rows.
func (g grid) draw(tty, colour bool) string {
	var b strings.Builder
	g.rule(&b, "┏━", "━┳━", "━┓", "━")
	cells := make([][]string, len(g))
	styles := make([]Style, len(g))
	for i, l := range g {
		cells[i], styles[i] = []string{l.name}, BoldCyan
	}
	g.row(&b, "┃", cells, styles, tty, colour)
	g.rule(&b, "┡━", "━╇━", "━┩", "━")
	for n := range len(g[0].cells) {
		if n > 0 {
			g.rule(&b, "├─", "─┼─", "─┤", "─")
		}
		for i, l := range g {
			cells[i], styles[i] = l.at(n)
		}
		g.row(&b, "│", cells, styles, tty, colour)
	}
	g.rule(&b, "└─", "─┴─", "─┘", "─")
	return b.String()
}

// at is a cell's lines and the style they share.
func (l lane) at(n int) ([]string, Style) {
	cell := l.cells[n]
	if cell == "" {
		return []string{absent}, Plain
	}
	if l.style == nil {
		return fold(cell, l.limit), Plain
	}
	return fold(cell, l.limit), l.style(cell)
}

func (g grid) rule(b *strings.Builder, left, middle, right, line string) {
	b.WriteString(left)
	for i, l := range g {
		if i > 0 {
			b.WriteString(middle)
		}
		b.WriteString(strings.Repeat(line, l.width))
	}
	b.WriteString(right + "\n")
}

// row writes as many lines as the tallest of its cells has.
func (g grid) row(b *strings.Builder, edge string, cells [][]string, styles []Style, tty, colour bool) {
	height := 0
	for _, c := range cells {
		height = max(height, len(c))
	}
	for n := range height {
		b.WriteString(edge)
		for i, l := range g {
			line := ""
			if n < len(cells[i]) {
				line = cells[i][n]
			}
			b.WriteString(" " + inked(line, l.width, styles[i], tty, colour) + " " + edge)
		}
		b.WriteString("\n")
	}
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
