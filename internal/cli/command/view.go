package command

import (
	"strings"

	"ax/internal/cli/term"
)

// A View is how a noun is shown, in every format and by every command. T is
// what the API answers; its own encoding is the JSON.
type View[T any] struct {
	Title   string // of the panel that shows one: "User Details"
	Key     string // of a list in JSON: "users"
	Columns []term.Column[T]

	// Quiet is the line of --quiet for a row, "" for none; nil for the cell of
	// the first ID column.
	Quiet func(T) string
}

// Names are the columns' names in their order.
func (v View[T]) Names() []string {
	names := make([]string, len(v.Columns))
	for i, c := range v.Columns {
		names[i] = c.Name
	}
	return names
}

// choose returns the view of the columns that --columns names, all of which
// are then shown, in the order given.
func (v View[T]) choose(names []string) (View[T], error) {
	if len(names) == 0 {
		return v, nil
	}
	known := map[string]term.Column[T]{}
	for _, c := range v.Columns {
		known[c.Name] = c
	}
	chosen := v
	chosen.Quiet, chosen.Columns = v.id(), nil
	for _, name := range names {
		c, ok := known[name]
		if !ok {
			return v, Usagef("Invalid value for '--columns': %q is not one of %s", name, strings.Join(v.Names(), ", "))
		}
		c.Lead, c.Optional, c.Drop = false, false, 0
		chosen.Columns = append(chosen.Columns, c)
	}
	return chosen, nil
}

// id returns what --quiet prints.
func (v View[T]) id() func(T) string {
	if v.Quiet != nil {
		return v.Quiet
	}
	for _, c := range v.Columns {
		if c.ID {
			return c.Cell
		}
	}
	return func(T) string { return "" }
}

// secret is the value of an item that is shown only once, and its name.
func (v View[T]) secret(item T) (value, label string) {
	for _, c := range v.Columns {
		if c.Secret {
			return c.Cell(item), strings.ReplaceAll(c.Name, "_", " ")
		}
	}
	return "", ""
}
