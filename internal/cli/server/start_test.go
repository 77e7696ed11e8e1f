package server_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ax/internal/cli/clitest"
)

// A log is a standard error that can be read while it is written to.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
	new  chan struct{}
}

// Write implements io.Writer.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	select {
	case l.new <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var listening = `"msg":"listening","address":"([^"]+)","public_url":"([^"]+)"`

// serve runs `ax server start` and returns its address, its log and its end.
func serve(t *testing.T, w *clitest.World, args ...string) (address, public string, l *log, stop func() clitest.Result) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l = &log{new: make(chan struct{}, 1)}
	host := &clitest.World{Home: w.Home, Env: w.Env, Err: l, Context: ctx}
	ended := make(chan clitest.Result, 1)
	go func() { ended <- host.Run(append([]string{"server", "start"}, args...)...) }()
	stop = func() clitest.Result {
		cancel()
		r := <-ended
		ended <- r
		return r
	}
	t.Cleanup(func() { stop() })
	late := time.After(time.Minute)
	for {
		select {
		case <-l.new:
		case r := <-ended:
			ended <- r
			t.Fatalf("ended:\n%s%s", r, l)
		case <-late:
			t.Fatalf("does not listen:\n%s", l)
		}
		if m := regexp.MustCompile(listening).FindStringSubmatch(l.String()); m != nil {
			return m[1], m[2], l, stop
		}
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	w, key := made(t)
	address, public, l, stop := serve(t, w, "--listen", "127.0.0.1:0", "--mail-dir", w.Path("mail"))
	same(t, public, "http://"+address)
	person := clitest.New(t)
	person.Env["ARIZE_API_KEY"], person.Env["ARIZE_API_HOST"], person.Env["ARIZE_API_SCHEME"] = key, address, "http"
	got := person.Run("users", "list", "-o", "csv")
	says(t, got, 0)
	same(t, strings.Count(got.Out, "ann@example.com"), 1)
	person.Env["ARIZE_API_KEY"] = key + "x"
	says(t, person.Run("users", "list"), 3, "✗ Error: 401 Unauthorized; ", "Suggestion: Authentication failed.")
	// A second server would not see the first one's writes; commands may look on.
	says(t, w.Run("server", "start", "--listen", "127.0.0.1:0", "--mail-dir", w.Path("mail")), 1, "another ax server is running on ")
	says(t, w.Run("server", "mail", "list"), 0)
	same(t, stop().Code, 0)
	if text := l.String(); strings.Contains(text, key) || !strings.Contains(text, `"msg":"stopping"`) {
		t.Errorf("the log:\n%s", text)
	}
}

func TestStartFromVariables(t *testing.T) {
	t.Parallel()
	w, _ := made(t)
	w.Env["AX_LISTEN"], w.Env["AX_PUBLIC_URL"], w.Env["AX_MIGRATE"] = "127.0.0.1:0", "https://ax.example.com/", "never"
	_, public, l, stop := serve(t, w)
	same(t, public, "https://ax.example.com")
	if !strings.Contains(l.String(), "letters wait") {
		t.Errorf("that letters wait is not said:\n%s", l)
	}
	same(t, stop().Code, 0)
	_, public, _, stop = serve(t, w, "--public-url", "https://flag.example.com", "--migrate", "auto")
	same(t, public, "https://flag.example.com")
	same(t, stop().Code, 0)
}
