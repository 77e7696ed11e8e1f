package mailtest

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"
)

// A session is one conversation. Its methods report false when it is over.
type session struct {
	server *Server
	conn   net.Conn
	text   *textproto.Conn
	record *recorder
	now    Message // as far as it is known
	ready  bool    // for DATA: there is a recipient
}

func (s *Server) serve(conn net.Conn) {
	c := &session{server: s, conn: conn, record: &recorder{Conn: conn, server: s}}
	if s.options.TLS {
		c.encrypt()
	} else {
		c.text = textproto.NewConn(c.record)
	}
	if c.answer(Greeting, "220 mailtest ESMTP") == over {
		return
	}
	for {
		line, err := c.text.ReadLine()
		if err != nil || !c.command(line) {
			return
		}
	}
}

// encrypt goes on in TLS; a handshake that fails ends the next read.
func (c *session) encrypt() {
	c.record.off = true
	c.conn = tls.Server(c.record, c.server.tls)
	c.text = textproto.NewConn(c.conn)
	c.now = Message{TLS: true}
}

func (c *session) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		c.now.Hello = rest
		return c.answer(Hello, c.extensions()...) != over
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		return c.auth(rest)
	case "MAIL":
		return c.mail(rest)
	case "RCPT":
		return c.rcpt(rest)
	case "DATA":
		return c.data()
	case "RSET", "NOOP":
		return c.say("250 2.0.0 done")
	case "QUIT":
		c.answer(Quit, "221 2.0.0 farewell")
		return false
	}
	return c.say("500 5.5.2 what?")
}

func (c *session) startTLS() bool {
	if !c.server.options.STARTTLS || c.now.TLS {
		return c.say("502 5.5.1 not here")
	}
	got := c.answer(StartTLS, "220 go ahead")
	if got == fine {
		c.encrypt()
	}
	return got != over
}

func (c *session) extensions() []string {
	o, lines := c.server.options, []string{"250-mailtest"}
	add := func(on bool, line string) {
		if on {
			lines = append(lines, "250-"+line)
		}
	}
	add(o.STARTTLS && !c.now.TLS, "STARTTLS")
	add(!o.No8BITMIME, "8BITMIME")
	add(!o.NoSMTPUTF8, "SMTPUTF8")
	add(o.User != "" && !o.Login, "AUTH PLAIN")
	add(o.User != "" && o.Login, "AUTH LOGIN")
	return append(lines, "250 ENHANCEDSTATUSCODES")
}

// An outcome is what came of an answer.
type outcome int

const (
	fine    outcome = iota // the usual was said
	refused                // something else was
	over                   // the conversation has ended
)

// answer says the usual, or does what a fault has instead.
func (c *session) answer(at Step, usual ...string) outcome {
	return c.respond(c.server.fault(at, c.now.To), usual...)
}

func (c *session) respond(f Fault, usual ...string) outcome {
	time.Sleep(f.Delay)
	switch {
	case f.Hang:
		io.Copy(io.Discard, c.conn) //nolint:errcheck // until the client has enough
		return over
	case f.Cut:
		return over
	case f.Reply != "" && c.say(f.Reply) && !strings.HasPrefix(f.Reply, "421"):
		return refused
	case f.Reply == "" && c.say(usual...):
		return fine
	}
	return over
}

func (c *session) say(lines ...string) bool {
	return c.text.PrintfLine("%s", strings.Join(lines, "\r\n")) == nil
}

func (c *session) auth(rest string) bool {
	mechanism, first, _ := strings.Cut(rest, " ")
	var user, password string
	switch o := c.server.options; {
	case o.User == "":
		return c.say("502 5.5.1 not here")
	case mechanism == "PLAIN" && !o.Login:
		parts := strings.Split(decode(first), "\x00")
		if len(parts) != 3 {
			return c.say("501 5.5.2 odd credentials")
		}
		user, password = parts[1], parts[2]
	case mechanism == "LOGIN" && o.Login:
		user, password = c.ask("Username:"), c.ask("Password:")
	default:
		return c.say("504 5.5.4 no such mechanism")
	}
	if user != c.server.options.User || password != c.server.options.Password {
		return c.say(fmt.Sprintf("535 5.7.8 %s is not the password of %s", password, user))
	}
	got := c.answer(Auth, "235 2.7.0 welcome")
	if got == fine {
		c.now.User = user
	}
	return got != over
}

func (c *session) ask(what string) string {
	c.say("334 " + base64.StdEncoding.EncodeToString([]byte(what)))
	line, _ := c.text.ReadLine() // at the end of the connection, nothing
	return decode(line)
}

func decode(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}

func (c *session) mail(rest string) bool {
	address, params, ok := parsePath("FROM:", rest)
	utf8 := strings.Contains(params, "SMTPUTF8")
	switch {
	case !ok:
		return c.say("501 5.5.4 that is no address")
	case c.server.options.User != "" && c.now.User == "":
		return c.say("530 5.7.0 sign in first")
	case c.server.options.NoSMTPUTF8 && utf8, c.server.options.No8BITMIME && strings.Contains(params, "8BITMIME"):
		return c.say("555 5.5.4 not offered")
	case !utf8 && eightBit([]byte(address)):
		return c.say("553 5.6.7 not in ASCII")
	}
	c.now.From, c.now.To, c.now.Params, c.ready = address, "", params, false
	return c.answer(Mail, "250 2.1.0 ok") != over
}

func (c *session) rcpt(rest string) bool {
	address, params, ok := parsePath("TO:", rest)
	switch {
	case !ok || params != "":
		return c.say("501 5.5.4 that is no address")
	case c.ready:
		return c.say("452 4.5.3 one recipient is enough")
	case eightBit([]byte(address)) && !strings.Contains(c.now.Params, "SMTPUTF8"):
		return c.say("553 5.6.7 not in ASCII")
	}
	c.now.To = address
	got := c.answer(Rcpt, "250 2.1.5 ok")
	c.ready = got == fine
	return got != over
}

// parsePath takes apart what follows MAIL and RCPT.
func parsePath(prefix, rest string) (address, params string, ok bool) {
	if len(rest) < len(prefix) || !strings.EqualFold(rest[:len(prefix)], prefix) {
		return "", "", false
	}
	path, params, _ := strings.Cut(rest[len(prefix):], " ")
	if !strings.HasPrefix(path, "<") || !strings.HasSuffix(path, ">") {
		return "", "", false
	}
	return path[1 : len(path)-1], params, true
}

func (c *session) data() bool {
	if !c.ready {
		return c.say("503 5.5.1 to whom?")
	}
	if got := c.answer(Data, "354 go on"); got != fine {
		return got != over
	}
	lines, err := io.ReadAll(c.text.DotReader())
	if err != nil {
		return false
	}
	m := c.now
	m.Content = bytes.ReplaceAll(lines, []byte("\n"), []byte("\r\n"))
	c.ready = false
	if why := m.objection(); why != "" {
		return c.say(why)
	}
	f := c.server.fault(End, m.To)
	if f.Reply == "" {
		c.server.keep(m)
	}
	return c.respond(f, "250 2.0.0 taken") != over
}

// A recorder keeps what comes in the clear.
type recorder struct {
	net.Conn
	server *Server
	off    bool
}

func (r *recorder) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	if !r.off {
		r.server.mu.Lock()
		r.server.clear = append(r.server.clear, b[:n]...)
		r.server.mu.Unlock()
	}
	return n, err
}
