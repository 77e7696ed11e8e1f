package term

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"golang.org/x/term"
)

// unseen reads a line from a terminal that does not show it. nil is no
// terminal.
type unseen func(ctx context.Context, keys *bufio.Reader, prompt func()) (string, error)

// unseenInput reads key by key: the terminal's own way of hiding a line does
// not end with Ctrl-D.
func unseenInput(fd int) unseen {
	return func(ctx context.Context, keys *bufio.Reader, prompt func()) (string, error) {
		before, err := term.MakeRaw(fd)
		if err != nil {
			return "", err
		}
		defer func() { _ = term.Restore(fd, before) }()
		prompt() // not before: what is typed in answer must be neither shown nor understood otherwise
		done := make(chan result, 1)
		go func() {
			line, err := readKeys(keys)
			done <- result{line, err}
		}()
		select {
		case <-ctx.Done(): // the read goes on until the process ends
			return "", ctx.Err()
		case r := <-done:
			return r.line, r.err
		}
	}
}

const (
	keyInterrupt = 3
	keyEnd       = 4
	keyBackspace = 8
	keyKill      = 21
	keyDelete    = 127
)

// readKeys is what a terminal makes of keys when it is not asked to pass them
// on as they are. Errors are context.Canceled after Ctrl-C, and readLine's.
func readKeys(keys *bufio.Reader) (string, error) {
	var line []rune
	for {
		key, _, err := keys.ReadRune()
		switch {
		case errors.Is(err, io.EOF), err == nil && key == keyEnd && len(line) == 0:
			return "", ErrNoAnswer
		case err != nil:
			return "", err
		case key == '\r', key == '\n', key == keyEnd:
			return string(line), nil
		case key == keyInterrupt:
			return "", context.Canceled
		case key == keyKill:
			line = nil
		case key == keyBackspace, key == keyDelete:
			line = line[:max(0, len(line)-1)]
		case len(line) == longestLine:
			return "", errTooLong
		default:
			line = append(line, key)
		}
	}
}

// AskSecret is Ask for a value that must not be seen: a terminal does not show
// it while it is typed.
func AskSecret(ctx context.Context, s *Streams, label string, validate func(string) error) (string, error) {
	for {
		answer, err := s.askHidden(ctx, Literal(label)+": ")
		if err != nil {
			return "", err
		}
		answer, err = accept(answer, nil, validate)
		if err == nil {
			return answer, nil
		}
		s.Line("Error: %v", err)
	}
}

func (s *Streams) askHidden(ctx context.Context, prompt string) (string, error) {
	if s.unseen == nil {
		return s.ask(ctx, prompt)
	}
	line, err := s.unseen(ctx, s.reader(), func() { _, _ = io.WriteString(s.Err, prompt) })
	_, _ = io.WriteString(s.Err, "\n") // Enter was not shown either
	return strings.TrimSpace(line), err
}

// AskOr is Ask with an answer that Enter alone gives. The prompt shows it
// unless it is empty.
func AskOr(ctx context.Context, s *Streams, label, fallback string, choices []string, validate func(string) error) (string, error) {
	prompt := Literal(label)
	if len(choices) > 0 {
		prompt += " (" + strings.Join(choices, ", ") + ")"
	}
	if fallback != "" {
		prompt += " [" + Literal(fallback) + "]"
	}
	for {
		answer, err := s.ask(ctx, prompt+": ")
		if err != nil {
			return "", err
		}
		if answer == "" {
			return fallback, nil
		}
		answer, err = accept(answer, choices, validate)
		if err == nil {
			return answer, nil
		}
		s.Line("Error: %v", err)
	}
}
