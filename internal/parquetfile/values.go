package parquetfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
)

var errValues = errors.New("a page's values are damaged")

// values decodes n values of a page.
func (c *source) values(encoding int64, b []byte, n int, dictionary []string) ([]string, error) {
	switch encoding {
	case plain:
		return c.plain(b, n)
	case plainDictionary, rleDictionary:
		return fromDictionary(b, n, dictionary)
	case rle:
		return c.runs(b, n)
	case deltaBinary:
		numbers, _, err := deltas(b, n)
		return c.integers(numbers), err
	case deltaLength, deltaBytes:
		return c.deltaStrings(encoding, b, n)
	case byteStreamSplit:
		return c.split(b, n)
	}
	return nil, fmt.Errorf("encoding %d is not read here", encoding)
}

const byteStreamSplit = 9

// width is the size of a fixed-size value, 0 for others.
func (c *source) width() int {
	switch c.physical {
	case typeInt32, typeFloat:
		return 4
	case typeInt64, typeDouble:
		return 8
	case typeInt96:
		return 12
	case typeFixed:
		return c.length
	}
	return 0
}

func (c *source) plain(b []byte, n int) ([]string, error) {
	if c.physical == typeBoolean {
		if n > len(b)*8 {
			return nil, errValues
		}
		return booleans(unpack(nil, b, 1, n)), nil
	}
	out := make([]string, 0, min(n, len(b)+1))
	for range n {
		size := c.width()
		if c.physical == typeByteArray {
			if len(b) < 4 {
				return nil, errValues
			}
			size = int(binary.LittleEndian.Uint32(b))
			b = b[4:]
		}
		if size < 0 || size > len(b) || size == 0 && c.physical != typeByteArray {
			return nil, errValues
		}
		out = append(out, c.text(b[:size]))
		b = b[size:]
	}
	return out, nil
}

// text is one value that was encoded PLAIN.
func (c *source) text(b []byte) string {
	switch c.physical {
	case typeInt32:
		return c.logical.integer(int64(int32(binary.LittleEndian.Uint32(b))), 32) //nolint:gosec // the same bits
	case typeInt64:
		return c.logical.integer(int64(binary.LittleEndian.Uint64(b)), 64) //nolint:gosec // the same bits
	case typeInt96:
		return int96(b)
	case typeFloat:
		return float(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
	case typeDouble:
		return float(math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
	}
	return c.logical.bytes(b, c.physical == typeFixed)
}

func booleans(bits []int) []string {
	out := make([]string, len(bits))
	for i, bit := range bits {
		out[i] = strconv.FormatBool(bit == 1)
	}
	return out
}

func fromDictionary(b []byte, n int, dictionary []string) ([]string, error) {
	if n == 0 {
		return nil, nil
	}
	if len(b) == 0 || b[0] > 32 {
		return nil, errValues
	}
	places, err := hybrid(b[1:], int(b[0]), n)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(places))
	for i, place := range places {
		if place >= len(dictionary) {
			return nil, errValues
		}
		out[i] = dictionary[place]
	}
	return out, nil
}

// runs are booleans as newer pages have them.
func (c *source) runs(b []byte, n int) ([]string, error) {
	if c.physical != typeBoolean || len(b) < 4 {
		return nil, errValues
	}
	bits, err := hybrid(b[4:], 1, n)
	return booleans(bits), err
}

// split puts values together whose first bytes stand together, then their
// second ones, and so on.
func (c *source) split(b []byte, n int) ([]string, error) {
	width := c.width()
	if width == 0 || n > len(b)/width {
		return nil, errValues
	}
	whole := make([]byte, n*width)
	for i := range whole {
		whole[i] = b[i%width*n+i/width]
	}
	return c.plain(whole, n)
}

func (c *source) integers(numbers []int64) []string {
	bits := 64
	if c.physical == typeInt32 {
		bits = 32
	}
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = c.logical.integer(n, bits)
	}
	return out
}
