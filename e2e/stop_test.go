package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A request whose body is still on its way when the server is told to stop.
func TestStopLetsARequestFinish(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		body := invitation("jane@x.example", "EMAIL_LINK")
		conn, err := net.Dial("tcp", s.server.address) //nolint:noctx // the deadline below ends it
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		answers := bufio.NewReader(conn)
		// The server asks for the body when the operation reads it: from then on the request is in flight.
		io.WriteString(conn, fmt.Sprintf("POST /v2/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", s.key, len(body)))
		if status := readAnswer(t, answers); status != http.StatusContinue {
			t.Fatalf("the server answers %d to the headers", status)
		}
		io.WriteString(conn, body[:len(body)/2])
		if err := s.server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		eventually(t, "closed port", func() bool {
			c, err := net.Dial("tcp", s.server.address) //nolint:noctx // refused or accepted at once
			if err == nil {
				c.Close()
			}
			return err != nil
		})
		select {
		case <-s.server.ended:
			t.Fatalf("the server did not wait:\n%s", s.server.log)
		default:
		}
		io.WriteString(conn, body[len(body)/2:])
		if status := readAnswer(t, answers); status != http.StatusCreated {
			t.Errorf("the request in flight got %d", status)
		}
		if code := s.server.wait(); code != 0 {
			t.Errorf("the server ended with %d", code)
		}
		s.start()
		if u := s.user("jane@x.example"); u.Status != "INVITED" {
			t.Errorf("after the next start: %v", u)
		}
	})
}

func readAnswer(t *testing.T, from *bufio.Reader) int {
	t.Helper()
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestInterruptEndsAnIdleServer(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	if err := s.server.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := s.server.wait(); code != 0 {
		t.Errorf("the server ended with %d", code)
	}
	if !strings.Contains(s.server.log.String(), `"msg":"stopping"`) {
		t.Errorf("the log does not say that it stops:\n%s", s.server.log)
	}
}

// A port that is taken is a configuration to change, and no half start.
func TestPortInUse(t *testing.T) {
	t.Parallel()
	s := initialized(t, sqlite)
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // at once
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s.refused(1, []string{"--listen", "address already in use"}, "server", "start", "--listen", taken.Addr().String())
	s.start()
}
