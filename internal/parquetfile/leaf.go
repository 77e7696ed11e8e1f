package parquetfile

import (
	"encoding/binary"
	"slices"
)

// pageLimit is how many bytes of values a page has at most, a value more or less.
const pageLimit = 256 << 10

// A leaf is a column of values, with the pages of the row group being made.
type leaf struct {
	path       []string
	kind       Kind
	most       byte // the definition level of a value that is there
	repeats    bool
	def, rep   runs
	values     []byte
	bools      int // bits used of values, for booleans
	n          int // values and nulls of the page
	pages      []byte
	pagesN     int // values and nulls of all pages
	pagesPlain int // bytes of all pages before compression
}

// leaves are those of a column, under a path of parents.
func (c Column) leaves(parents []string, level byte) []*leaf {
	path := slices.Concat(parents, []string{c.Name})
	switch c.Kind {
	case Struct:
		var all []*leaf
		for _, f := range c.Fields {
			all = append(all, f.leaves(path, level+1)...)
		}
		return all
	case List:
		return []*leaf{{path: append(path, "list", "element"), most: level + 3, repeats: true}}
	case String, Bool, Int, Time:
	}
	return []*leaf{{path: path, kind: c.Kind, most: level + 1}}
}

// null adds a null of which the parents up to a level are there.
func (l *leaf) null(level byte) {
	l.n++
	l.def.add(level)
	if l.repeats {
		l.rep.add(0)
	}
}

func (l *leaf) add(v Value) {
	l.n++
	l.def.add(l.most)
	switch l.kind {
	case Bool:
		if l.bools%8 == 0 {
			l.values = append(l.values, 0)
		}
		l.values[l.bools/8] |= byte(v.Int&1) << (l.bools % 8)
		l.bools++
	case Int, Time:
		l.values = binary.LittleEndian.AppendUint64(l.values, uint64(v.Int)) //nolint:gosec // the same bits
	case String, List, Struct:
		l.string(v.Text)
	}
}

func (l *leaf) string(s string) {
	l.values = binary.LittleEndian.AppendUint32(l.values, uint32(len(s))) //nolint:gosec // a field is small
	l.values = append(l.values, s...)
}

// items adds a list. An empty one is there and has no element.
func (l *leaf) items(items []string) {
	if len(items) == 0 {
		l.null(1)
		return
	}
	for i, s := range items {
		l.n++
		l.def.add(l.most)
		l.rep.add(byte(min(i, 1)))
		l.string(s)
	}
}

func (l *leaf) size() int { return len(l.values) + len(l.pages) }

// A scratch is room for making one page, before and after its compression.
type scratch struct{ plain, packed []byte }

// page ends a page, if it is not empty.
func (l *leaf) page(room *scratch) {
	if l.n == 0 {
		return
	}
	plainPage := room.plain[:0]
	if l.repeats {
		plainPage = l.rep.take(plainPage)
	}
	plainPage = l.def.take(plainPage)
	plainPage = append(plainPage, l.values...)
	packed := compress(room.packed[:0], plainPage)
	var t thriftWriter
	t.begin()
	t.integer(1, dataPage)
	t.integer(2, int64(len(plainPage)))
	t.integer(3, int64(len(packed)))
	t.structure(5, func() {
		t.integer(1, int64(l.n))
		t.integer(2, plain)
		t.integer(3, rle)
		t.integer(4, rle)
	})
	t.end()
	l.pages = append(append(l.pages, t.b...), packed...)
	l.pagesN += l.n
	l.pagesPlain += len(t.b) + len(plainPage)
	room.plain, room.packed = plainPage, packed
	l.values, l.bools, l.n = l.values[:0], 0, 0
}

// reset forgets the pages, which were written.
func (l *leaf) reset() { l.pages, l.pagesN, l.pagesPlain = l.pages[:0], 0, 0 }

// Kinds of pages.
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPageV2     = 3
)
