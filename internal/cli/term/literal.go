package term

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Literal makes text from a server or a user harmless and visible on one line.
//
// Controls, line and paragraph separators, bidi controls and characters that
// show nothing become escapes: \n \r \t, \xNN below U+0080 and for bytes that
// are not UTF-8, \uNNNN and \UNNNNNNNN above. Joiners (U+200C, U+200D) stay
// inside words and emoji, variation selectors stay where they choose an emoji.
// Everything else stays, the backslash included: nothing is ever lost, but an
// escape that was typed cannot be told from one that was made.
func Literal(s string) string { return escape(s, "") }

// escape is Literal with some controls allowed to stay.
func escape(s, keep string) string {
	i := plain(s)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	prev := rune(-1)
	if i > 0 {
		prev = rune(s[i-1])
	}
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
			prev = -1
		case visible(r, prev, s[i+size:]) || strings.ContainsRune(keep, r):
			b.WriteRune(r)
			prev = r
		default:
			b.WriteString(escaped(r))
			prev = -1
		}
		i += size
	}
	return b.String()
}

// plain is the length of the printable ASCII that s begins with.
func plain(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return i
		}
	}
	return len(s)
}

// visible says whether r may stand between the kept rune before it (-1 for
// none, or for an escape) and the text after it.
func visible(r, prev rune, rest string) bool {
	switch {
	case r == '\u200c' || r == '\u200d':
		next, _ := utf8.DecodeRuneInString(rest)
		// A virama followed by a joiner ends words in several Indic scripts.
		return joins(prev) && (joins(next) && !selector(next) || unicode.Is(unicode.Mn, prev))
	case selector(r):
		return selects(prev)
	}
	return !hidden(r)
}

// hidden runes act on a terminal, or show nothing. Prepended marks are format
// characters too, but they are seen.
func hidden(r rune) bool {
	if unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point)
}

func joins(r rune) bool {
	return !hidden(r) && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsSymbol(r))
}

func selector(r rune) bool { return r == '\ufe0e' || r == '\ufe0f' }

// selects says whether an emoji or text selector means something after r.
// Elsewhere terminals disagree about the width that it leaves.
func selects(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '#' || r == '*' || '0' <= r && r <= '9'
	}
	return unicode.IsSymbol(r) || unicode.IsPunct(r)
}

func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// Verbatim is an argument that notices, prompts and Print show as it is. It is
// for text of this program that has several lines; whatever in it came from
// outside must have been through Literal.
type Verbatim string

// literals wraps arguments so that whatever a verb makes of them is Literal.
// The price is that a * in a format finds no width; none is used.
func literals(args []any) []any {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case nil, Verbatim:
			safe[i] = v
		case *OutputError:
			safe[i] = Verbatim(v.Error())
		default:
			safe[i] = literal{v}
		}
	}
	return safe
}

type literal struct{ value any }

func (l literal) Format(f fmt.State, verb rune) {
	_, _ = io.WriteString(f, Literal(fmt.Sprintf(fmt.FormatString(f, verb), l.value)))
}
