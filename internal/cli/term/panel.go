package term

import "strings"

// panelLeast is the narrowest inside of a panel that folds its lines.
const panelLeast = 20

// A Field is one line of a panel.
type Field struct{ Name, Value string }

// Panel draws fields to Out as a titled box of name: value lines, values
// Literal, an empty one as a dash. It is as wide as its longest line; only a
// terminal narrower than that makes long lines fold.
func Panel(s *Streams, title string, fields []Field) error {
	title = Literal(title)
	lines := panelLines(fields, s.panelRoom())
	inside := width(title) + 2
	for _, line := range lines {
		inside = max(inside, width(line))
	}
	var b strings.Builder
	b.WriteString("╭─ " + paint(s.OutColor, BoldCyan, title) + " ")
	b.WriteString(strings.Repeat("─", inside-width(title)-1) + "╮\n")
	fixed := s.OutTTY && !s.dumb() && inside+4 <= s.columns()
	for _, line := range lines {
		b.WriteString("│ " + inked(line, inside, Plain, s.OutTTY, false))
		if fixed {
			b.WriteString(settle(line, inside+3))
		}
		b.WriteString(" │\n")
	}
	b.WriteString("╰" + strings.Repeat("─", inside+2) + "╯\n")
	return s.Print("%s", Verbatim(b.String()))
}

// panelRoom is the columns that a line may take, 0 for any number.
func (s *Streams) panelRoom() int {
	if columns := s.columns(); s.OutTTY && columns > 0 {
		return max(panelLeast, columns-4)
	}
	return 0
}

func panelLines(fields []Field, room int) (lines []string) {
	for _, f := range fields {
		value := Literal(f.Value)
		if value == "" {
			value = absent
		}
		name := Literal(f.Name) + ": "
		if room == 0 || width(name)+width(value) <= room {
			lines = append(lines, name+value)
			continue
		}
		// What continues a value is set in, so that it is not read as a field.
		head, tail := splitAtWord(value, max(1, room-width(name)))
		lines = append(lines, name+head)
		for _, more := range fold(tail, room-2) {
			lines = append(lines, "  "+more)
		}
	}
	return lines
}
