package mail_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/mail"
	"ax/internal/mail/mailtest"
)

const password = "Pa55phrase-of-the-relay"

// remote reaches a server by a name that is not the loopback's, as relays are
// reached in earnest.
func remote(s *mailtest.Server) mail.SMTPConfig {
	c := mail.SMTPConfig{URL: s.RemoteURL, RootCAs: s.Roots, Dial: s.Dial}
	if strings.Contains(c.URL, "@") {
		c.Password = password
	}
	return c
}

func smtp(t *testing.T, c mail.SMTPConfig) mail.Transport {
	t.Helper()
	if c.ReplyTimeout == 0 {
		c.ReplyTimeout = 10 * time.Second
	}
	s, err := mail.SMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// secrets fails the test when the text holds what signs in at the relay.
func secrets(t *testing.T, what, text string) {
	t.Helper()
	for _, secret := range []string{password, base64.StdEncoding.EncodeToString([]byte("\x00ann\x00" + password)), base64.StdEncoding.EncodeToString([]byte(password))} {
		if strings.Contains(text, secret) {
			t.Errorf("%s: %q", what, text)
		}
	}
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	withUser := func(o mailtest.Options) mailtest.Options {
		o.User, o.Password = "ann", password
		return o
	}
	local := func(s *mailtest.Server) mail.SMTPConfig { return mail.SMTPConfig{URL: s.URL} }
	localUser := func(s *mailtest.Server) mail.SMTPConfig { return mail.SMTPConfig{URL: s.URL, Password: password} }
	trusting := func(s *mailtest.Server) mail.SMTPConfig { return mail.SMTPConfig{URL: s.URL, RootCAs: s.Roots} }
	for _, tt := range []struct {
		name    string
		options mailtest.Options
		config  func(*mailtest.Server) mail.SMTPConfig
		want    mailtest.Message
	}{
		{"loopback in the clear", mailtest.Options{}, local, mailtest.Message{Params: "BODY=8BITMIME"}},
		{"loopback, certificate nobody knows", mailtest.Options{STARTTLS: true}, local, mailtest.Message{Params: "BODY=8BITMIME"}},
		{"loopback, STARTTLS", mailtest.Options{STARTTLS: true}, trusting, mailtest.Message{Params: "BODY=8BITMIME", TLS: true}},
		{"loopback, user in the clear", withUser(mailtest.Options{}), localUser, mailtest.Message{Params: "BODY=8BITMIME", User: "ann"}},
		{"loopback, TLS", mailtest.Options{TLS: true}, trusting, mailtest.Message{Params: "BODY=8BITMIME", TLS: true}},
		{"STARTTLS", mailtest.Options{STARTTLS: true}, remote, mailtest.Message{Params: "BODY=8BITMIME", TLS: true}},
		{"STARTTLS, user", withUser(mailtest.Options{STARTTLS: true}), remote, mailtest.Message{Params: "BODY=8BITMIME", TLS: true, User: "ann"}},
		{"TLS, user", withUser(mailtest.Options{TLS: true}), remote, mailtest.Message{Params: "BODY=8BITMIME", TLS: true, User: "ann"}},
		{"LOGIN", withUser(mailtest.Options{STARTTLS: true, Login: true}), remote, mailtest.Message{Params: "BODY=8BITMIME", TLS: true, User: "ann"}},
		{"no 8BITMIME", mailtest.Options{No8BITMIME: true}, local, mailtest.Message{}},
		{"no SMTPUTF8", mailtest.Options{NoSMTPUTF8: true}, local, mailtest.Message{Params: "BODY=8BITMIME"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, tt.options)
			l := letter(directory.LetterInvitation, "TGV0dGVyOjE")
			l.ToName, l.From = "Zoë", "أحمد" // eight bits
			if err := smtp(t, tt.config(s)).Deliver(t.Context(), message(t, l)); err != nil {
				t.Fatal(err)
			}
			got := s.WaitFor(t, "ann@example.com")
			checkArrived(t, got, l)
			tt.want.From, tt.want.To, tt.want.Hello, tt.want.Content = "no-reply@ax.example.com", "ann@example.com", "[127.0.0.1]", got.Content
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error("(-want +got):", diff)
			}
			if tt.want.TLS {
				secrets(t, "in the clear", s.Clear())
			}
		})
	}
}

// checkArrived holds a message to what it was before it was sent.
func checkArrived(t *testing.T, m mailtest.Message, l directory.OpenLetter) {
	t.Helper()
	sent := string(raw(t, mail.Letterhead{}, l))
	if m.Params != "" {
		if diff := cmp.Diff(sent, string(m.Content)); diff != "" {
			t.Error("the message on its way (-want +got):", diff)
		}
	}
	want := mailtest.Message{Content: []byte(sent)}
	if m.Text() == "" || m.Text() != want.Text() || m.HTML() != want.HTML() || m.Link() != kinds()[l.Kind] {
		t.Errorf("the text is not what it was: %s", m.Content)
	}
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"} {
		if got := m.Header(name); got == "" || got != want.Header(name) {
			t.Errorf("%s: %q, want %q", name, got, want.Header(name))
		}
	}
}

// TestOneRecipient is R-IN-06 on the wire: whatever people are called, there
// is one recipient, and the headers are as many as ever.
func TestOneRecipient(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	tr := smtp(t, mail.SMTPConfig{URL: s.URL})
	for _, name := range awkward() {
		l := letter(directory.LetterInvitation, "TGV0dGVyOjE")
		l.ToName, l.From = name, name
		if err := tr.Deliver(t.Context(), message(t, l)); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		checkMessage(t, s.WaitFor(t, "ann@example.com").Content, l)
	}
	commands := regexp.MustCompile(`(?mi)^(mail from|rcpt to|data)\b.*\r$`).FindAllString(s.Clear(), -1)
	if n := strings.Count(s.Clear(), "QUIT\r\n"); n != s.Connections() {
		t.Errorf("%d farewells on %d connections", n, s.Connections())
	}
	if len(commands) != 3*len(awkward()) || len(s.Messages()) != len(awkward()) {
		t.Errorf("%d commands, %d messages for %d letters", len(commands), len(s.Messages()), len(awkward()))
	}
}

func TestAddressBeyondASCII(t *testing.T) {
	t.Parallel()
	l := letter(directory.LetterReset, "L")
	l.To = "jürgen@example.com"

	able := mailtest.Start(t, mailtest.Options{})
	if err := smtp(t, mail.SMTPConfig{URL: able.URL}).Deliver(t.Context(), message(t, l)); err != nil {
		t.Fatal(err)
	}
	if m := able.WaitFor(t, l.To); m.Params != "BODY=8BITMIME SMTPUTF8" {
		t.Errorf("MAIL with %q", m.Params)
	}

	w := newWorld(l)
	s := mailtest.Start(t, mailtest.Options{NoSMTPUTF8: true})
	w.Transport = smtp(t, mail.SMTPConfig{URL: s.URL})
	w.pass(t, 0)
	if got := w.outbox.letter("L"); got.State != directory.LetterDead || !strings.Contains(got.LastError, "beyond ASCII (it has no SMTPUTF8)") {
		t.Errorf("%s: %q", got.State, got.LastError)
	}
}

// TestReplies is what becomes of a letter by who says what: DEAD only when the
// answer speaks of this letter.
func TestReplies(t *testing.T) {
	t.Parallel()
	const waiting, dead = directory.LetterWaiting, directory.LetterDead
	for _, tt := range []struct {
		at    mailtest.Step
		reply string
		state directory.LetterState
		says  string
	}{
		{mailtest.Greeting, "421 4.3.2 too busy", waiting, "greeting: 421 4.3.2 too busy"},
		{mailtest.Greeting, "554 5.7.1 we do not know you", waiting, "greeting: 554 5.7.1 we do not know you"},
		{mailtest.Hello, "421 4.7.0 not now", waiting, "EHLO: 421 4.7.0 not now"},
		{mailtest.Auth, "454 4.7.0 " + password, waiting, "the relay refused the sign-in with 454: check the user in the SMTP URL and AX_SMTP_PASSWORD"},
		{mailtest.Auth, "535 5.7.8 " + password, waiting, "the relay refused the sign-in with 535: check the user in the SMTP URL and AX_SMTP_PASSWORD"},
		{mailtest.Mail, "451 4.3.0 later", waiting, "MAIL: 451 4.3.0 later"},
		{mailtest.Mail, "553 5.7.1 not your address", waiting, "MAIL: 553 5.7.1 not your address"},
		{mailtest.Rcpt, "421 4.3.2 going down", waiting, "RCPT: 421 4.3.2 going down"},
		{mailtest.Rcpt, "450 4.2.0 greylisted", waiting, "RCPT: 450 4.2.0 greylisted"},
		{mailtest.Rcpt, "452 4.2.2 over quota", waiting, "RCPT: 452 4.2.2 over quota"},
		{mailtest.Rcpt, "530 5.7.0 authentication required", waiting, "RCPT: 530 5.7.0 authentication required"},
		{mailtest.Rcpt, "554 5.7.1 relay access denied", waiting, "RCPT: 554 5.7.1 relay access denied"},
		{mailtest.Rcpt, "550 5.1.1 <ann@example.com>: no such user", dead, "RCPT: 550 5.1.1 <[address]>: no such user"},
		{mailtest.Rcpt, "552 5.2.2 mailbox full", dead, "RCPT: 552 5.2.2 mailbox full"},
		{mailtest.Rcpt, "553 5.1.3 bad address", dead, "RCPT: 553 5.1.3 bad address"},
		{mailtest.Rcpt, "501 5.1.3 bad syntax", dead, "RCPT: 501 5.1.3 bad syntax"},
		{mailtest.Data, "451 4.3.0 later", waiting, "DATA: 451 4.3.0 later"},
		{mailtest.Data, "554 5.5.1 no", dead, "DATA: 554 5.5.1 no"},
		{mailtest.End, "452 4.3.1 disk full", waiting, "end of DATA: 452 4.3.1 disk full"},
		{mailtest.End, "552 5.3.4 too long", dead, "end of DATA: 552 5.3.4 too long"},
		{mailtest.End, "554 5.7.1 spam", dead, "end of DATA: 554 5.7.1 spam"},
	} {
		t.Run(string(tt.at)+" "+tt.reply[:3], func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, mailtest.Options{User: "ann", Password: password})
			w := newWorld(letter(directory.LetterReset, "L"))
			w.Transport = smtp(t, mail.SMTPConfig{URL: s.URL, Password: password})
			s.Break(mailtest.Fault{At: tt.at, Reply: tt.reply})
			w.pass(t, 0)
			if l := w.outbox.letter("L"); l.State != tt.state || l.LastError != tt.says {
				t.Errorf("%s: %q; want %s: %q", l.State, l.LastError, tt.state, tt.says)
			}
			if n := len(s.Messages()); n != 0 {
				t.Errorf("%d messages were taken", n)
			}
			secrets(t, "log", w.log.String())
		})
	}
}

// A relay that dawdles over its farewell has the letter all the same.
func TestQuitDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, f := range []mailtest.Fault{{Reply: "554 never"}, {Cut: true}, {Hang: true}} {
		s := mailtest.Start(t, mailtest.Options{})
		f.At = mailtest.Quit
		s.Break(f)
		if err := smtp(t, mail.SMTPConfig{URL: s.URL}).Deliver(t.Context(), message(t, letter(directory.LetterReset, "L"))); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// A relay may read a letter for longer than it may be silent otherwise: to
// give up then would be to send it again.
func TestSlowAcknowledgement(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	s.Break(mailtest.Fault{At: mailtest.End, Delay: 1500 * time.Millisecond})
	err := smtp(t, mail.SMTPConfig{URL: s.URL, ReplyTimeout: time.Second}).Deliver(t.Context(), message(t, letter(directory.LetterReset, "L")))
	if err != nil {
		t.Error(err)
	}
}

// Deliver ends when its context does, wherever it is.
func TestSMTPEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, step := range []mailtest.Step{mailtest.Greeting, mailtest.Hello, mailtest.StartTLS, mailtest.Auth, mailtest.Mail, mailtest.Rcpt, mailtest.Data, mailtest.End} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, mailtest.Options{STARTTLS: true, User: "ann", Password: password})
			s.Break(mailtest.Fault{At: step, Hang: true})
			c := remote(s)
			c.ReplyTimeout = time.Hour
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if err := smtp(t, c).Deliver(ctx, message(t, letter(directory.LetterReset, "L"))); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Deliver = %v", err)
			}
		})
	}
}

// A signed-in user is asked for: without a way to sign in nothing is sent.
func TestNoWayToSignIn(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	u := strings.Replace(s.URL, "//", "//ann@", 1)
	err := smtp(t, mail.SMTPConfig{URL: u, Password: password}).Deliver(t.Context(), message(t, letter(directory.LetterReset, "L")))
	if err == nil || !strings.Contains(err.Error(), "no sign-in by password") || len(s.Messages()) != 0 {
		t.Errorf("Deliver = %v", err)
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	for _, login := range []bool{false, true} {
		s := mailtest.Start(t, mailtest.Options{STARTTLS: true, User: "ann", Password: "another", Login: login})
		err := smtp(t, remote(s)).Deliver(t.Context(), message(t, letter(directory.LetterReset, "L")))
		if err == nil || !strings.Contains(err.Error(), "sign-in with 535") {
			t.Fatalf("Deliver = %v", err)
		}
		secrets(t, "error", err.Error()) // the server quotes it
	}
}

// The name localhost is believed only when it leads to the loopback.
func TestLocalhostElsewhere(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{User: "ann", Password: password})
	elsewhere := func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := s.Dial(ctx, network, addr)
		return movedConn{c}, err
	}
	err := smtp(t, mail.SMTPConfig{URL: "smtp://ann@localhost:25", Password: password, Dial: elsewhere}).Deliver(t.Context(), message(t, letter(directory.LetterReset, "L")))
	if err == nil || !strings.Contains(err.Error(), "no STARTTLS") || strings.Contains(s.Clear(), "AUTH") {
		t.Errorf("Deliver = %v after %q", err, s.Clear())
	}
}

type movedConn struct{ net.Conn }

func (movedConn) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 25}
}

func TestSMTPConfig(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		url, password string
		says          string // nothing: sound
	}{
		{"smtp://127.0.0.1:25", "", ""},
		{"smtp://[::1]:25/", "", ""},
		{"smtps://ann@mail.example.com:465", password, ""},
		{"smtp://ann%40example.com@mail.example.com:587", password, ""},
		{"smtp://ann@example.com@mail.example.com:587", password, ""},
		{"", "", "must begin with smtp://"},
		{"mail.example.com", "", "must begin with smtp://"},
		{"mail.example.com:587", "", "must begin with smtp://"},
		{"https://mail.example.com:587", "", "must begin with smtp://"},
		{"smtp://mail.example.com", "", "needs a port"},
		{"smtp://mail.example.com:0", "", "needs a port"},
		{"smtp://mail.example.com:65536", "", "needs a port"},
		{"smtp://mail.example.com:port", "", "cannot be read"},
		{"smtp://:587", "", "needs a host"},
		{"smtp://büro.example.com:587", "", "needs a host"},
		{"smtp://mail.example.com:587/inbox", "", "end with its port"},
		{"smtp://mail.example.com:587?a=b", "", "end with its port"},
		{"smtp://mail.example.com:587#a", "", "end with its port"},
		{"smtp://ann:" + password + "@mail.example.com:587", "", "AX_SMTP_PASSWORD"},
		{"smtp://ann:@mail.example.com:587", password, "AX_SMTP_PASSWORD"},
		{"https://ann:" + password + "@mail.example.com:587", "", "AX_SMTP_PASSWORD"},
		{"smtp://ann:" + password + "#@mail.example.com:587", "", "cannot be read"},
		{"smtp://ann:" + password + "%@mail.example.com:587", "", "cannot be read"},
		{"smtp://ann@mail.example.com:587", "", "give the password in AX_SMTP_PASSWORD"},
		{"smtp://mail.example.com:587", password, "names no user"},
		{"smtp://ann%0d%0a@mail.example.com:587", password, "printable"},
		{"smtp://ann@mail.example.com:587", password + "\n", "one line"},
		{"smtp://ann@mail.example.com:587", password + "\x00", "one line"},
	} {
		_, err := mail.SMTP(mail.SMTPConfig{URL: tt.url, Password: tt.password})
		switch {
		case tt.says == "" && err != nil:
			t.Errorf("%s: %v", tt.url, err)
		case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
			t.Errorf("%s: %v, want something about %q", tt.url, err, tt.says)
		case err != nil:
			secrets(t, tt.url, err.Error())
		}
	}
}
