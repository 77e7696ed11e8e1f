package parquetfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Limits for files that others made: beyond them a file is damaged, or not a
// list of records.
const (
	footerLimit = 64 << 20
	pageMost    = 256 << 20 // bytes of a page, decompressed
	columnsMost = 10_000
	valuesMost  = 4 << 20 // of a page, nulls included
)

var errNotParquet = errors.New("it is not a Parquet file, or not a whole one")

// A source is a column of a file to read.
type source struct {
	name     string // with its parents, separated by dots
	path     []string
	physical int64
	length   int // of fixed-length values
	logical  logicalType
	maxDef   int
	chunks   []fields // its ColumnMetaData in each row group
}

// footer reads the metadata at the end of a file.
func footer(r io.ReaderAt, size int64) (fields, error) {
	const trailer = 8
	end := make([]byte, trailer)
	if size < trailer+int64(len(magic)) {
		return nil, errNotParquet
	}
	if _, err := r.ReadAt(end, size-trailer); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if string(end[4:]) == "PARE" {
		return nil, errors.New("it is encrypted")
	}
	if string(end[4:]) != magic || length > min(size-trailer, footerLimit) {
		return nil, errNotParquet
	}
	b := make([]byte, length)
	if _, err := r.ReadAt(b, size-trailer-length); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	t := thriftReader{b: b}
	f := t.structure(0)
	return f, t.err
}

// sources are the columns that hold one value for each record; what repeats
// has no place in a list of records.
func sources(meta fields) ([]*source, error) {
	elements := meta.list(2)
	if len(elements) == 0 || len(elements) > columnsMost {
		return nil, errThrift
	}
	s := schemaReader{elements: elements[1:]}
	root, _ := elements[0].(fields)
	s.children(root, nil, 0, false)
	if s.err != nil {
		return nil, s.err
	}
	for _, g := range meta.list(4) {
		group, _ := g.(fields)
		if err := s.chunks(group.list(1)); err != nil {
			return nil, err
		}
	}
	for _, c := range s.found {
		var values int64
		for _, chunk := range c.chunks {
			values += max(0, chunk.integer(5))
		}
		if values != meta.integer(3) {
			return nil, errThrift
		}
	}
	return s.found, nil
}

// A schemaReader turns the list of schema elements, parents first, into leaves.
type schemaReader struct {
	elements []any
	found    []*source
	err      error
}

func (s *schemaReader) children(parent fields, path []string, def int, repeats bool) {
	for range parent.integer(5) {
		if len(s.elements) == 0 || len(path) > deepest {
			s.err = errThrift
		}
		if s.err != nil {
			return
		}
		e, _ := s.elements[0].(fields)
		s.elements = s.elements[1:]
		s.element(e, append(slices.Clip(path), e.text(4)), def, repeats)
	}
}

func (s *schemaReader) element(e fields, path []string, def int, repeats bool) {
	if e.integer(3) != required {
		def++
	}
	repeats = repeats || e.integer(3) == repeated
	if e.integer(5) > 0 {
		s.children(e, path, def, repeats)
		return
	}
	if repeats || !e.has(1) {
		return
	}
	s.found = append(s.found, &source{
		name: strings.Join(path, "."), path: path, physical: e.integer(1), length: int(e.integer(2)), logical: logicalOf(e), maxDef: def,
	})
}

// chunks finds each column's data in a row group.
func (s *schemaReader) chunks(columns []any) error {
	byPath := map[string]fields{}
	for _, c := range columns {
		chunk, _ := c.(fields)
		meta := chunk.structure(3)
		if chunk.has(1) || meta == nil {
			return errors.New("its data is in another file, or encrypted")
		}
		var path []string
		for _, p := range meta.list(3) {
			b, _ := p.([]byte)
			path = append(path, string(b))
		}
		byPath[strings.Join(path, "\x00")] = meta
	}
	for _, c := range s.found {
		meta := byPath[strings.Join(c.path, "\x00")]
		if meta == nil {
			return errThrift
		}
		if err := readable(meta.integer(4)); err != nil {
			return err
		}
		c.chunks = append(c.chunks, meta)
	}
	return nil
}

func readable(codec int64) error {
	names := []string{"", "", "", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4"}
	switch {
	case codec >= 0 && codec <= gzipped:
		return nil
	case codec > 0 && codec < int64(len(names)):
		return fmt.Errorf("it is compressed with %s, which is not read here; write it with Snappy, gzip or no compression", names[codec])
	}
	return errThrift
}
