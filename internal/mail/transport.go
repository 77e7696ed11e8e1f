package mail

import (
	"context"
	"errors"
	"io"
	"time"

	gomail "github.com/wneessen/go-mail"

	"ax/internal/directory"
)

// A Transport takes messages to where they are read.
type Transport interface {
	// Deliver returns nil when the message has left for good, and ends when
	// ctx does. A message may come again: with the same Letter it is the
	// same message, to be replaced where that is possible. An error made by
	// [Permanent] ends the letter; after any other it is tried again. One
	// made by [Uncertain] says that the message may have left all the same.
	Deliver(ctx context.Context, m Message) error
}

// A Message is a rendered letter.
type Message struct {
	Letter  directory.LetterID
	Kind    directory.LetterKind
	Created time.Time // of the letter
	From    string    // the envelope's sender, a bare address
	To      string    // the envelope's one recipient, a bare address
	Mail    *gomail.Msg
}

// WriteTo writes the message as RFC 5322 wants it, lines ending in CRLF.
// Bodies are 8bit: a relay without 8BITMIME (RFC 6152) cannot take it as is.
func (m Message) WriteTo(w io.Writer) (int64, error) { return m.Mail.WriteTo(w) }

// write7bit writes the same message with its bodies in quoted-printable.
func (m Message) write7bit(w io.Writer) error {
	encode := func(e gomail.Encoding) {
		for _, p := range m.Mail.GetParts() {
			p.SetEncoding(e)
		}
	}
	encode(gomail.EncodingQP)
	defer encode(gomail.NoEncoding)
	_, err := m.WriteTo(w)
	return err
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that another attempt cannot mend, like an address
// that the receiving side does not know.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

func isPermanent(err error) bool {
	_, ok := errors.AsType[permanent](err)
	return ok
}

type uncertain struct{ error }

func (u uncertain) Unwrap() error { return u.error }

// Uncertain marks an error behind which the message may have left: the other
// side had all of it and did not say what became of it.
func Uncertain(err error) error {
	if err == nil {
		return nil
	}
	return uncertain{err}
}

func isUncertain(err error) bool {
	_, ok := errors.AsType[uncertain](err)
	return ok
}
