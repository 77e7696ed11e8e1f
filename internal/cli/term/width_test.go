package term_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/rivo/uniseg"

	"ax/internal/cli/term"
)

// hard are people whose names take terminals out of step.
func hard() []string {
	return []string{
		"Ann", "山田 太郎", "ＡＢＣ ｱｲｳ", "안녕 \u1112\u1161\u11ab", "Mu\u0308ller", "e\u0301\u0302\u0303", "Nguyễn", "नमस्ते", "தமிழ்", "สวัสดี",
		"יעל כהן", "שָׁלוֹם", "محمد", "👩‍💻 Zoë", "👨‍👩‍👧‍👦", "🇨🇭🇩🇪", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "👍🏽", "1️⃣ one", "❤️ ❤", "⚠️", "🏳️‍🌈", "©️ ©", "⸻", "🏽", "🇨",
	}
}

// A display is what a terminal shows: it knows lines and columns, moves to a
// column when told, and takes each rune for as wide as its maker thought.
type display struct {
	wide func(text string) (columns, size int)
	line map[int]string // what begins in each column
	at   int
}

func (d *display) show(line string) map[int]string {
	d.line, d.at = map[int]string{}, 1
	for line != "" {
		if move, rest, ok := strings.Cut(strings.TrimPrefix(line, "\x1b["), "G"); ok && strings.HasPrefix(line, "\x1b[") {
			d.at, _ = strconv.Atoi(move)
			line = rest
			continue
		}
		columns, size := d.wide(line)
		if columns > 0 {
			d.line[d.at] = line[:size]
		}
		d.at += columns
		line = line[size:]
	}
	return d.line
}

// today is a terminal that knows characters of several runes.
func today(text string) (columns, size int) {
	c, _, w, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	return w, len(c)
}

// before is one that adds up runes, as C libraries do.
func before(text string) (columns, size int) {
	r, size := utf8.DecodeRuneInString(text)
	switch k := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && r != '\u00ad':
		return 0, size
	case k == width.EastAsianWide || k == width.EastAsianFullwidth:
		return 2, size
	}
	return 1, size
}

// On terminals that disagree about the width of a name, borders stand below
// each other all the same.
func TestAlignedOnEveryTerminal(t *testing.T) {
	t.Parallel()
	cols := []term.Column[string]{{Name: "name", Cell: func(n string) string { return n }}, {Name: "id", Cell: strconv.Quote, ID: true}}
	for _, width := range []int{80, 200} {
		s, _, out, _ := term.Test()
		terminal(s, width)
		if err := term.Table(s, cols, hard()); err != nil {
			t.Fatal(err)
		}
		for _, name := range hard() {
			if err := term.Panel(s, "Details", []term.Field{{Name: "name", Value: name}, {Name: "id", Value: "usr_0123456789"}}); err != nil {
				t.Fatal(err)
			}
		}
		for kind, wide := range map[string]func(string) (int, int){"today": today, "before": before} {
			var want []int
			for line := range strings.Lines(out.String()) {
				shown := (&display{wide: wide}).show(strings.TrimSuffix(line, "\n"))
				var got []int
				for _, at := range slices.Sorted(maps.Keys(shown)) {
					if strings.Contains("┏┳┓┡╇┩├┼┤└┴┘┃│╭╮╰╯", shown[at]) {
						got = append(got, at)
					}
				}
				if strings.ContainsAny(line, "┏╭") {
					want = got
				}
				if !slices.Equal(got, want) {
					t.Errorf("%d columns, a terminal of %s: borders at %v, want %v:\n%s", width, kind, got, want, line)
				}
			}
		}
	}
}

// Without a terminal, and on one that cannot move its cursor, no escape is used.
func TestNoEscapesWithoutTerminal(t *testing.T) {
	t.Parallel()
	cols := []term.Column[string]{{Name: "name", Cell: func(n string) string { return n }}}
	piped, _, out, _ := term.Test()
	dumb := term.New(strings.NewReader(""), out, out, environment("TERM", "dumb"))
	terminal(dumb, 80)
	for _, s := range []*term.Streams{piped, dumb} {
		if err := term.Table(s, cols, hard()); err != nil {
			t.Fatal(err)
		}
		if err := term.Panel(s, "Details", []term.Field{{Name: "name", Value: hard()[1]}}); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("%q", out)
	}
}

// Without an escape to settle it, the width itself has to be a terminal's.
func TestWidths(t *testing.T) {
	t.Parallel()
	for text, columns := range map[string]int{
		"山": 2, "ｱ": 1, "안": 2, "नमस्ते": 4, "e\u0301": 1, "👩‍💻": 2, "🇨🇭": 2, "👍🏽": 2, "❤️": 2, "1️⃣": 2, "⸻": 1, "⸺": 1, "שָׁ": 1,
	} {
		s, _, out, _ := term.Test()
		fields := []term.Field{{Name: "a", Value: text}, {Name: "b", Value: "0123456789"}}
		if err := term.Panel(s, "T", fields); err != nil {
			t.Fatal(err)
		}
		if want := "│ a: " + text + strings.Repeat(" ", 10-columns) + " │\n"; !strings.Contains(out.String(), want) {
			t.Errorf("%q is not %d columns wide:\n%s", text, columns, out)
		}
	}
}
