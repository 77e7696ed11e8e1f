package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// Clients that take their time are sent away when the server's limits are reached, and keep nobody else waiting until then.
// AX_TEST_LONG=1 has ten thousand of them and waits for all limits; otherwise it is the shortest, ten seconds.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	each, long := 100, os.Getenv("AX_TEST_LONG") == "1"
	if long {
		each = 2500
	}
	s, secure := serving(t, sqlite), servingTLS(t)

	silent := s.crowd(each, "")
	headers := s.crowd(each, "GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	handshakes := append(secure.crowd(each/4, ""), secure.crowd(each/4, "\x16\x03\x01\x02\x00\x01")...)
	bodies := s.crowd(each, s.filler("").Replace("{post}Content-Length: 100000\r\n\r\n{"))
	readers := s.crowd(each/10, strings.Repeat("GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n", 200)) // 25 MB, which no buffer holds
	idle := s.crowd(each, "")
	asked(t, idle)
	var halves []net.Conn // of a header over HTTP/2
	for range each / 10 {
		c := secure.dialHTTP2()
		_ = errors.Join(c.conn.SetDeadline(time.Time{}), c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields("GET", "/livez", 0)}))
		halves = append(halves, c.conn)
	}
	defer drip(slices.Concat(headers, bodies))()

	s.newcomers("early", 16)
	asked(t, idle) // they are still there
	wantClosed(t, "silent clients", silent, time.Minute)
	wantClosed(t, "clients with slow headers", headers, time.Minute)
	wantClosed(t, "clients with slow handshakes", handshakes, time.Minute)
	if long {
		wantClosed(t, "clients with slow bodies", bodies, 2*time.Minute)
		wantClosed(t, "idle clients", idle, 5*time.Minute)
		wantClosed(t, "clients with slow headers over HTTP/2", halves, 5*time.Minute)
		for _, conn := range readers { // reading would help them
			eventually(t, "end of a client that does not read", func() bool { _, err := io.WriteString(conn, "G"); return err != nil })
		}
	}
	s.newcomers("late", 16)
}

// With more connections than the server may have files open, those that wait for nothing make room for new ones, and the
// database, of which some files are opened only now, still has its own. Whoever is in the middle of a request stays.
func TestMoreConnectionsThanFiles(t *testing.T) {
	t.Parallel()
	s := initialized(t, sqlite)
	s.startWithFiles(256)
	body := invitation("patient@x.example", "NONE")
	patient := s.crowd(1, s.filler("").Replace(fmt.Sprintf("{post}Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))))[0]
	answers := bufio.NewReader(patient)
	if status := readAnswer(t, answers); status != http.StatusContinue { // from then on the request is under way
		t.Fatalf("the server answers %d to the headers", status)
	}
	for range 4 {
		asked(t, s.crowd(90, ""))
		s.crowd(10, "")
	}
	s.newcomers("late", 32)
	io.WriteString(patient, body)
	if status := readAnswer(t, answers); status != http.StatusCreated {
		t.Errorf("the request that was under way got %d", status)
	}
	s.letter("late0@x.example", 1)
	if log := s.server.log.String(); strings.Contains(log, "too many open files") || strings.Contains(log, `"ERROR"`) || !strings.Contains(log, "the limit of open connections is reached") {
		t.Error("the log does not say of the limit, or of something else")
	}
}

// startWithFiles starts the site's server with so many files that it may have open.
func (s *site) startWithFiles(n int) {
	s.t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		s.t.Skip("THE LIMIT OF OPEN FILES WAS NOT TRIED: there is no sh here.")
	}
	server := s.command("server", "start", "--listen", "127.0.0.1:0", "--mail-dir", s.mail)
	cmd := exec.CommandContext(s.t.Context(), sh, append([]string{"-c", fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, n)}, server.Args...)...)
	cmd.Env, cmd.Dir = server.Env, server.Dir
	s.server = s.watch(cmd)
	s.server.listening()
	s.setenv("ARIZE_API_HOST", s.server.address)
}

// crowd connects many clients, each of which says the same and then nothing more. They go with the test.
func (s *site) crowd(n int, says string) (conns []net.Conn) {
	s.t.Helper()
	for range n {
		conn, err := s.dial()
		if err == nil {
			s.t.Cleanup(func() { conn.Close() })
			_, err = io.WriteString(conn, says)
			err = errors.Join(err, conn.SetDeadline(time.Time{}))
		}
		if err != nil {
			s.t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	return conns
}

// asked sends a request on each connection, and has it answered.
func asked(t *testing.T, conns []net.Conn) {
	t.Helper()
	for n, conn := range conns {
		err := conn.SetReadDeadline(time.Now().Add(time.Minute))
		if err == nil {
			_, err = io.WriteString(conn, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
		}
		if err == nil {
			err = answered(conn)
		}
		if err != nil {
			t.Fatalf("client %d of %d: %v", n, len(conns), err)
		}
	}
}

func answered(conn net.Conn) error {
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// drip goes on with what the clients have begun, a byte at a time, until it is stopped.
func drip(conns []net.Conn) (stop func()) {
	done := make(chan struct{})
	go func() {
		for tick := time.NewTicker(time.Second); ; {
			for _, conn := range conns {
				_, _ = io.WriteString(conn, " ") // it may have been closed
			}
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(done) }
}

// wantClosed waits until the server has closed all these connections.
func wantClosed(t *testing.T, who string, conns []net.Conn, within time.Duration) {
	t.Helper()
	open, end := 0, time.Now().Add(within)
	for _, conn := range conns {
		_ = conn.SetReadDeadline(end)
		_, err := io.Copy(io.Discard, conn)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			open++
		}
	}
	if open > 0 {
		t.Errorf("%s: %d of %d connections are still open", who, open, len(conns))
	}
}

// newcomers are other clients, all at once: each reads the list of users and creates one.
func (s *site) newcomers(name string, n int) {
	s.t.Helper()
	var clients sync.WaitGroup
	for i := range n {
		clients.Go(func() {
			fill := s.filler(fmt.Sprintf("%s%d@x.example", name, i))
			list, create := fill.Replace("GET /v2/users HTTP/1.1\r\n{key}\r\n"), fill.Replace("{post}Connection: close\r\nContent-Length: {n}\r\n\r\n{body}")
			if got := s.raw(list + create); !slices.Equal(got, []int{http.StatusOK, http.StatusCreated}) {
				s.t.Errorf("%s %d: answers %v", name, i, got)
			}
		})
	}
	clients.Wait()
	s.users()
}
