package apitest

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// Handler serves as h does and fails t for each exchange that departs from the document. What h reads of a request's body is
// what is checked. A panic of h passes through, unchecked.
func Handler(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	v, err := document()
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := newExchange(r)
		sent := &tee{ReadCloser: r.Body}
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = sent
		}
		rec := &recorder{ResponseWriter: w}
		h.ServeHTTP(rec, r)
		rec.note(http.StatusOK) // what net/http sends when the handler wrote nothing
		x.sent = sent.read.Bytes()
		x.status, x.answered, x.body = rec.status, rec.header, rec.body.Bytes()
		v.report(t, x)
	})
}

func (v *validator) report(t testing.TB, x exchange) {
	t.Helper()
	if err := v.check(x); err != nil {
		t.Errorf("ax.yaml: %v\n%v", err, x)
	}
}

// A tee keeps what is read of a body.
type tee struct {
	io.ReadCloser
	read bytes.Buffer
}

func (b *tee) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read.Write(p[:n])
	return n, err
}

// A recorder passes an answer on and keeps it. The body is what the handler wrote, also where net/http drops it.
type recorder struct {
	http.ResponseWriter
	status int
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if status >= 200 { // others announce that the answer is still to come
		r.note(status)
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.note(http.StatusOK)
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// note keeps the first status and the header of that moment; later changes do not reach the client.
func (r *recorder) note(status int) {
	if r.status == 0 {
		r.status, r.header = status, r.Header().Clone()
	}
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
