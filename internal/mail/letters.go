package mail

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	netmail "net/mail"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"

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
	Link    string // of a notice: the page that helps if the reader did not do it
	Written string // when, and so when what a notice tells happened
	Until   string // when the link ends
	Life    string // how long that is from the start
	Contact string // may be empty
}

// Render makes the message of a letter. It depends on its arguments only, so
// every attempt sends the same bytes; the date is that of the letter.
func Render(publicURL string, h Letterhead, l directory.OpenLetter) (Message, error) {
	s, err := h.sheet(publicURL)
	if err != nil {
		return Message{}, err
	}
	kind, err := kindOf(l.Kind)
	if err != nil {
		return Message{}, err
	}
	if parsed, err := netmail.ParseAddress("<" + l.To + ">"); err != nil || parsed.Address != l.To {
		return Message{}, errors.New("the letter's address is not a single e-mail address")
	}
	w := s.words(kind, l)
	text, html, err := bodies(kind.name, w)
	if err != nil {
		return Message{}, err
	}
	return Message{
		Letter: l.ID, Kind: l.Kind, Created: l.CreatedAt,
		From: s.from.Address, To: l.To,
		Mail: s.compose(l, w.Subject, text, html),
	}, nil
}

func (s sheet) words(k kind, l directory.OpenLetter) words {
	w := words{
		Subject: fmt.Sprintf(k.subject, s.product),
		Product: s.product,
		Name:    shown(l.ToName),
		Inviter: shown(l.From),
		Link:    Link(s.publicURL, l),
		Written: clock(l.CreatedAt),
		Until:   clock(l.ExpiresAt),
		Life:    span(l.ExpiresAt.Sub(l.CreatedAt)),
		Contact: s.contact,
	}
	if k.path == "" {
		w.Link = page(s.publicURL, forgotPath)
	}
	if w.Inviter == "root" { // the machine's administrator: a name to nobody
		w.Inviter = ""
	}
	return w
}

// forgotPath is the page that sends a reset letter.
const forgotPath = "/forgot-password"

func clock(t time.Time) string { return t.UTC().Format("Monday, 2 January 2006 at 15:04 MST") }

// span is a time in the largest unit that leaves no rest: 30 minutes, 7 days.
func span(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch {
	case minutes >= 48*60 && minutes%(24*60) == 0:
		return fmt.Sprint(minutes/24/60, " days")
	case minutes >= 2*60 && minutes%60 == 0:
		return fmt.Sprint(minutes/60, " hours")
	}
	return fmt.Sprint(minutes, " minutes")
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
