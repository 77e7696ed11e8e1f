package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const choices = "ax_choices"

// TakesOneOf says which values a flag takes, as people type them, for
// completion and the reference.
func TakesOneOf(f *pflag.FlagSet, flag string, values []string) {
	must(f.SetAnnotation(flag, choices, values))
}

// Choices are the values that a flag was said to take.
func Choices(f *pflag.Flag) []string { return f.Annotations[choices] }

// OneOf finds the value that a person means, in any case. The error names the
// good ones, and the nearest of them.
func OneOf(flag, value string, values []string) (string, error) {
	i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(strings.TrimSpace(value), v) })
	if i >= 0 {
		return values[i], nil
	}
	lower := strings.ToLower(strings.Join(values, ", "))
	text := ""
	if near := Nearest(strings.ToLower(strings.TrimSpace(value)), strings.Split(lower, ", ")); near != "" {
		text = ". Did you mean '" + near + "'?"
	}
	return "", Usagef("Invalid value for '%s': %q is not one of %s%s", flag, value, lower, text)
}

// Nearest is the one of some words that a wrong one most likely means, or "":
// one that begins like it, or that two slips away make it.
func Nearest(wrong string, words []string) (name string) {
	if wrong == "" {
		return ""
	}
	best := 3
	for _, word := range words {
		d := Distance(word, wrong)
		if strings.HasPrefix(word, wrong) {
			d = min(d, 1)
		}
		if d < best && d < len(word) {
			best, name = d, word
		}
	}
	return name
}

// Distance is the number of bytes to add, drop or replace to make a into b.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Typed are the API's values in the case in which people type them.
func Typed(values []string) (lower []string) {
	for _, v := range values {
		lower = append(lower, strings.ToLower(v))
	}
	return lower
}

// Moment reads the time that an option gives; one without a zone is UTC, as times are shown.
func Moment(flag, text string) (t time.Time, err error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err = time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return t, Usagef("Invalid value for '%s': %q is not a time like 2026-01-02T03:04:05Z or 2026-01-02", flag, text)
}
