package directory

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// DefaultMinPassword is what NIST SP 800-63B-4 asks of a password that is the
// only factor; leastMinPassword what configuration may lower it to.
const (
	DefaultMinPassword = 15
	leastMinPassword   = 8
	maxPasswordBytes   = 1024
)

// PasswordRule is the rule for people who are about to choose.
func (d *Directory) PasswordRule() string {
	return fmt.Sprintf("At least %d characters. Any characters count, spaces too; a few unrelated words are easy to remember and hard to guess.", d.minPassword())
}

func (d *Directory) minPassword() int {
	if d.MinPassword == 0 {
		return DefaultMinPassword
	}
	return max(d.MinPassword, leastMinPassword)
}

// CheckPassword says what is wrong with a password that u chooses, "" for
// nothing. There are no rules about kinds of characters; what is easily
// guessed, for anybody or for this person, is refused.
func (d *Directory) CheckPassword(password string, u User) (fault string) {
	switch {
	case !utf8.ValidString(password):
		return "must be valid UTF-8"
	case utf8.RuneCountInString(password) < d.minPassword():
		return fmt.Sprintf("must have at least %d characters", d.minPassword())
	case len(password) > maxPasswordBytes:
		return fmt.Sprintf("must be at most %d bytes long", maxPasswordBytes)
	case commonPassword(password):
		return "is one of the first that anybody would guess"
	case d.personal(password, u):
		return "must not be your name, your address or the name of this service"
	}
	return ""
}

// personal holds for a password that is made of what is known about its owner,
// with nothing but digits and punctuation added.
func (d *Directory) personal(password string, u User) bool {
	rest := plain(password)
	local, domain, _ := cutLast(u.Email, '@')
	all := append(strings.Fields(u.Name), u.Name, u.Email, local, domain, firstLabel(domain), d.Product)
	for i := range all {
		all[i] = plain(all[i])
	}
	// The longest first, or a part of one would be taken out of its middle.
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	for _, known := range all {
		if len(known) > 2 {
			rest = strings.ReplaceAll(rest, known, "")
		}
	}
	return strings.Trim(rest, "0123456789") == "" && rest != plain(password)
}

func firstLabel(domain string) string {
	label, _, _ := strings.Cut(domain, ".")
	return label
}

// plain folds a text and leaves letters and digits.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && !isAlnum(r) {
			return -1
		}
		return r
	}, Fold(s))
}
