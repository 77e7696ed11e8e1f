//go:build linux

package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

var (
	banner   = regexp.MustCompile(`(?s)^\n*     _         _  .*\(v0\.39\.0\)\n`)
	greeting = regexp.MustCompile(`(?m)^(Welcome to Arize AX CLI!|No configuration profile found\. Let's set one up!|Create a new configuration profile|existing profiles: .*)\n`)
)

// greetings: the banner, and the words before and after the work itself.
func greetings(c Case, theirs, _ *Result) {
	if !strings.HasPrefix(c.Line, "profiles create") {
		return
	}
	theirs.Err = greeting.ReplaceAllString(banner.ReplaceAllString(theirs.Err, ""), "")
	theirs.Err = strings.Replace(theirs.Err, "Try: ax spaces list", "Try: ax users list", 1)
}

// profileData: what `list` and `show` are asked for is data, and stands on
// standard output. Each name, key and place that the original shows is there.
func profileData(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "profiles list") && !strings.HasPrefix(c.Line, "profiles show") || theirs.Out != "" || ours.Exit != theirs.Exit || ours.Exit != 0 {
		return
	}
	shown := strings.Join(slices.Concat(cells(ours.Out)...), "\n")
	for _, value := range shownValues(theirs.Err) {
		if !strings.Contains(shown, value) {
			ours.Out = fmt.Sprintf("%q is not shown:\n%s", value, ours.Out)
			return
		}
	}
	theirs.Out, theirs.Err = ours.Out, ours.Err
}

var (
	listed  = regexp.MustCompile(`(?m)^│ (\S+)( ●)? *│$`)
	setting = regexp.MustCompile(`(?m)^│ +(?:API Key|Region|Single Host|Single Port|Email|User): (\S+) *│$`)
)

func shownValues(text string) []string {
	var values []string
	for _, m := range slices.Concat(listed.FindAllStringSubmatch(text, -1), setting.FindAllStringSubmatch(text, -1)) {
		values = append(values, m[1])
	}
	return values
}

const lockFile = ".arize/.profiles.lock"

// profileFiles compares profiles by their keys. The original writes out all
// defaults and drops what it does not know; ours leaves both as they are.
func profileFiles(_ Case, theirs, ours *Result) {
	for name := range ours.Files { // the second kind is the original's own, for the tokens of a sign-in
		if name == lockFile || strings.HasSuffix(name, ".toml.lock") {
			delete(ours.Files, name)
			delete(ours.Modes, name)
		}
	}
	for name, text := range theirs.Files { // a change that changes nothing but the defaults
		before, ok := profileTexts()[strings.TrimSuffix(strings.TrimPrefix(name, ".arize/profiles/"), ".toml")]
		if _, changed := ours.Files[name]; ok && !changed && text != "removed" && sameKeys(keys(text), keys(before)) {
			delete(theirs.Files, name)
			delete(theirs.Modes, name)
		}
	}
	for name, text := range ours.Files {
		if !strings.HasPrefix(name, ".arize/profiles/") || theirs.Files[name] == "" || text == theirs.Files[name] {
			continue
		}
		a, b := keys(theirs.Files[name]), keys(text)
		if a == nil || b == nil || !sameKeys(a, b) {
			continue
		}
		theirs.Files[name] = text
		if ours.Modes[name] == "0600" {
			theirs.Modes[name] = "0600"
		}
	}
}

// defaults are the keys that the original writes with the value they have
// anyway when they are not there.
var defaults = regexp.MustCompile(`^(routing\.(api|app|otlp|flight)_(host|scheme|port)|transport\..*|security\.request_verify|output\.format|update\..*)=`)

func sameKeys(theirs, ours map[string]string) bool {
	for name, value := range theirs {
		if got, ok := ours[name]; ok && got != value || !ok && !defaults.MatchString(name+"=") {
			return false
		}
	}
	for name := range ours {
		if _, ok := theirs[name]; !ok && !strings.HasPrefix(name, "mine.") {
			return false
		}
	}
	return true
}

// keys are those of a TOML text with their values, nil when it is none.
func keys(text string) map[string]string {
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		return nil
	}
	all := map[string]string{}
	flatten(all, "", tree)
	return all
}

func flatten(into map[string]string, prefix string, tree map[string]any) {
	for name, value := range tree {
		if below, ok := value.(map[string]any); ok {
			flatten(into, prefix+name+".", below)
		} else {
			into[prefix+name] = fmt.Sprint(value)
		}
	}
}

// sentences pairs what the two say of the same mistake.
var sentences = map[string]string{
	"does not exist.":              "does not exist.|Invalid profile name: ",
	" not found.":                  "does not exist.|Invalid profile name: ",
	"No profiles found":            "does not exist.",
	"Only one routing option":      "Only one routing option",
	"TOML config file not found":   "TOML config file not found",
	"already exists":               "already exists",
	"Invalid profile name":         "Invalid profile name",
	"Cannot delete active profile": "Cannot delete active profile",
	"No active profile":            "No active profile",
	"Expected ']'":                 "line 1, column",
	"unset environment variable":   "is not set",
	"logged out":                   "logged out",
}

// profileErrors: the same mistake in other words, with the same exit code.
func profileErrors(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "profiles") || theirs.Exit != 1 || ours.Exit != 1 || !strings.HasPrefix(ours.Err, "✗ Error: ") {
		return
	}
	for _, said := range slices.Sorted(maps.Keys(sentences)) {
		for word := range strings.SplitSeq(sentences[said], "|") {
			if strings.Contains(bare(theirs.Err), bare(said)) && strings.Contains(ours.Err, word) {
				theirs.Err, ours.Err = "", ""
			}
		}
	}
}

// profileUsage: a wrong option is a wrong command line, 2. Questions are for
// terminals; elsewhere what is missing is named.
func profileUsage(c Case, theirs, ours *Result) {
	if !strings.HasPrefix(c.Line, "profiles") || ours.Exit != 2 || !strings.HasPrefix(ours.Err, "✗ Error: ") || len(ours.Files) > 0 {
		return
	}
	switch {
	case theirs.Exit == 1 && strings.Contains(theirs.Err, "✗ ") && len(theirs.Files) == 0:
		theirs.Exit, theirs.Err, ours.Err = 2, "", ""
	case theirs.Exit == 0 && (strings.Contains(theirs.Err, "Goodbye!") || strings.Contains(theirs.Out, "[y/N]: ")):
		follow(theirs, ours)
	}
}

// brokenProfiles cannot be switched to.
func brokenProfiles(c Case, theirs, ours *Result) {
	if c.Line == "profiles use broken" && ours.Exit == 1 && strings.Contains(ours.Err, "line 1, column") {
		follow(theirs, ours)
	}
}

// browserSignIn: such a profile is kept as it is, and cannot be used.
func browserSignIn(c Case, theirs, ours *Result) {
	if slices.Contains(c.Home, "oauth") && ours.Exit == 3 && strings.Contains(ours.Err, "signs in through the browser, which is not supported yet") {
		follow(theirs, ours)
	}
}

// references: the original has to resolve a variable to change another key.
func references(c Case, theirs, ours *Result) {
	if strings.Contains(theirs.Err, "unset environment variable") && ours.Exit == 0 && slices.Contains(c.Home, "vars") {
		follow(theirs, ours)
	}
}
