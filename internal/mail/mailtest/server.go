package mailtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Host is the name in the server's certificate, with localhost and 127.0.0.1.
const Host = "mail.example.com"

// Options say what a server can do. The zero value is a relay that speaks
// plainly with anybody.
type Options struct {
	TLS        bool // from the first byte
	STARTTLS   bool // offered
	No8BITMIME bool
	NoSMTPUTF8 bool
	Login      bool   // AUTH LOGIN is offered, not PLAIN
	User       string // who must sign in; empty: nobody
	Password   string
}

// A Server is a relay that runs until the end of the test.
type Server struct {
	URL       string         // as --smtp-url has it
	RemoteURL string         // the same by the name [Host], for Dial
	Roots     *x509.CertPool // trusts the server's certificate
	CertPEM   []byte         // the same, for SSL_CERT_FILE

	options Options
	address string
	tls     *tls.Config
	running sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil: stopped
	conns    map[net.Conn]bool
	faults   []*fault
	messages []Message
	given    map[string]int // messages that WaitFor returned, by recipient
	changed  chan struct{}  // closed at the next message
	clear    []byte
	accepted int
}

// Start returns a running server.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{options: o, conns: map[net.Conn]bool{}, given: map[string]int{}, changed: make(chan struct{}), address: "127.0.0.1:0"}
	s.certify(t)
	s.Restart(t)
	u := url.URL{Scheme: "smtp", Host: s.address}
	if o.TLS {
		u.Scheme = "smtps"
	}
	if o.User != "" {
		u.User = url.User(o.User)
	}
	s.URL = u.String()
	u.Host = Host + ":587"
	s.RemoteURL = u.String()
	t.Cleanup(s.Stop)
	return s
}

// Stop refuses connections and ends those that are open.
func (s *Server) Stop() {
	s.mu.Lock()
	if s.listener != nil {
		s.listener.Close() //nolint:errcheck // whatever became of it
	}
	s.listener = nil
	for c := range s.conns {
		c.Close() //nolint:errcheck // as above
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Restart listens again, at the same address, after Stop.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", s.address)
	for range 50 { // a passing connection may have borrowed the port
		if err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
		l, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", s.address)
	}
	if err != nil {
		t.Fatal("mailtest: ", err)
	}
	s.mu.Lock()
	s.listener, s.address = l, l.Addr().String()
	s.mu.Unlock()
	s.running.Go(func() { s.accept(l) })
}

func (s *Server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		if !s.admit(conn) {
			conn.Close() //nolint:errcheck // nobody has used it
			return
		}
		s.running.Go(func() {
			s.serve(conn)
			conn.Close() //nolint:errcheck // the client may have been first
			s.mu.Lock()
			delete(s.conns, conn)
			s.mu.Unlock()
		})
	}
}

func (s *Server) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return false // stopped meanwhile
	}
	s.conns[conn] = true
	s.accepted++
	return true
}

// Dial connects to the server whatever the address says: so it can be reached
// by RemoteURL, whose host is not the loopback.
func (s *Server) Dial(ctx context.Context, network, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, s.address)
}

// Connections is how many there were.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// Clear is all that clients have sent unencrypted.
func (s *Server) Clear() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.clear)
}

// Messages are those that the server took, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

func (s *Server) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	close(s.changed)
	s.changed = make(chan struct{})
}

// WaitFor returns the next message to the address: one that it has not
// returned before. It fails the test when none comes for half a minute.
func (s *Server) WaitFor(t testing.TB, address string) Message {
	t.Helper()
	end := time.After(30 * time.Second)
	for {
		m, ok, changed := s.next(strings.ToLower(address))
		if ok {
			return m
		}
		select {
		case <-changed:
		case <-end:
			t.Fatalf("mailtest: no (further) message to %s came", address)
		}
	}
}

func (s *Server) next(address string) (Message, bool, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	skip := s.given[address]
	for _, m := range s.messages {
		if strings.ToLower(m.To) != address {
			continue
		}
		if skip == 0 {
			s.given[address]++
			return m, true, nil
		}
		skip--
	}
	return Message{}, false, s.changed
}
