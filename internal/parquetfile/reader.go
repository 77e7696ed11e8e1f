package parquetfile

import (
	"fmt"
	"io"
	"iter"
)

// A Cell is one field of a record, as text: true and false, decimal numbers,
// times as RFC 3339, dates as 2006-01-02.
type Cell struct {
	Text string
	Null bool
}

// A Reader reads a file's records.
type Reader struct {
	r       io.ReaderAt
	columns []*source
	rows    int64
}

// NewReader reads the end of a file of size bytes. Columns that hold several
// values for a record are left out. Errors say what is wrong with the file.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) {
	meta, err := footer(r, size)
	if err != nil {
		return nil, err
	}
	columns, err := sources(meta)
	if err != nil {
		return nil, err
	}
	return &Reader{r, columns, meta.integer(3)}, nil
}

// Columns are the columns' names; one inside another has both with a dot between.
func (r *Reader) Columns() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.name
	}
	return names
}

// Records are the records, each with a cell for every column, in memory for a
// page of each. An error is the last thing that it gives.
func (r *Reader) Records() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		cursors := make([]*cursor, len(r.columns))
		for i, c := range r.columns {
			cursors[i] = &cursor{c: c, r: r.r}
		}
		for range r.rows {
			if len(cursors) == 0 {
				return
			}
			record := make([]Cell, len(cursors))
			for i, cursor := range cursors {
				var err error
				if record[i], err = cursor.next(); err != nil {
					yield(nil, fmt.Errorf("column %s: %w", cursor.c.name, err))
					return
				}
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}
