package mailtest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"strings"
)

// A Message is one that the server took, with its envelope.
type Message struct {
	From    string
	To      string // the one recipient: the server takes no second
	Params  string // of MAIL, like "BODY=8BITMIME"
	Hello   string // how the client named itself
	User    string // who signed in; empty: nobody
	TLS     bool
	Content []byte // as it came, lines ending in CRLF
}

// Header returns the decoded value of a header; empty when it is not there.
func (m Message) Header(name string) string {
	read, err := netmail.ReadMessage(bytes.NewReader(m.Content))
	if err != nil {
		return ""
	}
	value, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get(name))
	if err != nil {
		return ""
	}
	return value
}

// Text returns the decoded text form of the message.
func (m Message) Text() string { return m.part("text/plain") }

// HTML returns the decoded HTML form.
func (m Message) HTML() string { return m.part("text/html") }

// Link returns the first URL that has a line of the text to itself; empty
// when there is none.
func (m Message) Link() string {
	return strings.TrimSpace(regexp.MustCompile(`(?m)^https?://\S+\s*$`).FindString(m.Text()))
}

func (m Message) part(kind string) string {
	read, err := netmail.ReadMessage(bytes.NewReader(m.Content))
	if err != nil {
		return ""
	}
	_, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	r := multipart.NewReader(read.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err != nil {
			return ""
		}
		if !strings.HasPrefix(p.Header.Get("Content-Type"), kind+";") {
			continue
		}
		var body io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			body = quotedprintable.NewReader(p)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			return ""
		}
		return string(b)
	}
}

// objection is what a strict relay says to what it was not prepared for.
func (m Message) objection() string {
	header, _, _ := bytes.Cut(m.Content, []byte("\r\n\r\n"))
	switch {
	case eightBit(m.Content) && !strings.Contains(m.Params, "BODY=8BITMIME"):
		return "554 5.6.1 eight bits, though nobody spoke of them"
	case eightBit(header) && !strings.Contains(m.Params, "SMTPUTF8"):
		return "554 5.6.7 a header that is not ASCII"
	}
	for line := range bytes.SplitSeq(m.Content, []byte("\r\n")) {
		if len(line) > 998 {
			return "554 5.6.0 an endless line"
		}
	}
	return ""
}

func eightBit(b []byte) bool {
	return bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 })
}
