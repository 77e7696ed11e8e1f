//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// count says in a line how the outcomes are.
func count(outcomes []Outcome) string {
	same, explained := 0, 0
	for _, o := range outcomes {
		switch {
		case o.Difference != "":
		case len(o.Rules) == 0:
			same++
		default:
			explained++
		}
	}
	return fmt.Sprintf("%d command lines: %d the same, %d deliberately different, %d not explained", len(outcomes), same, explained, len(outcomes)-same-explained)
}

// writePage replaces the table of the page.
func writePage(path string, outcomes []Outcome) error {
	return replace(path, "<!-- compare -->\n", "<!-- /compare -->\n", table(outcomes))
}

// replace puts text into a page, between two lines of it.
func replace(path, begin, end, text string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok1 := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q", path, begin, end)
	}
	return os.WriteFile(path, []byte(before+begin+text+end+after), 0o644) //nolint:gosec // a page to read
}

// table is the page's part: the reasons, numbered, then a row for each case.
func table(outcomes []Outcome) string {
	var reasons []string
	for _, o := range outcomes {
		for _, r := range o.Rules {
			if !slices.Contains(reasons, r) {
				reasons = append(reasons, r)
			}
		}
	}
	slices.Sort(reasons)
	var out strings.Builder
	fmt.Fprintf(&out, "\n%s.\n\nWhy ours differs:\n\n", count(outcomes))
	for i, r := range reasons {
		fmt.Fprintf(&out, "%d. %s\n", i+1, r)
	}
	group := ""
	for _, o := range outcomes {
		if o.Group != group {
			group = o.Group
			fmt.Fprintf(&out, "\n### %s\n\n| command line | original | ours | verdict |\n|---|---|---|---|\n", group)
		}
		verdict := "same"
		if len(o.Rules) > 0 {
			verdict = "different:"
			for _, r := range o.Rules {
				verdict += fmt.Sprintf(" %d", slices.Index(reasons, r)+1)
			}
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", cell(o.Title()), summary(o.Theirs), summary(o.Ours), verdict)
	}
	return out.String() + "\n"
}

func cell(text string) string { return strings.NewReplacer("|", `\|`, "`", "'").Replace(text) }

// summary is a result in a few words: the exit code, what is on the streams and
// in files, and the sentence of a failure.
func summary(r Result) string {
	parts := []string{fmt.Sprint(r.Exit)}
	if r.Out != "" {
		parts = append(parts, kind(r.Out))
	}
	for name := range r.Files {
		if r.Files[name] != "" && name != lockFile {
			parts = append(parts, strings.TrimPrefix(strings.TrimPrefix(name, "work/"), ".arize/")+" "+r.Modes[name])
		}
	}
	slices.Sort(parts[min(2, len(parts)):])
	if s := sentence(r.Err); s != "" {
		parts = append(parts, "`"+cell(s)+"`")
	}
	return strings.Join(parts, ", ")
}

// kind names what stands on standard output.
func kind(text string) string {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "{"):
		return "JSON"
	case strings.HasPrefix(text, "┏"):
		return "table"
	case strings.HasPrefix(text, "╭"):
		return "panel"
	case strings.Contains(text, "Usage:"):
		return "help"
	case strings.HasPrefix(text, "id,") || strings.HasPrefix(text, "user_id,") || strings.HasPrefix(text, "resource_type,"):
		return "CSV"
	case text == "":
		return "an empty line"
	case strings.Contains(text, "[y/N]") || strings.HasPrefix(text, "Full name: "), prompted.MatchString(text), strings.HasSuffix(text, ":"):
		return "a prompt"
	}
	return "text"
}

const longest = 90

// sentence is the message on standard error that says most, cut to fit.
func sentence(text string) string {
	best := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := boxed.FindStringSubmatch(line); m != nil {
			line = "✗ " + m[1]
		}
		if strings.HasPrefix(line, `"detail":`) && best == "" || strings.HasPrefix(line, "✗") && !strings.HasPrefix(best, "✗") || strings.HasPrefix(line, "✓") || strings.HasPrefix(line, "⚠") && best == "" {
			best = line
		}
	}
	if r := []rune(best); len(r) > longest {
		best = string(r[:longest]) + "…"
	}
	return best
}
