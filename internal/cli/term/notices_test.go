package term_test

import (
	"errors"
	"fmt"
	"testing"

	"ax/internal/cli/term"
)

func TestNotices(t *testing.T) {
	t.Parallel()
	s, _, out, errs := term.Test()
	s.Notice("Fetching %s", "users")
	s.Success("%d done", 3)
	s.Warn("careful")
	s.Problem("Error: %v", errors.New("404 Not Found"))
	s.Line("  Suggestion: %s", "none")
	same(t, errs.String(), "ℹ Fetching users\n✓ 3 done\n⚠ careful\n✗ Error: 404 Not Found\n  Suggestion: none\n")
	same(t, out.String(), "")
}

func TestNoticesInColour(t *testing.T) {
	t.Parallel()
	s, _, _, errs := term.Test()
	s.ErrColor = true
	s.Problem("Error: %s", "x")
	same(t, errs.String(), "\x1b[31m✗ \x1b[0mError: x\n")
}

func TestNoticesQuiet(t *testing.T) {
	t.Parallel()
	s, _, _, errs := term.Test()
	s.Quiet = true
	s.Notice("hidden")
	s.Progress("hidden")()
	s.Success("shown")
	s.Warn("shown")
	s.Problem("shown")
	same(t, errs.String(), "✓ shown\n⚠ shown\n✗ shown\n")
}

type named struct{ name string }

func (n named) String() string { return n.name }

func TestNoticeArguments(t *testing.T) {
	t.Parallel()
	const evil = "a\x1b[2J\nb\u202e"
	const shown = `a\x1b[2J\nb\u202e`
	_, badOutput := term.ParseOutput("x\x1b.txt")
	for _, c := range []struct {
		name, format string
		arg          any
		want         string
	}{
		{"string", "%s", evil, shown},
		{"any verb", "%v", evil, shown},
		{"error", "%v", errors.New(evil), shown},
		{"wrapped error", "%v", fmt.Errorf("x: %w", errors.New(evil)), "x: " + shown},
		{"Stringer", "%s", named{evil}, shown},
		{"struct", "%+v", struct{ A string }{evil}, "{A:" + shown + "}"},
		{"bytes", "%s", []byte(evil), shown},
		{"list", "%v", []string{evil}, "[" + shown + "]"},
		{"own type", "%s", term.Style(evil), shown},
		{"rune", "%c", '\x1b', `\x1b`},
		{"integer as a rune", "%c", int(27), `\x1b`},
		{"width", "%-4s|", "é", "é   |"},
		{"number", "%04d", 42, "0042"},
		{"nil", "%v", nil, "<nil>"},
		{"verbatim", "%s", term.Verbatim("one\ntwo"), "one\ntwo"},
		{"output error", "%v", badOutput, "Invalid output option: x\\x1b.txt\nMust be either:\n" +
			"  - A format: table, json, jsonl, csv, parquet\n  - A file path with extension: .json, .jsonl, .ndjson, .csv, .parquet, .pq"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _, _, errs := term.Test()
			s.Line(c.format, c.arg)
			same(t, errs.String(), c.want+"\n")
		})
	}
}
