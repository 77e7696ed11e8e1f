//go:build linux

package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// deletions: the original ends with 0 whatever became of the users, names one
// twice that was given twice, and gives errors as Python has them.
func deletions(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "users delete") {
		return
	}
	asked := strings.Contains(theirs.Err+theirs.Out, "Are you sure?")
	if asked && ours.Exit == 2 && (ours.Err == "" || strings.Contains(ours.Err, "--force")) && ours.Out == "" {
		follow(theirs, ours) // nothing was deleted; whoever is not there cannot say yes
		return
	}
	a, b := fates(theirs.Out), fates(ours.Out)
	for name, text := range theirs.Files {
		if a == nil {
			a, b = fates(text), fates(ours.Files[name])
		}
	}
	want := merged(a)
	if a == nil || b == nil || !slices.EqualFunc(want, b, sameFate) || !saidOf(b, *ours) {
		return
	}
	theirs.Out, theirs.Err, theirs.Exit = ours.Out, ours.Err, ours.Exit
	for name := range theirs.Files {
		if _, ok := ours.Files[name]; ok {
			theirs.Files[name] = ours.Files[name]
		}
	}
}

// A fate is what became of a user: user_id, status, email and error.
type fate map[string]string

// fates reads the result of a deletion in any of the text formats.
func fates(text string) []fate {
	var all []fate
	var document struct {
		Results []fate `json:"results"`
	}
	table := cells(text)
	if table == nil && strings.HasPrefix(text, "user_id,") {
		table, _ = csv.NewReader(strings.NewReader(text)).ReadAll()
	}
	switch {
	case table != nil && slices.Contains(table[0], "status"):
		for _, row := range table[1:] {
			f := fate{}
			for i, name := range table[0] {
				f[name] = strings.TrimPrefix(row[i], "—")
			}
			all = append(all, f)
		}
	case strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &document) == nil:
		all = document.Results
	}
	for _, f := range all {
		maps.DeleteFunc(f, func(_, value string) bool { return value == "" })
	}
	return all
}

var theirFailure = regexp.MustCompile(`^\((\d\d\d)\)\s*Reason:`)

// merged is the original's list as ours has it: each user once, by the id alone
// where both were given, and what does not exist not_found.
func merged(all []fate) []fate {
	var once []fate
	for _, f := range all {
		f = maps.Clone(f)
		if m := theirFailure.FindStringSubmatch(f["error"]); m != nil {
			f["error"] = m[1]
			if m[1] == "404" || m[1] == "400" {
				f["status"], f["error"] = "not_found", ""
			}
		}
		if f["status"] == "not_found" {
			delete(f, "error")
		}
		if f["user_id"] == "" || !slices.ContainsFunc(once, func(o fate) bool { return o["user_id"] == f["user_id"] }) {
			once = append(once, f)
		}
	}
	return once
}

// sameFate allows ours to say more of an error, and to leave out the address of
// a user who was named by id as well.
func sameFate(theirs, ours fate) bool {
	return theirs["user_id"] == ours["user_id"] && theirs["status"] == ours["status"] &&
		(ours["email"] == theirs["email"] || ours["email"] == "") &&
		sameError(theirs["error"], ours["error"])
}

// sameError wants one line that begins with the same status, if there was an
// answer that had one.
func sameError(theirs, ours string) bool {
	python := strings.Contains(theirs, "HTTPConnectionPool")
	return (theirs == "") == (ours == "") && !strings.Contains(ours, "\n") && (python || strings.HasPrefix(ours, theirs))
}

// saidOf holds the last line and the exit code of ours against the list.
func saidOf(all []fate, ours Result) bool {
	count := map[string]int{}
	for _, f := range all {
		count[f["status"]]++
	}
	line := fmt.Sprintf(": %d deleted, %d failed, %d not found\n", count["deleted"], count["failed"], count["not_found"])
	code, words := 0, []string{"✓ Delete complete" + line}
	switch {
	case slices.ContainsFunc(all, func(f fate) bool { return strings.HasPrefix(f["error"], "401 ") }):
		code, words = 3, []string{"✗ Error: Delete incomplete" + strings.TrimSuffix(line, "\n")}
	case count["deleted"] < len(all):
		code, words = 4, []string{"✗ Delete incomplete" + line}
	}
	words = append(words, `"exit_code"`)
	said := func(w string) bool { return strings.Contains(ours.Err, w) }
	return ours.Exit == code && (ours.Err == "" || slices.ContainsFunc(words, said))
}

// parquetFiles: the original writes lists only, and of those the columns that
// have a value. What both have is equal.
func parquetFiles(_ Case, theirs, ours *Result) {
	failed := strings.Contains(theirs.Err, "Failed to write Parquet file") || strings.Contains(theirs.Err, "Parquet format requires an output file")
	if failed && theirs.Exit == 5 && ours.Exit == 0 && (theirs.Directory == "" || sameButTimes(theirs.Directory, ours.Directory)) {
		follow(theirs, ours)
		return
	}
	for name, text := range theirs.Files {
		if !strings.HasSuffix(name, ".parquet") && !strings.HasSuffix(name, ".pq") {
			continue
		}
		a, b := rowsOnly(text), rowsOnly(ours.Files[name])
		if known := regexp.MustCompile(`^(id|user_id|resource_type): string\n`); known.MatchString(ours.Files[name]) {
			if slices.Equal(a, b) && columnsIn(text, ours.Files[name]) {
				theirs.Files[name] = ours.Files[name]
			}
		}
	}
}

func sameButTimes(a, b string) bool {
	return digit.ReplaceAllString(a, "0") == digit.ReplaceAllString(b, "0")
}

func rowsOnly(text string) []string {
	text = strings.ReplaceAll(text, `"description": "", `, "")
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return !strings.HasPrefix(line, "{") })
}

// columnsIn tells whether a table has each column of another, of the same type;
// a struct's fields may stand in another order, and be more.
func columnsIn(few, many string) bool {
	for line := range strings.Lines(few) {
		name, kind, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "{") {
			continue
		}
		if kind == "null" || strings.HasPrefix(kind, "list<") && strings.Contains(many, name+": list<") {
			continue
		}
		if strings.HasPrefix(kind, "struct<") && strings.Contains(many, name+": struct<") {
			continue
		}
		if !strings.Contains("\n"+many, "\n"+name+": "+kind+"\n") {
			return false
		}
	}
	return true
}

// addresses: where the original takes an id only.
func addresses(c Case, theirs, ours *Result) {
	named := strings.Contains(c.Line, "@example.com") &&
		(strings.HasPrefix(c.Line, "users update") || strings.HasPrefix(c.Line, "users resend") || strings.HasPrefix(c.Line, "users reset"))
	if named && theirs.Exit == 4 && (strings.Contains(theirs.Err, "404 ") || strings.Contains(theirs.Err, "400 ")) {
		follow(theirs, ours)
	}
}

var echoed = regexp.MustCompile(`(,\n  "invite_mode": "[A-Z_]+")|(?m:^│  invite_mode: .*\n)`)

// creations: an address that is invited already is said to be so, and nothing
// pretends that the mode was used. Nobody is asked where nobody is.
func creations(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "users create") {
		return
	}
	switch {
	case strings.Contains(ours.Err, "already invited") && theirs.Exit == 0 && ours.Exit == 0:
		theirs.Err, ours.Err, theirs.Out = "", "", echoed.ReplaceAllString(theirs.Out, "")
	case c.In != "" && ours.Exit == 2 && strings.HasPrefix(theirs.Out, "Full name: ") || strings.HasPrefix(theirs.Out, "Invite mode: "):
		follow(theirs, ours)
	}
}

// written: the file is there before success is told, not after.
func written(_ Case, theirs, ours *Result) {
	if !strings.Contains(ours.Err, "✓ Saved to ") {
		return
	}
	a, b := slices.Sorted(strings.Lines(theirs.Err)), slices.Sorted(strings.Lines(ours.Err))
	if slices.Equal(a, b) {
		theirs.Err = ours.Err
	}
}

// contradictions: of two options that say the opposite the original takes the last.
func contradictions(c Case, theirs, ours *Result) {
	if (strings.Contains(c.Line, "--is-developer --is-not-developer") || strings.Contains(c.Line, "--is-predefined --is-custom")) && ours.Exit == 2 && strings.HasPrefix(ours.Err, "✗ Error: ") {
		follow(theirs, ours)
	}
}
