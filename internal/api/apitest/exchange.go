package apitest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// An exchange is a request as it was read and its answer as it was written.
type exchange struct {
	method string
	url    url.URL
	header http.Header
	sent   []byte

	status   int
	answered http.Header
	body     []byte
}

// newExchange notes the request, apart from its body, before anyone can change it.
func newExchange(r *http.Request) exchange {
	return exchange{method: r.Method, url: *r.URL, header: r.Header.Clone()}
}

// request is the request again, to be read by the validator. HEAD becomes GET, whose rules it shares.
func (x exchange) request() *http.Request {
	method := x.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return &http.Request{
		Method:        method,
		URL:           &x.url,
		Header:        x.header,
		Body:          io.NopCloser(bytes.NewReader(x.sent)),
		ContentLength: int64(len(x.sent)),
	}
}

func (x exchange) accepted() bool { return x.status >= 200 && x.status < 300 }

// String leaves out the headers, because the key is among them.
func (x exchange) String() string {
	return fmt.Sprintf("> %s %s %s\n%s\n< %d %s\n%s",
		x.method, x.url.RequestURI(), x.header.Get("Content-Type"), excerpt(x.sent),
		x.status, x.answered.Get("Content-Type"), excerpt(x.body))
}

func excerpt(body []byte) string {
	const most = 2048
	if len(body) > most {
		return fmt.Sprintf("%q… (%d bytes)", body[:most], len(body))
	}
	return string(body)
}
