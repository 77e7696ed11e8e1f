package parquetfile

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
)

var errLevels = errors.New("a page's levels are damaged")

// runs encodes levels: equal neighbours are one run.
type runs struct {
	b     []byte
	level byte
	n     uint64
}

func (r *runs) add(level byte) {
	if level != r.level {
		r.flush()
		r.level = level
	}
	r.n++
}

func (r *runs) flush() {
	if r.n > 0 {
		r.b = binary.AppendUvarint(r.b, r.n<<1)
		r.b = append(r.b, r.level)
		r.n = 0
	}
}

// take appends the encoded levels with their length to dst, and forgets them.
func (r *runs) take(dst []byte) []byte {
	r.flush()
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(r.b))) //nolint:gosec // a page is small
	dst = append(dst, r.b...)
	r.b = r.b[:0]
	return dst
}

// hybrid decodes n numbers of a bit width from runs and bit-packed groups.
func hybrid(src []byte, width, n int) ([]int, error) {
	out := make([]int, 0, min(n, 1<<16))
	for len(out) < n {
		head, used := binary.Uvarint(src)
		if used <= 0 {
			return nil, errLevels
		}
		src = src[used:]
		if head&1 == 1 {
			groups := head >> 1
			if groups > uint64(n) { //nolint:gosec // a count
				return nil, errLevels
			}
			size := int(groups) * width
			if size > len(src) { // some writers cut the padding of the last group
				src = append(slices.Clip(src), make([]byte, width)...)
				size = min(size, len(src))
			}
			count := min(n-len(out), int(groups)*8)
			if count*width > size*8 {
				return nil, errLevels
			}
			out = unpack(out, src, width, count)
			src = src[size:]
			continue
		}
		count := head >> 1
		bytes := (width + 7) / 8
		if count == 0 || count > uint64(n-len(out)) || bytes > len(src) { //nolint:gosec // a count
			return nil, errLevels
		}
		value := 0
		for i := range bytes {
			value |= int(src[i]) << (8 * i)
		}
		src = src[bytes:]
		for range count {
			out = append(out, value)
		}
	}
	return out, nil
}

// unpack appends count numbers of width bits, the lowest bit first.
func unpack(out []int, src []byte, width, count int) []int {
	at := 0
	for range count {
		value := 0
		for bit := range width {
			value |= int(src[at>>3]>>(at&7)&1) << bit
			at++
		}
		out = append(out, value)
	}
	return out
}

// widthOf is the number of bits that hold the numbers up to most.
func widthOf(most int) int { return bits.Len(uint(most)) }
