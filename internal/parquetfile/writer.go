package parquetfile

import (
	"encoding/binary"
	"io"
	"math"
)

const (
	magic      = "PAR1"
	groupLimit = 4 << 20 // bytes of a row group, roughly
)

// A Writer writes a file. Close has to end it; without Close it is no file.
type Writer struct {
	w       io.Writer
	creator string
	columns []Column
	leaves  []*leaf
	at      int64  // bytes written
	groups  []byte // row groups, encoded
	groupsN int
	rows    int64 // of all groups
	groupN  int64 // of the group being made
	started bool
	room    scratch
}

// NewWriter makes a writer of records with columns. creator names the program.
// Nothing is written before the first row group is full, or Close.
func NewWriter(w io.Writer, creator string, columns []Column) *Writer {
	pw := &Writer{w: w, creator: creator, columns: columns}
	for _, c := range columns {
		pw.leaves = append(pw.leaves, c.leaves(nil, 0)...)
	}
	return pw
}

// Write adds a record, which has a value for each column. Errors are those of
// the underlying writer.
func (w *Writer) Write(record []Value) error {
	leaves := w.leaves
	for i, c := range w.columns {
		leaves = c.put(leaves, record[i])
	}
	w.groupN++
	size := 0
	for _, l := range w.leaves {
		if len(l.values) >= pageLimit || l.n >= math.MaxInt32/2 {
			l.page(&w.room)
		}
		size += l.size()
	}
	if size < groupLimit {
		return nil
	}
	return w.group()
}

// put adds a column's value to its leaves, and returns the leaves after them.
func (c Column) put(leaves []*leaf, v Value) []*leaf {
	switch c.Kind {
	case Struct:
		level := byte(0)
		for _, f := range v.Fields {
			if !v.Null && !f.Null {
				level = 1
			}
		}
		for i := range c.Fields {
			if level == 0 || v.Fields[i].Null {
				leaves[i].null(level)
			} else {
				leaves[i].add(v.Fields[i])
			}
		}
		return leaves[len(c.Fields):]
	case List:
		if v.Null {
			leaves[0].null(0)
		} else {
			leaves[0].items(v.Items)
		}
		return leaves[1:]
	case String, Bool, Int, Time:
	}
	if v.Null {
		leaves[0].null(0)
	} else {
		leaves[0].add(v)
	}
	return leaves[1:]
}

func (w *Writer) write(b []byte) error {
	n, err := w.w.Write(b)
	w.at += int64(n)
	return err
}

func (w *Writer) start() error {
	if w.started {
		return nil
	}
	w.started = true
	return w.write([]byte(magic))
}

// group writes the row group and what the end of the file says of it.
func (w *Writer) group() error {
	if w.groupN == 0 {
		return nil
	}
	if err := w.start(); err != nil {
		return err
	}
	t := thriftWriter{b: w.groups}
	t.begin()
	t.list(1, thriftStruct, len(w.leaves))
	first, raw := w.at, 0
	for _, l := range w.leaves {
		l.page(&w.room)
		l.describe(&t, w.at)
		raw += l.pagesPlain
		if err := w.write(l.pages); err != nil {
			return err
		}
		l.reset()
	}
	t.long(2, int64(raw))
	t.long(3, w.groupN)
	t.long(5, first)
	t.long(6, w.at-first)
	t.end()
	w.groups = t.b
	w.groupsN++
	w.rows += w.groupN
	w.groupN = 0
	return nil
}

// describe writes the ColumnChunk of the pages that begin at an offset.
func (l *leaf) describe(t *thriftWriter, offset int64) {
	t.begin()
	t.long(2, offset)
	t.structure(3, func() {
		t.integer(1, l.kind.physical())
		t.list(2, thriftI32, 2)
		t.b = binary.AppendVarint(t.b, plain)
		t.b = binary.AppendVarint(t.b, rle)
		t.list(3, thriftBinary, len(l.path))
		for _, name := range l.path {
			t.string(name)
		}
		t.integer(4, snappy)
		t.long(5, int64(l.pagesN))
		t.long(6, int64(l.pagesPlain))
		t.long(7, int64(len(l.pages)))
		t.long(9, offset)
	})
	t.end()
}

// Close writes what is left and the end of the file. It closes nothing else.
func (w *Writer) Close() error {
	if err := w.group(); err != nil {
		return err
	}
	if err := w.start(); err != nil {
		return err
	}
	var schema thriftWriter
	elements := 1
	schema.element("schema", -1, len(w.columns), nil)
	for _, c := range w.columns {
		elements += c.elements(&schema)
	}
	var t thriftWriter
	t.begin()
	t.integer(1, 2)
	t.list(2, thriftStruct, elements)
	t.b = append(t.b, schema.b...)
	t.long(3, w.rows)
	t.list(4, thriftStruct, w.groupsN)
	t.b = append(t.b, w.groups...)
	t.text(6, w.creator)
	t.end()
	end := binary.LittleEndian.AppendUint32(t.b, uint32(len(t.b))) //nolint:gosec // far below 4 GB
	return w.write(append(end, magic...))
}
