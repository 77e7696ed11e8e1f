package parquetfile

import (
	"encoding/binary"
	"errors"
)

var errSnappy = errors.New("the SNAPPY data is damaged")

// Tags of snappy's block format, in the two low bits.
const (
	tagLiteral = 0
	tagCopy1   = 1
	tagCopy2   = 2
	tagCopy4   = 3
)

const (
	snappyBlock = 1 << 16 // matches stay within it, so that an offset has 16 bits
	hashBits    = 14
)

// compress appends src to dst in snappy's block format.
func compress(dst, src []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(src)))
	var table [1 << hashBits]uint16
	for len(src) > 0 {
		block := src[:min(len(src), snappyBlock)]
		clear(table[:])
		dst = compressBlock(dst, block, &table)
		src = src[len(block):]
	}
	return dst
}

// compressBlock looks for four bytes that were there before, by a hash of them,
// and takes ever longer steps where it finds nothing.
func compressBlock(dst, block []byte, table *[1 << hashBits]uint16) []byte {
	done, missed := 0, 0
	for at := 1; at+4 <= len(block); {
		four := binary.LittleEndian.Uint32(block[at:])
		slot := four * 0x1e35a7bd >> (32 - hashBits)
		candidate := int(table[slot])
		table[slot] = uint16(at)
		if candidate >= at || binary.LittleEndian.Uint32(block[candidate:]) != four {
			missed++
			at += 1 + missed>>5
			continue
		}
		missed = 0
		length := 4
		for at+length < len(block) && block[candidate+length] == block[at+length] {
			length++
		}
		dst = literal(dst, block[done:at])
		dst = copies(dst, at-candidate, length)
		at += length
		done = at
	}
	return literal(dst, block[done:])
}

func literal(dst, text []byte) []byte {
	if len(text) == 0 {
		return dst
	}
	n := len(text) - 1
	switch {
	case n < 60:
		dst = append(dst, byte(n<<2)) //nolint:gosec // below 60
	case n < 1<<8:
		dst = append(dst, 60<<2, byte(n))
	default: // a block has 16 bits
		dst = append(dst, 61<<2, byte(n), byte(n>>8)) //nolint:gosec // two bytes
	}
	return append(dst, text...)
}

func copies(dst []byte, offset, length int) []byte {
	for length > 0 {
		n := min(length, 64)
		dst = append(dst, byte((n-1)<<2)|tagCopy2, byte(offset), byte(offset>>8)) //nolint:gosec // two bytes
		length -= n
	}
	return dst
}

// decompress undoes compress, for a text of size bytes.
func decompress(src []byte, size int) ([]byte, error) {
	n, used := binary.Uvarint(src)
	if used <= 0 || n != uint64(size) { //nolint:gosec // a size is not negative
		return nil, errSnappy
	}
	src = src[used:]
	dst := make([]byte, 0, min(size, 64*len(src))) // it cannot be packed tighter
	for len(src) > 0 {
		length, offset, used := tag(src)
		src = src[min(used, len(src)):]
		switch {
		case used == 0, length > size-len(dst):
			return nil, errSnappy
		case offset == 0:
			if length > len(src) {
				return nil, errSnappy
			}
			dst = append(dst, src[:length]...)
			src = src[length:]
		case offset > len(dst):
			return nil, errSnappy
		default:
			for range length { // a copy may overlap itself
				dst = append(dst, dst[len(dst)-offset])
			}
		}
	}
	if len(dst) != size {
		return nil, errSnappy
	}
	return dst, nil
}

// tag reads an element's head: a literal has the offset 0, and used is 0 when
// the head is not whole or makes no sense.
func tag(src []byte) (length, offset, used int) {
	head := int(src[0])
	extra := 0
	switch head & 3 {
	case tagLiteral:
		length = head>>2 + 1
		if length > 60 {
			extra = length - 60
		}
	case tagCopy1:
		length, extra = head>>2&7+4, 1
	case tagCopy2:
		length, extra = head>>2+1, 2
	case tagCopy4:
		length, extra = head>>2+1, 4
	}
	if len(src) < 1+extra {
		return 0, 0, 0
	}
	more := 0
	for i := range extra {
		more |= int(src[1+i]) << (8 * i)
	}
	switch {
	case head&3 == tagLiteral && extra > 0:
		return more + 1, 0, 1 + extra
	case head&3 == tagLiteral:
		return length, 0, 1
	case head&3 == tagCopy1:
		more |= head >> 5 << 8
	}
	if more == 0 {
		return 0, 0, 0
	}
	return length, more, 1 + extra
}
