package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"time"
)

// A Config says where an API is and how to reach it.
type Config struct {
	BaseURL   string // scheme://host[:port]
	Key       string
	UserAgent string
	Timeout   time.Duration // for one try; 0 for none
	Transport http.RoundTripper
	// Trace, unless nil, is told of every try, for --verbose. It sees no key.
	Trace func(t Try)
}

// A Client does the API's operations.
type Client struct {
	config Config
	http   *http.Client
}

// New returns a client. It opens nothing until the first operation.
func New(c Config) *Client {
	return &Client{config: c, http: &http.Client{
		Transport:     &retrier{next: c.Transport, timeout: c.Timeout, trace: c.Trace},
		CheckRedirect: sameOrigin,
	}}
}

// Remote is the transport to a server on the network. caFile adds to no
// root certificates but replaces them; proxy may be empty, for the
// environment's.
func Remote(caFile, proxy string, skipVerify bool) (http.RoundTripper, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()                                          //nolint:forcetypeassert // documented to be one
	t.MaxIdleConnsPerHost = t.MaxIdleConns                                                        // there is one host, which may be asked by many at once
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: skipVerify} //nolint:gosec // the profile says so
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("CA certificates: %w", err)
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("CA certificates: %s holds no PEM certificate", caFile)
		}
	}
	if proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil {
			return nil, errors.New("the proxy's URL cannot be read")
		}
		t.Proxy = http.ProxyURL(u)
	}
	return t, nil
}

// sameOrigin follows a redirect only to where the key may go anyway.
func sameOrigin(to *http.Request, via []*http.Request) error {
	from := via[0].URL
	if to.URL.Scheme != from.Scheme || to.URL.Host != from.Host {
		return fmt.Errorf("the server redirects to %s://%s; if that is where the API is, name it in the profile", to.URL.Scheme, to.URL.Host)
	}
	if to.Method != via[0].Method { // what is read there says nothing of what was to be done here
		return fmt.Errorf("the server redirects a %s to the page %s; is this the address of the API?", via[0].Method, to.URL.Path)
	}
	if len(via) > 5 {
		return errors.New("the server redirects in circles")
	}
	return nil
}

const maxAnswer = 64 << 20 // bytes; a page of 100 users takes 30 KB

// A request is one operation of the API.
type request struct {
	method string
	path   string // escaped
	query  string // escaped
	body   any    // nil for none
}

// do performs a request and decodes its answer into Resp. retried tells that
// more than one try was made, so that an earlier one may have had its effect.
func do[Resp any](ctx context.Context, c *Client, in request) (out Resp, status int, retried bool, err error) {
	var tries int
	req, err := c.request(context.WithValue(ctx, triesKey{}, &tries), in)
	if err != nil {
		return out, 0, false, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return out, 0, tries > 1, networkError(ctx, err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end below
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return out, resp.StatusCode, tries > 1, networkError(ctx, err)
	case len(text) > maxAnswer:
		err = &Error{Title: "the server's answer is larger than 64 MB"}
	case resp.StatusCode >= http.StatusMultipleChoices:
		err = problem(resp, text)
	default:
		err = unmarshal(resp, text, &out)
	}
	return out, resp.StatusCode, tries > 1, err
}

func (c *Client) request(ctx context.Context, in request) (*http.Request, error) {
	target := c.config.BaseURL + in.path
	if in.query != "" {
		target += "?" + in.query
	}
	var body io.Reader
	if in.body != nil {
		text, err := json.Marshal(in.body)
		if err != nil {
			return nil, fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, in.method, target, body)
	if err != nil {
		return nil, fmt.Errorf("the address of the API: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("Authorization", "Bearer "+c.config.Key)
	req.Header.Set("User-Agent", c.config.UserAgent)
	return req, nil
}

// unmarshal reads a good answer. One that is not JSON did not come from the
// API, but from whatever else answers at that address; that holds too where
// no content is expected, or a sign-in page would pass for a deletion.
func unmarshal(resp *http.Response, text []byte, to any) error {
	t, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	foreign := t != "" && t != "application/json"
	if _, nothing := to.(*struct{}); nothing && (!foreign || len(text) == 0) {
		return nil
	}
	if err := json.Unmarshal(text, to); err != nil {
		title := fmt.Sprintf("the server's answer is not what the API promises: %v", err)
		if foreign {
			title = fmt.Sprintf("the server's answer is %s, not JSON; is this the address of the API?", t)
		}
		return &Error{Title: title, Header: resp.Header, Body: text}
	}
	return nil
}
