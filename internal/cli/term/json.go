package term

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes v and a newline: two spaces of indentation, keys in the order of
// the struct, ASCII only, <, > and & as they are. For strings, integers,
// booleans, null, lists and objects the bytes are those of Python's
// json.dumps(v, indent=2). A nil slice is null; make it empty to get [].
func JSON(w io.Writer, v any) error {
	b, err := marshal(v, "")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// JSONLine writes v on one line, without spaces, in the characters of JSON.
func JSONLine(w io.Writer, v any) error {
	b, err := compact(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// A JSONList writes an object whose first key holds a list, one item at a
// time, so that a list of any length needs the memory of one item. The
// document is the one that JSON would have written at once.
type JSONList struct {
	w   io.Writer
	key string
	n   int
}

// NewJSONList begins a document. Nothing is written before the first Add or
// the Close, so that a failure before them leaves no half document.
func NewJSONList(w io.Writer, key string) *JSONList { return &JSONList{w: w, key: key} }

// Add writes one item.
func (l *JSONList) Add(v any) error {
	b, err := marshal(v, "    ")
	if err != nil {
		return err
	}
	before := ",\n    "
	if l.n == 0 {
		before = fmt.Sprintf("{\n  %q: [\n    ", l.key)
	}
	l.n++
	_, err = l.w.Write(append([]byte(before), b...))
	return err
}

// Close ends the list and the document, with v under the second key, unless
// the key is empty.
func (l *JSONList) Close(key string, v any) error {
	end := "\n  ]"
	if l.n == 0 {
		end = fmt.Sprintf("{\n  %q: []", l.key)
	}
	if key != "" {
		b, err := marshal(v, "  ")
		if err != nil {
			return err
		}
		end += fmt.Sprintf(",\n  %q: %s", key, b)
	}
	_, err := io.WriteString(l.w, end+"\n}\n")
	return err
}

// marshal encodes v for a place that is indented by prefix.
func marshal(v any, prefix string) ([]byte, error) {
	return encoded(v, func(enc *json.Encoder) { enc.SetIndent(prefix, "  ") })
}

func compact(v any) ([]byte, error) { return encoded(v, func(*json.Encoder) {}) }

func encoded(v any, set func(*json.Encoder)) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	set(enc)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return ascii(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// ascii escapes what is left to escape. In encoded JSON such characters stand
// inside strings only. Python escapes DEL as well.
func ascii(b []byte) []byte {
	if bytes.IndexFunc(b, func(r rune) bool { return r >= 0x7f }) < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/4)
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r < 0x7f:
			out = append(out, byte(r)) //nolint:gosec // ASCII
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
		b = b[size:]
	}
	return out
}
