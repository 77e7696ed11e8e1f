package report_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ax/bench/report"
)

// cells are rounds with a rate and a middle each.
func cells(figures ...float64) (c []report.Cell) {
	for i := 0; i < len(figures); i += 2 {
		c = append(c, report.Cell{
			Rate: figures[i], P50: time.Duration(figures[i+1] * float64(time.Millisecond)), CPU: time.Duration(figures[i+1]) * time.Microsecond,
			Peak: 50 << 20, Requests: 1,
		})
	}
	return c
}

func keep(s *report.Section, row string, conns int, server string, all []report.Cell) {
	for _, c := range all {
		s.Keep(row, conns, server, c)
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{nil, "–"},
		{[]float64{2}, "2.00"},
		{[]float64{3, 1, 2}, "2.00 (1.00–3.00)"},
		{[]float64{1000, 20}, "510 (20.0–1000)"},
	} {
		if got := report.SpreadOf(c.values).String(); got != c.want {
			t.Errorf("%v: %s, want %s", c.values, got, c.want)
		}
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		got, limit float64
		atMost     bool
		want       string
	}{
		{4, 4, false, report.Reached}, {4.1, 4, false, report.Reached}, {3.9, 4, false, report.Missed},
		{4, 4, true, report.Reached}, {4.1, 4, true, report.Missed}, {3.9, 4, true, report.Reached},
		{math.NaN(), 4, true, report.NotMeasured}, {math.NaN(), 4, false, report.NotMeasured},
	} {
		p := report.Part{Got: report.Spread{Min: c.got, Median: c.got, Max: c.got}, Limit: c.limit, AtMost: c.atMost}
		if got := p.Verdict(); got != c.want {
			t.Errorf("%v, limit %v, at most: %t: %s, want %s", c.got, c.limit, c.atMost, got, c.want)
		}
	}
	reached := report.Part{Got: report.Spread{Median: 1}, Limit: 1}
	missed := report.Part{Got: report.Spread{Median: 0}, Limit: 1}
	unknown := report.Part{Got: report.SpreadOf(nil)}
	for want, parts := range map[string][]report.Part{
		report.Reached: {reached, reached}, report.Missed: {unknown, missed, reached}, report.NotMeasured: {reached, unknown},
	} {
		if got := (report.Goal{Parts: parts}).Verdict(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// The goals look their rows and figures up by name; this finds a name that nobody writes.
func TestGoals(t *testing.T) {
	t.Parallel()
	r := everything()
	for _, g := range report.Goals(r) {
		for _, p := range g.Parts {
			if p.Verdict() == report.NotMeasured {
				t.Errorf("%s: %s is not found", g.ID, p.What)
			}
		}
	}
	for _, g := range report.Goals(report.Report{}) {
		if g.Verdict() != report.NotMeasured {
			t.Errorf("%s of nothing is %s", g.ID, g.Verdict())
		}
	}
}

// A ratio is taken round by round: machines have good and bad moments.
func TestRatio(t *testing.T) {
	t.Parallel()
	s := report.Section{Name: report.Pairs}
	keep(&s, report.Get, 8, report.SQLite, cells(400, 1, 4000, 1, 800, 1))
	keep(&s, report.Get, 8, report.PocketBase, cells(100, 1, 1000, 1, 100, 1))
	var r report.Report
	r.Put(s)
	if got := report.Goals(r)[0].Parts[0].Got; got != (report.Spread{Min: 4, Median: 4, Max: 8}) {
		t.Errorf("4, 4 and 8 times: %v", got)
	}
}

// everything is a report in which each thing is measured.
func everything() report.Report {
	pairs, million := report.Section{Name: report.Pairs}, report.Section{Name: report.Million}
	for _, server := range []string{report.SQLite, report.Postgres, report.PocketBase, report.Bare} {
		for _, conns := range []int{1, 8, 32} {
			for _, row := range []string{
				report.Get, report.List50, report.Deep, report.Exact, report.Create, report.Search("rare", ""), report.Search("common", ""),
				report.Search("absent", ""), report.Search("adversarial", ""), report.Search("two characters, rare", ""),
			} {
				keep(&pairs, row, conns, server, cells(100, 1, 200, 2))
				keep(&million, row, conns, server, cells(100, 1, 200, 2))
			}
		}
	}
	r := report.Report{Machine: []string{"a machine"}}
	r.Put(pairs)
	r.Put(million)
	for section, names := range map[string][]string{
		report.CLI: {
			"ax users list wall", "curl wall", "python users list wall", "ax users list peak", "ax version wall", "python version wall",
			"ax packages", "ax local list wall", "ax users list, beside python wall", "ax version, beside python wall",
		},
		report.Bulk:   {"list wall", "list, one by one"},
		report.SignIn: {"share of ceiling", "memory more", "get p99 storm", "get p99 idle"},
		report.Local:  {"write p99", "write failures"},
	} {
		s := report.Section{Name: section}
		for _, name := range names {
			s.Add(name, 1, "ms", "")
		}
		r.Put(s)
	}
	return r
}

func TestKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "below", "results.json")
	r, err := report.Load(file)
	if err != nil || len(r.Sections) != 0 {
		t.Fatalf("no file: %v, %v", r, err)
	}
	r = everything()
	sections := len(r.Sections)
	if err := r.Save(file); err != nil {
		t.Fatal(err)
	}
	again, err := report.Load(file)
	if err != nil || again.Markdown("x") != r.Markdown("x") {
		t.Errorf("what was kept reads otherwise: %v", err)
	}
	again.Put(report.Section{Name: report.Pairs, Title: "anew"})
	if len(again.Sections) != sections || again.Section(report.Pairs).Title != "anew" || again.Section("nothing") != nil {
		t.Error("a section does not take the place of its like")
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := report.Load(file); err == nil {
		t.Error("half a file was read")
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	s := report.Section{Name: report.Pairs, Title: "Requests", Commit: "abc", People: 7}
	s.Note("A sentence.")
	s.Add("a figure", 12.345, "MiB", "why")
	keep(&s, report.Get, 8, report.SQLite, cells(100, 1, 300, 3))
	s.Keep(report.Get, 8, report.Bare, report.Cell{Trouble: "status 500 | ×3"})
	s.AddSpread("several", []float64{3, 1, 2}, "ms")
	s.AddSpread("none", nil, "ms")
	r := report.Report{Machine: []string{"two cores"}}
	r.Put(s)
	page := r.Markdown("make bench")
	for _, want := range []string{
		"Written by `make bench`", "- two cores\n", "commit abc, 7 users", "- A sentence.\n", "| a figure | 12.3 | MiB | why |",
		"| get by id | 8 | ax on SQLite | 200 (100–300) | 2.00 (1.00–3.00) | 0.00 | 2.00 (1.00–3.00) | 50.0 |  |",
		"| get by id | 8 | net/http | – | – | – | – | – | status 500 / ×3 |", "| several | 2.00 | ms | 1.00–3.00 in 3 |",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
	if strings.Contains(page, "| none |") {
		t.Error("a figure of nothing is shown")
	}
}
