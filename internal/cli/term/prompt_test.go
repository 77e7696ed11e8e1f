package term_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"ax/internal/cli/term"
)

func TestConfirm(t *testing.T) {
	t.Parallel()
	const prompt = "Are you sure? [y/N]: "
	const again = "Error: invalid input\n"
	for _, c := range []struct {
		in   string
		want bool
		err  error
		said string
	}{
		{"y\n", true, nil, prompt},
		{"Y\n", true, nil, prompt},
		{"yes\n", true, nil, prompt},
		{"YES\r\n", true, nil, prompt},
		{" y \n", true, nil, prompt},
		{"y", true, nil, prompt},
		{"n\n", false, nil, prompt},
		{"No\n", false, nil, prompt},
		{"\n", false, nil, prompt},
		{"maybe\ny\n", true, nil, prompt + again + prompt},
		{"yy\nyess\nn\n", false, nil, prompt + again + prompt + again + prompt},
		{"", false, term.ErrNoAnswer, prompt + "\n"},
		{"maybe", false, term.ErrNoAnswer, prompt + again + prompt + "\n"},
	} {
		t.Run(fmt.Sprintf("%q", c.in), func(t *testing.T) {
			t.Parallel()
			s, in, out, errs := term.Test()
			s.InTTY = true // who types ends the line, so nothing else does
			in.WriteString(c.in)
			got, err := term.Confirm(t.Context(), s, "Are you sure?")
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("%v, %v", got, err)
			}
			same(t, errs.String(), c.said)
			same(t, out.String(), "")
		})
	}
}

func TestConfirmPipedEndsItsLine(t *testing.T) {
	t.Parallel()
	s, in, _, errs := term.Test()
	in.WriteString("y\n")
	if ok, err := term.Confirm(t.Context(), s, "Delete %s?", "a\x1bb"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	same(t, errs.String(), `Delete a\x1bb? [y/N]: `+"\n")
}

func TestAsk(t *testing.T) {
	t.Parallel()
	roles := []string{"admin", "member", "annotator"}
	short := func(v string) error {
		if len(v) > 5 {
			return errors.New("too long\x1b")
		}
		return nil
	}
	for _, c := range []struct {
		name, in string
		choices  []string
		validate func(string) error
		want     string
		err      error
		said     string
	}{
		{"free", " Ann Example \n", nil, nil, "Ann Example", nil, "Role: "},
		{"choice in any case", "MEMBER\n", roles, nil, "member", nil, "Role (admin, member, annotator): "},
		{"no such choice", "boss\nadmin\n", roles, nil, "admin", nil,
			"Role (admin, member, annotator): Error: choose one of admin, member, annotator\nRole (admin, member, annotator): "},
		{"empty", "\nx\n", nil, nil, "x", nil, "Role: Error: a value is required\nRole: "},
		{"refused", "toolong\nok\n", nil, short, "ok", nil, `Role: Error: too long\x1b` + "\nRole: "},
		{"choice refused", "member\nadmin\n", roles, short, "admin", nil,
			`Role (admin, member, annotator): Error: too long\x1b` + "\nRole (admin, member, annotator): "},
		{"ended", "", nil, nil, "", term.ErrNoAnswer, "Role: \n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, in, out, errs := term.Test()
			s.InTTY = true
			in.WriteString(c.in)
			got, err := term.Ask(t.Context(), s, "Role", c.choices, c.validate)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("%q, %v", got, err)
			}
			same(t, errs.String(), c.said)
			same(t, out.String(), "")
		})
	}
}

func TestPromptsShareOneBuffer(t *testing.T) {
	t.Parallel()
	s, in, _, _ := term.Test()
	in.WriteString("Ann\ny\nthe key\nthe rest\nof it")
	name, err := term.Ask(t.Context(), s, "Full name", nil, nil)
	if name != "Ann" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	if ok, err := term.Confirm(t.Context(), s, "Sure?"); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if line, err := s.ReadLine(t.Context()); line != "the key" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	rest, err := io.ReadAll(s.In)
	if string(rest) != "the rest\nof it" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}

// waiting is an input whose first read tells that it has begun, and ends when
// it is let go.
type waiting struct {
	begun, answer chan struct{}
	once          *sync.Once
	text          *strings.Reader
}

func (w waiting) Read(p []byte) (int, error) {
	w.once.Do(func() {
		close(w.begun)
		<-w.answer
	})
	return w.text.Read(p)
}

func TestCancelledPrompt(t *testing.T) {
	t.Parallel()
	in := waiting{make(chan struct{}), make(chan struct{}), new(sync.Once), strings.NewReader("n\ny\n")}
	var errs strings.Builder
	s := term.New(in, io.Discard, &errs, environment())
	s.InTTY = true
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-in.begun
		cancel()
	}()
	if ok, err := term.Confirm(ctx, s, "Sure?"); ok || !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, %v", ok, err)
	}
	same(t, errs.String(), "Sure? [y/N]: \n")
	// What is typed afterwards goes to the next prompts, from its first line on.
	close(in.answer)
	if ok, err := term.Confirm(t.Context(), s, "Sure?"); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if ok, err := term.Confirm(t.Context(), s, "Sure?"); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := term.Ask(ctx, s, "Name", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

func TestEndlessAnswer(t *testing.T) {
	t.Parallel()
	s, in, _, _ := term.Test()
	in.WriteString(strings.Repeat("y", 1<<20))
	if line, err := s.ReadLine(t.Context()); err == nil || line != "" {
		t.Errorf("%d bytes, %v", len(line), err)
	}
}

func TestBrokenInput(t *testing.T) {
	t.Parallel()
	s := term.New(io.MultiReader(strings.NewReader("y"), brokenReader{}), io.Discard, io.Discard, environment())
	if ok, err := term.Confirm(t.Context(), s, "Sure?"); ok || !errors.Is(err, errBroken) {
		t.Errorf("%v, %v", ok, err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }
