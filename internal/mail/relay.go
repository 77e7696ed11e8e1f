package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// A relay is the server of an SMTPConfig that was checked and filled in.
type relay struct {
	host     string // as the certificate must say
	address  string // host:port
	implicit bool   // TLS from the first byte
	loopback bool
	user     string
	password string
	tls      *tls.Config
	dial     func(ctx context.Context, network, addr string) (net.Conn, error)
	wait     time.Duration
}

// Deliver holds one conversation with the relay.
func (r *relay) Deliver(ctx context.Context, m Message) error {
	err := r.deliver(ctx, m)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", err, ctx.Err())
	}
	return err
}

func (r *relay) deliver(ctx context.Context, m Message) error {
	c, err := r.connect(ctx)
	if err != nil {
		return err
	}
	if err = r.signIn(c); err == nil {
		err = c.hand(m)
	}
	c.leave(err)
	return err
}

// A conversation is a connection to a relay that has greeted.
type conversation struct {
	*smtp.Client
	conn *patientConn
	near bool // the other side is on this machine
	stop func() bool
}

// connect returns a conversation that nobody can listen to. On this machine
// nobody could anyway: there TLS is taken when it works, and else left, for
// relays with a certificate that is good for no name.
func (r *relay) connect(ctx context.Context) (*conversation, error) {
	c, err := r.greet(ctx)
	if err != nil || r.implicit {
		return c, err
	}
	if offered, _ := c.Extension("STARTTLS"); offered {
		if err = c.StartTLS(r.tls); err == nil {
			return c, nil
		}
		c.close()
		if !c.near {
			return nil, at("STARTTLS", err)
		}
		if c, err = r.greet(ctx); err != nil {
			return nil, err
		}
	}
	if !c.near {
		c.leave(nil)
		return nil, errors.New("the relay offers no STARTTLS, and nothing is sent in the clear: turn it on there, or use smtps://")
	}
	return c, nil
}

// greet dials and goes as far as the answer to EHLO.
func (r *relay) greet(ctx context.Context) (*conversation, error) {
	dialing, done := context.WithTimeout(ctx, dialTimeout)
	defer done()
	raw, err := r.dial(dialing, "tcp", r.address)
	if err != nil {
		return nil, err
	}
	c := &conversation{conn: &patientConn{Conn: raw, wait: r.wait}, near: r.near(raw)}
	c.stop = context.AfterFunc(ctx, func() { c.conn.Close() }) //nolint:errcheck // it is cut short
	if err := r.hello(ctx, c); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (r *relay) hello(ctx context.Context, c *conversation) (err error) {
	var conn net.Conn = c.conn
	if r.implicit {
		encrypted := tls.Client(conn, r.tls)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return at("TLS", err)
		}
		conn = encrypted
	}
	if c.Client, err = smtp.NewClient(conn, r.host); err != nil {
		return at("greeting", err)
	}
	return at("EHLO", c.Hello(literal(conn.LocalAddr())))
}

// near does not believe a name: it may have been resolved to elsewhere.
func (r *relay) near(conn net.Conn) bool {
	return r.loopback && addressOf(conn.RemoteAddr()).IsLoopback()
}

// literal is this machine as RFC 5321 4.1.3 has it when no name is sure.
func literal(a net.Addr) string {
	switch ip := addressOf(a); {
	case ip.Is6():
		return "[IPv6:" + ip.WithZone("").String() + "]"
	case ip.Is4():
		return "[" + ip.String() + "]"
	}
	return "localhost"
}

func addressOf(a net.Addr) netip.Addr {
	ap, _ := netip.ParseAddrPort(a.String()) // else the zero address
	return ap.Addr().Unmap()
}

// signIn gives the password only when connect found that nobody listens; the
// library looks again. What the relay says to it is not passed on, because it
// might quote it.
func (r *relay) signIn(c *conversation) error {
	if r.user == "" {
		return nil
	}
	_, offered := c.Extension("AUTH")
	var auth smtp.Auth
	switch mechanisms := " " + strings.ToUpper(offered) + " "; {
	case strings.Contains(mechanisms, " PLAIN "):
		auth = smtp.PlainAuth("", r.user, r.password, r.host, c.near)
	case strings.Contains(mechanisms, " LOGIN "):
		auth = smtp.LoginAuth(r.user, r.password, r.host, c.near)
	default:
		return errors.New("the relay offers no sign-in by password (AUTH PLAIN or LOGIN)")
	}
	err := c.Auth(auth)
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("the relay refused the sign-in with %d: check the user in the SMTP URL and AX_SMTP_PASSWORD", reply.Code)
	}
	return at("AUTH", err)
}

// hand hands the message over, in the form that the relay can take.
func (c *conversation) hand(m Message) error {
	beyond := !isASCII(m.From + m.To)
	if able, _ := c.Extension("SMTPUTF8"); beyond && !able {
		return Permanent(errors.New("the relay cannot send to an address with characters beyond ASCII (it has no SMTPUTF8)"))
	}
	c.SkipSMTPUTF8(!beyond) // asked for without need, it shuts out relays further on
	text, err := c.text(m)
	if err != nil {
		return err
	}
	// A refused sender is the operator's to mend, and no fault of the letter.
	if err := c.Mail("<" + m.From + ">"); err != nil {
		return at("MAIL", err)
	}
	if err := c.Rcpt("<" + m.To + ">"); err != nil {
		return refused(stepRecipient, err)
	}
	w, err := c.Data()
	if err != nil {
		return refused("DATA", err)
	}
	if _, err := w.Write(text); err != nil {
		return at("DATA", err)
	}
	c.conn.wait = 0 // to ask again would be to send again: wait as long as the context does
	if err = w.Close(); err != nil && !isReply(err) {
		return Uncertain(at("the letter was handed over, but not acknowledged", err))
	}
	return refused("end of DATA", err)
}

// text is complete before a word of it is sent: half a letter is none.
func (c *conversation) text(m Message) ([]byte, error) {
	var b bytes.Buffer
	if able, _ := c.Extension("8BITMIME"); able {
		_, err := m.WriteTo(&b)
		return b.Bytes(), err
	}
	err := m.write7bit(&b)
	return b.Bytes(), err
}

// leave ends a conversation, in good form unless it broke: nobody would hear.
func (c *conversation) leave(err error) {
	const wait = time.Second
	if err == nil || isReply(err) {
		c.conn.wait = wait
		c.Quit() //nolint:errcheck // all is said
	}
	c.close()
}

func (c *conversation) close() {
	c.stop()
	c.conn.Close() //nolint:errcheck // all is said
}

// A patientConn waits so long for each read and write; 0: for ever.
type patientConn struct {
	net.Conn
	wait time.Duration
}

func (c *patientConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *patientConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (c *patientConn) deadline() time.Time {
	if c.wait == 0 {
		return time.Time{}
	}
	return time.Now().Add(c.wait)
}
