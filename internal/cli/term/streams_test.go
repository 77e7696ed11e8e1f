package term_test

import (
	"errors"
	"strings"
	"testing"

	"ax/internal/cli/term"
)

func TestColour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, mode string
		tty        bool
		env        []string
		want       bool
	}{
		{"terminal", "auto", true, nil, true},
		{"pipe", "auto", false, nil, false},
		{"always on a pipe", "always", false, nil, true},
		{"always beats NO_COLOR", "always", false, []string{"NO_COLOR", "1", "TERM", "dumb"}, true},
		{"never on a terminal", "never", true, nil, false},
		{"never beats CLICOLOR_FORCE", "never", true, []string{"CLICOLOR_FORCE", "1"}, false},
		{"NO_COLOR", "auto", true, []string{"NO_COLOR", "0"}, false},
		{"empty NO_COLOR", "auto", true, []string{"NO_COLOR", ""}, true},
		{"NO_COLOR beats CLICOLOR_FORCE", "auto", true, []string{"NO_COLOR", "1", "CLICOLOR_FORCE", "1"}, false},
		{"CLICOLOR_FORCE", "auto", false, []string{"CLICOLOR_FORCE", "1"}, true},
		{"CLICOLOR_FORCE=0", "auto", false, []string{"CLICOLOR_FORCE", "0"}, false},
		{"CLICOLOR_FORCE beats dumb", "auto", true, []string{"CLICOLOR_FORCE", "1", "TERM", "dumb"}, true},
		{"dumb", "auto", true, []string{"TERM", "dumb"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := term.New(strings.NewReader(""), &strings.Builder{}, &strings.Builder{}, environment(c.env...))
			s.OutTTY, s.ErrTTY = c.tty, c.tty
			if err := s.SetColor(c.mode); err != nil {
				t.Fatal(err)
			}
			if s.OutColor != c.want || s.ErrColor != c.want {
				t.Errorf("out %v, err %v, want %v", s.OutColor, s.ErrColor, c.want)
			}
		})
	}
}

func TestColourIsEachStreamsOwn(t *testing.T) {
	t.Parallel()
	s, _, _, _ := term.Test()
	s.ErrTTY = true
	if err := s.SetColor("auto"); err != nil {
		t.Fatal(err)
	}
	if s.OutColor || !s.ErrColor {
		t.Errorf("out %v, err %v", s.OutColor, s.ErrColor)
	}
}

func TestBadColour(t *testing.T) {
	t.Parallel()
	s, _, _, _ := term.Test()
	s.OutColor = true
	err := s.SetColor("blue\x1b")
	if err == nil || !strings.Contains(err.Error(), "auto, always or never") || harmful(err.Error()) >= 0 {
		t.Errorf("error %q", err)
	}
	if !s.OutColor {
		t.Error("a bad value changed the colour")
	}
}

func TestStdWidth(t *testing.T) {
	t.Parallel()
	if n := term.Std(environment("COLUMNS", "123")).Width(); n != 123 {
		t.Errorf("COLUMNS=123 gives %d", n)
	}
	if a, b := term.Std(environment("COLUMNS", "-5")).Width(), term.Std(environment()).Width(); a != b {
		t.Errorf("COLUMNS=-5 gives %d, none gives %d", a, b)
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	s, _, out, errs := term.Test()
	if err := s.Print("%s %d\n", "usr_\x1b[2J", 7); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), `usr_\x1b[2J 7`+"\n")
	same(t, errs.String(), "")
}

func TestDataThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := term.New(strings.NewReader(""), brokenWriter{}, &strings.Builder{}, environment())
	for name, err := range map[string]error{
		"Print": s.Print("x"),
		"Table": term.Table(s, columns(), people()),
		"Panel": term.Panel(s, "User Details", fields()),
	} {
		if bad, ok := errors.AsType[*term.OutputError](err); !ok || !errors.Is(err, errBroken) {
			t.Errorf("%s: %v (%v)", name, err, bad)
		}
	}
}
