package manual

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// width is that of a topic's lines.
const width = 80

// plain is Markdown as text of at most 80 columns. It knows what docs/cli.md
// has: paragraphs, lists of one level, tables, fenced code, and no more.
func plain(markdown string) string {
	var parts []string
	for _, block := range blocks(markdown) {
		switch first := block[0]; {
		case strings.HasPrefix(first, "```"):
			parts = append(parts, indented(block[1:len(block)-1]))
		case strings.HasPrefix(first, "|"):
			parts = append(parts, columns(cells(block)))
		default:
			parts = append(parts, items(block))
		}
	}
	return strings.Join(parts, "\n")
}

// blocks are the parts that empty lines separate, fenced code in one piece.
func blocks(markdown string) (all [][]string) {
	var block []string
	end := func() {
		if len(block) > 0 {
			all = append(all, block)
		}
		block = nil
	}
	fenced := false
	for line := range strings.SplitSeq(markdown, "\n") {
		fence := strings.HasPrefix(line, "```")
		if fence && !fenced {
			end()
		}
		if line == "" && !fenced || strings.HasPrefix(line, "<!--") {
			end()
			continue
		}
		block = append(block, line)
		if fence && fenced {
			end()
		}
		fenced = fenced != fence
	}
	end()
	return all
}

func indented(lines []string) string {
	return strings.ReplaceAll("  "+strings.Join(lines, "\n  ")+"\n", "  \n", "\n")
}

// items are a paragraph, or the items of a list with their lines joined.
func items(block []string) string {
	item := regexp.MustCompile(`^(- |\d+\. )`)
	var all []string
	for _, line := range block {
		if item.MatchString(line) || len(all) == 0 {
			all = append(all, line)
		} else {
			all[len(all)-1] += " " + strings.TrimSpace(line)
		}
	}
	var b strings.Builder
	for _, text := range all {
		mark := item.FindString(text)
		b.WriteString(wrapped(mark, unmarked(strings.TrimPrefix(text, mark)), len(mark)))
	}
	return b.String()
}

// cells are the rows of a table, less its head, where that is empty beside the
// first cell, and the line below it.
func cells(block []string) (rows [][]string) {
	for i, line := range block {
		if i == 1 {
			continue
		}
		var row []string
		for cell := range strings.SplitSeq(strings.Trim(line, "| "), " | ") {
			row = append(row, unmarked(strings.TrimSpace(cell)))
		}
		if i > 0 || len(row) > 1 && row[1] != "" && row[1] != "|" {
			rows = append(rows, row)
		}
	}
	return rows
}

// columns sets rows of two cells beside each other, the second one below where
// the first is long.
func columns(rows [][]string) string {
	const most = 26
	first := 0
	for _, row := range rows {
		if n := utf8.RuneCountInString(row[0]); n <= most {
			first = max(first, n)
		}
	}
	var b strings.Builder
	for _, row := range rows {
		mark, rest := "  "+row[0], strings.Join(row[1:], "  ")
		if n := utf8.RuneCountInString(row[0]); n <= first {
			mark += strings.Repeat(" ", first-n+2)
		} else {
			b.WriteString(wrapped("  ", row[0], 2))
			mark = strings.Repeat(" ", first+4)
		}
		b.WriteString(wrapped(mark, rest, first+4))
	}
	return b.String()
}

// unmarked is a line of Markdown without marks: code, weight and links.
func unmarked(text string) string {
	text = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`).ReplaceAllString(text, "$1")
	return strings.NewReplacer("**", "", "`", "", `\|`, "|").Replace(text)
}

// wrapped breaks a text into lines, the first after a mark, the others indented.
func wrapped(mark, text string, indent int) string {
	var b strings.Builder
	b.WriteString(mark)
	at, fresh := utf8.RuneCountInString(mark), true
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if !fresh && at+1+n > width {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at, fresh = indent, true
		}
		if !fresh {
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at, fresh = at+n, false
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}
