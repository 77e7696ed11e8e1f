//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var (
	theirSuccess = regexp.MustCompile(`(?m)^✓ [A-Z][A-Za-z ]+( '[^']*')?( with ID '[^']*')? [a-z ]+(successfully|written to \S+)\n`)
	ourSuccess   = regexp.MustCompile(`(?m)^✓ ([A-Z][A-Za-z ]+ successfully|Wrote ARIZE_API_KEY to \S+)\n`)
)

// successes: that something was done is told by both, each in its own words.
func successes(_ Case, theirs, ours *Result) {
	if theirs.Exit == 0 && ours.Exit == 0 && theirSuccess.MatchString(theirs.Err) && ourSuccess.MatchString(ours.Err) {
		theirs.Err, ours.Err = theirSuccess.ReplaceAllString(theirs.Err, ""), ourSuccess.ReplaceAllString(ours.Err, "")
	}
}

// confirmations: somebody who is not at a terminal can say yes by an option only.
func confirmations(_ Case, theirs, ours *Result) {
	asked := strings.Contains(theirs.Out+theirs.Err, "Are you sure?") || strings.Contains(theirs.Out+theirs.Err, "To confirm, type the space name")
	if asked && ours.Exit == 2 && ours.Out == "" && strings.Contains(ours.Err, "use --force to") {
		follow(theirs, ours)
	}
}

var prompted = regexp.MustCompile(`^(Name|Organization id|User id|Role|Role id|Resource type \(SPACE, PROJECT\)|Resource id): `)

// missingOptions are asked for by the original, on standard output.
func missingOptions(_ Case, theirs, ours *Result) {
	if prompted.MatchString(theirs.Out) && ours.Exit == 2 && strings.Contains(ours.Err, "Missing option: --") {
		follow(theirs, ours)
	}
}

// emptyValues: an option that is given without a value is a mistake.
func emptyValues(_ Case, theirs, ours *Result) {
	if ours.Exit == 2 && (strings.Contains(ours.Err, "must not be empty") || strings.Contains(ours.Err, "Missing option: --") && theirs.Exit == 4) {
		follow(theirs, ours)
	}
}

var (
	theirMiss = regexp.MustCompile(`Failedto[a-z]+:(?:organization|space|role)'(.*?)'notfound`)
	ourMiss   = regexp.MustCompile(`(?:organization|space|role) "(.*?)" not found`)
	noID      = regexp.MustCompile(`(?s)400 Bad Request; \S+: this is not an?\s(user )?id`)
)

// names: what has a name or an address can be given by it everywhere, and what
// is not found by it is told alike.
func names(c Case, theirs, ours *Result) {
	a, b := theirMiss.FindStringSubmatch(bare(theirs.Err)), ourMiss.FindStringSubmatch(ours.Err)
	switch {
	case theirs.Exit == 4 && ours.Exit == 4 && a != nil && b != nil && a[1] == bare(b[1]),
		theirs.Exit == 4 && ours.Exit == 1 && strings.Contains(bare(theirs.Err), "Multiplespacesnamed") && strings.Contains(ours.Err, "2 spaces have the name"):
		theirs.Err, ours.Err, theirs.Exit = "", "", ours.Exit
	case theirs.Exit == 4 && noID.MatchString(theirs.Err) && (ours.Exit == 0 || ours.Exit == 4 && !noID.MatchString(ours.Err)):
		follow(theirs, ours)
	case strings.Contains(c.Line, "-r Auditor") && strings.Contains(bare(theirs.Err), "isnotavalid") && (ours.Exit == 0 || ours.Exit == 4):
		follow(theirs, ours)
	}
}

var described = regexp.MustCompile(`"description":"[^"]`)

// keptDescriptions: a new name alone takes the description away in the original.
func keptDescriptions(c Case, theirs, ours *Result) {
	renamed := strings.Contains(c.Line, " update ") && strings.Contains(c.Line, " -n ") && !strings.Contains(c.Line, "--description")
	lost := len(described.FindAllString(ours.Directory, -1)) - len(described.FindAllString(theirs.Directory, -1))
	cleared := strings.Contains(c.Line, `--description ""`) && strings.Contains(theirs.Err, "description: must not be empty") && ours.Exit == 0
	if cleared || renamed && lost == 1 && theirs.Exit == 0 && ours.Exit == 0 || renamed && lost == 1 && strings.Contains(theirs.Err, "Parquet format requires") {
		follow(theirs, ours)
	}
}

// emptyCells: what is empty is a dash; a column of dashes may go or stay.
func emptyCells(_ Case, theirs, ours *Result) {
	a, b := cells(theirs.Out), cells(ours.Out)
	if a == nil || b == nil {
		return
	}
	theirs.Out, ours.Out = rows(theirs.Out, filled(a)), rows(ours.Out, filled(b))
}

// filled leaves out the columns of a table in which no row has anything.
func filled(table [][]string) [][]string {
	kept := make([][]string, len(table))
	for i := range table[0] {
		all := make([]string, len(table))
		for r, row := range table {
			if all[r] = "—"; i < len(row) && row[i] != "" {
				all[r] = row[i]
			}
		}
		if slices.ContainsFunc(all[1:], func(cell string) bool { return cell != "—" }) {
			for r := range table {
				kept[r] = append(kept[r], all[r])
			}
		}
	}
	return kept
}

var permission = regexp.MustCompile(`[A-Z]+(_[A-Z]+)+`)

// permissionCells: in a table few permissions are named and many are a number.
func permissionCells(_ Case, theirs, _ *Result) {
	if panel(theirs.Out) != nil {
		theirs.Out = strings.ReplaceAll(theirs.Out, " | ", ", ")
	}
	table := cells(theirs.Out)
	if table == nil {
		return
	}
	at := slices.Index(table[0], "permissions")
	if at < 0 {
		return
	}
	for _, row := range table[1:] {
		const few = 4
		all := permission.FindAllString(row[at], -1)
		switch {
		case len(all) > few:
			row[at] = fmt.Sprintf("%d permissions", len(all))
		case len(all) > 0:
			row[at] = strings.Join(all, ", ")
		}
	}
	theirs.Out = drawn(table, theirs.Out)
}

// drawn is a table as cells reads it, with what followed the one in text.
func drawn(table [][]string, text string) string {
	var out strings.Builder
	out.WriteString("┏\n")
	for _, row := range table {
		out.WriteString("│" + strings.Join(row, " │") + "│\n├\n")
	}
	_, after, _ := strings.Cut(text, "┘\n")
	return out.String() + "┘\n" + after
}

var roleID = regexp.MustCompile(`Um9sZTpwcmVkZWZpbmVk[A-Za-z0-9=+/]+|\{auditor\}|\{idle\}`)

// pageSizes: a list has 50 rows where nobody says otherwise; of roles the
// original has 15.
func pageSizes(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "roles list") || strings.Contains(c.Line, "-l") || strings.Contains(c.Line, "--limit") || theirs.Exit != 0 || ours.Exit != 0 {
		return
	}
	few, many := roleID.FindAllString(theirs.Out+joined(theirs.Files), -1), roleID.FindAllString(ours.Out+joined(ours.Files), -1)
	if len(few) == 15 && len(many) > len(few) && slices.Equal(few, many[:len(few)]) {
		follow(theirs, ours)
	}
}

func joined(files map[string]string) string {
	return strings.Join(slices.Collect(maps.Values(files)), "\n")
}

// wrappedJSON: Python's classes for what may be one of several things show in JSON.
func wrappedJSON(_ Case, theirs, ours *Result) {
	theirs.Out = sameJSON(theirs.Out, ours.Out)
	for name, text := range theirs.Files {
		if strings.HasSuffix(strings.ToLower(name), ".json") {
			theirs.Files[name] = sameJSON(text, ours.Files[name])
		}
	}
}

// sameJSON returns ours when theirs says the same.
func sameJSON(theirs, ours string) string {
	var a, b any
	if json.Unmarshal([]byte(theirs), &a) == nil && json.Unmarshal([]byte(ours), &b) == nil && reflect.DeepEqual(withoutClasses(a), b) {
		return ours
	}
	return theirs
}

func withoutClasses(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if inner, ok := v["actual_instance"]; ok {
			return withoutClasses(inner)
		}
		for key, value := range v {
			v[key] = withoutClasses(value)
		}
	case []any:
		for i, value := range v {
			v[i] = withoutClasses(value)
		}
	}
	return v
}

const (
	theirReminder = "⚠ Save this API key now — it will not be shown again.\n"
	ourReminder   = "⚠ Save this key now: it is not shown again.\n"
)

// newKeys: the secret, where it goes, and that it has to be kept.
func newKeys(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "api-keys ") {
		return
	}
	theirs.Err, ours.Err = strings.Replace(theirs.Err, theirReminder, "", 1), strings.Replace(ours.Err, ourReminder, "", 1)
	theirs.Err = strings.Replace(theirs.Err, "Creating service API key", "Creating API key", 1)
	ours.Err = strings.Replace(ours.Err, "Creating service API key", "Creating API key", 1)
	if !strings.Contains(c.Line, "--env-file") {
		return
	}
	for name, text := range theirs.Files {
		theirs.Files[name] = strings.Replace(text, "'{new key}'", "{new key}", 1)
	}
	named := strings.Contains(bare(theirs.Err), "mustuseadotenvfilename") && theirs.Exit == 5 && ours.Exit == 0
	silent := theirs.Out == "" && theirs.Exit == 0 && ours.Exit == 0 && (strings.Contains(c.Line, "-o ") || !strings.Contains(ours.Out, "{new key}"))
	switch {
	case named:
		follow(theirs, ours)
	case silent:
		theirs.Out = ours.Out
	}
}

// bots: of a service key's user a table has the id.
func bots(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "api-keys ") {
		return
	}
	if p, q := panel(theirs.Out), panel(ours.Out); p != nil && q != nil && p["bot_user"] != "" && strings.Contains(p["bot_user"], "id='"+q["bot_user_id"]+"'") {
		for name, value := range q {
			if name != "bot_user_id" && p[name] != value {
				return
			}
		}
		theirs.Out = ours.Out
	}
	const theirColumn, ourColumn = ",last_used_at,bot_user", ",last_used_at,bot_user_id"
	if strings.HasPrefix(theirs.Out, "id,") {
		theirs.Out = strings.Replace(theirs.Out, theirColumn, ourColumn, 1)
	}
	for name, text := range theirs.Files {
		if strings.HasSuffix(name, ".csv") {
			theirs.Files[name] = strings.Replace(text, theirColumn, ourColumn, 1)
		}
	}
}
