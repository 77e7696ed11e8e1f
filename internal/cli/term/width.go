package term

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// width is the number of columns that s takes on a terminal of today: an emoji
// of several runes is one, as is a letter with its marks. Older terminals add
// the runes up; settle makes up for that.
func width(s string) int {
	if plain(s) == len(s) {
		return len(s)
	}
	n, state := 0, -1
	for s != "" {
		var w int
		s, w, state = cluster(s, state)
		n += w
	}
	return n
}

// cluster parts s after its first character, as uniseg does, and corrects
// where uniseg's width is no terminal's: keycaps and the long dashes.
func cluster(s string, state int) (rest string, columns, next int) {
	first, rest, columns, next := uniseg.FirstGraphemeClusterInString(s, state)
	r, size := utf8.DecodeRuneInString(first)
	switch {
	case strings.HasSuffix(first[size:], "\ufe0f\u20e3"):
		columns = 2
	case r == '\u2e3a' || r == '\u2e3b':
		columns = 1
	}
	return rest, columns, next
}

// settle returns the escape that puts a terminal's cursor into a column,
// counted from 1, after text of which terminals disagree how wide it is. What
// stands to its right is then in its place on all of them.
func settle(text string, column int) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x300 && r != '—' }) {
		return ""
	}
	return "\x1b[" + strconv.Itoa(column) + "G"
}

// cut is the longest beginning of s that fits into limit columns.
func cut(s string, limit int) string {
	head, _ := split(s, limit)
	return head
}

// split parts s after the last character that fits into limit columns. It
// never parts a character from its marks.
func split(s string, limit int) (head, tail string) {
	used, state, rest := 0, -1, s
	for rest != "" {
		next, w, newState := cluster(rest, state)
		if used+w > limit {
			break
		}
		used, rest, state = used+w, next, newState
	}
	return s[:len(s)-len(rest)], rest
}

// fold breaks s into lines of at most limit columns, at spaces where there are
// any. A limit of 0 is no limit; a character wider than the limit has a line.
func fold(s string, limit int) []string {
	if limit <= 0 {
		return []string{s}
	}
	head, tail := splitAtWord(s, limit)
	lines := []string{head}
	for tail != "" {
		head, tail = splitAtWord(tail, limit)
		lines = append(lines, head)
	}
	return lines
}

// splitAtWord is split, moved back to the last space if there is one. Spaces
// at the break are dropped.
func splitAtWord(s string, limit int) (head, tail string) {
	head, tail = split(s, limit)
	if head == "" && tail != "" {
		_, w, _ := cluster(s, -1)
		head, tail = split(s, w)
	}
	if tail == "" || tail[0] == ' ' {
		return head, strings.TrimLeft(tail, " ")
	}
	at := strings.LastIndexByte(head, ' ')
	if at < 0 || strings.TrimLeft(head[:at], " ") == "" {
		return head, tail
	}
	return strings.TrimRight(head[:at], " "), s[at+1:]
}

// isolated keeps right-to-left text from reordering the border beside it, on
// terminals that know about direction: U+2068 and U+2069 enclose it.
func isolated(s string) string {
	if plain(s) == len(s) || strings.IndexFunc(s, rightToLeft) < 0 {
		return s
	}
	return "\u2068" + s + "\u2069"
}

// rightToLeft covers the blocks that Unicode keeps for such scripts.
func rightToLeft(r rune) bool {
	switch {
	case r < 0x0590:
		return false
	case r <= 0x08ff, 0xfb1d <= r && r <= 0xfdff, 0xfe70 <= r && r <= 0xfeff:
		return true
	}
	return 0x10800 <= r && r <= 0x10fff || 0x1e800 <= r && r <= 0x1efff
}
