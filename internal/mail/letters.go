package mail

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	netmail "net/mail"
	"strings"
	"sync"
	texttemplate "text/template"

	gomail "github.com/wneessen/go-mail"

	"ax/internal/directory"
)

//go:embed letters
var letters embed.FS

// What the letters in letters/ can say.
type words struct {
	Subject string
	Product string
	Name    string // of the reader; may be empty
	Inviter string // who caused the letter; may be empty
	Link    string
	Until   string // when the link ends
	Contact string // may be empty
}

// Render makes the message of a letter. It depends on its arguments only, so
// every attempt sends the same bytes; the date is that of the letter.
func Render(publicURL string, h Letterhead, l directory.OpenLetter) (Message, error) {
	s, err := h.sheet(publicURL)
	if err != nil {
		return Message{}, err
	}
	kind, err := kindName(l.Kind)
	if err != nil {
		return Message{}, err
	}
	if parsed, err := netmail.ParseAddress("<" + l.To + ">"); err != nil || parsed.Address != l.To {
		return Message{}, fmt.Errorf("the letter's address %q is not a single e-mail address", l.To)
	}
	w := s.words(l)
	text, html, err := bodies(kind, w)
	if err != nil {
		return Message{}, err
	}
	return Message{
		Letter: l.ID, Kind: l.Kind, Created: l.CreatedAt,
		From: s.from.Address, To: l.To,
		Mail: s.compose(l, w.Subject, text, html),
	}, nil
}

func (s sheet) words(l directory.OpenLetter) words {
	w := words{
		Subject: "Your invitation to " + s.product,
		Product: s.product,
		Name:    shown(l.ToName),
		Inviter: shown(l.From),
		Link:    Link(s.publicURL, l),
		Until:   l.ExpiresAt.UTC().Format("Monday, 2 January 2006 at 15:04 MST"),
		Contact: s.contact,
	}
	if l.Kind == directory.LetterReset {
		w.Subject = "Choose a new password for " + s.product
	}
	if w.Inviter == "root" { // the machine's administrator: a name to nobody
		w.Inviter = ""
	}
	return w
}

// bodies renders the two forms of a letter, which say the same.
func bodies(kind string, w words) (text, html string, err error) {
	texts, err := textLetters()
	if err != nil {
		return "", "", fmt.Errorf("parse the letters: %w", err)
	}
	pages, err := htmlLetters()
	if err != nil {
		return "", "", fmt.Errorf("parse the letters: %w", err)
	}
	var page, plain bytes.Buffer
	if err := pages.ExecuteTemplate(&page, kind+".html", w); err != nil {
		return "", "", fmt.Errorf("render the %s: %w", kind, err)
	}
	w.Name, w.Inviter = isolate(w.Name), isolate(w.Inviter)
	if err := texts.ExecuteTemplate(&plain, kind+".txt", w); err != nil {
		return "", "", fmt.Errorf("render the %s: %w", kind, err)
	}
	return crlf(plain.String()), crlf(page.String()), nil
}

// Parsed at the first letter: most commands send none.
var (
	textLetters = sync.OnceValues(func() (*texttemplate.Template, error) {
		return texttemplate.ParseFS(letters, "letters/*.txt")
	})
	htmlLetters = sync.OnceValues(func() (*template.Template, error) {
		return template.ParseFS(letters, "letters/*.html")
	})
)

// crlf ends lines as mail does, however the templates were checked out.
func crlf(s string) string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	return strings.ReplaceAll(s, "\n", "\r\n") + "\r\n"
}

// compose leaves both bodies unencoded (8bit): the link is in the raw message
// as it is in the letter, for whoever searches a mail folder.
func (s sheet) compose(l directory.OpenLetter, subject, text, html string) *gomail.Msg {
	id := string(l.ID) + "@" + messageHost(s.host)
	m := gomail.NewMsg(
		gomail.WithEncoding(gomail.NoEncoding),
		gomail.WithBoundary(boundary(id)),
		gomail.WithNoDefaultUserAgent(),
	)
	m.FromMailAddress(s.from)
	m.ToMailAddress(&netmail.Address{Name: shorten(oneLine(l.ToName), maxHeaderName), Address: l.To})
	m.Subject(subject)
	m.SetDateWithValue(l.CreatedAt.UTC())
	m.SetMessageIDWithValue(id)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answer from machines
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	return m
}

// messageHost is the host as the right side of a Message-ID (RFC 5322 3.6.4).
func messageHost(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// boundary is the same at each attempt and not to be guessed from outside.
func boundary(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "part-" + hex.EncodeToString(sum[:12])
}
