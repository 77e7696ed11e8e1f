package mail

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"ax/internal/directory"
)

// A Letterhead is what all letters of an installation share.
type Letterhead struct {
	Product string // what people are invited to; "ax" when empty
	From    string // one address, with a name or without; "Product <no-reply@HOST>" when empty
	Contact string // whom to ask: an address or a few words; may be empty
}

const (
	defaultProduct = "ax"
	maxProduct     = 64  // runes; with maxContact, keeps every line
	maxContact     = 120 // under the 998 bytes of RFC 5322 2.1.1
	maxPublicURL   = 500 // bytes
)

// Link returns the link of a letter, PUBLIC_URL/invitations/TOKEN or
// PUBLIC_URL/reset/TOKEN; nothing when the letter has none, or its token is no
// longer kept.
func Link(publicURL string, l directory.OpenLetter) string {
	k, err := kindOf(l.Kind)
	if err != nil || k.path == "" || l.Token == "" {
		return ""
	}
	return page(publicURL, k.path) + l.Token
}

func page(publicURL, path string) string { return strings.TrimRight(publicURL, "/") + path }

// A sheet is a letterhead that was checked and filled in.
type sheet struct {
	publicURL string
	host      string // of the public URL
	from      *netmail.Address
	product   string
	contact   string
}

// sheet says what to change when the configuration cannot make letters.
func (h Letterhead) sheet(publicURL string) (sheet, error) {
	host, err := hostOf(publicURL)
	if err != nil {
		return sheet{}, err
	}
	s := sheet{publicURL: publicURL, host: host, product: h.Product, contact: h.Contact}
	if s.product == "" {
		s.product = defaultProduct
	}
	if !printable(s.product, maxProduct) {
		return sheet{}, fmt.Errorf("the product name for letters must be at most %d printable characters", maxProduct)
	}
	if !printable(s.contact, maxContact) {
		return sheet{}, fmt.Errorf("the contact for letters must be at most %d printable characters", maxContact)
	}
	s.from, err = h.sender(s.product, host)
	return s, err
}

func (h Letterhead) sender(product, host string) (*netmail.Address, error) {
	if h.From == "" {
		return &netmail.Address{Name: product, Address: "no-reply@" + mailDomain(host)}, nil
	}
	from, err := netmail.ParseAddress(h.From)
	// An address beyond ASCII would need SMTPUTF8 of every relay and reader.
	if err != nil || !printable(from.Name, maxProduct) || !isASCII(from.Address) {
		return nil, fmt.Errorf("the sender of letters, %q, must be one address like no-reply@example.com, in ASCII", h.From)
	}
	if from.Name == "" {
		from.Name = product
	}
	return from, nil
}

// mailDomain is the host when it can have mail, else the name for this one.
func mailDomain(host string) string {
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return "localhost"
	}
	return host
}

// hostOf checks the public URL. That it is https is the server's rule; here
// it must be what every mail program takes for one link.
func hostOf(publicURL string) (string, error) {
	u, err := url.Parse(publicURL)
	switch {
	case publicURL == "":
		return "", errors.New("letters need a public URL, like https://ax.example.com")
	case err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http",
		len(publicURL) > maxPublicURL,
		strings.ContainsFunc(publicURL, unfitForLinks):
		return "", fmt.Errorf("the public URL %q must be like https://ax.example.com: http or https, a host in ASCII, no user, query or fragment", publicURL)
	}
	return u.Hostname(), nil
}

func unfitForLinks(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~:/%[]", r))
}

func printable(s string, runes int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= runes &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
