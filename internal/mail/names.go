package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxShownName  = 80  // runes, in a letter's body
	maxHeaderName = 255 // runes, in the To header: as long as names get
)

// oneLine returns s as one line of valid text: control characters and line
// breaks of any kind are spaces, runs of spaces are one, and what reorders
// text is gone. Names come so already; a header must not depend on it.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// shown returns a name for the body of a letter: short, and empty when a mail
// program could make a link of it, because whoever chose the name must not
// choose what is clicked.
func shown(name string) string {
	name = oneLine(name)
	if looksLikeLink(name) {
		return ""
	}
	return shorten(name, maxShownName)
}

func looksLikeLink(s string) bool {
	low := strings.ToLower(s)
	if strings.Contains(low, "://") || strings.Contains(low, "www.") {
		return true
	}
	// A dot inside a word, two letters behind it: example.com, not J.R. Doe.
	r := []rune(low)
	for i := 1; i+2 < len(r); i++ {
		if isDot(r[i]) && inWord(r[i-1]) && inWord(r[i+1]) && inWord(r[i+2]) {
			return true
		}
	}
	return false
}

// isDot holds for what domain names take for a dot (UTS 46).
func isDot(r rune) bool { return strings.ContainsRune(".\u3002\uff0e\uff61", r) }

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' }

// shorten cuts s to n runes, and not behind a joiner, which would leave half
// an emoji.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:n]), "\u200d ") + "…"
}

// isolate keeps a name in a right-to-left script from turning the line of
// text that it stands in (UAX 9, first strong isolate). HTML has bdi for it.
func isolate(name string) string {
	for _, r := range name {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam) {
			return "\u2068" + name + "\u2069"
		}
	}
	return name
}
