package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// An SMTPConfig names the relay that takes letters on, and how to talk to it.
type SMTPConfig struct {
	// URL is smtp[s]://[user@]host:port. smtps is TLS from the first byte;
	// smtp turns to TLS by STARTTLS, without which nothing is said, except
	// to this machine itself.
	URL      string
	Password string // of the user in the URL

	// For tests and odd networks; the zero value of each is right elsewhere.
	RootCAs      *x509.CertPool                                                    // nil: the system's
	Dial         func(ctx context.Context, network, addr string) (net.Conn, error) // nil: net.Dialer
	ReplyTimeout time.Duration                                                     // for each answer; 0: 30 s
}

const (
	dialTimeout  = 10 * time.Second
	replyTimeout = 30 * time.Second
	maxUser      = 255 // runes
	likeThis     = "smtp://user@mail.example.com:587 (STARTTLS) or smtps://user@mail.example.com:465 (TLS)"
)

// SMTP returns a transport that hands each message to a relay, over a
// connection of its own. It connects to nothing yet; an error says what to
// change in the configuration, and quotes no part of it that may be secret.
//
// A message that the relay refuses for good, by a 5xx answer to its recipient
// or its text, is [Permanent]; all else may be mended at the relay or here,
// and is tried again. When the connection ends between the message and the
// answer to it, nobody knows, and the error is [Uncertain].
func SMTP(c SMTPConfig) (Transport, error) {
	u, err := parseSMTP(c.URL)
	if err != nil {
		return nil, err
	}
	r := &relay{
		host: u.Hostname(), address: u.Host, implicit: u.Scheme == "smtps",
		user: u.User.Username(), password: c.Password,
		dial: c.Dial, wait: c.ReplyTimeout,
	}
	r.loopback = loopback(r.host)
	r.tls = &tls.Config{ServerName: r.host, RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12}
	if r.dial == nil {
		r.dial = (&net.Dialer{}).DialContext
	}
	if r.wait <= 0 {
		r.wait = replyTimeout
	}
	return r, r.checkSignIn()
}

func (r *relay) checkSignIn() error {
	switch {
	case !printable(r.user, maxUser):
		return fmt.Errorf("the user in the SMTP URL must be at most %d printable characters", maxUser)
	case r.user != "" && r.password == "":
		return errors.New("the SMTP URL names a user: give the password in AX_SMTP_PASSWORD or AX_SMTP_PASSWORD_FILE")
	case r.user == "" && r.password != "":
		return errors.New("there is an AX_SMTP_PASSWORD, but the SMTP URL names no user; write it like " + likeThis)
	case strings.ContainsAny(r.password, "\x00\r\n"):
		return errors.New("AX_SMTP_PASSWORD must be one line, without line break or NUL")
	}
	return nil
}

// parseSMTP never quotes the text: it may hold a password after all.
func parseSMTP(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the SMTP URL cannot be read; write it like " + likeThis)
	}
	_, password := u.User.Password()
	port, portErr := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case password:
		return nil, errors.New("the SMTP URL holds a password, which every list of processes would show: take it out and give it in AX_SMTP_PASSWORD or AX_SMTP_PASSWORD_FILE")
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return nil, errors.New("the SMTP URL must begin with smtp:// or smtps://; write it like " + likeThis)
	case u.Hostname() == "" || !isASCII(u.Host):
		return nil, errors.New("the SMTP URL needs a host, in ASCII; write it like " + likeThis)
	case portErr != nil || port == 0:
		return nil, errors.New("the SMTP URL needs a port from 1 to 65535, mostly 587 for smtp and 465 for smtps; write it like " + likeThis)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the SMTP URL must end with its port; write it like " + likeThis)
	}
	return u, nil
}

// loopback holds for hosts that are this machine by their very name.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.Unmap().IsLoopback()
}
