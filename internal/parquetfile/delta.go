package parquetfile

import (
	"encoding/binary"
	"slices"
)

// deltas decodes n numbers from DELTA_BINARY_PACKED, and returns what follows
// them.
func deltas(b []byte, n int) (numbers []int64, rest []byte, err error) {
	d := deltaReader{thriftReader{b: b}}
	blockSize, miniBlocks, total := d.uvarint(), d.uvarint(), d.uvarint()
	value := d.varint()
	if d.err != nil || miniBlocks == 0 || miniBlocks > 1<<16 || blockSize == 0 || blockSize > 1<<20 || blockSize%miniBlocks != 0 || total < uint64(n) { //nolint:gosec // a count
		return nil, nil, errValues
	}
	left := int(min(total, 1<<31))
	numbers = make([]int64, 0, min(left, 1<<16))
	if left > 0 {
		numbers = append(numbers, value)
	}
	per := int(blockSize / miniBlocks) //nolint:gosec // bounded above
	for len(numbers) < left {
		least := d.varint()
		widths := d.bytes(miniBlocks)
		if d.err != nil {
			return nil, nil, errValues
		}
		for _, width := range widths {
			if len(numbers) == left {
				break
			}
			packed := d.bytes(uint64(per) * uint64(width) / 8)
			if d.err != nil || width > 64 {
				return nil, nil, errValues
			}
			for i := range min(per, left-len(numbers)) {
				value += least + packedAt(packed, i, int(width))
				numbers = append(numbers, value)
			}
		}
	}
	return numbers[:n], d.b, nil
}

// A deltaReader reads the same variable-length numbers as Thrift has.
type deltaReader struct{ thriftReader }

// packedAt is the number at a place among numbers of a width.
func packedAt(b []byte, place, width int) int64 {
	var value uint64
	for bit := range width {
		at := place*width + bit
		value |= uint64(b[at>>3]>>(at&7)&1) << bit
	}
	return int64(value)
}

// deltaStrings are texts whose lengths stand before them all; in deltaBytes
// each also says how much of the one before it begins with.
func (c *source) deltaStrings(encoding int64, b []byte, n int) ([]string, error) {
	shared := make([]int64, n)
	var err error
	if encoding == deltaBytes {
		if shared, b, err = deltas(b, n); err != nil {
			return nil, err
		}
	}
	lengths, b, err := deltas(b, n)
	if err != nil {
		return nil, err
	}
	out := make([]string, n)
	var last []byte
	for i, length := range lengths {
		if length < 0 || length > int64(len(b)) || shared[i] < 0 || shared[i] > int64(len(last)) {
			return nil, errValues
		}
		text := slices.Concat(last[:shared[i]], b[:length])
		b = b[length:]
		last = text
		out[i] = c.logical.bytes(text, c.physical == typeFixed)
	}
	return out, nil
}

// prefixed takes a part whose length stands before it in four bytes.
func prefixed(b []byte) (part, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errLevels
	}
	n := binary.LittleEndian.Uint32(b)
	if int64(n) > int64(len(b)-4) {
		return nil, nil, errLevels
	}
	return b[4 : 4+n], b[4+n:], nil
}
