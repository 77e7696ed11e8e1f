package parquetfile

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// A logicalType is what the numbers or bytes of a column mean.
type logicalType struct {
	kind  int16 // of the union LogicalType, 0 for none
	scale int
	unit  time.Duration
	utc   bool
	plus  bool // unsigned
}

// More members of the union LogicalType.
const (
	logicalDecimal = 5
	logicalDate    = 6
	logicalTime    = 7
	logicalInteger = 10
	logicalUUID    = 14
)

// logicalOf reads the logical type of a schema element, or the older converted
// type that stood for it.
func logicalOf(e fields) logicalType {
	union := e.structure(10)
	for _, kind := range []int16{logicalDecimal, logicalDate, logicalTime, logicalTimestamp, logicalInteger, logicalUUID} {
		if !union.has(kind) {
			continue
		}
		content := union.structure(kind)
		l := logicalType{kind: kind}
		switch kind {
		case logicalDecimal:
			l.scale = int(content.integer(1))
		case logicalTime, logicalTimestamp:
			l.utc, _ = content[1].(bool)
			l.unit = unitOf(content.structure(2))
		case logicalInteger:
			signed, _ := content[2].(bool)
			l.plus = !signed
		}
		return l
	}
	if union != nil || !e.has(6) {
		return logicalType{}
	}
	switch converted := e.integer(6); converted {
	case 5:
		return logicalType{kind: logicalDecimal, scale: int(e.integer(7))}
	case 6:
		return logicalType{kind: logicalDate}
	case 7, 8:
		return logicalType{kind: logicalTime, unit: []time.Duration{time.Millisecond, time.Microsecond}[converted-7]}
	case 9, 10:
		return logicalType{kind: logicalTimestamp, unit: []time.Duration{time.Millisecond, time.Microsecond}[converted-9], utc: true}
	case 11, 12, 13, 14:
		return logicalType{kind: logicalInteger, plus: true}
	}
	return logicalType{}
}

func unitOf(union fields) time.Duration {
	switch {
	case union.has(1):
		return time.Millisecond
	case union.has(2):
		return time.Microsecond
	}
	return time.Nanosecond
}

// integer is the text of a number: a time as RFC 3339, without an offset when
// the file does not say that it is in UTC.
func (l logicalType) integer(n int64, bits int) string {
	switch l.kind {
	case logicalDecimal:
		return decimal(big.NewInt(n), l.scale)
	case logicalDate:
		return time.Unix(n*86400, 0).UTC().Format(time.DateOnly)
	case logicalTime:
		return instant(n, l.unit).Format("15:04:05.999999999")
	case logicalTimestamp:
		if l.utc {
			return instant(n, l.unit).Format(time.RFC3339Nano)
		}
		return instant(n, l.unit).Format("2006-01-02T15:04:05.999999999")
	case logicalInteger:
		if l.plus && bits == 32 {
			return strconv.FormatUint(uint64(uint32(n)), 10) //nolint:gosec // the same bits
		}
		if l.plus {
			return strconv.FormatUint(uint64(n), 10) //nolint:gosec // the same bits
		}
	}
	return strconv.FormatInt(n, 10)
}

func instant(n int64, unit time.Duration) time.Time {
	perSecond := int64(time.Second / unit)
	return time.Unix(n/perSecond, n%perSecond*int64(unit)).UTC()
}

func (l logicalType) bytes(b []byte, fixed bool) string {
	switch {
	case l.kind == logicalDecimal:
		n := new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 { // two's complement
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
		}
		return decimal(n, l.scale)
	case l.kind == logicalUUID && len(b) == 16:
		h := hex.EncodeToString(b)
		return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
	case fixed:
		return hex.EncodeToString(b)
	}
	return string(b)
}

// decimal puts the point before the last digits. A scale that no number has is
// ignored, so that a damaged file cannot ask for a gigabyte of zeros.
func decimal(n *big.Int, scale int) string {
	if scale <= 0 || scale > 1000 {
		return n.String()
	}
	digits := new(big.Int).Abs(n).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	text := digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	if n.Sign() < 0 {
		return "-" + text
	}
	return text
}

// float is a number without an exponent; what is not a number is nothing.
func float(f float64, bits int) string {
	if math.IsNaN(f) {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}

// int96 is a time as older writers have it: nanoseconds of a Julian day.
func int96(b []byte) string {
	const epoch = 2440588
	nanos := int64(binary.LittleEndian.Uint64(b)) //nolint:gosec // the same bits
	days := int64(binary.LittleEndian.Uint32(b[8:])) - epoch
	return time.Unix(days*86400, 0).Add(time.Duration(nanos)).UTC().Format(time.RFC3339Nano)
}
