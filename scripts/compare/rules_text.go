//go:build linux

package main

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
)

var (
	tableRole = regexp.MustCompile(`^type=(PREDEFINED|CUSTOM), (id=[^,]*, )?name=(.*)$`)
	pairRole  = regexp.MustCompile(`^\{'type': '(?:PREDEFINED|CUSTOM)', (?:'id': '[^']*', )?'name': (?:<[A-Za-z]+\.[A-Z_]+: )?'([^']*)'>?\}$`)
)

// roleCells turns both tables into their cells, so that a shorter column is no
// difference, and says each role in one word.
func roleCells(_ Case, theirs, ours *Result) {
	a, b := cells(theirs.Out), cells(ours.Out)
	if a == nil || b == nil {
		return
	}
	changed := false
	for _, row := range a {
		for i, cell := range row {
			if m := tableRole.FindStringSubmatch(cell); m != nil {
				row[i], changed = m[3], true
			}
		}
	}
	if changed {
		theirs.Out, ours.Out = rows(theirs.Out, a), rows(ours.Out, b)
	}
}

// grids compares tables by their cells: theirs are folded at thirty.
func grids(_ Case, theirs, ours *Result) {
	a, b := cells(theirs.Out), cells(ours.Out)
	if a != nil && b != nil && theirs.Out != ours.Out {
		theirs.Out, ours.Out = rows(theirs.Out, a), rows(ours.Out, b)
	}
}

// cells reads a table that is drawn with boxes; a cell that goes over several
// lines is joined. It returns nil for any other text.
func cells(text string) [][]string {
	if !strings.HasPrefix(text, "┏") {
		return nil
	}
	var all [][]string
	fresh := true
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if !strings.HasPrefix(line, "│") && !strings.HasPrefix(line, "┃") {
			fresh = true
			continue
		}
		parts := strings.FieldsFunc(line, func(r rune) bool { return r == '│' || r == '┃' })
		if fresh {
			all = append(all, make([]string, len(parts)))
		}
		row := all[len(all)-1]
		for i, p := range parts {
			if p = strings.TrimSpace(p); p != "" && i < len(row) {
				row[i] = strings.TrimSpace(row[i] + " " + p)
			}
		}
		fresh = false
	}
	return all
}

// rows writes cells as text, with what followed the table.
func rows(text string, all [][]string) string {
	var out strings.Builder
	for _, row := range all {
		out.WriteString(strings.Join(row, " | ") + "\n")
	}
	if _, after, ok := strings.Cut(text, "┘\n"); ok {
		out.WriteString(after)
	}
	return out.String()
}

// csvTexts rewrites the original's CSV, on the stream and in files.
func csvTexts(c Case, theirs, ours *Result) {
	if strings.Contains(c.Line, "csv") && theirs.Exit == 0 && theirs.Out != "" {
		theirs.Out = csvText(theirs.Out, ours.Out)
	}
	for name, text := range theirs.Files {
		if strings.HasSuffix(name, ".csv") {
			theirs.Files[name] = csvText(text, ours.Files[name])
		}
	}
}

var botUser = regexp.MustCompile(`^id='([^']*)' name='[^']*' account_role=`)

var csvTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00:00$`)

// csvText says each cell as ours does. Of a list without rows only the header
// is asked for, and columns that the original left out are taken from ours.
func csvText(theirs, ours string) string {
	header, _, _ := strings.Cut(ours, "\n")
	if strings.TrimSpace(theirs) == "" {
		if strings.Count(ours, "\n") == 1 && strings.Contains(header, "id,") {
			return ours
		}
		return theirs
	}
	all, err := csv.NewReader(strings.NewReader(theirs)).ReadAll()
	if err != nil {
		return theirs
	}
	for _, row := range all {
		for i, cell := range row {
			row[i] = csvCell(cell)
		}
	}
	all = withColumns(withoutColumns(all, strings.Split(header, ",")), strings.Split(header, ","))
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(all); err != nil {
		return theirs
	}
	return out.String()
}

func csvCell(cell string) string {
	if m := csvTime.FindStringSubmatch(cell); m != nil {
		return m[1] + "T" + m[2] + "Z"
	}
	if strings.HasPrefix(cell, "[<Permission.") || cell == "[]" {
		return strings.Join(slices.Compact(permission.FindAllString(cell, -1)), ",")
	}
	if m := botUser.FindStringSubmatch(cell); m != nil {
		return m[1]
	}
	if m := pairRole.FindStringSubmatch(cell); m != nil {
		return m[1]
	}
	switch {
	case cell == "True" || cell == "False":
		return strings.ToLower(cell)
	case cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r"):
		return "'" + cell
	}
	return cell
}

// withoutColumns leaves out those that a header lacks and that are empty.
func withoutColumns(all [][]string, header []string) [][]string {
	few := make([][]string, len(all))
	for i, name := range all[0] {
		empty := !slices.ContainsFunc(all[1:], func(row []string) bool { return row[i] != "" })
		for r, row := range all {
			if !empty || slices.Contains(header, name) {
				few[r] = append(few[r], row[i])
			}
		}
	}
	return few
}

// withColumns adds those of the header that a table lacks, empty.
func withColumns(all [][]string, header []string) [][]string {
	has := map[string]int{}
	for i, name := range all[0] {
		has[name] = i
	}
	if len(header) <= len(all[0]) {
		return all
	}
	wider := make([][]string, len(all))
	for r, row := range all {
		for _, name := range header {
			i, ok := has[name]
			switch {
			case r == 0:
				wider[r] = append(wider[r], name)
			case ok:
				wider[r] = append(wider[r], row[i])
			default:
				wider[r] = append(wider[r], "")
			}
		}
	}
	return wider
}
