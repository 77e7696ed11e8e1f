package term_test

import (
	"testing"
	"unicode/utf8"

	"ax/internal/cli/term"
)

func TestLiteral(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Ann Example", "Ann Example"},
		{"empty", "", ""},
		{"backslash stays", `C:\x1b`, `C:\x1b`},
		{"markup stays", "[bold]x[/bold] <b>%s", "[bold]x[/bold] <b>%s"},
		{"newline tab return", "a\nb\tc\rd", `a\nb\tc\rd`},
		{"escape sequence", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"clipboard", "\x1b]52;c;aGk=\a", `\x1b]52;c;aGk=\x07`},
		{"NUL and DEL", "a\x00b\x7f", `a\x00b\x7f`},
		{"C1", "\u009b31m\u0085", `\u009b31m\u0085`},
		{"line separators", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"bidi", "\u202ecod.exe\u2066\u2069\u200e\u200f\u061c", `\u202ecod.exe\u2066\u2069\u200e\u200f\u061c`},
		{"zero width", "ad\u200bmin\u2060\ufeff", `ad\u200bmin\u2060\ufeff`},
		{"soft hyphen", "ad\u00admin", `ad\u00admin`},
		{"tags", "a\U000e0041", `a\U000e0041`},
		{"filler letter", "\u3164", `\u3164`},
		{"invalid UTF-8", "a\xff\xc3(", `a\xff\xc3(`},
		{"replacement character stays", "\ufffd", "\ufffd"},
		{"surrogate bytes", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"Persian ZWNJ", "می‌خواهم", "می‌خواهم"},
		{"family", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"},
		{"heart on fire", "❤️‍🔥", "❤️‍🔥"},
		{"virama and joiner at the end", "ക്‍", "ക്‍"},
		{"joiner in front", "\u200dAnn", `\u200dAnn`},
		{"joiner at the end", "Ann\u200c", `Ann\u200c`},
		{"joiner beside a space", "a \u200db", `a \u200db`},
		{"two joiners", "ب\u200d\u200dب", `ب\u200d\u200dب`},
		{"joiner before an escape", "a\u200d\x1b", `a\u200d\x1b`},
		{"selector after a letter", "a\ufe0f", `a\ufe0f`},
		{"keycap", "1️⃣", "1️⃣"},
		{"combining", "Mu\u0308ller", "Mu\u0308ller"},
		{"right to left", "יעל كريم", "יעל كريم"},
		{"Arabic number sign is seen", "\u0600١", "\u0600١"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			same(t, term.Literal(c.in), c.want)
		})
	}
}

func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"Ann", "\x1b[2J", "\u202e\u200d", "a\u200db\u200c\ufe0f", "\xff\xfe", "👩‍💻️", "ക്‍\r\n", "\u009d52;c;\u009c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := term.Literal(s)
		if r := harmful(got); r >= 0 {
			t.Errorf("Literal(%q) = %q holds %U", s, got, r)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Literal(%q) = %q is not UTF-8", s, got)
		}
		if again := term.Literal(got); again != got {
			t.Errorf("Literal(%q) = %q becomes %q", s, got, again)
		}
	})
}
