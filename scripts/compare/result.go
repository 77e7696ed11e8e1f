//go:build linux

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Result is what a command left behind.
type Result struct {
	Exit     int
	Out, Err string
	// Files are those the command wrote or changed, by their path below the
	// home; a removed one is "removed". Parquet stands as pyarrow reads it.
	Files map[string]string
	// Modes are the permissions of these files.
	Modes map[string]string
	// Directory is its lists afterwards, when the command may have changed it.
	Directory string
}

// clone copies the maps too, for the rules to change.
func (r Result) clone() Result {
	r.Files, r.Modes = maps.Clone(r.Files), maps.Clone(r.Modes)
	return r
}

// fields lists the parts of a result in the order in which they are shown.
func (r Result) fields() []string {
	fields := []string{
		fmt.Sprintf("exit %d\n", r.Exit),
		"stdout\n" + indent(r.Out), "stderr\n" + indent(r.Err),
	}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		fields = append(fields, fmt.Sprintf("file %s %s\n%s", name, r.Modes[name], indent(r.Files[name])))
	}
	return append(fields, "directory\n"+indent(r.Directory))
}

func indent(text string) string {
	if text == "" {
		return ""
	}
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// An Outcome is a case, both results, and how they compare.
type Outcome struct {
	Case
	Theirs, Ours Result
	Rules        []string // those that explain the difference, by their point
	Difference   string   // what they leave unexplained
}

// Text shows an outcome to a person.
func (o Outcome) Text(whole bool) string {
	text := "=== " + o.Title() + "\n"
	if whole {
		text += "original: " + strings.Join(o.Theirs.fields(), "  ") + "ours: " + strings.Join(o.Ours.fields(), "  ")
		text += "rules: " + strings.Join(o.Rules, "; ") + "\n"
	}
	return text + o.Difference
}

// compare applies the rules and says what they leave.
func compare(c Case, theirs, ours Result) Outcome {
	o := Outcome{Case: c, Theirs: theirs, Ours: ours}
	a, b := theirs.clone(), ours.clone()
	for _, r := range rules() {
		if equal(a, b) {
			break
		}
		was, wasOurs := strings.Join(a.fields(), ""), strings.Join(b.fields(), "")
		r.Apply(c, &a, &b)
		changed := was != strings.Join(a.fields(), "") || wasOurs != strings.Join(b.fields(), "")
		if changed && !slices.Contains(o.Rules, r.Point) {
			o.Rules = append(o.Rules, r.Point)
		}
	}
	left, right := a.fields(), b.fields()
	for i := range max(len(left), len(right)) {
		l, r := at(left, i), at(right, i)
		if l != r {
			l, r = apart(l, r)
			o.Difference += "  original " + l + "  ours     " + r
		}
	}
	return o
}

// apart leaves out the lines, behind the first, with which both begin and end.
func apart(left, right string) (string, string) {
	a, b := strings.SplitAfter(left, "\n"), strings.SplitAfter(right, "\n")
	head := 1
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 1
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	cut := func(lines []string) string {
		return lines[0] + strings.Join(lines[min(head, len(lines)):max(head, len(lines)-tail)], "")
	}
	return cut(a), cut(b)
}

func equal(a, b Result) bool { return slices.Equal(a.fields(), b.fields()) }

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing\n"
}
