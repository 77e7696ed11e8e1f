package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	maxTries = 4
	maxWait  = 60 * time.Second // the most that a server's Retry-After is obeyed
)

// A Try is one request on the wire, as --verbose tells of it.
type Try struct {
	Method, URL string
	Status      int // 0 without an answer
	Err         error
	Took        time.Duration
	Wait        time.Duration // before the next try; 0 when it was the last
}

type triesKey struct{}

// A retrier repeats what may be repeated: reads and deletions when there was
// no answer or one that says "not now", anything else only when the request
// surely did not arrive.
type retrier struct {
	next    http.RoundTripper
	timeout time.Duration
	trace   func(Try)
	gate    gate
}

// RoundTrip implements http.RoundTripper.
func (t *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	tries, _ := req.Context().Value(triesKey{}).(*int)
	for n := 1; ; n++ {
		if tries != nil {
			*tries = n
		}
		if err := t.gate.wait(req.Context()); err != nil {
			return nil, err
		}
		begun := time.Now()
		resp, err := t.once(req)
		t.gate.heed(resp)
		wait, again := pause(req, resp, err, n)
		t.tell(req, resp, err, time.Since(begun), wait)
		if !again {
			return resp, err
		}
		if resp != nil {
			io.CopyN(io.Discard, resp.Body, 64<<10) //nolint:errcheck // so that the connection can be used again
			resp.Body.Close()                       //nolint:errcheck // of no interest any more
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
		if req, err = rewound(req); err != nil {
			return nil, err
		}
	}
}

// once makes one try within its time; the time covers reading the body.
func (t *retrier) once(req *http.Request) (*http.Response, error) {
	if t.timeout == 0 {
		return t.next.RoundTrip(req)
	}
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &bodyWithCancel{resp.Body, cancel}
	return resp, nil
}

type bodyWithCancel struct {
	io.ReadCloser
	cancel func()
}

// Close implements io.Closer.
func (b *bodyWithCancel) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// pause says whether to try again after try n, and when.
func pause(req *http.Request, resp *http.Response, err error, n int) (time.Duration, bool) {
	if n == maxTries || req.Context().Err() != nil {
		return 0, false
	}
	repeatable := req.Method == http.MethodGet || req.Method == http.MethodPut || req.Method == http.MethodDelete
	backoff := time.Duration(rand.Int64N(int64(100*time.Millisecond<<n))) + 50*time.Millisecond //nolint:gosec // jitter
	if err != nil {
		if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
			return 0, false // it will be no other in a second
		}
		return backoff, repeatable && !errors.Is(err, context.DeadlineExceeded) || unsent(err)
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return 0, false
	}
	if said, ok := retryAfter(resp); ok {
		return said, repeatable && said <= maxWait
	}
	return backoff, repeatable
}

// retryAfter reads the header: seconds or a date (RFC 9110, 10.2.3).
func retryAfter(resp *http.Response) (time.Duration, bool) {
	v := resp.Header.Get("Retry-After")
	if s, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		const day = 24 * 60 * 60
		return time.Duration(min(s, day)) * time.Second, true
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	ctx = waits(ctx)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// rewound is the request with its body at the beginning again.
func rewound(req *http.Request) (*http.Request, error) {
	if req.GetBody == nil {
		return req, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, fmt.Errorf("send the request again: %w", err)
	}
	again := req.Clone(req.Context())
	again.Body = body
	return again, nil
}

func (t *retrier) tell(req *http.Request, resp *http.Response, err error, took, wait time.Duration) {
	if t.trace == nil {
		return
	}
	try := Try{Method: req.Method, URL: req.URL.String(), Err: err, Took: took, Wait: wait}
	if resp != nil {
		try.Status = resp.StatusCode
	}
	t.trace(try)
}
