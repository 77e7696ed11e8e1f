package server

import (
	"errors"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"
	"time"
)

func TestConnectionLimit(t *testing.T) {
	t.Parallel()
	rest := 64 + 4*runtime.NumCPU()
	for files, want := range map[int]int{1: 1, 8: 2, rest + 1: (rest + 1) / 4, 4 * rest: 3 * rest, 1 << 20: 10_000, math.MaxInt32: 10_000} {
		if got := connectionLimit(files); got != want {
			t.Errorf("of %d files %d are for connections, want %d", files, got, want)
		}
	}
	if files := openFiles(); files < 64 {
		t.Errorf("this process may have %d files open", files)
	}
}

// A limited has a listener, and the client's side of each connection that was made to it.
type limited struct {
	*testing.T
	*limitListener
	accepted chan net.Conn
}

func newLimited(t *testing.T, limit int) limited {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := limited{t, newLimitListener(l, limit, slog.New(slog.DiscardHandler)), make(chan net.Conn)}
	t.Cleanup(func() { _ = w.limitListener.Close() })
	go func() {
		defer close(w.accepted)
		for {
			conn, err := w.limitListener.Accept()
			if err != nil {
				if !errors.Is(err, net.ErrClosed) {
					t.Error(err)
				}
				return
			}
			w.accepted <- conn
		}
	}()
	return w
}

// client connects.
func (w limited) client() net.Conn {
	w.Helper()
	conn, err := (&net.Dialer{}).DialContext(w.Context(), "tcp", w.Addr().String())
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(time.Minute))
	}
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = conn.Close() })
	return conn
}

// next is the next connection that is accepted.
func (w limited) next() net.Conn {
	w.Helper()
	select {
	case conn := <-w.accepted:
		return conn
	case <-time.After(time.Minute):
		w.Fatal("the connection is not accepted")
		return nil
	}
}

// in is a connection that was accepted, in a state.
func (w limited) in(state http.ConnState) (client, server net.Conn) {
	w.Helper()
	client, server = w.client(), w.next()
	w.watch(server, http.StateNew)
	if state != http.StateNew {
		w.watch(server, state)
	}
	return client, server
}

// wantClosed waits until the server's side of a connection was closed.
func (w limited) wantClosed(client net.Conn) {
	w.Helper()
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		w.Errorf("the connection is not closed: %v", err)
	}
}

// wantOpen looks whether it was not.
func (w limited) wantOpen(client net.Conn) {
	w.Helper()
	_ = client.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		w.Errorf("the connection is closed: %v", err)
	}
	_ = client.SetReadDeadline(time.Now().Add(time.Minute))
}

func TestLimitListener(t *testing.T) {
	t.Parallel()
	w := newLimited(t, 4)
	busy, active := w.in(http.StateActive)
	last, again := w.in(http.StateIdle)
	first, longest := w.in(http.StateNew)
	second, next := w.in(http.StateIdle)
	w.watch(again, http.StateActive)
	w.watch(again, http.StateIdle) // it was idle before the others, and not since
	w.client()
	w.wantClosed(first)
	w.watch(again, http.StateActive) // one place is enough for one client, whatever else happens
	w.watch(again, http.StateIdle)
	w.wantOpen(second)
	w.watch(longest, http.StateClosed)
	w.watch(w.next(), http.StateActive)
	w.client()
	w.wantClosed(second)
	w.watch(next, http.StateClosed)
	w.watch(w.next(), http.StateActive)
	w.client()
	w.wantClosed(last)
	w.watch(again, http.StateClosed)
	w.watch(w.next(), http.StateActive)
	// Now all have a request. The first of them that has none any more makes room.
	w.client()
	w.wantOpen(busy)
	w.watch(active, http.StateIdle)
	w.wantClosed(busy)
	w.watch(active, http.StateClosed)
	w.next()
}

// A server that stops while somebody waits for room does stop.
func TestLimitListenerCloses(t *testing.T) {
	t.Parallel()
	w := newLimited(t, 1)
	w.in(http.StateActive)
	w.client()
	_ = w.limitListener.Close()
	if conn, ok := <-w.accepted; ok {
		t.Errorf("%v was accepted", conn.RemoteAddr())
	}
}

func TestCloseAfterDoubt(t *testing.T) {
	t.Parallel()
	h := closeAfterDoubt(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, c := range []struct {
		major, minor int
		method       string
		coding       []string
		want         string
	}{
		{1, 1, "POST", nil, ""}, {1, 1, "POST", []string{"chunked"}, "close"}, {1, 0, "GET", nil, "close"}, {1, 1, "CONNECT", nil, "close"},
		{2, 0, "POST", nil, ""}, {2, 0, "CONNECT", nil, ""}, // where it would end all other requests
	} {
		r, w := httptest.NewRequestWithContext(t.Context(), c.method, "/", nil), httptest.NewRecorder()
		r.ProtoMajor, r.ProtoMinor, r.TransferEncoding = c.major, c.minor, c.coding
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Connection"); got != c.want {
			t.Errorf("%s in HTTP/%d.%d, %v: Connection %q, want %q", c.method, c.major, c.minor, c.coding, got, c.want)
		}
	}
}
