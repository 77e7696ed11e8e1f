package term_test

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/cli/term"
)

// pair columns show a text twice, so that a cell stands first and last.
func pair() []term.Column[string] {
	itself := func(c string) string { return c }
	return []term.Column[string]{{Name: "first", Cell: itself}, {Name: "last", Cell: itself, Optional: true}}
}

func csvOf(t *testing.T, raw bool, rows ...string) string {
	t.Helper()
	return csvIn(t, pair(), raw, rows...)
}

func csvIn(t *testing.T, cols []term.Column[string], raw bool, rows ...string) string {
	t.Helper()
	var b strings.Builder
	w, err := term.NewCSV(&b, cols, raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Add(row); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	same(t, csvOf(t, false), "first,last\n")
	same(t, csvOf(t, false, ""), "first,last\n,\n")
	same(t, csvOf(t, false, "Ann", `a,"b"`, "山田", " x"),
		"first,last\nAnn,Ann\n\"a,\"\"b\"\"\",\"a,\"\"b\"\"\"\n山田,山田\n\" x\",\" x\"\n")
	same(t, csvOf(t, false, "2025-03-14T09:26:53.589793Z", "true"),
		"first,last\n2025-03-14T09:26:53.589793Z,2025-03-14T09:26:53.589793Z\ntrue,true\n")
}

func TestCSVLoneEmptyCell(t *testing.T) {
	t.Parallel()
	same(t, csvIn(t, pair()[:1], false, "", "x"), "first\n\"\"\nx\n")
}

func TestCSVFormulas(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠"} {
		for _, rest := range []string{"", "1+1", `HYPERLINK("http://x.test","y")`, "cmd|' /C calc'!A0", "SUM(1,2)", "a\nb"} {
			payload := prefix + rest
			got, err := csv.NewReader(strings.NewReader(csvOf(t, false, payload))).ReadAll()
			if err != nil {
				t.Fatalf("%q: %v", payload, err)
			}
			want := [][]string{{"first", "last"}, {"'" + payload, "'" + payload}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", payload, diff)
			}
		}
	}
	// The return is escaped as well, and the apostrophe still stands.
	same(t, csvOf(t, false, "\r=1"), "first,last\n'\\r=1,'\\r=1\n")
	same(t, csvOf(t, false, "a=1", "1-2", "x@y.test"), "first,last\na=1,a=1\n1-2,1-2\nx@y.test,x@y.test\n")
}

func TestCSVControls(t *testing.T) {
	t.Parallel()
	same(t, csvOf(t, false, "a\x1b]0;x\a\u202e\u009b\x7f"), "first,last\n"+
		`a\x1b]0;x\x07\u202e\u009b\x7f,a\x1b]0;x\x07\u202e\u009b\x7f`+"\n")
}

func TestCSVRaw(t *testing.T) {
	t.Parallel()
	same(t, csvOf(t, true, "=1+1", "\x1b\u202e", "\r"), "first,last\n=1+1,=1+1\n\x1b\u202e,\x1b\u202e\n\"\r\",\"\r\"\n")
}

func TestCSVError(t *testing.T) {
	t.Parallel()
	if _, err := term.NewCSV(brokenWriter{}, pair(), false); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("=1", "a\"b")
	f.Add("\r\n", "\ufeff＝x")
	f.Fuzz(func(t *testing.T, one, two string) {
		text := csvOf(t, false, one, two)
		if r := harmful(strings.NewReplacer("\t", "", "\n", "").Replace(text)); r >= 0 {
			t.Errorf("%q holds %U", text, r)
		}
		got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(got) != 3 {
			t.Fatalf("%q is read as %q, %v", text, got, err)
		}
		for i, cell := range []string{one, two} {
			read := got[i+1][0]
			if strings.ContainsAny(read[:min(1, len(read))], "=+-@\t\r\n") {
				t.Errorf("%q begins as a formula", read)
			}
			if !strings.HasSuffix(read, cell) && term.Literal(cell) == cell {
				t.Errorf("%q became %q", cell, read)
			}
		}
	})
}
