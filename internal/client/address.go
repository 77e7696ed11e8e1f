package client

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// AddressKey is equal for two spellings of one address: letters in any case,
// composed or not, the domain in either of its forms.
func AddressKey(email string) string {
	return norm.NFC.String(strings.Map(leastOfCase, norm.NFC.String(asciiDomain(email))))
}

func leastOfCase(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}
