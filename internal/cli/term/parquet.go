package term

import (
	"io"
	"slices"
	"strconv"
	"time"

	"ax/internal/parquetfile"
)

// A Parquet writes rows as a Parquet file. Every column is optional, and an
// empty cell is a null.
type Parquet[T any] struct {
	w    *parquetfile.Writer
	cols []Column[T]
	row  []parquetfile.Value

	// Lost are the columns of which some cell was not what its kind says, so
	// that a null stands for it.
	Lost []string
}

// NewParquet begins a file.
func NewParquet[T any](w io.Writer, cols []Column[T]) *Parquet[T] {
	return &Parquet[T]{w: parquetfile.NewWriter(w, "ax", parquetColumns(cols)), cols: cols, row: make([]parquetfile.Value, len(cols))}
}

func parquetColumns[T any](cols []Column[T]) []parquetfile.Column {
	made := make([]parquetfile.Column, len(cols))
	for i, c := range cols {
		made[i] = parquetfile.Column{Name: c.Name, Kind: c.parquetKind()}
		if c.Kind == Struct {
			made[i].Fields = parquetColumns(c.Fields)
		}
	}
	return made
}

func (c Column[T]) parquetKind() parquetfile.Kind {
	switch c.Kind {
	case Bool:
		return parquetfile.Bool
	case Time:
		return parquetfile.Time
	case Int:
		return parquetfile.Int
	case List:
		return parquetfile.List
	case Struct:
		return parquetfile.Struct
	case String:
	}
	return parquetfile.String
}

// Add writes one row.
func (p *Parquet[T]) Add(row T) error {
	for i, c := range p.cols {
		p.row[i] = p.value(c, row)
	}
	return p.w.Write(p.row)
}

func (p *Parquet[T]) value(c Column[T], row T) parquetfile.Value {
	switch c.Kind {
	case List:
		return parquetfile.Value{Items: c.Items(row)}
	case Struct:
		v := parquetfile.Value{Fields: make([]parquetfile.Value, len(c.Fields))}
		for i, f := range c.Fields {
			v.Fields[i] = p.value(f, row)
		}
		return v
	case String, Bool, Time, Int:
	}
	cell := c.Cell(row)
	if cell == "" {
		return parquetfile.Value{Null: true}
	}
	n, ok := number(c.Kind, cell)
	if !ok {
		if !slices.Contains(p.Lost, c.Name) {
			p.Lost = append(p.Lost, c.Name)
		}
		return parquetfile.Value{Null: true}
	}
	return parquetfile.Value{Text: cell, Int: n}
}

// number is what a cell of a kind is in Parquet. Nanoseconds reach from 1678
// to 2262.
func number(kind Kind, cell string) (n int64, ok bool) {
	switch kind {
	case Bool:
		b, err := strconv.ParseBool(cell)
		if b {
			n = 1
		}
		return n, err == nil
	case Int:
		n, err := strconv.ParseInt(cell, 10, 64)
		return n, err == nil
	case Time:
		t, err := time.Parse(time.RFC3339, cell)
		return t.UnixNano(), err == nil && 1678 <= t.Year() && t.Year() < 2262
	case String, List, Struct:
	}
	return 0, true
}

// Close ends the file.
func (p *Parquet[T]) Close() error { return p.w.Close() }
