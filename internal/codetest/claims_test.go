package codetest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSecurityMap holds docs/security.md to the tests that it names, and to the whole list of cases and requirements.
func TestSecurityMap(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	files := load(t)
	for _, sentence := range append(Claims(string(text), files), Uncovered(string(text), rows())...) {
		t.Errorf("docs/security.md: %s", sentence)
	}
	if n := len(claims().FindAllString(string(text), -1)); n < 150 {
		t.Errorf("docs/security.md names %d tests", n)
	}
}

// TestCommandLineMaps holds the tables of docs/cli.md and docs/migrating.md to the tests that they name: no row without one.
func TestCommandLineMaps(t *testing.T) {
	t.Parallel()
	files := load(t)
	for document, c := range map[string]struct {
		section string
		rows    int
	}{
		"cli.md":       {"\n## Which tests hold this\n", 36},
		"migrating.md": {"\n## What the original gets wrong\n", 38},
	} {
		text, err := os.ReadFile("../../docs/" + document)
		if err != nil {
			t.Fatal(err)
		}
		_, section, _ := strings.Cut(string(text), c.section)
		section, _, _ = strings.Cut(section, "\n## ")
		for _, sentence := range Claims(section, files) {
			t.Errorf("docs/%s: %s", document, sentence)
		}
		n := 0
		for row := range strings.Lines(section) {
			if strings.HasPrefix(row, "| ") && len(claims().FindAllString(row, -1)) > 0 {
				n++
			}
		}
		if all := strings.Count(section, "\n| ") - 1; n != all || n < c.rows {
			t.Errorf("docs/%s: %d of %d rows name a test, and %d are wanted", document, n, all, c.rows)
		}
	}
}

// rows are the names of the cases, A-01 to L-07, and of the requirements, R-AU-01 to R-CL-06.
func rows() (all []string) {
	for _, group := range []struct {
		letter      string
		first, last int
	}{
		{"A", 1, 15}, {"T", 1, 16}, {"E", 1, 10}, {"K", 1, 9}, {"Z", 1, 13}, {"I", 1, 8}, {"I", 20, 24}, {"H", 1, 12}, {"S", 1, 14}, {"C", 1, 11}, {"D", 1, 17}, {"L", 1, 7},
		{"R-AU", 1, 11}, {"R-TK", 1, 14}, {"R-KY", 1, 6}, {"R-SE", 1, 5}, {"R-AC", 1, 9}, {"R-IN", 1, 10}, {"R-HT", 1, 6}, {"R-SS", 1, 4}, {"R-SC", 1, 1}, {"R-SF", 1, 1}, {"R-LG", 1, 4}, {"R-SU", 1, 1}, {"R-CF", 1, 1}, {"R-CL", 1, 6},
	} {
		for n := group.first; n <= group.last; n++ {
			all = append(all, fmt.Sprintf("%s-%02d", group.letter, n))
		}
	}
	return all
}

func TestClaims(t *testing.T) {
	t.Parallel()
	files := one(t, "internal/api/a_test.go", "func TestThere() {}\nfunc FuzzThere() {}\ntype t int\nfunc (t) TestMethod() {}")
	files = append(files, one(t, "internal/api/a.go", "func TestNoTest() {}")...)
	const document = "| A-01 | `api.TestThere`, `api.FuzzThere`, `api.TestGone` |\n| A-02 | `web.TestThere`, `api.TestMethod`, `api.TestNoTest`, `api.TestGone` |"
	want := []string{}
	for _, name := range []string{"api.TestGone", "api.TestMethod", "api.TestNoTest", "web.TestThere"} {
		want = append(want, "the test "+name+" is named and is not there")
	}
	if diff := cmp.Diff(want, Claims(document, files)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A-03 has no row"}, Uncovered("\n"+document, []string{"A-01", "A-02", "A-03"})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
