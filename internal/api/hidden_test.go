package api_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/pgtest"
	"ax/internal/store"
)

// Z-02: what is hidden and what is not there have one answer, byte for byte, and cost the same work: the same statements, in
// the same order, go to the database. How long that takes is measured by TestZ02_TimesAreAlike.
func TestZ02_HiddenIsMissing(t *testing.T) {
	t.Parallel()
	w := &wiretap{}
	m := newMatrix(t, w.open)
	pairs := 0
	for _, p := range m.pairs(t) {
		hidden, missing := m.twice(t, w, p.who, p.hidden), m.twice(t, w, p.who, p.missing)
		if hidden.Code != missing.Code {
			t.Errorf("%s by %s: answer %d, and %d to %s", p.hidden, p.who, hidden.Code, missing.Code, p.missing)
		}
		if strings.Contains(p.hidden, "<binding ") { // on a space the grants are asked for there, on anything else elsewhere
			hidden.unnamed()
			missing.unnamed()
		}
		if diff := cmp.Diff(missing.String(), hidden.String()); diff != "" {
			t.Errorf("%s by %s (-missing +hidden):\n%s", p.hidden, p.who, diff)
		}
		pairs++
	}
	t.Logf("%d pairs", pairs)
	if pairs < 60 {
		t.Errorf("only %d pairs", pairs)
	}
}

// A pair is one request about something hidden and about something that is not there.
type pair struct{ who, hidden, missing string }

// pairs are those whose hidden one is answered by 404 as the oracle has it.
func (m *matrix) pairs(t *testing.T) (all []pair) {
	t.Helper()
	people := map[string]bool{"ANNOTATOR": true, "nothing": true, "A:MEMBER": true, "A:ADMIN": true, "bot with a custom role": true}
	hidden := map[string][]string{
		"organization": {"<B>"}, "space": {"<AP>", "<B1>", "<BP>"}, "user": {"<member>", "<admin>"}, "binding": {"<binding B1>", "<binding AP>", "<binding open>"},
		"key": {"<key of another>", "<key A1>", "<key A1 B1>"},
	}
	absent := regexp.MustCompile(`<missing (\w+)>`)
	oracle := map[string]cell{}
	for _, c := range cells() {
		oracle[c.request] = c
	}
	for _, c := range cells() {
		found := absent.FindStringSubmatch(c.request)
		if found == nil {
			continue
		}
		for _, s := range m.people {
			for _, id := range hidden[found[1]] {
				request := strings.ReplaceAll(c.request, found[0], id)
				if there, ok := oracle[request]; people[s.name] && ok && there.want(s) == http.StatusNotFound {
					all = append(all, pair{s.name, request, c.request})
				}
			}
		}
	}
	return all
}

// An effect is an answer, and what it took.
type effect struct {
	*httptest.ResponseRecorder
	statements []string
}

// String is all of it that must be alike.
func (e effect) String() string {
	return fmt.Sprintf("%d %v %s%s", e.Code, e.Header(), e.Body, strings.Join(e.statements, "\n"))
}

// unnamed leaves of the statements that the server knows how many they are.
func (e effect) unnamed() {
	for i, s := range e.statements {
		if strings.HasPrefix(s, "run stmtcache_") {
			e.statements[i] = "run"
		}
	}
}

// twice sends a request a second time, when every statement is known to the driver.
func (m *matrix) twice(t *testing.T, w *wiretap, who, request string) (last effect) {
	t.Helper()
	method, path, body := m.request(t, request)
	for range 2 {
		w.taken()
		last.ResponseRecorder = serve(m.served, newRequest(t, method, path, strings.NewReader(body), "Authorization: Bearer "+m.keys[who], "X-Request-Id: same"))
		last.statements = w.taken()
	}
	return last
}

// A wiretap stands between a store and PostgreSQL and notes which statements are run.
type wiretap struct {
	mu    sync.Mutex
	lines []string
}

func (w *wiretap) note(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line)
}

// taken are the statements since the last call.
func (w *wiretap) taken() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.lines
	w.lines = nil
	return taken
}

func (w *wiretap) open(t testing.TB) (*store.Store, error) {
	t.Helper()
	at, err := url.Parse(pgtest.URL(t, pgtest.Unsynced()))
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = l.Close() })
	network, target := "tcp", at.Host
	if folder := at.Query().Get("host"); folder != "" {
		network, target = "unix", fmt.Sprintf("%s/.s.PGSQL.%s", folder, at.Query().Get("port"))
	}
	go w.accept(l, network, target)
	query := at.Query()
	query.Del("host")
	query.Del("port")
	query.Set("sslmode", "disable")
	at.Host, at.RawQuery = l.Addr().String(), query.Encode()
	return store.OpenPostgres(t.Context(), at.String())
}

func (w *wiretap) accept(l net.Listener, network, target string) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := (&net.Dialer{}).Dial(network, target)
		if err != nil {
			_ = client.Close()
			return
		}
		go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
		go func() { _ = w.forward(server, client); _ = server.Close() }()
	}
}

// forward reads the messages of a client: a kind, a length, and for the start only the length.
func (w *wiretap) forward(to io.Writer, from io.Reader) error {
	r := bufio.NewReader(from)
	for start := true; ; start = false {
		var head []byte
		if !start {
			kind, err := r.ReadByte()
			if err != nil {
				return err
			}
			head = []byte{kind}
		}
		size := make([]byte, 4)
		if _, err := io.ReadFull(r, size); err != nil {
			return err
		}
		n := binary.BigEndian.Uint32(size)
		if n < 4 || n > 1<<24 {
			return errors.New("no message")
		}
		rest := make([]byte, n-4)
		if _, err := io.ReadFull(r, rest); err != nil {
			return err
		}
		switch {
		case start:
		case head[0] == 'Q' || head[0] == 'P': // a text
			w.note(strings.ReplaceAll(string(rest), "\x00", " "))
		case head[0] == 'B': // the name of a statement that the server knows
			parts := strings.SplitN(string(rest), "\x00", 3)
			w.note("run " + parts[1])
		}
		if _, err := to.Write(append(append(head, size...), rest...)); err != nil {
			return err
		}
	}
}
