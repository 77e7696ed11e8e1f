package server

import (
	"container/list"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
)

// maxConnections bounds the memory that strangers can make the server take.
const maxConnections = 10_000

// connectionLimit is how many connections a process may have that may have so
// many files open. The rest is for the database, whose readers are opened as
// they are needed, two files each, for letters and for locks.
func connectionLimit(files int) int {
	rest := 64 + 4*runtime.NumCPU()
	return min(max(files-rest, files/4, 1), maxConnections)
}

// A limitListener has a limit of open connections. At the limit a new one
// takes the place of the one that has been idle longest, so that nobody keeps
// others out by being there; while none is idle, it waits.
//
// netutil.LimitListener would let everybody wait for the idle ones.
type limitListener struct {
	net.Listener
	limit int
	log   *slog.Logger

	mu      sync.Mutex
	changed *sync.Cond
	open    int
	closed  bool
	warned  bool
	idle    *list.List // of net.Conn, idle longest first
	entries map[net.Conn]*list.Element
}

func newLimitListener(l net.Listener, limit int, log *slog.Logger) *limitListener {
	limited := &limitListener{Listener: l, limit: limit, log: log, idle: list.New(), entries: map[net.Conn]*list.Element{}}
	limited.changed = sync.NewCond(&limited.mu)
	return limited
}

// Accept implements net.Listener.
func (l *limitListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for replaced := false; l.open >= l.limit && !l.closed; l.changed.Wait() {
		replaced = replaced || l.closeIdle() // once: its place is free a little later
	}
	if l.closed {
		_ = conn.Close() // nobody would answer
		return nil, net.ErrClosed
	}
	l.open++
	return conn, nil
}

// closeIdle closes the connection that has been idle longest, if one is idle.
// Whoever serves it notices.
func (l *limitListener) closeIdle() bool {
	if !l.warned {
		l.warned = true
		l.log.Warn("the limit of open connections is reached; idle ones are closed for new ones", "limit", l.limit)
	}
	longest := l.idle.Front()
	if longest == nil {
		return false
	}
	conn, _ := longest.Value.(net.Conn)
	l.forget(conn)
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn() // TLS would wait for a client that does not read
	}
	_ = conn.Close()
	return true
}

func (l *limitListener) forget(conn net.Conn) {
	if entry, ok := l.entries[conn]; ok {
		l.idle.Remove(entry)
		delete(l.entries, conn)
	}
}

// Close implements net.Listener.
func (l *limitListener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.changed.Signal()
	l.mu.Unlock()
	return l.Listener.Close()
}

// watch is told by the http.Server what becomes of a connection. One whose
// request has not come, or not whole, is idle.
func (l *limitListener) watch(conn net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(conn)
	switch state {
	case http.StateNew, http.StateIdle:
		l.entries[conn] = l.idle.PushBack(conn)
	case http.StateClosed, http.StateHijacked:
		l.open--
	case http.StateActive:
	}
	l.changed.Signal()
}

// closeAfterDoubt closes the connection behind a request that somebody in
// front may have seen end elsewhere. net/http shows neither a Content-Length
// beside a Transfer-Encoding nor a Transfer-Encoding in HTTP/1.0, so it is all
// that could be one; RFC 9112, 6.1, says to close. What follows a CONNECT that
// is refused was meant for its tunnel.
func closeAfterDoubt(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 1 && (r.ProtoMinor == 0 || len(r.TransferEncoding) > 0 || r.Method == http.MethodConnect) {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
