package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ax/internal/client"
)

// Inside a bubble of synctest a wait takes no time and is exact.

// TestWhatIsRepeated has each operation meet each status, three times before a good answer.
func TestWhatIsRepeated(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for _, status := range []int{400, 401, 403, 404, 408, 409, 422, 425, 429, 500, 501, 502, 503, 504, 505, 599} {
			t.Run(fmt.Sprint(op.name, status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					asked := &transport{answer: func(n int, _ *http.Request) (*http.Response, error) {
						if n < 4 {
							return respond(status, `{"title":"not now"}`), nil
						}
						return respond(op.status, op.answer), nil
					}}
					err := op.do(t.Context(), over(asked))
					want := 1
					if again := status == 429 || 502 <= status && status <= 504; again && op.safe() {
						want = 4
					}
					if len(asked.sent) != want || (err == nil) != (want == 4) {
						t.Errorf("sent %d times, want %d; error %v", len(asked.sent), want, err)
					}
				})
			})
		}
	}
}

// TestAfterFourTries the answer is the last one.
func TestAfterFourTries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := always(503, `{"title":"Service unavailable","detail":"Not now."}`)
		begun := time.Now()
		_, err := over(asked).GetUser(t.Context(), "x")
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Status != 503 || e.Detail != "Not now." || len(asked.sent) != 4 {
			t.Errorf("error %v after %d tries", err, len(asked.sent))
		}
		if took := time.Since(begun); took < 150*time.Millisecond || took > 2*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	date := func(later time.Duration) string { return time.Now().Add(later).UTC().Format(http.TimeFormat) }
	const backoff = -1 // the client's own
	for name, c := range map[string]struct {
		header func() string // inside the bubble
		tries  int
		wait   time.Duration
	}{
		"seconds":             {func() string { return "7" }, 2, 7 * time.Second},
		"none to wait":        {func() string { return "0" }, 2, 0},
		"a minute":            {func() string { return "60" }, 2, time.Minute},
		"more than a minute":  {func() string { return "61" }, 1, 0},
		"a day":               {func() string { return "86400" }, 1, 0},
		"a month":             {func() string { return "2592000" }, 1, 0},
		"more than a number":  {func() string { return strings.Repeat("9", 40) }, 1, 0},
		"a date":              {func() string { return date(5 * time.Second) }, 2, 5 * time.Second},
		"a date that is past": {func() string { return date(-time.Hour) }, 2, 0},
		"a date far ahead":    {func() string { return date(time.Hour) }, 1, 0},
		"an older form":       {func() string { return time.Now().Add(3 * time.Second).UTC().Format(time.RFC850) }, 2, 3 * time.Second},
		"less than nothing":   {func() string { return "-5" }, 2, backoff},
		"a fraction":          {func() string { return "1.5" }, 2, backoff},
		"a word":              {func() string { return "soon" }, 2, backoff},
		"empty":               {func() string { return "" }, 2, backoff},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := &transport{answer: func(n int, _ *http.Request) (*http.Response, error) {
					if n == 1 {
						return respond(429, "{}", "Retry-After: "+c.header()), nil
					}
					return respond(200, someone), nil
				}}
				begun := time.Now()
				_, err := over(asked).GetUser(t.Context(), "x")
				took := time.Since(begun)
				if len(asked.sent) != c.tries || (err == nil) != (c.tries == 2) {
					t.Errorf("sent %d times, want %d; error %v", len(asked.sent), c.tries, err)
				}
				if own := took >= 50*time.Millisecond && took < time.Second; took != c.wait && (c.wait != backoff || !own) {
					t.Errorf("waited %s, want %s", took, c.wait)
				}
			})
		})
	}
}

// TestRetryAfterOfAPost is handed on, and the request is not sent again.
func TestRetryAfterOfAPost(t *testing.T) {
	t.Parallel()
	asked := always(429, `{"title":"Rate limit exceeded"}`, "Retry-After: 0")
	err := over(asked).ResendInvitation(t.Context(), "x")
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Status != 429 || len(asked.sent) != 1 {
		t.Errorf("error %v after %d tries", err, len(asked.sent))
	}
}

// TestNoAnswer has requests that came to nothing, on the way or later.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	read := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	for _, op := range operations() {
		for name, c := range map[string]struct {
			err    error
			unsent bool // it surely did not arrive
		}{
			"refused": {dial, true}, "no such host": {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "x"}}, true},
			"reset": {read, false}, "closed": {io.EOF, false}, "cut off": {io.ErrUnexpectedEOF, false}, "something else": {errors.New("else"), false},
		} {
			t.Run(op.name+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					failing := &transport{answer: func(n int, _ *http.Request) (*http.Response, error) {
						if n < 3 {
							return nil, c.err
						}
						return respond(op.status, op.answer), nil
					}}
					err := op.do(t.Context(), over(failing))
					want := 1
					if c.unsent || op.safe() {
						want = 3
					}
					if len(failing.sent) != want || (err == nil) != (want == 3) {
						t.Errorf("sent %d times, want %d; error %v", len(failing.sent), want, err)
					}
					for _, s := range failing.sent {
						if s.body != failing.sent[0].body || s.key != "Bearer "+key {
							t.Errorf("a later try differs: %+v, first %+v", s, failing.sent[0])
						}
					}
				})
			})
		}
	}
}

// TestTimeouts: each try has its time, its body included, and is not made again.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(int, *http.Request) (*http.Response, error){
		"no answer": func(_ int, r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"an answer that does not end": func(_ int, r *http.Request) (*http.Response, error) {
			resp := respond(200, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(someone[:20]), stalled{r.Context()}))
			return resp, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := &transport{answer: answer}
				c := client.New(client.Config{BaseURL: "http://api.example", Key: key, Transport: asked, Timeout: 30 * time.Second})
				begun := time.Now()
				_, err := c.GetUser(t.Context(), "x")
				if err == nil || !strings.Contains(err.Error(), "the server did not answer in time") || len(asked.sent) != 1 || time.Since(begun) != 30*time.Second {
					t.Errorf("error %v after %d tries and %s", err, len(asked.sent), time.Since(begun))
				}
			})
		})
	}
}

// stalled is a body that waits until its request is given up.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// TestCancelling ends a request, a wait before the next try and a walk at once, with the reason that was given.
func TestCancelling(t *testing.T) {
	t.Parallel()
	reason := errors.New("interrupted by the person")
	for name, answer := range map[string]func(int, *http.Request) (*http.Response, error){
		"under way": func(_ int, r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"waiting": func(_ int, r *http.Request) (*http.Response, error) {
			if err := r.Context().Err(); err != nil {
				return nil, err
			}
			return respond(503, "{}", "Retry-After: 50"), nil
		},
		"reading": func(_ int, r *http.Request) (*http.Response, error) {
			resp := respond(200, "")
			resp.Body = io.NopCloser(stalled{r.Context()})
			return resp, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := &transport{answer: answer}
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(reason) })
				begun := time.Now()
				_, err := over(asked).GetUser(ctx, "x")
				if !errors.Is(err, reason) || time.Since(begun) != time.Second || len(asked.sent) != 1 {
					t.Errorf("error %v after %s and %d tries", err, time.Since(begun), len(asked.sent))
				}
				if _, err := over(asked).GetUser(ctx, "x"); !errors.Is(err, reason) {
					t.Errorf("cancelled before: %v", err)
				}
			})
		})
	}
}

// TestTrace tells --verbose of each try, without the key.
func TestTrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := &transport{answer: func(n int, _ *http.Request) (*http.Response, error) {
			switch n {
			case 1:
				return nil, io.EOF
			case 2:
				return respond(429, "{}", "Retry-After: 7"), nil
			}
			return respond(200, someone), nil
		}}
		var told []string
		c := client.New(client.Config{BaseURL: "http://api.example", Key: key, Transport: asked, Trace: func(try client.Try) {
			waits := try.Wait > 0
			if try.Status == 429 && try.Wait != 7*time.Second {
				t.Errorf("the second wait is %s", try.Wait)
			}
			told = append(told, fmt.Sprintf("%s %s %d %v %v", try.Method, try.URL, try.Status, try.Err, waits))
		}})
		if _, err := c.GetUser(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		const at = "GET http://api.example/v2/users/x "
		want := at + "0 EOF true\n" + at + "429 <nil> true\n" + at + "200 <nil> false"
		if got := strings.Join(told, "\n"); got != want || strings.Contains(got, key) {
			t.Errorf("told:\n%s\nwant:\n%s", got, want)
		}
	})
}

// TestDeletedAlready: a 404 is our own success coming back when a try before it may have had its effect.
func TestDeletedAlready(t *testing.T) {
	t.Parallel()
	lost := func(n int, last int) (*http.Response, error) {
		if n == 1 {
			return nil, io.EOF
		}
		return respond(last, `{"title":"Resource not found"}`), nil
	}
	for name, c := range map[string]struct {
		answer func(int, *http.Request) (*http.Response, error)
		ok     bool
	}{
		"the answer was lost, then 404": {func(n int, _ *http.Request) (*http.Response, error) { return lost(n, 404) }, true},
		"503, then 404": {func(n int, _ *http.Request) (*http.Response, error) {
			return respond(map[bool]int{true: 503, false: 404}[n == 1], "{}", "Retry-After: 0"), nil
		}, true},
		"404 at once":                   {func(int, *http.Request) (*http.Response, error) { return respond(404, "{}"), nil }, false},
		"the answer was lost, then 403": {func(n int, _ *http.Request) (*http.Response, error) { return lost(n, 403) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				err := over(&transport{answer: c.answer}).DeleteUser(t.Context(), "x")
				if (err == nil) != c.ok {
					t.Errorf("error %v", err)
				}
				if _, err := over(&transport{answer: c.answer}).GetUser(t.Context(), "x"); err == nil {
					t.Error("a user that is not there was read")
				}
			})
		})
	}
}
