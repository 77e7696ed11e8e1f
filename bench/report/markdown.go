package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const preface = `# Performance

Written by %s; do not edit. Servers that are compared ran at the same time on the same data and were measured in
turns, A B A B; each figure is the middle of the rounds, with the least and the greatest in brackets where they differ. Only ratios
of figures from one run mean anything on another machine.

The load generator ran on the same machine and took its part of the same cores, about 10 to 20 µs for a request. That costs a fast
server more of its rate than a slow one, so the ratios of rates are lower than they would be from another machine. The processor time
for a request is the server's own, with PostgreSQL's processes where it is used, and is the steadiest figure here.

Our side always runs as it is used: an API key checked at each request, rights, audit, letters, the search index kept up and
` + "`synchronous=FULL`" + `. PocketBase runs with its defaults (` + "`synchronous=NORMAL`" + `), a superuser's token, indexes on address, status and
time, and ` + "`skipTotal=1`" + ` for lists, without which it counts. net/http is the limit: 200 fixed bytes beside a get, 50 users written by
encoding/json beside a list of 50, nothing checked and nothing read.

`

// Markdown is the report for people. command is what writes it.
func (r Report) Markdown(command string) string {
	var b strings.Builder
	fmt.Fprintf(&b, preface, "`"+command+"`")
	for _, line := range r.Machine {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	b.WriteString("\n## Goals\n\n")
	writeGoals(&b, Goals(r))
	for _, s := range r.Sections {
		s.write(&b)
	}
	return b.String()
}

func writeGoals(b *strings.Builder, goals []Goal) {
	b.WriteString("| goal | verdict | what | ours | other | ratio or figure | limit | |\n|---|---|---|---|---|---|---|---|\n")
	for _, g := range goals {
		for i, p := range g.Parts {
			id, verdict := "", ""
			if i == 0 {
				id, verdict = g.ID, g.Verdict()
			}
			sign := "≥"
			if p.AtMost {
				sign = "≤"
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s %s | %s |\n",
				id, verdict, p.What, dash(p.Ours), dash(p.Other), small(p.Got), sign, number(p.Limit), p.Verdict())
		}
	}
	b.WriteString("\n")
	for _, g := range goals {
		fmt.Fprintf(b, "- **%s**: %s.", g.ID, g.Text)
		if why := reason(g.ID); why != "" && g.Verdict() == Missed {
			b.WriteString(" " + why)
		}
		b.WriteString("\n")
	}
}

// small keeps ratios such as 1/400 readable.
func small(s Spread) string {
	if s.Median > 0 && s.Median < 0.05 {
		return fmt.Sprintf("1/%.0f", 1/s.Median)
	}
	return s.String()
}

func number(v float64) string {
	if v > 0 && v < 0.05 {
		return fmt.Sprintf("1/%.0f", 1/v)
	}
	return strings.TrimSuffix(figure(v), ".00")
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (s Section) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n%s, commit %s", s.Title, s.Date.UTC().Format(time.DateTime)+" UTC", s.Commit)
	if s.People > 0 {
		fmt.Fprintf(b, ", %d users", s.People)
	}
	fmt.Fprintf(b, ", took %s.\n\n", s.Took.Round(time.Second))
	for _, n := range s.Notes {
		fmt.Fprintf(b, "- %s\n", n)
	}
	if len(s.Notes) > 0 {
		b.WriteString("\n")
	}
	s.writeFacts(b)
	s.writeRows(b)
}

func (s Section) writeFacts(b *strings.Builder) {
	if len(s.Facts) == 0 {
		return
	}
	b.WriteString("| what | figure | unit | |\n|---|---|---|---|\n")
	for _, f := range s.Facts {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", f.Name, figure(f.Value), f.Unit, f.Note)
	}
	b.WriteString("\n")
}

func (s Section) writeRows(b *strings.Builder) {
	var names []string
	for _, r := range s.Rows {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	b.WriteString("| what | connections | server | requests/s | p50 ms | p99 ms | CPU µs/request | peak MiB | trouble |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, name := range names {
		for _, r := range s.Rows {
			if r.Name == name {
				fmt.Fprintf(b, "| %s | %d | %s | %s | %s | %s | %s | %s | %s |\n", r.Name, r.Conns, r.Server,
					r.spread(rate), r.spread(p50), r.spread(p99), r.spread(cpu), r.spread(peak), r.trouble())
			}
		}
	}
}

func (r Row) trouble() string {
	var all []string
	for _, c := range r.Cells {
		if c.Trouble != "" && !slices.Contains(all, c.Trouble) {
			all = append(all, c.Trouble)
		}
	}
	return strings.ReplaceAll(strings.Join(all, "; "), "|", "/")
}
