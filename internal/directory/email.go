package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

const maxEmailBytes = 254 // RFC 5321 4.5.3.1.3, less the angle brackets

// Fold maps every spelling of a text that people take for the same to one:
// NFC, then each rune to the smallest of its case orbit that is no mark (the
// Greek iota's orbit has one, which would melt into its neighbour). It is the one
// folding for identity, search index and search term, because the engines'
// own lower-casing differs between them and from Go's.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	// Folding can leave marks that compose anew, so the result is composed too.
	return norm.NFC.String(strings.Map(foldRune, norm.NFC.String(s)))
}

func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if unicode.IsMark(least) || f < least && !unicode.IsMark(f) {
			least = f
		}
	}
	return least
}

// ParseEmail checks an address and returns it as it is stored and mailed to:
// as given, but a domain outside ASCII becomes its A-label (RFC 5891). The
// rules are narrower than RFC 5322: one address, no display name, quotes,
// comments or address literals, and a domain of at least two labels.
func ParseEmail(s string) (email, fault string) {
	local, domain, ok := cutLast(s, '@')
	switch {
	case s == "":
		return "", "must not be empty"
	case !utf8.ValidString(s):
		return "", "must be valid UTF-8"
	case len(s) > maxEmailBytes:
		return "", "must be at most 254 bytes"
	case !ok || !soundLocal(local):
		return "", "must be a single e-mail address like jane@example.com"
	}
	domain, ok = asciiDomain(domain)
	if !ok {
		return "", "must end in a domain name like example.com"
	}
	if email = local + "@" + domain; len(email) > maxEmailBytes {
		return "", "must be at most 254 bytes"
	}
	return email, ""
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// soundLocal holds for a dot-atom of at most 64 bytes (RFC 5321 4.5.3.1.1),
// letters and digits of any script included (RFC 6531).
func soundLocal(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		ok := r < utf8.RuneSelf && (isAlnum(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r)) ||
			r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r))
		if !ok {
			return false
		}
	}
	return true
}

func asciiDomain(s string) (string, bool) {
	if !isASCII(s) || strings.Contains(strings.ToLower(s), "xn--") {
		ascii, err := idna.Lookup.ToASCII(s)
		if err != nil {
			return "", false
		}
		s = ascii
	}
	labels := strings.Split(s, ".")
	if len(labels) < 2 || len(s) > 253 || allDigits(labels[len(labels)-1]) {
		return "", false
	}
	for _, l := range labels {
		if !soundLabel(l) {
			return "", false
		}
	}
	return s, true
}

func soundLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		if !isAlnum(l[i]) && l[i] != '-' {
			return false
		}
	}
	return true
}

func isAlnum[T byte | rune](c T) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
