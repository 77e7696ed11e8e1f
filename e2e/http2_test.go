package e2e_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Ten thousand requests on one connection, of which none ever ends: the server takes a few hundred and refuses the others.
// Meanwhile other clients are served, and a request that it took can still be finished.
func TestHTTP2ManyStreams(t *testing.T) {
	t.Parallel()
	const streams, most = 10_000, 250
	s := servingTLS(t)
	body := invitation("patient@x.example", "NONE")
	c := s.dialHTTP2()
	var writer sync.WaitGroup
	writer.Go(func() {
		for range streams {
			_ = c.begin("POST", "/v2/users", len(body), false) // the reader below finds out
		}
		_ = c.WritePing(false, [8]byte{}) // it is answered after what was refused
	})
	refused := 0
	for answered := false; !answered; {
		f, err := c.ReadFrame()
		if err != nil {
			t.Fatalf("after %d refusals: %v", refused, err)
		}
		answered = f.Header().Type == http2.FramePing
		if f.Header().Type == http2.FrameRSTStream {
			refused++
		}
	}
	writer.Wait()
	if refused < streams-most || refused == streams {
		t.Errorf("%d of %d requests were refused, want all but %d at most", refused, streams, most)
	}
	s.wantPeople() // by others
	_ = c.WriteData(1, true, []byte(body))
	if status := c.status(1); status != "201" {
		t.Errorf("the first request got %s", status)
	}
	c.conn.Close()
	s.wantPeople("patient@x.example")
}

// Whoever takes requests back to make others gets no more work done at a time than others do: what was taken back and is still
// under way counts, until the connection ends. Nothing of it is done.
func TestHTTP2RapidReset(t *testing.T) {
	t.Parallel()
	const most = 250
	goroutines := filepath.Join(t.TempDir(), "goroutines")
	s := servingTLS(t, "AX_GOROUTINES_FILE="+goroutines)
	target := "/v2/users/" + s.create("target@x.example").ID
	turn := flock.New(filepath.Join(s.data, "turn.lock"), flock.SetPermissions(0o600))
	if err := turn.Lock(); err != nil { // all writes wait now
		t.Fatal(err)
	}
	c := s.dialHTTP2()
	calm := make(chan http2.ErrCode, 1)
	go c.readEnd(calm)
	for range most {
		_ = c.begin("DELETE", target, 0, true) // the reader finds out
	}
	eventually(t, "requests under way", func() bool { return goroutinesIn(goroutines) >= most })
	for n := range uint32(most) {
		_ = c.WriteRSTStream(2*n+1, http2.ErrCodeCancel)
	}
	for range 5 * most {
		_ = c.begin("DELETE", target, 0, true)
		_ = c.WriteRSTStream(c.stream-1, http2.ErrCodeCancel)
	}
	if code := <-calm; code != http2.ErrCodeEnhanceYourCalm {
		t.Errorf("the connection ends with %v", code)
	}
	s.wantPeople("target@x.example") // who reads is not kept waiting
	if err := turn.Close(); err != nil {
		t.Fatal(err)
	}
	s.create("after@x.example")
	s.wantPeople("after@x.example", "target@x.example")
}

// Headers without end are read no further than the limit, in long pieces or short ones.
func TestHTTP2Continuation(t *testing.T) {
	t.Parallel()
	s := servingTLS(t)
	for _, length := range []int{100, 16 << 10} {
		c := s.dialHTTP2()
		go c.drain()
		piece := c.field("x-long", strings.Repeat("a", length-20))
		err, sent := c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields("GET", "/livez", 0)}), 0
		for ; err == nil && sent < 64<<20; sent += len(piece) { // more than all buffers hold
			err = c.WriteContinuation(1, false, piece)
		}
		if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("in pieces of %d the server takes %d bytes of headers: %v", len(piece), sent, err)
		}
	}
	s.wantPeople()
}

// What a client wants to be answered and does not read is kept for it up to a limit only.
func TestHTTP2ControlFrames(t *testing.T) {
	t.Parallel()
	s := servingTLS(t)
	for _, c := range []struct {
		name  string
		write func(f *http2.Framer) error
		most  int
		ends  bool
	}{
		{"pings", func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) }, 64 << 20, true}, // more than all buffers hold
		// All settings that come together have one answer, so nothing has to be kept.
		{"settings", func(f *http2.Framer) error {
			return f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 16})
		}, 8 << 20, false},
	} {
		var many bytes.Buffer
		for f := http2.NewFramer(&many, nil); many.Len() < 1<<20; {
			_ = c.write(f) // into memory
		}
		flood, err := s.dialHTTP2(), error(nil)
		for sent := 0; err == nil && sent < c.most; sent += many.Len() {
			_, err = flood.conn.Write(many.Bytes())
		}
		if ended := err != nil && !errors.Is(err, os.ErrDeadlineExceeded); ended != c.ends {
			t.Errorf("%s: %v", c.name, err)
		}
		s.create(c.name + "@x.example")
	}
}

// Of what HTTP/1.1 could read in two ways, HTTP/2 takes nothing: not a length that is another than the body's, nor a field
// that speaks of the connection, nor a line break in a field.
func TestHTTP2OneMeaning(t *testing.T) {
	t.Parallel()
	s := servingTLS(t)
	body := invitation("refused@x.example", "NONE")
	for n, fields := range [][]string{
		{"content-length", "1"}, {"content-length", strconv.Itoa(len(body) + 1)}, {"transfer-encoding", "chunked"}, {"connection", "close"}, {"x", "a\r\ncontent-length: 1"}, {"x\r\ny", "z"}, {"X", "y"}, {":path", "/livez"}, {"x y", "z"},
	} {
		c := s.dialHTTP2()
		block := c.fields("POST", "/v2/users", -1)
		block = append(block, c.field(fields[0], fields[1])...)
		_ = c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block, EndHeaders: true})
		_ = c.WriteData(1, true, []byte(body)) // it may have been refused by then
		if status := c.status(1); status != "400" && status != "" {
			t.Errorf("%d %q: %s", n, fields, status)
		}
	}
	s.wantPeople()
}

// servingTLS is a site with a server that speaks HTTP/2, and a command line that trusts it.
func servingTLS(t *testing.T, env ...string) *site {
	t.Helper()
	s := initialized(t, sqlite)
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		s.setenv(name, value)
	}
	cert, key := certificate(t)
	s.start("--tls-cert", cert, "--tls-key", key)
	s.setenv("ARIZE_API_SCHEME", "https")
	s.setenv("ARIZE_SSL_CA_CERT", cert)
	return s
}

// An http2Client is a connection of which each frame is written by hand.
type http2Client struct {
	*http2.Framer
	conn    net.Conn
	key     string
	encoder *hpack.Encoder
	block   bytes.Buffer
	stream  uint32 // the last one that was begun
}

// dialHTTP2 connects to the server and says what a client says first.
func (s *site) dialHTTP2() *http2Client {
	s.t.Helper()
	pem, err := os.ReadFile(s.getenv("ARIZE_SSL_CA_CERT"))
	if err != nil {
		s.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: roots, NextProtos: []string{http2.NextProtoTLS}}}
	conn, err := dialer.DialContext(s.t.Context(), "tcp", s.server.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	c := &http2Client{Framer: http2.NewFramer(conn, conn), conn: conn, key: s.key}
	c.AllowIllegalWrites = true
	c.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	c.encoder = hpack.NewEncoder(&c.block)
	_, err = io.WriteString(conn, http2.ClientPreface)
	if err := errors.Join(err, conn.SetDeadline(time.Now().Add(time.Minute)), c.WriteSettings()); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// fields are the header of a request with the administrator's key. A length below 0 is not told.
func (c *http2Client) fields(method, path string, length int) (block []byte) {
	for _, f := range [][2]string{{":method", method}, {":scheme", "https"}, {":authority", "x"}, {":path", path}, {"authorization", "Bearer " + c.key}, {"content-type", "application/json"}} {
		block = append(block, c.field(f[0], f[1])...)
	}
	if length >= 0 {
		block = append(block, c.field("content-length", strconv.Itoa(length))...)
	}
	return block
}

func (c *http2Client) field(name, value string) []byte {
	c.block.Reset()
	_ = c.encoder.WriteField(hpack.HeaderField{Name: name, Value: value}) // into memory
	return bytes.Clone(c.block.Bytes())
}

// begin sends the header of another request.
func (c *http2Client) begin(method, path string, length int, ends bool) error {
	c.stream += 2
	return c.WriteHeaders(http2.HeadersFrameParam{StreamID: c.stream - 1, BlockFragment: c.fields(method, path, length), EndStream: ends, EndHeaders: true})
}

// status reads until a request is answered, and is empty when it is refused.
func (c *http2Client) status(stream uint32) string {
	for {
		f, err := c.ReadFrame()
		if err != nil || f.Header().Type == http2.FrameGoAway {
			return "" // and the connection with it
		}
		if f.Header().StreamID != stream {
			continue
		}
		if h, ok := f.(*http2.MetaHeadersFrame); ok {
			return h.PseudoValue("status")
		}
		if f.Header().Type == http2.FrameRSTStream {
			return ""
		}
	}
}

// readEnd reads until the server ends the connection, and tells why.
func (c *http2Client) readEnd(why chan<- http2.ErrCode) {
	code := http2.ErrCodeNo
	for {
		f, err := c.ReadFrame()
		if end, ok := f.(*http2.GoAwayFrame); ok {
			code = end.ErrCode
		}
		if err != nil || code != http2.ErrCodeNo {
			why <- code
			return
		}
	}
}

// drain reads what comes, so that the server can write.
func (c *http2Client) drain() { _, _ = io.Copy(io.Discard, c.conn) }

// goroutinesIn is the number that a server writes now and then; before that it is 0.
func goroutinesIn(file string) int {
	text, _ := os.ReadFile(file)
	n, _ := strconv.Atoi(string(text))
	return n
}
