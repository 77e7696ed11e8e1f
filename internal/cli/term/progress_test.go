package term_test

import (
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ax/internal/cli/term"
)

// seen is what a terminal shows after s: its lines, the last unfinished one too.
func seen(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if at := strings.LastIndex(line, "\r\x1b[K"); at >= 0 {
			lines[i] = line[at+len("\r\x1b[K"):]
		}
	}
	return strings.Join(lines, "\n")
}

// A glass is a terminal's screen that may be looked at while a spinner turns.
type glass struct {
	mu   sync.Mutex
	text strings.Builder
}

func (g *glass) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.Write(p)
}

func (g *glass) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.String()
}

// spinning is streams on a terminal, both of them shown by one glass.
func spinning(width int) (*term.Streams, *glass) {
	g := new(glass)
	s := term.New(strings.NewReader(""), g, g, environment())
	terminal(s, width)
	return s, g
}

func TestProgressPiped(t *testing.T) {
	t.Parallel()
	s, _, _, errs := term.Test()
	stop := s.Progress("Fetching users")
	s.Step("Fetching users: %d", 100)
	stop()
	stop()
	same(t, errs.String(), "ℹ Fetching users\n")
}

func TestProgressOnDumbTerminal(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	s := term.New(strings.NewReader(""), io.Discard, &errs, environment("TERM", "dumb"))
	s.ErrTTY = true
	s.Progress("Fetching users")()
	same(t, errs.String(), "ℹ Fetching users\n")
}

func TestProgressSpins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, errs := spinning(80)
		stop := s.Progress("Fetching users")
		show := func(after time.Duration, want string) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			same(t, seen(errs.String()), want)
		}
		show(199*time.Millisecond, "")
		same(t, errs.String(), "")
		show(2*time.Millisecond, "⠋ Fetching users...")
		show(80*time.Millisecond, "⠙ Fetching users...")
		s.Step("Fetching users: %d\x1b", 1200)
		show(80*time.Millisecond, `⠹ Fetching users: 1200\x1b...`)
		s.Warn("half way")
		same(t, seen(errs.String()), "⚠ half way\n")
		show(80*time.Millisecond, "⚠ half way\n"+`⠸ Fetching users: 1200\x1b...`)
		stop()
		same(t, seen(errs.String()), "⚠ half way\n")
		stop()
		show(time.Second, "⚠ half way\n")
	})
}

func TestProgressOfQuickWorkShowsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, errs := spinning(80)
		stop := s.Progress("Fetching users")
		time.Sleep(150 * time.Millisecond)
		stop()
		same(t, errs.String(), "")
	})
}

func TestProgressAndData(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, screen := spinning(80)
		stop := s.Progress("Fetching users")
		time.Sleep(time.Second)
		synctest.Wait()
		io.WriteString(s.Out, "first li")
		time.Sleep(time.Second)
		synctest.Wait()
		same(t, seen(screen.String()), "first li")
		io.WriteString(s.Out, "ne\n")
		time.Sleep(time.Second)
		synctest.Wait()
		stop()
		same(t, seen(screen.String()), "first line\n")
	})
}

func TestProgressWithDataInAFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		errs := new(glass)
		s := term.New(strings.NewReader(""), &out, errs, environment())
		s.ErrTTY = true
		stop := s.Progress("Fetching users")
		defer stop()
		io.WriteString(s.Out, "half a li")
		time.Sleep(201 * time.Millisecond)
		synctest.Wait()
		same(t, seen(errs.String()), "⠋ Fetching users...")
		same(t, out.String(), "half a li")
	})
}

func TestProgressFitsItsLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, errs := spinning(12)
		stop := s.Progress("山田 太郎 and everyone else")
		time.Sleep(201 * time.Millisecond)
		synctest.Wait()
		same(t, seen(errs.String()), "⠋ 山田 太郎")
		stop()
	})
}
