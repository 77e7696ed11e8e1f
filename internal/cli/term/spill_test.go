package term_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"ax/internal/cli/term"
)

// A table that no longer fits into memory is the same table, and its width
// may still depend on the last row.
func TestLongTableIsSpilled(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	const rows = 80_000
	cols := []term.Column[int]{
		{Name: "n", Cell: func(n int) string { return fmt.Sprint(n) }},
		{Name: "text", Cell: func(n int) string {
			if n == rows-1 {
				return "the last row, 山田, is wider than all others that were before it"
			}
			return strings.Repeat("x", n%40)
		}},
		{Name: "rare", Optional: true, Cell: func(n int) string {
			if n == rows-2 {
				return "\x1b"
			}
			return ""
		}},
	}
	s, _, out, _ := term.Test()
	table := term.NewTable(s, cols)
	for n := range rows {
		if err := table.Add(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 2*rows+4 {
		t.Fatalf("%d lines", len(lines))
	}
	same(t, lines[3], "│ 0     │ —                                                                │ —    │")
	same(t, lines[2*rows-1], `│ 79998 │ `+strings.Repeat("x", 38)+strings.Repeat(" ", 26)+` │ \x1b │`)
	same(t, lines[2*rows+1], "│ 79999 │ the last row, 山田, is wider than all others that were before it │ —    │")
	if left, err := os.ReadDir(folder); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTableThatNothingCanHold(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	s, _, out, _ := term.Test()
	table := term.NewTable(s, []term.Column[int]{{Name: "text", Cell: func(int) string { return strings.Repeat("x", 1<<20) }}})
	defer table.Discard()
	var err error
	for n := 0; n < 8 && err == nil; n++ {
		err = table.Add(n)
	}
	if _, ok := errors.AsType[*term.OutputError](err); !ok || !strings.HasPrefix(err.Error(), "Cannot write a temporary file for the table: ") || out.Len() > 0 {
		t.Errorf("%v", err)
	}
}
