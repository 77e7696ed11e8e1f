package term

import (
	"context"
	"io"
	"strings"

	"golang.org/x/term"
)

// unseen reads a line from a terminal that does not show it. nil is no
// terminal.
type unseen func(ctx context.Context) (string, error)

func unseenInput(fd int) unseen {
	return func(ctx context.Context) (string, error) {
		before, err := term.GetState(fd)
		if err != nil {
			return "", err
		}
		done := make(chan result, 1)
		go func() {
			line, err := term.ReadPassword(fd)
			if err == io.EOF {
				err = ErrNoAnswer
			}
			done <- result{string(line), err}
		}()
		select {
		case <-ctx.Done():
			// The read goes on until the process ends; the terminal must not stay silent.
			_ = term.Restore(fd, before)
			return "", ctx.Err()
		case r := <-done:
			return r.line, r.err
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
	_, _ = io.WriteString(s.Err, prompt)
	line, err := s.unseen(ctx)
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
