package mail_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/mail"
	"ax/internal/mail/mailtest"
)

// An outage is a relay that fails while letters wait for it (security 4.4).
type outage struct {
	world
	relay *mailtest.Server
	ids   []string
}

// newOutage has n letters, each to a person of its own.
func newOutage(t *testing.T, n int, o mailtest.Options) outage {
	t.Helper()
	s := mailtest.Start(t, o)
	c := mail.SMTPConfig{URL: s.URL, ReplyTimeout: 10 * time.Second}
	if o.STARTTLS {
		c = remote(s)
	}
	return outageOf(t, n, s, c)
}

func outageOf(t *testing.T, n int, s *mailtest.Server, c mail.SMTPConfig) outage {
	t.Helper()
	o := outage{world: newWorld(), relay: s}
	o.Transport = smtp(t, c)
	for i := range n {
		l := letter(directory.LetterInvitation, fmt.Sprint("L", i))
		l.To = fmt.Sprintf("p%d@example.com", i)
		o.ids = append(o.ids, string(l.ID))
		o.outbox.put(l)
	}
	return o
}

// next moves the clock to when a letter is due, and reports whether any waits.
func (o outage) next() bool {
	at := o.outbox.next()
	if wait := at.Sub(o.clock.now()); wait > 0 {
		o.clock.move(wait)
	}
	return !at.IsZero()
}

// suffer makes passes while the fault lasts, and fails the test if a letter
// gets through, is given up, or does not say why it waits.
func (o outage) suffer(t *testing.T, says string) {
	t.Helper()
	for range 3 {
		o.next()
		o.pass(t, 0)
	}
	for _, id := range o.ids {
		if l := o.outbox.letter(id); l.State != directory.LetterWaiting || !strings.Contains(l.LastError, says) || l.Attempts == 0 {
			t.Errorf("%s: %s after %d attempts: %q, want something about %q", id, l.State, l.Attempts, l.LastError, says)
		}
	}
}

// recover makes passes until nothing waits, and fails the test unless every
// letter came, and at most so many came twice, as the same message.
func (o outage) recover(t *testing.T, twice int) {
	t.Helper()
	o.relay.Mend()
	for range 10 {
		if !o.next() {
			break
		}
		if _, err := o.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	came := map[string][]mailtest.Message{}
	for _, m := range o.relay.Messages() {
		came[m.To] = append(came[m.To], m)
	}
	for i, id := range o.ids {
		messages := came[fmt.Sprintf("p%d@example.com", i)]
		if l := o.outbox.letter(id); l.State != directory.LetterSent || len(messages) == 0 {
			t.Errorf("%s: %s, came %d times: %q", id, l.State, len(messages), l.LastError)
			continue
		}
		twice -= len(messages) - 1
		for _, m := range messages {
			if want := "<" + id + "@ax.example.com>"; m.Header("Message-ID") != want || !bytes.Equal(m.Content, messages[0].Content) {
				t.Errorf("%s came as %s, or not alike each time", id, m.Header("Message-ID"))
			}
		}
	}
	if twice < 0 || len(came) != len(o.ids) {
		t.Errorf("%d messages too many, to %d people of %d", -twice, len(came), len(o.ids))
	}
}

func TestE08_Down(t *testing.T) {
	t.Parallel()
	o := newOutage(t, 3, mailtest.Options{})
	o.relay.Stop()
	o.suffer(t, "connection refused")
	o.relay.Restart(t)
	o.recover(t, 0)
}

func TestE08_AcceptsThenHangs(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	o := outageOf(t, 2, s, mail.SMTPConfig{URL: s.URL, ReplyTimeout: 50 * time.Millisecond})
	s.Break(mailtest.Fault{At: mailtest.Greeting, Hang: true})
	o.suffer(t, "greeting: the relay did not answer in time")
	o.Transport = smtp(t, mail.SMTPConfig{URL: s.URL})
	o.recover(t, 0)
}

func TestE08_SlowBanner(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	o := outageOf(t, 2, s, mail.SMTPConfig{URL: s.URL, ReplyTimeout: 50 * time.Millisecond})
	s.Break(mailtest.Fault{At: mailtest.Greeting, Delay: 200 * time.Millisecond})
	o.suffer(t, "greeting: the relay did not answer in time")
	// In time, slow is good enough.
	o.Transport = smtp(t, mail.SMTPConfig{URL: s.URL})
	o.next()
	o.pass(t, 2)
	o.recover(t, 0)
}

func TestE08_421(t *testing.T) {
	t.Parallel()
	for _, step := range []mailtest.Step{mailtest.Greeting, mailtest.Mail, mailtest.Rcpt, mailtest.Data, mailtest.End} {
		o := newOutage(t, 2, mailtest.Options{})
		o.relay.Break(mailtest.Fault{At: step, Reply: "421 4.3.2 shutting down"})
		o.suffer(t, "421 4.3.2 shutting down")
		o.recover(t, 0)
	}
}

func TestE08_450(t *testing.T) {
	t.Parallel()
	o := newOutage(t, 3, mailtest.Options{})
	o.relay.Break(mailtest.Fault{At: mailtest.Rcpt, Reply: "450 4.2.0 mailbox busy"})
	o.suffer(t, "RCPT: 450 4.2.0 mailbox busy")
	o.recover(t, 0)
}

// A letter that is refused for good is dead at once and costs the others
// nothing; when the address is mended, the operator sends it again.
func refusedForGood(t *testing.T, f mailtest.Fault) {
	t.Helper()
	o := newOutage(t, 3, mailtest.Options{})
	f.For = "p1@example.com"
	o.relay.Break(f)
	o.pass(t, 2)
	if l := o.outbox.letter("L1"); l.State != directory.LetterDead || !strings.HasSuffix(l.LastError, f.Reply) {
		t.Errorf("%s: %q", l.State, l.LastError)
	}
	if !strings.Contains(o.log.String(), "letter given up") {
		t.Error("the log does not say that a letter was given up")
	}
	o.relay.Mend()
	o.outbox.revive("L1")
	o.recover(t, 0)
}

func TestE08_550(t *testing.T) {
	t.Parallel()
	refusedForGood(t, mailtest.Fault{At: mailtest.Rcpt, Reply: "550 5.1.1 no such user"})
}

func TestE08_552(t *testing.T) {
	t.Parallel()
	refusedForGood(t, mailtest.Fault{At: mailtest.Rcpt, Reply: "552 5.2.2 mailbox full"})
	refusedForGood(t, mailtest.Fault{At: mailtest.End, Reply: "552 5.3.4 message too long"})
}

// The relay has the letter and cannot say so: it comes twice, no more.
func TestE08_CutAfterData(t *testing.T) {
	t.Parallel()
	o := newOutage(t, 3, mailtest.Options{})
	o.relay.Break(mailtest.Fault{At: mailtest.End, Cut: true, Times: 1})
	o.pass(t, 2)
	if l := o.outbox.letter("L0"); l.State != directory.LetterWaiting || !strings.Contains(l.LastError, "handed over, but not acknowledged: the relay ended the connection") {
		t.Errorf("%s: %q", l.State, l.LastError)
	}
	o.recover(t, 1)
}

// Whatever breaks before the end of the message leaves nothing at the relay.
func TestCutBeforeTheEnd(t *testing.T) {
	t.Parallel()
	for _, step := range []mailtest.Step{mailtest.Greeting, mailtest.Hello, mailtest.Mail, mailtest.Rcpt, mailtest.Data} {
		o := newOutage(t, 1, mailtest.Options{})
		o.relay.Break(mailtest.Fault{At: step, Cut: true})
		o.suffer(t, "the relay ended the connection")
		o.recover(t, 0)
	}
}

// stripped is E-10: the relay invites to sign in, but not to encrypt, or under
// a false certificate. Nothing is given away, and letters wait.
func stripped(t *testing.T, o outage, says string) {
	t.Helper()
	o.suffer(t, says)
	said := o.relay.Clear()
	for _, word := range []string{"AUTH", "MAIL", "RCPT", "DATA", "p0@example.com", token} {
		if strings.Contains(said, word) {
			t.Errorf("%s was said in the clear: %q", word, said)
		}
	}
	secrets(t, "in the clear", said)
	secrets(t, "in the log", o.log.String())
	if n := len(o.relay.Messages()); n != 0 || !strings.Contains(o.log.String(), "level=WARN") {
		t.Errorf("%d messages; log: %s", n, o.log)
	}
}

func TestE08_STARTTLSStripped(t *testing.T) {
	t.Parallel()
	strip := mailtest.Start(t, mailtest.Options{User: "ann", Password: password})
	o := outageOf(t, 2, strip, remote(strip))
	stripped(t, o, "offers no STARTTLS")
	for _, reply := range []string{"454 4.7.0 no TLS today", "502 5.5.1 what?"} {
		s := mailtest.Start(t, mailtest.Options{STARTTLS: true, User: "ann", Password: password})
		refusing := outageOf(t, 2, s, remote(s))
		s.Break(mailtest.Fault{At: mailtest.StartTLS, Reply: reply})
		stripped(t, refusing, "STARTTLS: "+reply)
		refusing.recover(t, 0)
	}
}

func TestE08_BadCertificate(t *testing.T) {
	t.Parallel()
	for _, opts := range []mailtest.Options{{STARTTLS: true}, {TLS: true}} {
		opts.User, opts.Password = "ann", password
		s := mailtest.Start(t, opts)
		unknown, wrongName := remote(s), remote(s)
		unknown.RootCAs = nil // the system's do not know it
		wrongName.URL = strings.Replace(s.RemoteURL, mailtest.Host, "other.example.com", 1)
		stripped(t, outageOf(t, 2, s, unknown), "tls: failed to verify certificate: x509")
		o := outageOf(t, 2, s, wrongName)
		stripped(t, o, "not other.example.com")
		o.Transport = smtp(t, remote(s))
		o.recover(t, 0)
	}
}

// Many letters that piled up while the relay was down: 300, or 5,000 with
// AX_TEST_LONG=1.
func TestE08_ManyQueued(t *testing.T) {
	t.Parallel()
	n := 300
	if os.Getenv("AX_TEST_LONG") == "1" {
		n = 5000
	}
	o := newOutage(t, n, mailtest.Options{STARTTLS: true, User: "ann", Password: password})
	o.relay.Stop()
	o.suffer(t, "connection refused")
	o.relay.Restart(t)
	// One cut while they stream out, as relays do under load.
	o.relay.Break(mailtest.Fault{At: mailtest.End, For: fmt.Sprintf("p%d@example.com", n/2), Cut: true, Times: 1})
	o.next()
	o.pass(t, n-1)
	o.recover(t, 1)
}

// A greylisting relay refuses whom it does not know yet, and is slow besides.
func TestE08_Greylisting(t *testing.T) {
	t.Parallel()
	o := newOutage(t, 5, mailtest.Options{STARTTLS: true})
	o.relay.Break(mailtest.Fault{At: mailtest.Hello, Delay: 20 * time.Millisecond})
	for i := range o.ids {
		o.relay.Break(mailtest.Fault{At: mailtest.Rcpt, For: fmt.Sprintf("p%d@example.com", i), Reply: "450 4.7.1 greylisted, come back in 5 minutes", Times: 2})
	}
	o.pass(t, 0)
	for range 2 { // after one minute it is too early, five later it is not
		o.next()
		if _, err := o.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(o.relay.Messages()); n != len(o.ids) {
		t.Errorf("%d messages after the third attempt", n)
	}
	o.recover(t, 0)
}
