package command

import (
	"cmp"
	"strconv"
	"time"

	"ax/internal/cli/term"
	"ax/internal/wire"
)

// Time is the column of a time on the wire. People see it in UTC, to the
// second; one that is not RFC 3339 stands as it came. drop is term.Column's.
func Time[T any](name string, drop int, get func(T) string) term.Column[T] {
	return term.Column[T]{Name: name, Cell: get, Short: func(row T) string { return shortTime(get(row)) }, Kind: term.Time, Drop: drop}
}

// Bool is the column of a boolean: true and false for programs, True in green
// and False in red for people.
func Bool[T any](name string, drop int, get func(T) bool) term.Column[T] {
	return term.Column[T]{
		Name: name, Kind: term.Bool, Drop: drop,
		Cell: func(row T) string { return strconv.FormatBool(get(row)) },
		Short: func(row T) string {
			if get(row) {
				return yes
			}
			return no
		},
		Style: boolStyle,
	}
}

const yes, no = "True", "False"

func boolStyle(cell string) term.Style {
	if cell == yes {
		return term.Green
	}
	return term.Red
}

func shortTime(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return t.UTC().Format(time.DateTime)
}

// Role is the column of a role that somebody holds, in one word.
func Role[T any](name string, drop int, get func(T) wire.RoleAssignment) term.Column[T] {
	return term.Column[T]{Name: name, Kind: term.Struct, Drop: drop,
		Cell: func(row T) string { return RoleName(get(row)) },
		Fields: []term.Column[T]{
			{Name: "type", Cell: func(row T) string { return get(row).Type }},
			{Name: "name", Cell: func(row T) string { return get(row).Name }},
			{Name: "id", Cell: func(row T) string { return get(row).ID }},
		},
	}
}

// RoleName is a role in one word: its name, or the id of a custom one without.
func RoleName(r wire.RoleAssignment) string { return cmp.Or(r.Name, r.ID) }
