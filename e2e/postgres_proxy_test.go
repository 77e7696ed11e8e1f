package e2e_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A proxy hands on what a server and its database say to each other, and loses what its fault says.
type proxy struct {
	t        testing.TB
	listener net.Listener
	target   string
	fault    atomic.Pointer[fault]
	silent   atomic.Bool // not even a new connection reaches the database
	links    atomic.Int32

	mu   sync.Mutex
	open []net.Conn
}

// A fault is what becomes of a question on its way to the database, or of a message on its way back. It hands it on, or
// does not; an error ends the connection.
type fault func(l *link, toServer bool, message []byte, to net.Conn) error

// A link is one connection through a proxy.
type link struct {
	client, server *net.TCPConn
	number         int32          // of the connections, from 1
	messages       atomic.Int32   // that came back since the fault
	lost           [2]atomic.Bool // a direction leads nowhere for ever, and neither end hears of an end
	named          atomic.Bool    // see cutCommit
	committing     atomic.Bool
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	succeeds(t, err)
	p := &proxy{t: t, listener: listener, target: target}
	p.set(nil)
	t.Cleanup(p.close)
	go p.accept()
	return p
}

// set makes the network bad, or good with nil.
func (p *proxy) set(f fault) {
	if f == nil {
		p.silent.Store(false)
		f = func(_ *link, _ bool, message []byte, to net.Conn) error { return handOn(message, to) }
	}
	p.fault.Store(&f)
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		_ = c.Close()
	}
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.keep(client)
		if p.silent.Load() {
			continue
		}
		server, err := (&net.Dialer{}).DialContext(p.t.Context(), "tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.keep(server)
		l := &link{client: client.(*net.TCPConn), server: server.(*net.TCPConn), number: p.links.Add(1)}
		go p.pump(l, true, l.client, l.server)
		go p.pump(l, false, l.server, l.client)
	}
}

// keep has a connection end with the proxy.
func (p *proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, c)
}

// pump hands on what goes in one direction, until the connection ends at either end.
func (p *proxy) pump(l *link, toServer bool, from io.Reader, to net.Conn) {
	defer func() {
		if !l.lost[0].Load() && !l.lost[1].Load() {
			_, _ = l.client.Close(), l.server.Close()
		}
	}()
	in := bufio.NewReader(from)
	for first := toServer; ; first = false {
		message, err := nextMessage(in, first)
		if toServer && !first && err == nil {
			message, err = untilAsked(message, in)
		}
		if err == nil && !l.lost[direction(toServer)].Load() {
			err = (*p.fault.Load())(l, toServer, message, to)
		}
		if err != nil {
			return
		}
	}
}

// nextMessage reads a message: its kind, its length, and the rest. The first one of a client has no kind.
func nextMessage(in io.Reader, first bool) ([]byte, error) {
	head := make([]byte, 5)
	if first {
		head = head[:4]
	}
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, err
	}
	length := -4 // it counts itself
	for i, b := range head[len(head)-4:] {
		length += int(b) << (24 - 8*i)
	}
	rest := make([]byte, length)
	_, err := io.ReadFull(in, rest)
	return slices.Concat(head, rest), err
}

// untilAsked adds the messages that follow one, up to the one that asks for an answer. A network would have all of them in
// one packet.
func untilAsked(message []byte, in io.Reader) ([]byte, error) {
	const parts = "PBDEC" // parse, bind, describe, execute, close
	for last := message[0]; strings.IndexByte(parts, last) >= 0; {
		more, err := nextMessage(in, false)
		if err != nil {
			return nil, err
		}
		message, last = append(message, more...), more[0]
	}
	return message, nil
}

// lose loses whatever goes in a direction from now on.
func (l *link) lose(toServer bool) error {
	l.lost[direction(toServer)].Store(true)
	return nil
}

func direction(toServer bool) int {
	if toServer {
		return 0
	}
	return 1
}

func handOn(message []byte, to net.Conn) error {
	_, err := to.Write(message)
	return err
}

func late(*proxy, int) fault {
	return func(_ *link, _ bool, message []byte, to net.Conn) error {
		time.Sleep(10 * time.Millisecond)
		return handOn(message, to)
	}
}

func trickling(*proxy, int) fault {
	return func(_ *link, toServer bool, message []byte, to net.Conn) error {
		if toServer {
			return handOn(message, to)
		}
		for i := range message {
			time.Sleep(time.Millisecond)
			if err := handOn(message[i:i+1], to); err != nil {
				return err
			}
		}
		return nil
	}
}

// cut ends each connection in the middle of a message from the database, each after another number of them.
func cut(reset bool) func(*proxy, int) fault {
	return func(_ *proxy, round int) fault {
		return func(l *link, toServer bool, message []byte, to net.Conn) error {
			switch {
			case toServer || l.messages.Add(1) < 1+(7*l.number+11*int32(round))%60:
				return handOn(message, to)
			case reset:
				_ = l.client.SetLinger(0)
			default:
				_ = handOn(message[:len(message)/2], to)
			}
			return io.ErrUnexpectedEOF
		}
	}
}

// refusing ends every connection, new ones too.
func refusing(*proxy, int) fault {
	return func(*link, bool, []byte, net.Conn) error { return io.ErrUnexpectedEOF }
}

// silence loses everything.
func silence(p *proxy, _ int) fault {
	p.silent.Store(true)
	return func(l *link, toServer bool, _ []byte, _ net.Conn) error { return l.lose(toServer) }
}

// unanswered loses what comes back.
func unanswered(*proxy, int) fault {
	return func(l *link, toServer bool, message []byte, to net.Conn) error {
		if toServer {
			return handOn(message, to)
		}
		return l.lose(toServer)
	}
}

// stale loses everything on the connections that are there, as when a firewall forgets them. New ones are good.
func stale(p *proxy) fault {
	last := p.links.Load()
	return func(l *link, toServer bool, message []byte, to net.Conn) error {
		if l.number > last {
			return handOn(message, to)
		}
		return l.lose(toServer)
	}
}

// A place is where a connection ends in a commit.
type place int

const (
	beforeCommit place = iota // the database never has it
	afterCommit               // the database has it and cannot answer
	midAnswer                 // half of the answer arrives
	noAnswer                  // nothing arrives, and no end either
)

// cutCommit lets everything through but the first commit of a transaction in which somebody was named. It counts those.
func (p *proxy) cutCommit(named string, at place) (commits *atomic.Int32) {
	commits = &atomic.Int32{}
	p.set(func(l *link, toServer bool, message []byte, to net.Conn) error {
		switch {
		case !toServer && l.committing.Load():
			return l.loseAnswer(message, to, at)
		case !toServer:
		case asks(message, "begin"):
			l.named.Store(false)
		case bytes.Contains(message, []byte(named)):
			l.named.Store(true)
		case asks(message, "commit") && l.named.Load() && commits.Add(1) == 1:
			if at == beforeCommit {
				return io.ErrUnexpectedEOF
			}
			l.committing.Store(true)
		}
		return handOn(message, to)
	})
	return commits
}

// asks tells whether a question is a statement without arguments.
func asks(question []byte, statement string) bool {
	return question[0] == 'Q' && string(question[5:]) == statement+"\x00"
}

func (l *link) loseAnswer(message []byte, to net.Conn, at place) error {
	switch at {
	case noAnswer:
		return l.lose(false)
	case midAnswer:
		_ = handOn(message[:len(message)/2], to)
	case beforeCommit, afterCommit:
	}
	return io.ErrUnexpectedEOF
}
