package term

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// Streams is where a command reads and writes. Make it with Std, New or Test:
// Progress and prompts need what those set up besides the visible fields.
type Streams struct {
	In  io.Reader // buffered, and the one buffer that prompts read from
	Out io.Writer // data
	Err io.Writer // everything said to a person

	InTTY, OutTTY, ErrTTY bool

	// OutColor and ErrColor say whether colour may be used; see SetColor.
	OutColor, ErrColor bool

	// Quiet silences Notice and Progress, Silent also Success. Neither silences
	// warnings or problems.
	Quiet, Silent bool

	// Width is the terminal's width in columns, 0 when it is not known.
	Width func() int

	env    func(string) string
	unseen unseen
	screen *screen
	input  input
}

// Std is the process's own streams. TERM, COLUMNS and the colour variables are
// read through getenv.
func Std(getenv func(string) string) *Streams {
	s := New(os.Stdin, os.Stdout, os.Stderr, getenv)
	s.InTTY = term.IsTerminal(int(os.Stdin.Fd()))
	s.OutTTY = term.IsTerminal(int(os.Stdout.Fd()))
	s.ErrTTY = term.IsTerminal(int(os.Stderr.Fd()))
	s.Width = func() int { return measured(getenv) }
	if s.InTTY {
		s.unseen = unseenInput(int(os.Stdin.Fd()))
	}
	s.colour("auto")
	return s
}

// New is streams over any readers and writers, none of them taken for a
// terminal. A test that sets a TTY field afterwards gets a terminal's behaviour.
func New(in io.Reader, out, errs io.Writer, getenv func(string) string) *Streams {
	s := &Streams{Width: func() int { return 0 }, env: getenv}
	s.In = bufio.NewReader(in)
	s.screen = &screen{w: errs}
	s.Out = &shared{screen: s.screen, w: out, tty: &s.OutTTY}
	s.Err = &shared{screen: s.screen, w: errs, tty: &s.ErrTTY}
	return s
}

// Test is streams over three buffers, with an empty environment and no terminal.
func Test() (s *Streams, in, out, errs *bytes.Buffer) {
	in, out, errs = new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer)
	return New(in, out, errs, func(string) string { return "" }), in, out, errs
}

// Print writes to Out, with every argument made Literal and no newline added.
func (s *Streams) Print(format string, args ...any) error {
	if _, err := io.WriteString(s.Out, text(format, args...)); err != nil {
		return &OutputError{Path: stdout, Err: bare(err)}
	}
	return nil
}

func (s *Streams) getenv(name string) string {
	if s.env == nil {
		return ""
	}
	return s.env(name)
}

func (s *Streams) columns() int {
	if s.Width == nil {
		return 0
	}
	return s.Width()
}

// measured believes COLUMNS before the terminal, as other programs do, and
// looks at each stream because any of them may be redirected.
func measured(getenv func(string) string) int {
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr, os.Stdin} {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// text is Sprintf with its arguments made Literal.
func text(format string, args ...any) string {
	return fmt.Sprintf(format, literals(args)...)
}
