package directory

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

const (
	cursorVersion = 1
	cursorBytes   = 1 + 8 + 16 // version, seq, MAC
)

// cursorFor makes the cursor behind the row seq of one list with one filter.
// The filter is not in it, only under its MAC: with another filter, or any
// byte changed, the cursor is not ours.
func (k Key) cursorFor(list string, filter []string, seq int64) string {
	b := binary.BigEndian.AppendUint64([]byte{cursorVersion}, uint64(seq)) //nolint:gosec // seq is positive
	b = append(b, k.cursorMAC(cursorMessage(b, list, filter))...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// seqOf reads a cursor; the empty one is the beginning.
func (k Key) seqOf(cursor, list string, filter []string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) != cursorBytes || b[0] != cursorVersion || strings.ContainsAny(cursor, "\r\n") {
		return 0, errBadCursor()
	}
	head, mac := b[:9], b[9:]
	if !hmac.Equal(mac, k.cursorMAC(cursorMessage(head, list, filter))) {
		return 0, errBadCursor()
	}
	return int64(binary.BigEndian.Uint64(head[1:])), nil //nolint:gosec // under the MAC: a seq of ours
}

// cursorMessage keeps each part's length, so that no two filters read alike.
func cursorMessage(head []byte, list string, filter []string) []byte {
	m := append([]byte(nil), head...)
	for _, part := range append([]string{list}, filter...) {
		m = binary.AppendUvarint(m, uint64(len(part)))
		m = append(m, part...)
	}
	return m
}
