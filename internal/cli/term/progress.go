package term

import (
	"io"
	"sync"
	"time"
)

const (
	spinnerDelay = 200 * time.Millisecond // quicker work shows nothing
	spinnerTick  = 80 * time.Millisecond
	eraseLine    = "\r\x1b[K"
)

// Progress says that work is going on until stop is called. On a terminal it
// is a spinner that appears after 200 ms and erases itself; otherwise, and on
// a dumb terminal, it is one notice. stop may be called more than once, and
// nothing of the spinner is left when it returns.
func (s *Streams) Progress(label string) (stop func()) {
	if s.Quiet {
		return func() {}
	}
	if !s.spins() {
		s.Notice("%s", label)
		return func() {}
	}
	s.screen.setLabel(label)
	quit, done := make(chan struct{}), make(chan struct{})
	go s.spin(quit, done)
	return sync.OnceFunc(func() {
		close(quit)
		<-done
	})
}

// Step changes the label of the spinner. Where there is none it does nothing,
// so that a log does not fill with steps.
func (s *Streams) Step(format string, args ...any) {
	if s.spins() {
		s.screen.setLabel(text(format, args...))
	}
}

func (s *Streams) spins() bool { return s.ErrTTY && !s.Quiet && !s.dumb() && s.screen != nil }

func (s *Streams) spin(quit <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	defer s.screen.clear()
	timer := time.NewTimer(spinnerDelay)
	defer timer.Stop()
	for frame := 0; ; frame++ {
		select {
		case <-quit:
			return
		case <-timer.C:
		}
		s.screen.draw(frame, s.columns(), s.ErrColor)
		timer.Reset(spinnerTick)
	}
}

// A screen is the terminal that Out and Err may share with a spinner.
type screen struct {
	mu    sync.Mutex
	w     io.Writer
	label string
	drawn bool // the spinner stands on the cursor's line
	mid   bool // something else does, and must not be overwritten
}

func (c *screen) setLabel(label string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.label = Literal(label)
}

func (c *screen) draw(frame, width int, colour bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mid {
		return
	}
	dots := []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}
	label := c.label + "..."
	if width > 0 {
		// A line longer than the terminal could not be erased again.
		label = cut(label, width-3)
	}
	_, _ = io.WriteString(c.w, eraseLine+paint(colour, Cyan, dots[frame%len(dots)])+" "+label)
	c.drawn = true
}

func (c *screen) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
}

// erase needs mu.
func (c *screen) erase() {
	if c.drawn {
		_, _ = io.WriteString(c.w, eraseLine)
		c.drawn = false
	}
}

// atLineStart is told when a person pressed Enter, which ends a prompt's line
// without a write of ours.
func (c *screen) atLineStart() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mid = false
}

// shared is a writer that takes the spinner away before it writes to the same
// terminal. The spinner returns by itself, once the line is finished.
type shared struct {
	*screen
	w   io.Writer
	tty *bool
}

func (t *shared) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if *t.tty {
		t.erase()
	}
	n, err := t.w.Write(p)
	if *t.tty && n > 0 {
		t.mid = p[n-1] != '\n'
	}
	return n, err
}
