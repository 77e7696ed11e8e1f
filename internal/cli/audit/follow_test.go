package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/cli/clitest"
)

// A ledger is a server whose log grows as it is read: before each request that
// has no cursor, a poll, and before each that has one, it does what it is told.
// Its cursors are offsets, so that a page shifts when an entry comes.
type ledger struct {
	mu          sync.Mutex
	entries     []string // the oldest first, "id" or "id@time"
	most        int      // on a page
	polls       int
	poll        func(l *ledger, n int) // n is 1 for the first
	turn        func(l *ledger)
	unreachable bool
	*httptest.Server
}

func newLedger(t *testing.T, l *ledger) *clitest.World {
	t.Helper()
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return clitest.On(t, &clitest.Server{Server: l.Server})
}

func (l *ledger) add(entries ...string) { l.entries = append(l.entries, entries...) }

// ServeHTTP implements http.Handler.
func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := r.URL.Query()
	if cursor := q.Get("cursor"); cursor == "" {
		l.polls++
		l.poll(l, l.polls)
	} else if l.turn != nil {
		l.turn(l)
	}
	if l.unreachable {
		clitest.Drop(w, r)
		return
	}
	body, next := l.page(q)
	page(next, body...)(w, r)
}

func (l *ledger) page(q url.Values) (body []string, next string) {
	all := slices.Clone(l.entries)
	slices.Reverse(all)
	from, _ := strconv.Atoi(q.Get("cursor"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	if l.most > 0 {
		limit = min(limit, l.most)
	}
	for i, e := range all {
		id, at, ok := strings.Cut(e, "@")
		if !ok {
			at = "2026-03-01T09:00:00Z"
		}
		switch {
		case i < from || q.Get("start_time") > at:
		case len(body) == limit:
			return body, strconv.Itoa(i)
		default:
			body = append(body, change(id, at))
		}
	}
	return body, ""
}

var shownID = regexp.MustCompile(`"id":"(\w+)"`)

// follow follows the ledger until it says stop, and returns the ids as shown.
func follow(t *testing.T, l *ledger, options ...string) (ids []string, got clitest.Result) {
	t.Helper()
	w := newLedger(t, l)
	ctx, stop := context.WithCancel(t.Context())
	poll := l.poll
	l.poll = func(l *ledger, n int) {
		if poll(l, n); l.polls < 0 {
			stop()
		}
	}
	w.Context = ctx
	got = w.Run(append([]string{"audit", "list", "--follow", "-o", "jsonl"}, options...)...)
	for _, m := range shownID.FindAllStringSubmatch(got.Out, -1) {
		ids = append(ids, m[1])
	}
	return ids, got
}

// stop ends a walk at a poll: Ctrl-C.
func (l *ledger) stop() { l.polls = -1 << 20 }

// Each entry is shown once, the oldest first, whatever happens between two
// looks and between two pages of one. Ctrl-C ends it.
func TestFollow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		*ledger
		options []string
		want    string
	}{
		"entries come, one and many": {ledger: &ledger{entries: []string{"a", "b"}, poll: func(l *ledger, n int) {
			switch n {
			case 2:
				l.add("c")
			case 3:
				l.add("d", "e")
			case 4:
				l.stop()
			}
		}}, want: "a b c d e"},
		"an empty log": {ledger: &ledger{poll: func(l *ledger, n int) {
			switch n {
			case 2:
				l.add("a")
			case 4:
				l.stop()
			}
		}}, want: "a"},
		"more than a page at a time": {ledger: &ledger{entries: []string{"a"}, most: 2, poll: func(l *ledger, n int) {
			switch n {
			case 2:
				l.add("b", "c", "d", "e", "f")
			case 3:
				l.stop()
			}
		}}, want: "a b c d e f"},
		"a page shifts while it is read": {ledger: &ledger{entries: []string{"a"}, most: 2, poll: func(l *ledger, n int) {
			switch n {
			case 2:
				l.add("b", "c", "d")
			case 4:
				l.stop()
			}
		}, turn: func(l *ledger) {
			if len(l.entries) < 6 {
				l.add(fmt.Sprint("late", len(l.entries)))
			}
		}}, want: "a b c d late4 late5"},
		"the latest only, among others of the same minute": {ledger: &ledger{entries: []string{"a", "b", "c"}, poll: func(l *ledger, n int) {
			switch n {
			case 2:
				l.add("d")
			case 4:
				l.stop()
			}
		}}, options: []string{"-l", "1"}, want: "c d"},
		"an entry of another server that becomes visible late": {ledger: &ledger{entries: []string{"a@2026-03-01T09:00:00Z", "c@2026-03-01T09:00:30Z"}, poll: func(l *ledger, n int) {
			switch n {
			case 2:
				l.entries = slices.Insert(l.entries, 1, "b@2026-03-01T09:00:10Z")
			case 4:
				l.stop()
			}
		}}, want: "a c b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids, got := follow(t, c.ledger, c.options...)
			if diff := cmp.Diff(strings.Fields(c.want), ids); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Code != 130 || !strings.Contains(got.Err, "Operation cancelled by user") {
				t.Errorf("after Ctrl-C: %s", got)
			}
		})
	}
}

// For people each entry is a line.
func TestFollowLines(t *testing.T) {
	t.Parallel()
	l := &ledger{entries: []string{"a"}, poll: func(l *ledger, n int) {
		if n == 2 {
			l.stop()
		}
	}}
	_, got := follow(t, l, "-o", "table")
	if want := "2026-03-01 09:00:00  update_user  ann@example.com  192.0.2.7  VXNlcjoy name, role\n"; got.Out != want {
		t.Errorf("got %q, want %q", got.Out, want)
	}
}

// A server that goes away ends it, after what was shown and the usual retries;
// one that refuses ends it at once.
func TestFollowEnds(t *testing.T) {
	t.Parallel()
	ids, got := follow(t, &ledger{entries: []string{"a"}, poll: func(l *ledger, n int) { l.unreachable = n > 1 }})
	if !slices.Equal(ids, []string{"a"}) || got.Code != 4 || !strings.Contains(got.Err, "Failed to list audit entries") {
		t.Errorf("a server that goes away: %v\n%s", ids, got)
	}
	w := clitest.On(t, clitest.NewServer(t).On(first, page("", change("a", "2026-03-01T09:00:00Z"))).
		On("GET /v2/audit-logs?limit=100&start_time=2026-03-01T08%3A59%3A00Z", clitest.Problem(401, "Unauthorized", "The key was revoked.")))
	if got := w.Run("audit", "list", "--follow"); got.Code != 3 || !strings.Contains(got.Err, "The key was revoked.") || !strings.Contains(got.Out, "update_user") {
		t.Errorf("a key that is revoked: %s", got)
	}
}

// closing is a pipe whose reader leaves after the first line.
type closing struct{ bytes.Buffer }

func (c *closing) Write(p []byte) (int, error) {
	if c.Len() > 0 {
		return 0, syscall.EPIPE
	}
	return c.Buffer.Write(p)
}

// `ax audit list --follow | head -1` ends when head has, and says nothing.
func TestFollowIntoHead(t *testing.T) {
	t.Parallel()
	w, out := newLedger(t, &ledger{entries: []string{"a"}, poll: func(l *ledger, n int) {
		if n == 2 {
			l.add("b")
		}
	}}), &closing{}
	w.Out = out
	if got := w.Run("audit", "list", "--follow", "-o", "jsonl"); got.Code != 5 || strings.Contains(got.Err, "✗") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("%q\n%s", out, got)
	}
}
