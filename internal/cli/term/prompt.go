package term

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
)

// ErrNoAnswer is what a prompt returns when the input ends before an answer.
var ErrNoAnswer = errors.New("no answer: the input has ended")

var errTooLong = errors.New("the answer is too long")

const longestLine = 64 << 10 // bytes; more is no answer

// Confirm asks a yes-or-no question on Err, formatted as notices are, and reads
// the answer from In: y or yes in any case accept, n, no or nothing decline,
// anything else asks again. Errors are ErrNoAnswer, ctx's, or In's.
func Confirm(ctx context.Context, s *Streams, question string, args ...any) (bool, error) {
	printfLike(question, args...)
	prompt := text(question, args...) + " [y/N]: "
	for {
		answer, err := s.ask(ctx, prompt)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "y", "yes":
			return true, nil
		case "n", "no", "":
			return false, nil
		}
		s.Line("Error: invalid input")
	}
}

// Ask asks for a value on Err and reads it from In, without the space around
// it. With choices, which the prompt shows, the answer is one of them, in any
// case, and is returned as the choice is written. validate, unless nil, may
// refuse an answer with an error to show. A refused or empty answer asks again.
// Errors are those of Confirm.
func Ask(ctx context.Context, s *Streams, label string, choices []string, validate func(string) error) (string, error) {
	prompt := Literal(label)
	if len(choices) > 0 {
		prompt += " (" + strings.Join(choices, ", ") + ")"
	}
	for {
		answer, err := s.ask(ctx, prompt+": ")
		if err != nil {
			return "", err
		}
		answer, err = accept(answer, choices, validate)
		if err == nil {
			return answer, nil
		}
		s.Line("Error: %v", err)
	}
}

func accept(answer string, choices []string, validate func(string) error) (string, error) {
	if answer == "" {
		return "", errors.New("a value is required")
	}
	if len(choices) > 0 {
		i := slices.IndexFunc(choices, func(c string) bool { return strings.EqualFold(c, answer) })
		if i < 0 {
			return "", errors.New("choose one of " + strings.Join(choices, ", "))
		}
		answer = choices[i]
	}
	if validate != nil {
		return answer, validate(answer)
	}
	return answer, nil
}

// ask prints a prompt and reads one trimmed line.
func (s *Streams) ask(ctx context.Context, prompt string) (string, error) {
	_, _ = io.WriteString(s.Err, prompt)
	line, err := s.ReadLine(ctx)
	// Only a person's Enter moves the cursor to the next line by itself.
	if err != nil || !s.InTTY {
		_, _ = io.WriteString(s.Err, "\n")
	} else if s.screen != nil {
		s.screen.atLineStart()
	}
	return strings.TrimSpace(line), err
}

// input is a line being read. It outlives a cancelled prompt: the read cannot
// be taken back, so the next prompt gets its line.
type input struct {
	mu      sync.Mutex
	pending chan result
}

type result struct {
	line string
	err  error
}

// ReadLine reads a line from In without its end. The last line may lack one.
// It returns ErrNoAnswer when there is none left, and ctx's error at once when
// ctx ends.
func (s *Streams) ReadLine(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	s.input.mu.Lock()
	defer s.input.mu.Unlock()
	if s.input.pending == nil {
		pending := make(chan result, 1)
		reader := s.reader()
		go func() {
			line, err := readLine(reader)
			pending <- result{line, err}
		}()
		s.input.pending = pending
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-s.input.pending:
		s.input.pending = nil
		return r.line, r.err
	}
}

// reader is In's one buffer, also when a caller replaced In.
func (s *Streams) reader() *bufio.Reader {
	r, ok := s.In.(*bufio.Reader)
	if !ok {
		r = bufio.NewReader(s.In)
		s.In = r
	}
	return r
}

func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		c, err := r.ReadByte()
		switch {
		case err == io.EOF && len(line) == 0:
			return "", ErrNoAnswer
		case err == io.EOF || err == nil && c == '\n':
			return strings.TrimSuffix(string(line), "\r"), nil
		case err != nil:
			return "", err
		case len(line) == longestLine:
			return "", errTooLong
		}
		line = append(line, c)
	}
}
