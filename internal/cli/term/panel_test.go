package term_test

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"ax/internal/cli/term"
)

func fields() []term.Field {
	return []term.Field{
		{Name: "id", Value: "usr_81aa20c77f02"},
		{Name: "name", Value: "יעל 山田 \x1b[31m"},
		{Name: "email", Value: strings.Repeat("long", 12) + "@example.test"},
		{Name: "temporary_password", Value: ""},
	}
}

func TestPanelPiped(t *testing.T) {
	t.Parallel()
	s, _, out, _ := term.Test()
	if err := term.Panel(s, "User Details", fields()); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), strings.Join([]string{
		"╭─ User Details ───────────────────────────────────────────────────────╮",
		"│ id: usr_81aa20c77f02                                                 │",
		`│ name: יעל 山田 \x1b[31m                                              │`,
		"│ email: longlonglonglonglonglonglonglonglonglonglonglong@example.test │",
		"│ temporary_password: —                                                │",
		"╰──────────────────────────────────────────────────────────────────────╯",
		"",
	}, "\n"))
}

func TestPanelOnNarrowTerminal(t *testing.T) {
	t.Parallel()
	s, _, out, _ := term.Test()
	terminal(s, 40)
	if err := term.Panel(s, "User Details", fields()); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), strings.Join([]string{
		"╭─ User Details ───────────────────────╮",
		"│ id: usr_81aa20c77f02                 │",
		"│ \u2068name: יעל 山田 \\x1b[31m\u2069             \x1b[39G │",
		"│ email: longlonglonglonglonglonglongl │",
		"│   onglonglonglonglong@example.test   │",
		"│ temporary_password: —                │",
		"╰──────────────────────────────────────╯",
		"",
	}, "\n"))
}

func TestPanelTitleWiderThanFields(t *testing.T) {
	t.Parallel()
	s, _, out, _ := term.Test()
	if err := term.Panel(s, "CreateUserResponse Details", []term.Field{{Name: "a", Value: "b"}}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for _, line := range lines {
		if uniseg.StringWidth(line) != uniseg.StringWidth(lines[0]) {
			t.Errorf("ragged:\n%s", out)
		}
	}
	same(t, lines[0], "╭─ CreateUserResponse Details ─╮")
}

func TestPanelWithLongName(t *testing.T) {
	t.Parallel()
	s, _, out, _ := term.Test()
	terminal(s, 10) // folding stops at 20 columns, where the box stays whole
	if err := term.Panel(s, "T", []term.Field{{Name: "seventeen_letters", Value: "山田太郎"}}); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), strings.Join([]string{
		"╭─ T ───────────────────╮",
		"│ seventeen_letters: 山 │",
		"│   田太郎              │",
		"╰───────────────────────╯",
		"",
	}, "\n"))
}
