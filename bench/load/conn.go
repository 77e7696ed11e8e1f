package load

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// longest is what one answer may take before it counts as none.
const longest = time.Minute

// A conn is a connection with its buffers, which are used again.
type conn struct {
	net    net.Conn
	host   string
	in     *bufio.Reader
	out    []byte
	body   []byte
	ending bool // the server closes after this answer
}

func dial(ctx context.Context, address string, from net.Addr) (*conn, error) {
	c, err := (&net.Dialer{Timeout: longest, LocalAddr: from}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &conn{net: c, host: address, in: bufio.NewReaderSize(c, 64<<10)}, nil
}

func (c *conn) close() { _ = c.net.Close() }

// do sends a request and reads its answer, whose body is kept only on demand.
func (c *conn) do(r Request, header string, keep bool) (a Answer, err error) {
	if err := c.net.SetDeadline(time.Now().Add(longest)); err != nil {
		return a, err
	}
	c.out = append(c.out[:0], r.Method...)
	c.out = append(c.out, ' ')
	c.out = append(c.out, r.Target...)
	c.out = append(c.out, " HTTP/1.1\r\nHost: "...)
	c.out = append(c.out, c.host...)
	c.out = append(c.out, "\r\n"...)
	c.out = append(c.out, header...)
	if r.Body != "" {
		c.out = append(c.out, "Content-Type: "...)
		c.out = append(c.out, cmp.Or(r.Type, "application/json")...)
		c.out = append(c.out, "\r\n"...)
	}
	if r.Body != "" || r.Method == "POST" {
		c.out = append(c.out, "Content-Length: "...)
		c.out = strconv.AppendInt(c.out, int64(len(r.Body)), 10)
		c.out = append(c.out, "\r\n"...)
	}
	c.out = append(c.out, "\r\n"...)
	c.out = append(c.out, r.Body...)
	if _, err := c.net.Write(c.out); err != nil {
		return a, errors.New("the connection broke")
	}
	return c.read(keep)
}

var errProtocol = errors.New("not an answer in HTTP/1.1")

func (c *conn) read(keep bool) (a Answer, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return a, fmt.Errorf("no answer: %w", err)
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return a, errProtocol
	}
	if a.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, errProtocol
	}
	length, chunked, err := c.fields()
	if err != nil {
		return a, err
	}
	c.body = c.body[:0]
	switch {
	case a.Status == 204 || a.Status == 304:
	case chunked:
		err = c.chunks(keep)
	case length >= 0:
		err = c.take(length, keep)
	default:
		err = errProtocol // a body without a length ends with its connection
	}
	a.Body = c.body
	return a, err
}

// fields reads the header and returns what it says about the body.
func (c *conn) fields() (length int, chunked bool, err error) {
	length = -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, false, errProtocol
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			return length, chunked, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
				return 0, false, errProtocol
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, []byte("Connection")):
			c.ending = bytes.EqualFold(value, []byte("close"))
		}
	}
}

func (c *conn) chunks(keep bool) error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return errProtocol
		}
		size, _, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(";"))
		n, err := strconv.ParseUint(string(size), 16, 31)
		if err != nil {
			return errProtocol
		}
		if n == 0 {
			_, _, err := c.fields() // trailers, and the empty line
			return err
		}
		if err := c.take(int(n), keep); err != nil {
			return err
		}
		if _, err := c.in.Discard(len("\r\n")); err != nil {
			return errProtocol
		}
	}
}

func (c *conn) take(n int, keep bool) error {
	if !keep {
		_, err := c.in.Discard(n)
		return err
	}
	from := len(c.body)
	c.body = append(c.body, make([]byte, n)...)
	_, err := io.ReadFull(c.in, c.body[from:])
	return err
}

func statusText(status int) string { return "status " + strconv.Itoa(status) }
