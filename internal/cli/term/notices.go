package term

import (
	"fmt"
	"io"
)

// The notices write one line to Err. They are formatted as by fmt.Sprintf,
// with every argument made Literal: a format is ours, an argument may be
// anyone's. Write failures are not reported, there is nowhere left to say so.

// Notice says what is going on: ℹ.
func (s *Streams) Notice(format string, args ...any) {
	printfLike(format, args...)
	if !s.Quiet {
		s.say(Cyan, "ℹ ", format, args)
	}
}

// Success says that something was done: ✓.
func (s *Streams) Success(format string, args ...any) {
	printfLike(format, args...)
	if !s.Silent {
		s.say(Green, "✓ ", format, args)
	}
}

// Warn says that something needs attention: ⚠.
func (s *Streams) Warn(format string, args ...any) {
	printfLike(format, args...)
	s.say(Yellow, "⚠ ", format, args)
}

// Problem says that something failed: ✗.
func (s *Streams) Problem(format string, args ...any) {
	printfLike(format, args...)
	s.say(Red, "✗ ", format, args)
}

// Line is a line without a sign, such as the hint below a problem.
func (s *Streams) Line(format string, args ...any) {
	printfLike(format, args...)
	s.say(Plain, "", format, args)
}

func (s *Streams) say(style Style, sign, format string, args []any) {
	_, _ = io.WriteString(s.Err, paint(s.ErrColor, style, sign)+text(format, args...)+"\n")
}

// printfLike lets go vet check the formats and arguments of its callers.
func printfLike(format string, args ...any) {
	if false {
		_ = fmt.Sprintf(format, args...)
	}
}
