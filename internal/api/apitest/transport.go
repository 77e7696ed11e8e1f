package apitest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// Transport sends as next does and fails t for each exchange that departs from the document. Bodies are read whole, of the
// request before it is sent and of the answer before it is returned. An exchange that broke off passes through, unchecked.
func Transport(t testing.TB, next http.RoundTripper) http.RoundTripper {
	t.Helper()
	v, err := document()
	if err != nil {
		t.Fatal(err)
	}
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		x := newExchange(r)
		r, err := withBody(r, &x)
		if err != nil {
			return nil, err
		}
		answer, err := next.RoundTrip(r)
		if err != nil {
			return answer, err
		}
		x.status, x.answered = answer.StatusCode, answer.Header
		x.body, err = io.ReadAll(answer.Body)
		answer.Body = &replay{Reader: io.MultiReader(bytes.NewReader(x.body), failing{err}), Closer: answer.Body}
		if err == nil {
			v.report(t, x)
		}
		return answer, nil
	})
}

// withBody returns a copy of the request whose body can be read again, because a transport must not change the caller's.
func withBody(r *http.Request, x *exchange) (*http.Request, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, nil
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request's body: %w", err)
	}
	if err := r.Body.Close(); err != nil {
		return nil, fmt.Errorf("close the request's body: %w", err)
	}
	x.sent = sent
	r = r.Clone(r.Context())
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent)), nil }
	r.Body, _ = r.GetBody() // never fails
	return r, nil
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A replay is a body that was read before.
type replay struct {
	io.Reader
	io.Closer
}

// failing ends a body the way it ended when it was read first.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}
