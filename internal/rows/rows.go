package rows

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Row is one entry of a list. Values stand beside Names; a JSON null is not
// there at all.
type Row struct {
	Line   int      // where it begins, from 1; in Parquet its number
	Names  []string // as the list has them; the rows of a CSV share theirs
	Values []string
}

// Get returns the value under exactly this name.
func (r Row) Get(name string) (value string, ok bool) {
	if i := slices.Index(r.Names, name); i >= 0 {
		return r.Values[i], true
	}
	return "", false
}

// A RowError is a row that cannot be read. Rows may follow it.
type RowError struct {
	Line  int
	Field string // the column, when it is one
	Text  string
}

func (f *RowError) Error() string {
	where := fmt.Sprintf("line %d", f.Line)
	if f.Field != "" {
		where += ", " + f.Field
	}
	return where + ": " + f.Text
}

const maxRow = 1 << 20 // bytes; a row that is longer lacks a quote or is no row

// A List is an open list.
type List struct {
	name string
	file io.Closer // nil for standard input
	in   *bufio.Reader
	raw  io.Reader // in's source, which Parquet reads in its own order
}

// Open opens the list at path; "-" is stdin.
func Open(path string, stdin io.Reader) (*List, error) {
	l := &List{name: path, raw: stdin}
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", path, cause(err))
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, errors.Join(fmt.Errorf("cannot read %s: it is a folder", path), f.Close())
		}
		l.file, l.raw = f, f
	}
	l.in = bufio.NewReaderSize(l.raw, 64<<10)
	return l, nil
}

// cause is a system's error without the path, which the caller has said.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// Close closes the file.
func (l *List) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// All are the rows, once. A *RowError stands for a row; any other error is the
// last thing that All gives.
func (l *List) All() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		read, err := l.format()
		if err != nil {
			yield(Row{}, err)
			return
		}
		read(yield)
	}
}

type reader func(yield func(Row, error) bool)

// format goes by what the list begins with, and where that says nothing by
// the end of its name.
func (l *List) format() (reader, error) {
	head, err := l.in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot read %s: %w", l.name, cause(err))
	}
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return l.parquet, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, errors.New(`this is a workbook, not a list; save the sheet as "CSV UTF-8"`)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New(`the text is UTF-16; save the list as "CSV UTF-8"`)
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = l.in.Discard(3) // it was peeked
	}
	switch strings.ToLower(filepath.Ext(l.name)) {
	case ".csv", ".tsv":
		return l.csv, nil
	case ".json", ".jsonl", ".ndjson":
		return l.json, nil
	}
	text, _ := l.in.Peek(l.in.Size()) // an error will be met again
	if text = bytes.TrimLeft(text, " \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return l.json, nil
	}
	return l.csv, nil
}

var errLongRow = errors.New("a row is longer than 1 MB; is a quote not closed?") // maxRow

// limited ends with errLongRow where one row takes too much. What a decoder
// reads ahead counts, so the limit is a little lower than it says.
type limited struct {
	in   io.Reader
	left int
}

func (l *limited) row() { l.left = maxRow }

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRow
	}
	n, err := l.in.Read(p)
	l.left -= n
	return n, err
}
