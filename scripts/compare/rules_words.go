//go:build linux

package main

import (
	"maps"
	"regexp"
	"strings"
)

// follow makes theirs what ours is, for a command line where the original went
// wrong or did something else, so that there is nothing left to hold beside.
func follow(theirs, ours *Result) {
	*theirs = ours.clone()
}

// badValue is how the original fails for a value that it has in upper case only.
var badValue = regexp.MustCompile(`is not a valid\s+(UserStatus|UserRole|OrganizationRole|UserSpaceRole)|Invalid invite mode|No such option: --is-not-developer|Value error, '[a-z]+' is\s+(│\s+│ )?not|Invalid (space|org) role|No such option: --name|Invalid permission: '[a-z]`)

// acceptedValues: ours takes the value, in any case.
func acceptedValues(c Case, theirs, ours *Result) {
	taken := ours.Exit == 0 || ours.Exit == 4 && problemLine.MatchString(ours.Err) // what the server says to it then
	if taken && theirs.Exit != 0 && badValue.MatchString(theirs.Err) || strings.Count(c.Line, "--permissions") > 1 && ours.Exit == 0 {
		follow(theirs, ours)
	}
}

var (
	theirLog = regexp.MustCompile(`(?m)^\x1b\[[0-9;]*m  (.|\n)*?\x1b\[0m\n`)
	ourLog   = regexp.MustCompile(`(?m)^(GET|POST|PATCH|PUT|DELETE) http://[^\n]*\n`)
)

// verboseStream takes the logs of --verbose out of both.
func verboseStream(c Case, theirs, ours *Result) {
	if strings.Contains(c.Line, " -v") || strings.Contains(c.Line, " --verbose") {
		theirs.Out, ours.Err = theirLog.ReplaceAllString(theirs.Out, ""), ourLog.ReplaceAllString(ours.Err, "")
	}
}

// profileChoice: what the original says of a missing or broken profile says
// little, and a profile without a key is no configuration that is broken.
func profileChoice(_ Case, theirs, ours *Result) {
	if !strings.Contains(ours.Err, "✗ Error: ") && !strings.Contains(ours.Err, `"error"`) {
		return
	}
	switch {
	case strings.Contains(theirs.Err, "No active profile configured.") && strings.Contains(ours.Err, "No active profile configured.") && ours.Exit == 1,
		strings.Contains(theirs.Err, "Expected ']'") && strings.Contains(ours.Err, "line 1, column") && ours.Exit == 1,
		strings.Contains(theirs.Err, "unset environment variable") && ours.Exit == 3:
		theirs.Exit, theirs.Err, ours.Err = ours.Exit, "", ""
	}
}

// outputTargets: a value of --output that is none, told alike but for the list
// of formats, which the original has in an order of its own each time.
func outputTargets(_ Case, theirs, ours *Result) {
	if ours.Exit != 5 || !strings.Contains(ours.Err, "✗ Error: ") && !strings.Contains(ours.Err, `"error"`) {
		return
	}
	switch {
	case strings.Contains(theirs.Err, "Invalid output option:"),
		strings.Contains(theirs.Err, "Parquet format requires an output file"),
		strings.Contains(theirs.Err, "No such file or directory"),
		strings.Contains(theirs.Err, "Parent directory does not exist"),
		strings.Contains(theirs.Err, "non-existent directory"):
		// What the original did before it noticed, ours has not done.
		follow(theirs, ours)
	}
}

const moreText = "\nMore items available. To fetch the next page, add:\n"

var nextCursor = regexp.MustCompile(`  --cursor \S+\n`)

// moreNotice: the original has the cursor on standard output, of a table only.
func moreNotice(_ Case, theirs, ours *Result) {
	const none = "\nMore items available, but the server gives no cursor to fetch them with.\n"
	if strings.Contains(ours.Err, none) {
		ours.Err = strings.Replace(ours.Err, none, "", 1)
		theirs.Err, _, _ = strings.Cut(theirs.Err, "\nMore items available. Pagination cursor not supported")
	}
	at := nextCursor.FindString(ours.Err)
	if at == "" || !strings.Contains(ours.Err, moreText+at) {
		return
	}
	ours.Err = strings.Replace(ours.Err, moreText+at, "", 1)
	theirs.Out = strings.TrimSuffix(theirs.Out, at)
	theirs.Err = strings.TrimSuffix(theirs.Err, moreText)
}

var (
	panelTitle = regexp.MustCompile(`^╭─+ (.*) Details ─+╮$`)
	panelLine  = regexp.MustCompile(`^│ +(\S.*?) *│$`)
)

// panels compares what stands in them: ours are as wide as their longest line.
func panels(_ Case, theirs, ours *Result) {
	a, b := panel(theirs.Out), panel(ours.Out)
	if a != nil && b != nil && maps.Equal(a, b) {
		theirs.Out, ours.Out = "", ""
	}
}

// panel is the lines of a panel, by their names, those that are empty left out.
func panel(text string) map[string]string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 2 || panelTitle.FindStringSubmatch(lines[0]) == nil {
		return nil
	}
	all := map[string]string{}
	for _, line := range lines[1:] {
		if m := panelLine.FindStringSubmatch(line); m != nil {
			name, value, _ := strings.Cut(m[1]+" ", ": ")
			value = strings.TrimSpace(value)
			if value != "—" && value != "" {
				all[name] = value
			}
		}
	}
	return all
}

// emptyAnswer: an answer without the list that was asked for is not an empty list.
func emptyAnswer(c Case, theirs, ours *Result) {
	if c.Stub != nil && c.Stub.Body == "{}" && ours.Exit == 4 && theirs.Exit == 0 {
		follow(theirs, ours)
	}
}

// unknownValues: one value that the original does not know takes it the whole list.
func unknownValues(_ Case, theirs, ours *Result) {
	if theirs.Exit == 4 && ours.Exit == 0 && (strings.Contains(theirs.Err, "422 Validation Error; ") && strings.Contains(theirs.Err, "Input should be") ||
		strings.Contains(theirs.Err, "Cannot identify ApiKey response")) {
		follow(theirs, ours)
	}
}

// controlCharacters reach the original's output as they are, and what looks
// like Rich's markup ends it.
func controlCharacters(_ Case, theirs, ours *Result) {
	if strings.Contains(theirs.Err, "Traceback") && theirs.Exit == 1 && ours.Exit == 0 && strings.Contains(ours.Out, "[bold]x[/bold] [/y]") {
		follow(theirs, ours)
	}
	if strings.Contains(ours.Out, `\x1b`) {
		theirs.Out = strings.ReplaceAll(theirs.Out, "\x1b", `\x1b`)
	}
}
