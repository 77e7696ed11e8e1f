package parquetfile

import (
	"encoding/binary"
	"errors"
	"math"
)

// Types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// A thriftWriter encodes structs. Fields come in the order of their numbers.
// Every integer of ours is written as i32 or i64 as the field wants it, which
// in this protocol differ in the type's number only.
type thriftWriter struct {
	b    []byte
	last []int16 // the number of the last field, of each open struct
}

func (t *thriftWriter) begin() { t.last = append(t.last, 0) }

func (t *thriftWriter) end() {
	t.b = append(t.b, 0)
	t.last = t.last[:len(t.last)-1]
}

func (t *thriftWriter) field(number int16, kind byte) {
	last := &t.last[len(t.last)-1]
	// Numbers of the fields that are written here are less than 16 apart.
	t.b = append(t.b, byte(number-*last)<<4|kind) //nolint:gosec // as said
	*last = number
}

func (t *thriftWriter) integer(number int16, v int64) {
	t.field(number, thriftI32)
	t.b = binary.AppendVarint(t.b, v)
}

func (t *thriftWriter) long(number int16, v int64) {
	t.field(number, thriftI64)
	t.b = binary.AppendVarint(t.b, v)
}

func (t *thriftWriter) boolean(number int16, v bool) {
	if v {
		t.field(number, thriftTrue)
		return
	}
	t.field(number, thriftFalse)
}

func (t *thriftWriter) text(number int16, s string) {
	t.field(number, thriftBinary)
	t.string(s)
}

func (t *thriftWriter) string(s string) {
	t.b = binary.AppendUvarint(t.b, uint64(len(s)))
	t.b = append(t.b, s...)
}

func (t *thriftWriter) structure(number int16, content func()) {
	t.field(number, thriftStruct)
	t.begin()
	content()
	t.end()
}

// list begins a list of n elements, which the caller writes next.
func (t *thriftWriter) list(number int16, kind byte, n int) {
	t.field(number, thriftList)
	if n < 15 {
		t.b = append(t.b, byte(n)<<4|kind) //nolint:gosec // below 15
		return
	}
	t.b = append(t.b, 0xf0|kind)
	t.b = binary.AppendUvarint(t.b, uint64(n))
}

var errThrift = errors.New("the metadata is damaged")

// A fields is a decoded struct: int64, bool, []byte, []any or fields by number.
type fields map[int16]any

func (f fields) integer(number int16) int64 {
	n, _ := f[number].(int64)
	return n
}

func (f fields) has(number int16) bool { return f[number] != nil }

func (f fields) text(number int16) string {
	b, _ := f[number].([]byte)
	return string(b)
}

func (f fields) structure(number int16) fields {
	s, _ := f[number].(fields)
	return s
}

func (f fields) list(number int16) []any {
	l, _ := f[number].([]any)
	return l
}

// A thriftReader decodes b, which it eats. What is wrong sets err, after which
// everything reads as nothing.
type thriftReader struct {
	b   []byte
	err error
}

func (t *thriftReader) byte() byte {
	if len(t.b) == 0 {
		t.err = errThrift
		return 0
	}
	c := t.b[0]
	t.b = t.b[1:]
	return c
}

func (t *thriftReader) uvarint() uint64 {
	v, n := binary.Uvarint(t.b)
	if n <= 0 {
		t.err, t.b = errThrift, nil
		return 0
	}
	t.b = t.b[n:]
	return v
}

func (t *thriftReader) varint() int64 {
	v, n := binary.Varint(t.b)
	if n <= 0 {
		t.err, t.b = errThrift, nil
		return 0
	}
	t.b = t.b[n:]
	return v
}

// deepest is more than the metadata of any file needs.
const deepest = 24

func (t *thriftReader) structure(depth int) fields {
	f := fields{}
	number := int16(0)
	for t.err == nil {
		head := t.byte()
		kind := head & 0x0f
		if kind == 0 {
			break
		}
		if delta := int16(head >> 4); delta > 0 {
			number += delta
		} else {
			number = int16(t.varint()) //nolint:gosec // an i16 on the wire
		}
		f[number] = t.value(kind, depth)
	}
	return f
}

func (t *thriftReader) value(kind byte, depth int) any {
	if depth > deepest {
		t.err = errThrift
		return nil
	}
	switch kind {
	case thriftTrue, thriftFalse:
		return kind == thriftTrue
	case thriftByte:
		return int64(int8(t.byte())) //nolint:gosec // an i8 on the wire
	case thriftI16, thriftI32, thriftI64:
		return t.varint()
	case thriftDouble:
		return math.Float64frombits(binary.LittleEndian.Uint64(t.bytes(8)))
	case thriftBinary:
		return t.bytes(t.uvarint())
	case thriftList, thriftSet:
		return t.elements(depth)
	case thriftStruct:
		return t.structure(depth + 1)
	case thriftMap: // none in the metadata that is read here
	}
	t.err = errThrift
	return nil
}

func (t *thriftReader) bytes(n uint64) []byte {
	if n > uint64(len(t.b)) {
		t.err, t.b = errThrift, nil
		return make([]byte, min(n, 8))
	}
	b := t.b[:n]
	t.b = t.b[n:]
	return b
}

func (t *thriftReader) elements(depth int) []any {
	head := t.byte()
	n, kind := uint64(head>>4), head&0x0f
	if n == 15 {
		n = t.uvarint()
	}
	var list []any
	for range n {
		if t.err != nil {
			break
		}
		if kind == thriftTrue || kind == thriftFalse {
			list = append(list, t.byte() == thriftTrue)
			continue
		}
		list = append(list, t.value(kind, depth+1))
	}
	return list
}
