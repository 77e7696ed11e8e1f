package term

// A Kind is what a column's cells hold, for formats that tell values apart.
type Kind int

// The kinds, each with the text that Cell gives for it.
const (
	String Kind = iota
	Bool        // true or false
	Time        // RFC 3339
	Int         // decimal
	List        // of strings; Items has them
	Struct      // of Fields
)

// A Column is one field of a row, written once for every format.
type Column[T any] struct {
	Name string // in every format; in JSON the key
	// Cell is the value for programs, "" for none: CSV, Parquet, --quiet.
	Cell func(T) string
	// Short is the value for people, in tables and panels; nil for Cell.
	Short func(T) string

	Kind   Kind
	Items  func(T) []string // of a List
	Fields []Column[T]      // of a Struct

	ID       bool // an identifier, never folded; the first one is the row's own
	Lead     bool // stands first in a table
	Optional bool // left out of a table when it is empty in every row, and of a panel when it is empty
	Secret   bool // shown this once: if it cannot be written, a person sees it on Err

	// Drop is the column's turn to be left out of a table that is wider than
	// the terminal: 1 goes first, 0 never goes.
	Drop int

	Style func(cell string) Style // of what Short gave, nil for Plain
}

func (c Column[T]) short(row T) string {
	if c.Short != nil {
		return c.Short(row)
	}
	return c.Cell(row)
}

// Of makes columns of U into columns of a T that has a U in it.
func Of[T, U any](cols []Column[U], get func(T) U) []Column[T] {
	made := make([]Column[T], len(cols))
	for i, c := range cols {
		made[i] = Column[T]{
			Name: c.Name, Kind: c.Kind, ID: c.ID, Lead: c.Lead, Optional: c.Optional, Secret: c.Secret, Drop: c.Drop, Style: c.Style,
			Cell: func(row T) string { return c.Cell(get(row)) },
		}
		if c.Short != nil {
			made[i].Short = func(row T) string { return c.Short(get(row)) }
		}
		if c.Items != nil {
			made[i].Items = func(row T) []string { return c.Items(get(row)) }
		}
		if c.Fields != nil {
			made[i].Fields = Of(c.Fields, get)
		}
	}
	return made
}

// Fields are a row's lines in a panel, in the order of the columns.
func Fields[T any](cols []Column[T], row T) (fields []Field) {
	for _, c := range cols {
		value := c.short(row)
		if value != "" || !c.Optional {
			fields = append(fields, Field{c.Name, value})
		}
	}
	return fields
}
