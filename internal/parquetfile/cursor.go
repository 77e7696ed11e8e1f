package parquetfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
)

var errPage = errors.New("a page is damaged")

// A cursor walks through a column's values, a page at a time.
type cursor struct {
	c          *source
	r          io.ReaderAt
	group      int
	in         *bufio.Reader // the pages of the row group
	left       int64         // values in it that were in no page yet
	dictionary []string
	nulls      []bool
	values     []string
}

func (k *cursor) next() (Cell, error) {
	for len(k.nulls) == 0 {
		if err := k.advance(); err != nil {
			return Cell{}, err
		}
	}
	null := k.nulls[0]
	k.nulls = k.nulls[1:]
	if null {
		return Cell{Null: true}, nil
	}
	text := k.values[0]
	k.values = k.values[1:]
	return Cell{Text: text, Null: text == "" && (k.c.physical == typeFloat || k.c.physical == typeDouble)}, nil
}

// advance reads the next page, if need be of the next row group.
func (k *cursor) advance() error {
	if k.left <= 0 {
		if k.group == len(k.c.chunks) {
			return errors.New("there are fewer values than records")
		}
		meta := k.c.chunks[k.group]
		k.group++
		start := meta.integer(9)
		if d := meta.integer(11); d > 0 && d < start {
			start = d
		}
		if start < 0 || meta.integer(7) < 0 {
			return errThrift
		}
		// Some writers leave the dictionary's page out of the size.
		k.in = bufio.NewReaderSize(io.NewSectionReader(k.r, start, meta.integer(7)+1<<20), 64<<10)
		k.left, k.dictionary = meta.integer(5), nil
		return nil
	}
	header, body, err := k.page()
	if err != nil {
		return err
	}
	switch header.integer(1) {
	case dictionaryPage:
		return k.readDictionary(header, body)
	case dataPage:
		return k.readPage(header, body)
	case dataPageV2:
		return k.readPageV2(header, body)
	}
	return nil // an index
}

// page reads a page's header and its bytes as they stand in the file.
func (k *cursor) page() (fields, []byte, error) {
	head, err := k.in.Peek(k.in.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	t := thriftReader{b: head}
	header := t.structure(0)
	size := header.integer(3)
	if t.err != nil || size < 0 || size > pageMost || header.integer(2) < 0 || header.integer(2) > pageMost {
		return nil, nil, errPage
	}
	_, _ = k.in.Discard(len(head) - len(t.b)) // it was peeked
	var body bytes.Buffer
	if n, err := io.CopyN(&body, k.in, size); err != nil || n != size {
		return nil, nil, errPage
	}
	return header, body.Bytes(), nil
}

func (k *cursor) readDictionary(header fields, body []byte) error {
	b, err := k.decompress(body, header.integer(2))
	if err != nil {
		return err
	}
	n := header.structure(7).integer(1)
	if n < 0 || n > int64(len(b))*8 {
		return errPage
	}
	k.dictionary, err = k.c.plain(b, int(n))
	return err
}

func (k *cursor) readPage(header fields, body []byte) error {
	b, err := k.decompress(body, header.integer(2))
	if err != nil {
		return err
	}
	about := header.structure(5)
	n, err := k.count(about.integer(1))
	if err != nil {
		return err
	}
	levels := []byte(nil)
	if k.c.maxDef > 0 {
		if about.integer(3) != rle {
			return errors.New("its levels are in an encoding that is no longer used")
		}
		if levels, b, err = prefixed(b); err != nil {
			return err
		}
	}
	return k.fill(levels, b, n, about.integer(2))
}

// readPageV2 reads a page whose levels stand before what is compressed.
func (k *cursor) readPageV2(header fields, body []byte) error {
	about := header.structure(8)
	n, err := k.count(about.integer(1))
	if err != nil {
		return err
	}
	size := about.integer(5)
	if size < 0 || about.integer(6) != 0 || size > int64(len(body)) {
		return errPage
	}
	levels, b := body[:size], body[size:]
	if packed, said := about[7].(bool); !said || packed {
		if b, err = k.decompress(b, header.integer(2)-size); err != nil {
			return err
		}
	}
	return k.fill(levels, b, n, about.integer(4))
}

func (k *cursor) count(n int64) (int, error) {
	if n < 0 || n > min(k.left, valuesMost) {
		return 0, errPage
	}
	k.left -= n
	return int(n), nil
}

// fill decodes a page of n values and nulls.
func (k *cursor) fill(levels, b []byte, n int, encoding int64) error {
	k.nulls = make([]bool, 0, min(n, 1<<16))
	there := n
	if k.c.maxDef > 0 {
		defined, err := hybrid(levels, widthOf(k.c.maxDef), n)
		if err != nil {
			return err
		}
		there = 0
		for _, level := range defined {
			if level > k.c.maxDef {
				return errLevels
			}
			k.nulls = append(k.nulls, level < k.c.maxDef)
			if level == k.c.maxDef {
				there++
			}
		}
	}
	var err error
	if k.values, err = k.c.values(encoding, b, there, k.dictionary); err != nil {
		return err
	}
	if k.c.maxDef == 0 {
		k.nulls = make([]bool, len(k.values))
	}
	if len(k.values) != there {
		return errValues
	}
	return nil
}

// decompress undoes the column's codec.
func (k *cursor) decompress(b []byte, size int64) ([]byte, error) {
	if size < 0 {
		return nil, errPage
	}
	switch k.c.chunks[k.group-1].integer(4) {
	case snappy:
		return decompress(b, int(size))
	case gzipped:
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		out, err := io.ReadAll(io.LimitReader(z, size+1))
		if err == nil && int64(len(out)) != size {
			err = errPage
		}
		return out, err
	}
	return b, nil
}
