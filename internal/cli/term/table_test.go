package term_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"ax/internal/cli/term"
)

type person struct{ name, id, email, created, status, role, developer string }

func people() []person {
	const member, at = "type=PREDEFINED, name=MEMBER", "2025-03-14 09:26:53"
	return []person{
		{"Ann Example", "usr_4f0c2a9d1b7e", "ann@example.test", at, "ACTIVE", "type=PREDEFINED, name=ADMIN", "True"},
		{"山田 太郎", "usr_81aa20c77f00", "yamada@example.test", at, "INVITED", member, "False"},
		{"👩‍💻 Zoë 🇨🇭 Mu\u0308ller", "usr_81aa20c77f01", "zoe@a-rather-long-subsidiary.example.test", at, "ACTIVE", "type=CUSTOM, id=role_xyz, name=Auditor", ""},
		{"יעל כהן", "usr_81aa20c77f02", "yael@example.test", at, "ACTIVE", member, "True"},
		{"evil \x1b]52;c;aGk=\a\n\u202ecod.exe", "usr_81aa20c77f03", "evil@example.test", at, "EXPIRED", member, "False"},
		{"Konstantin von Hohenstaufen-Wittelsbach the Younger", "usr_81aa20c77f04", "k@example.test", at, "INVITED", member, "True"},
	}
}

func columns() []term.Column[person] {
	byWord := func(word string, then, otherwise term.Style) func(string) term.Style {
		return func(cell string) term.Style {
			if cell == word {
				return then
			}
			return otherwise
		}
	}
	return []term.Column[person]{
		{Name: "name", Cell: func(p person) string { return p.name }},
		{Name: "id", Cell: func(p person) string { return p.id }, ID: true},
		{Name: "email", Cell: func(p person) string { return p.email }},
		{Name: "created_at", Cell: func(p person) string { return p.created }, Optional: true, Drop: 2},
		{Name: "status", Cell: func(p person) string { return p.status }, Style: byWord("ACTIVE", term.Green, term.Plain)},
		{Name: "role", Cell: func(p person) string { return p.role }, Drop: 3},
		{Name: "is_developer", Cell: func(p person) string { return p.developer }, Optional: true, Drop: 1, Style: byWord("True", term.Green, term.Red)},
	}
}

// terminal makes s behave as a terminal of that many columns, without colour.
func terminal(s *term.Streams, width int) {
	s.InTTY, s.OutTTY, s.ErrTTY = true, true, true
	s.Width = func() int { return width }
}

func TestTableGolden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file   string
		width  int // 0 is a pipe
		colour string
		notice string
	}{
		{"table_80.txt", 80, "never", "is_developer, created_at, role"},
		{"table_100.txt", 100, "never", "is_developer, created_at, role"},
		{"table_150.txt", 150, "never", "is_developer"},
		{"table_200_color.txt", 200, "always", ""},
		{"table_piped.txt", 0, "auto", ""},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			s, _, out, errs := term.Test()
			if c.width > 0 {
				terminal(s, c.width)
			}
			if err := s.SetColor(c.colour); err != nil {
				t.Fatal(err)
			}
			if err := term.Table(s, columns(), people()); err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, out.String())
			want := ""
			if c.notice != "" {
				want = "ℹ Left out to fit the terminal: " + c.notice + ". To see every column, add -o json\n"
			}
			same(t, errs.String(), want)
		})
	}
}

// TestTableAligned does not trust the golden files: borders stand in the same
// columns on every line, and the terminal is not exceeded.
func TestTableAligned(t *testing.T) {
	t.Parallel()
	for width := 60; width <= 240; width++ {
		s, _, out, _ := term.Test()
		terminal(s, width)
		if err := term.Table(s, columns(), people()); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(settling.ReplaceAllString(out.String(), ""), "\n"), "\n")
		for _, line := range lines {
			if diff := cmp.Diff(borders(lines[0]), borders(line)); diff != "" {
				t.Fatalf("width %d: %q (-top +line):\n%s", width, line, diff)
			}
			if n := uniseg.StringWidth(line); n > width {
				t.Fatalf("width %d: %q takes %d columns", width, line, n)
			}
		}
	}
}

// settling are the escapes that put the cursor into a column.
var settling = regexp.MustCompile("\x1b\\[[0-9]+G")

// borders is the columns at which a vertical or a corner stands.
func borders(line string) (at []int) {
	column := 0
	for g := uniseg.NewGraphemes(line); g.Next(); column += g.Width() {
		if strings.Contains("┏┳┓┃┡╇┩│├┼┤└┴┘", g.Str()) {
			at = append(at, column)
		}
	}
	return at
}

func TestTableWiderThanAnyTerminal(t *testing.T) {
	t.Parallel()
	s, _, out, errs := term.Test()
	terminal(s, 20)
	cols := []term.Column[string]{{Name: "id", Cell: func(c string) string { return c }, ID: true}}
	if err := term.Table(s, cols, []string{"usr_0123456789abcdef0123456789"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "│ usr_0123456789abcdef0123456789 │") {
		t.Errorf("the id was broken:\n%s", out)
	}
	same(t, errs.String(), "ℹ The table is wider than the terminal. To see it whole, add -o json\n")
}

func TestTableColumns(t *testing.T) {
	t.Parallel()
	itself := func(c string) string { return c }
	nothing := func(string) string { return "" }
	s, _, out, _ := term.Test()
	cols := []term.Column[string]{
		{Name: "a", Cell: itself},
		{Name: "gone", Cell: nothing, Optional: true},
		{Name: "kept", Cell: nothing},
		{Name: "b", Cell: itself, Optional: true},
	}
	if err := term.Table(s, cols, []string{"x", "", strings.Repeat("long ", 10) + "end"}); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("long ", 10) + "end"
	bar := func(c string) string { return strings.Repeat(c, len(long)+2) }
	space := strings.Repeat(" ", len(long)-1)
	same(t, out.String(), strings.Join([]string{
		"┏" + bar("━") + "┳━━━━━━┳" + bar("━") + "┓",
		"┃ a" + space + " ┃ kept ┃ b" + space + " ┃",
		"┡" + bar("━") + "╇━━━━━━╇" + bar("━") + "┩",
		"│ x" + space + " │ —    │ x" + space + " │",
		"├" + bar("─") + "┼──────┼" + bar("─") + "┤",
		"│ —" + space + " │ —    │ —" + space + " │",
		"├" + bar("─") + "┼──────┼" + bar("─") + "┤",
		"│ " + long + " │ —    │ " + long + " │",
		"└" + bar("─") + "┴──────┴" + bar("─") + "┘",
		"",
	}, "\n"))
}

func TestTableWithoutRows(t *testing.T) {
	t.Parallel()
	s, _, out, errs := term.Test()
	if err := term.Table(s, columns(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), "")
	same(t, errs.String(), "No items to display\n")
}

func TestTableKeepsOneColumn(t *testing.T) {
	t.Parallel()
	s, _, out, errs := term.Test()
	terminal(s, 5)
	itself := func(c string) string { return c }
	cols := []term.Column[string]{{Name: "a", Cell: itself, Drop: 1}, {Name: "b", Cell: itself, Drop: 2}}
	if err := term.Table(s, cols, []string{"x"}); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), "┏━━━┓\n┃ b ┃\n┡━━━┩\n│ x │\n└───┘\n")
	same(t, errs.String(), "ℹ Left out to fit the terminal: a. To see every column, add -o json\n")
}

func FuzzTable(f *testing.F) {
	f.Add("Ann", "ann@example.test", 80)
	f.Add("\x1b[2J\u202e", "山田 太郎 山田 太郎 山田 太郎", 30)
	f.Add("   spaces   everywhere                                 ", "👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻", 1)
	f.Add("⸻⸻⸻⸻⸻⸻⸻⸻⸻", "\u0301\u0301", 12)
	f.Fuzz(func(t *testing.T, one, two string, width int) {
		s, _, out, _ := term.Test()
		terminal(s, width)
		cols := []term.Column[string]{
			{Name: "id", Cell: func(string) string { return one }, ID: true},
			{Name: "text", Cell: func(row string) string { return row }},
		}
		if err := term.Table(s, cols, []string{two, one}); err != nil {
			t.Fatal(err)
		}
		// Isolates around right-to-left text are the table's own, and paired.
		drawn := settling.ReplaceAllString(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(out.String()), "")
		for line := range strings.Lines(drawn) {
			line = strings.TrimSuffix(line, "\n")
			if r := harmful(line); r >= 0 {
				t.Errorf("%q holds %U", line, r)
			}
		}
		if opened, closed := strings.Count(out.String(), "\u2068"), strings.Count(out.String(), "\u2069"); opened != closed {
			t.Errorf("%d isolates opened, %d closed", opened, closed)
		}
	})
}
