package rows

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"ax/internal/parquetfile"
)

// maxPiped is how much Parquet may come from a pipe, which cannot be read from
// its end as the format wants it; bytes.
const maxPiped = 256 << 20

// parquet reads the flat columns. A null is not there.
func (l *List) parquet(yield func(Row, error) bool) {
	file, size, err := l.whole()
	if err != nil {
		yield(Row{}, err)
		return
	}
	r, err := parquetfile.NewReader(file, size)
	if err != nil {
		yield(Row{}, err)
		return
	}
	names := r.Columns()
	n := 0
	for record, err := range r.Records() {
		if err != nil {
			yield(Row{}, err)
			return
		}
		n++
		if !yield(parquetRow(n, names, record), nil) {
			return
		}
	}
}

func parquetRow(n int, names []string, record []parquetfile.Cell) Row {
	row := Row{Line: n, Names: make([]string, 0, len(names)), Values: make([]string, 0, len(names))}
	for i, cell := range record {
		if !cell.Null {
			row.Names, row.Values = append(row.Names, names[i]), append(row.Values, cell.Text)
		}
	}
	return row
}

// whole is a file that can be read anywhere.
func (l *List) whole() (io.ReaderAt, int64, error) {
	if f, ok := l.raw.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return f, info.Size(), nil
		}
	}
	text, err := io.ReadAll(io.LimitReader(l.in, maxPiped+1))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("cannot read %s: %w", l.name, cause(err))
	case len(text) > maxPiped:
		return nil, 0, fmt.Errorf("there is more than %d MB of Parquet in the pipe; name the file itself", maxPiped>>20)
	}
	return bytes.NewReader(text), int64(len(text)), nil
}
