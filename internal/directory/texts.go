package directory

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How many characters names and descriptions may have (contract).
const (
	maxName        = 255
	maxDescription = 1000
)

// parseName checks a name and returns it as it is stored: trimmed, NFC.
func parseName(s string) (name, fault string) {
	name, fault = parseText(s, maxName)
	switch {
	case fault != "":
		return "", fault
	case name == "":
		return "", "must not be empty"
	case !strings.ContainsFunc(name, visible):
		return "", "must hold something that can be seen"
	}
	return name, ""
}

// parseText checks one line of text for people, which may be empty, and
// returns it as it is stored: trimmed, NFC.
func parseText(s string, most int) (text, fault string) {
	text = norm.NFC.String(strings.TrimSpace(s))
	switch {
	case !utf8.ValidString(s):
		return "", "must be valid UTF-8"
	case utf8.RuneCountInString(text) > most:
		return "", fmt.Sprintf("must be at most %d characters", most)
	case strings.ContainsFunc(text, unfitForNames):
		return "", "must not hold control characters, line breaks or characters that reorder or hide text"
	}
	return text, ""
}

// visible holds for what leaves ink. The fillers are letters by category only.
func visible(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800':
		return false
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
}

// unfitForNames holds for what would break a header, a log line or a
// terminal, or make a name look like another. Joiners (U+200C, U+200D) stay:
// Persian names and emoji need them.
func unfitForNames(r rune) bool {
	switch r {
	case '\u2028', '\u2029', '\u200b', '\u200e', '\u200f', '\u061c', '\u2060', '\ufeff', utf8.RuneError:
		return true
	}
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
