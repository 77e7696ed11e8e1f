//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Rule explains a difference. Apply turns what the original did into what
// ours has to do, or takes out of both what they are free to say differently.
// It has to be narrow: what it does not expect it leaves alone, to be reported.
type Rule struct {
	Point string
	Apply func(c Case, theirs, ours *Result)
}

// What the page gives as reason of a difference.
const (
	help       = "help: texts of our own; each option of the original is in them"
	streams    = "streams: data on standard output, everything else on standard error"
	unwrapped  = "streams: piped text is never wrapped"
	usage      = "usage: a wrong command line is 2, says so in one line and lists the good values, before any request"
	jsonErrors = "errors: with JSON chosen, standard error is one JSON object or empty"
	detail     = "errors: what the server says is always shown"
	wording    = "errors: a failure that is not the API's is told in a sentence instead of Python's text"
	exits      = "exit codes: 3 for a key that is not accepted, 4 for a deletion that left someone, 1 for a no"
	files      = "output: files are for their owner only, and end with a newline"
	oneWord    = "output: a role is one plain word"
	csvCells   = "output: CSV has its header always, times as the API has them, true and false, and harmless formulas"
	unknown    = "list: a role or status that is not known is shown as it is"
	more       = "list: that there is more is said on standard error, in every format"
	literal    = "text from the server is shown literally"
	anyCase    = "values: any case, repeated or with commas"
	deletion   = "delete: found first, each once, `not_found` is not `failed`, errors in one line"
	address    = "users are named by id or address everywhere"
	creation   = "create: asks at a terminal only, says when an address is invited already, never loses a password"
	parquet    = "output: every command can write Parquet, an empty list included, with the columns of its kind"
	targets    = "output: a target that cannot be written ends the command with 5 before the request"
	choosing   = "profiles: without a profile or a key the message names the ways out"
	ownWords   = "profiles: no banner; `local` is always there; names are checked everywhere; the same mistake in plainer words"
	keptFiles  = "profiles: comments, unknown keys and ${VAR} stay as they are, defaults are not written out, writers take turns"
	browser    = "profiles: signing in through the browser is not there yet, and it says so"
	beta       = "BETA: one line at the first use"
	success    = "messages: what was done is told in words of our own"
	confirming = "confirmations: without a terminal the yes is --force; anything else is 2, and nothing is done"
	missing    = "usage: an option that is missing is named, not asked for"
	empty      = "usage: an option that is given without a value is a mistake, not a missing filter"
	byName     = "names: what has a name or an address can be given by it everywhere; what is not found or ambiguous is told with what is like it"
	kept       = "update: what is not given stays, and an empty description takes it away; the original loses it with a new name alone"
	dashes     = "output: what is empty is shown as a dash, and is null in Parquet"
	number     = "output: in tables many permissions are a number; in CSV they are words with commas"
	fifty      = "list: 50 rows unless it is said otherwise"
	pythonJSON = "output: JSON has the API's objects, without what Python wraps around them"
	secrets    = "api-keys: with --env-file the key's record is shown, without the secret unless --output asks; the file may have any name" //nolint:gosec // none is in it
	botIDs     = "api-keys: of a service key's user tables and CSV have the id"
)

// rules are in the order in which they are tried: what a command line is about
// first, then what stands on which stream, its layout last.
func rules() []Rule {
	return []Rule{
		{help, helpTexts},
		{streams, versionStream},
		{streams, verboseStream},
		{beta, betaLine},
		{ownWords, greetings},
		{keptFiles, profileFiles},
		{streams, profileData},
		{keptFiles, references},
		{ownWords, brokenProfiles},
		{browser, browserSignIn},
		{usage, profileUsage},
		{ownWords, profileErrors},
		{confirming, confirmations},
		{missing, missingOptions},
		{empty, emptyValues},
		{byName, names},
		{anyCase, acceptedValues},
		{usage, usageBox},
		{usage, contradictions},
		{choosing, profileChoice},
		{parquet, parquetFiles},
		{targets, outputTargets},
		{more, moreNotice},
		{kept, keptDescriptions},
		{fifty, pageSizes},
		{pythonJSON, wrappedJSON},
		{secrets, newKeys},
		{jsonErrors, jsonError},
		{success, successes},
		{exits, exitCodes},
		{detail, serverDetail},
		{wording, networkFaults},
		{wording, emptyAnswer},
		{unknown, unknownValues},
		{literal, controlCharacters},
		{deletion, deletions},
		{address, addresses},
		{creation, creations},
		{streams, progressLines},
		{targets, written},
		{unwrapped, sameButSpace},
		{files, fileModes},
		{oneWord, roleCells},
		{botIDs, bots},
		{number, permissionCells},
		{dashes, emptyCells},
		{unwrapped, grids},
		{unwrapped, panels},
		{csvCells, csvTexts},
		{unwrapped, sameButSpace},
	}
}

var (
	optionName = regexp.MustCompile(`--[a-z][a-z-]+`)
	commandRow = regexp.MustCompile(`(?m)^│ ([a-z][a-z-]+)  `)
)

// helpTexts lets the texts differ as long as ours has each option, and below a
// group each command, of theirs.
func helpTexts(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(strings.TrimSpace(theirs.Out), "Usage: ax") || !strings.Contains(ours.Out, "Usage:") {
		return
	}
	words := optionName.FindAllString(theirs.Out, -1)
	if c.Group != "ax" {
		for _, m := range commandRow.FindAllStringSubmatch(theirs.Out, -1) {
			words = append(words, m[1])
		}
	}
	for _, w := range words {
		if !strings.Contains(ours.Out, w) {
			ours.Out = "no " + w + " in the help:\n" + ours.Out
			return
		}
	}
	theirs.Out, ours.Out = "", ""
	if strings.Contains(theirs.Err, "AI Observability Platform") {
		theirs.Err = ""
	}
}

func versionStream(_ Case, theirs, ours *Result) {
	const prefix = "ax version "
	if strings.HasPrefix(theirs.Err, prefix) && strings.HasPrefix(ours.Out, prefix) && theirs.Out == "" {
		theirs.Err, theirs.Out = "", ours.Out
	}
}

func betaLine(c Case, _, ours *Result) {
	if first, rest, _ := strings.Cut(ours.Err, "\n"); c.Note == firstUse && strings.Contains(first, "BETA") {
		ours.Err = rest
	}
}

// progress is a line that says what is being done.
var progress = regexp.MustCompile(`(?m)^ℹ [A-Z][a-z]+ing [A-Za-z ]+\n`)

// progressLines are the original's always, and ours where they help.
func progressLines(_ Case, theirs, ours *Result) {
	a, b := progress.FindAllString(theirs.Err, -1), progress.FindAllString(ours.Err, -1)
	if !slices.Equal(a, b) {
		theirs.Err, ours.Err = progress.ReplaceAllString(theirs.Err, ""), progress.ReplaceAllString(ours.Err, "")
	}
}

// jsonError compares the status of a failure only, and the exit code as ever.
func jsonError(c Case, theirs, ours *Result) {
	if !strings.Contains(c.Line, "json") && !strings.Contains(c.Note, "json") && !strings.Contains(c.Line, "JSON") {
		return
	}
	var object struct {
		Error struct {
			Status   int    `json:"status"`
			Title    string `json:"title"`
			ExitCode int    `json:"exit_code"`
		} `json:"error"`
	}
	said := progress.ReplaceAllString(theirs.Err, "")
	if ours.Exit == 0 {
		theirs.Err = said
		return
	}
	if json.Unmarshal([]byte(ours.Err), &object) != nil || object.Error.Title == "" || object.Error.ExitCode != ours.Exit {
		return
	}
	if object.Error.Status == 401 && theirs.Exit == 4 && ours.Exit == 3 {
		theirs.Exit = 3
	}
	if s := object.Error.Status; s == 0 || strings.Contains(said, fmt.Sprint(s)) {
		theirs.Err, ours.Err = "", ""
	}
}

var boxed = regexp.MustCompile(`(?m)^│ (.*?) *│$`)

// usageBox takes the message out of its box. Ours may word it differently, but
// has to begin as every error does, and name what was wrong.
func usageBox(_ Case, theirs, ours *Result) {
	isUsage := ours.Exit == 2 && (strings.HasPrefix(progress.ReplaceAllString(ours.Err, ""), "✗ Error: ") || ours.Err == "")
	if !isUsage {
		return
	}
	switch {
	case theirs.Exit == 2 && strings.Contains(theirs.Err, "╭─ Error"):
		theirs.Err, ours.Err = "", ""
	case theirs.Exit == 4 && strings.Contains(theirs.Err, "422 Validation Error; "), // no request either
		theirs.Exit == 4 && strings.Contains(ours.Err, "must not be empty"),
		theirs.Exit == 1 && strings.Contains(theirs.Err, "is not a valid User"),
		theirs.Exit == 4 && strings.Contains(theirs.Err, "is not a valid User"),
		theirs.Exit == 4 && strings.Contains(bare(theirs.Err), "isnotavalidOrganizationRole"),
		theirs.Exit == 4 && strings.Contains(bare(theirs.Err), "isnotavalidUserSpaceRole"),
		theirs.Exit == 1 && strings.Contains(theirs.Err, "At least one --id or --email"),
		theirs.Exit == 1 && strings.Contains(theirs.Err, "At least one of --name or --description"),
		theirs.Exit == 1 && strings.Contains(theirs.Err, "Aborted."):
		theirs.Exit, theirs.Err, ours.Err, theirs.Out = 2, "", "", ""
	}
}

// sameButSpace is for text that was wrapped at 80 columns.
func sameButSpace(_ Case, theirs, ours *Result) {
	if bare(theirs.Err) == bare(ours.Err) {
		theirs.Err = ours.Err
	}
}

func bare(text string) string { return strings.Join(strings.Fields(text), "") }

// exitCodes has the codes that are other numbers than the original's.
func exitCodes(_ Case, theirs, ours *Result) {
	if theirs.Exit == 4 && ours.Exit == 3 && strings.Contains(theirs.Err, "401 ") {
		theirs.Exit = 3
	}
}

var (
	problemLine = regexp.MustCompile(`✗ Error: (\d\d\d) [^;\n]*(; [^\n]*)?\n`)
	statusOnly  = regexp.MustCompile(`✗ Error: (\d\d\d) [^;\n]*\n`)
)

// serverDetail: the original drops what the server says for the statuses that
// an operation does not declare.
func serverDetail(_ Case, theirs, ours *Result) {
	a, b := statusOnly.FindStringSubmatch(theirs.Err), problemLine.FindStringSubmatch(ours.Err)
	if a != nil && b != nil && a[1] == b[1] && b[2] != "" {
		ours.Err = strings.Replace(ours.Err, b[0], a[0], 1)
	}
}

// networkFaults are told by Python with the names of its classes.
func networkFaults(_ Case, theirs, ours *Result) {
	python := strings.Contains(theirs.Err, "HTTPConnectionPool") || strings.Contains(theirs.Err, "RemoteDisconnected") || strings.Contains(theirs.Err, "Expecting property name") ||
		strings.Contains(theirs.Err, "Input should be a valid dictionary")
	if python && theirs.Exit == ours.Exit && strings.Contains(ours.Err, "✗ Error: ") {
		theirs.Err, ours.Err = "", ""
	}
}

// fileModes: ours are private, and JSON ends with a newline as on a stream.
func fileModes(_ Case, theirs, ours *Result) {
	for name, mode := range ours.Modes {
		if mode == "0600" && theirs.Modes[name] == "0644" {
			theirs.Modes[name] = mode
		}
		if text := theirs.Files[name]; strings.HasSuffix(strings.ToLower(name), ".json") && !strings.HasSuffix(text, "\n") && text != "" {
			theirs.Files[name] = text + "\n"
		}
	}
}
