//go:build linux

package main

import (
	"maps"
	"slices"
	"strings"
)

// What the nouns beside users have in common: their commands differ in what
// they take, and hardly in what may go wrong.

const (
	missingID = "VXNlcjoxMjM0NTY3ODkwMTIzNDU2"     // of the form of an id, and of nothing
	anID      = "U3BhY2U6MTIzNDU2Nzg5MDEyMzQ1Njc4" // what a stub is asked for
	anotherID = "Um9sZToxMjM0NTY3ODkwMTIzNDU2Nzg5"
)

// endings makes cases of a command and each of what may stand behind it.
func endings(changes bool, command string, all ...string) []Case {
	var cases []Case
	for _, rest := range all {
		cases = append(cases, Case{Line: strings.TrimSpace(command + " " + rest), Changes: changes})
	}
	return cases
}

// formats are the kinds of --output; outputs has each way to write them.
func formats(command string, changes bool) []Case {
	return endings(changes, command, "-o table", "-o json", "-o csv", "-o out.json", "-o out.csv", "-o out.parquet", "-o parquet", "-o out.txt")
}

// helps are the texts of a command and what it does not know.
func helps(command string) []Case {
	return endings(false, command, "-h", "--help", "--nope")
}

// pageCases are the options of every list. name is that of its cursor.
func pageCases(command, name string) []Case {
	return slices.Concat(helps(command), formats(command, false), endings(false, command, "", "extra", "-v -o json", "-l 1", "--limit 1 -o json", "-l 1 -o csv", "-l 1 -o one.csv",
		"-l 1 -o one.parquet", "-l 100 -o json", "-l 0", "-l 101", "-l abc", "-l", "-c {"+name+"-cursor}", "--cursor {"+name+"-cursor} -l 1 -o json", "-c nonsense", `-c ""`, "-c"))
}

// namedCases are the ways to name one thing, which the first argument of a
// command does: by id, and by name where it has one.
func namedCases(changes bool, command, options, id, name string) []Case {
	all := []string{options, id + options, id + " extra" + options, missingID + options, "VXNlcjo=" + options, `""` + options, "a/../b?x=1" + options}
	if name != "" {
		all = append(all, `"`+name+`"`+options, `"`+strings.ToLower(name)+`"`+options, `"`+name[:3]+`"`+options, `"No Such Thing"`+options)
	}
	return endings(changes, command, all...)
}

// confirmedCases are the ways to answer a question, and not to.
func confirmedCases(line, yes string) []Case {
	var cases []Case
	for _, answer := range []string{"", yes, "n\n", "\n"} {
		cases = append(cases, Case{Line: line, In: answer, Changes: true})
	}
	return append(cases, Case{Line: line + " --force -v", Changes: true})
}

// nounFaults runs the first line with every fault, and the others with those
// that differ from command to command.
func nounFaults(first string, others ...string) []Case {
	var cases []Case
	for _, name := range slices.Sorted(maps.Keys(faults())) {
		cases = append(cases, Case{Line: first, Note: name, Stub: faults()[name]})
	}
	for _, line := range others {
		for _, name := range []string{"401", "409", "500"} {
			cases = append(cases, Case{Line: line, Note: name, Stub: faults()[name]})
		}
	}
	return cases
}

// answered runs a list on a page that a stub gives, in each format.
func answered(line, note, body string) []Case {
	var cases []Case
	for _, o := range []string{"", " -o json", " -o csv", " -o out.parquet"} {
		cases = append(cases, Case{Line: line + o, Note: note, Stub: &Answer{Status: 200, Type: "application/json", Body: body}})
	}
	return cases
}

// nothing is an empty page of a list.
func nothing(key string) string { return `{"` + key + `":[],"pagination":{"has_more":false}}` }
