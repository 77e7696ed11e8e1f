package rows

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// json reads an array of objects, one object a line, or a document that has
// its array under "users" or "results", as ours have.
func (l *List) json(yield func(Row, error) bool) {
	in := &limited{in: l.in}
	lines := &lineReader{in: in}
	d := &jsonReader{limit: in, lines: lines, Decoder: jsontext.NewDecoder(lines), yield: yield}
	err := d.all()
	if err != nil && !errors.Is(err, errStopped) {
		yield(Row{}, d.fault(err))
	}
}

var errStopped = errors.New("the caller wants no more")

type jsonReader struct {
	*jsontext.Decoder
	limit *limited
	lines *lineReader
	yield func(Row, error) bool
}

// all reads every value of the text.
func (d *jsonReader) all() error {
	for first := true; ; first = false {
		d.limit.row()
		var err error
		switch kind := d.PeekKind(); {
		case kind == '[' && first:
			err = d.array()
		case kind == '{':
			err = d.object(true)
		default:
			_, err = d.ReadToken()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err == nil {
				err = d.noObject()
			}
		}
		if err != nil {
			return err
		}
	}
}

// array reads the rows of an array.
func (d *jsonReader) array() error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		d.limit.row()
		var err error
		if d.PeekKind() == '{' {
			err = d.object(false)
		} else if _, err = d.ReadValue(); err == nil {
			err = d.noObject()
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func (d *jsonReader) noObject() error {
	return &RowError{Line: d.line(), Text: `a row is an object, like {"email": "jane@example.com"}`}
}

// object reads a row, or, where it may be one, a document with rows in it.
func (d *jsonReader) object(document bool) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	row := Row{Line: d.line()}
	held := false
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		key := name.String()
		if document && d.PeekKind() == '[' && (key == "users" || key == "results") {
			held = true
			err = d.array()
		} else {
			var value jsontext.Value
			if value, err = d.ReadValue(); err == nil {
				err = row.add(key, value)
			}
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	if !held && !d.yield(row, nil) {
		return errStopped
	}
	return nil
}

// add keeps a value as text. What stands in an inner object has the outer name
// and a dot before its own.
func (r *Row) add(name string, value jsontext.Value) error {
	switch value.Kind() {
	case 'n':
		return nil
	case '"':
		text, err := jsontext.AppendUnquote(nil, value)
		if err != nil {
			return err
		}
		value = text
	case '{':
		return r.addObject(name, value)
	default:
	}
	r.Names, r.Values = append(r.Names, name), append(r.Values, string(value))
	return nil
}

func (r *Row) addObject(name string, value jsontext.Value) error {
	inner := Row{}
	d := &jsonReader{Decoder: jsontext.NewDecoder(bytes.NewReader(value)), limit: &limited{}, lines: &lineReader{}, yield: func(row Row, _ error) bool {
		inner = row
		return true
	}}
	if err := d.object(false); err != nil {
		return err
	}
	for i, n := range inner.Names {
		r.Names, r.Values = append(r.Names, name+"."+n), append(r.Values, inner.Values[i])
	}
	return nil
}

// line is the one that was read last.
func (d *jsonReader) line() int { return d.lines.at(d.InputOffset()) }

// fault puts an error into words, with its line.
func (d *jsonReader) fault(err error) error {
	if _, ok := errors.AsType[*RowError](err); ok || errors.Is(err, errLongRow) {
		return err
	}
	s, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &RowError{Line: d.lines.at(s.ByteOffset), Text: "the list ends in the middle of a row"}
	case errors.Is(err, jsontext.ErrDuplicateName):
		return &RowError{Line: d.lines.at(s.ByteOffset), Text: "a name stands twice in one object"}
	}
	return &RowError{Line: d.lines.at(s.ByteOffset), Text: fmt.Sprintf("this is not JSON: %v", s.Err)}
}

// A lineReader knows on which line an offset is. Offsets have to be asked for
// in their order.
type lineReader struct {
	in       io.Reader
	read     int64
	newlines []int64 // offsets not asked for yet; no more than a decoder reads ahead
	passed   int
}

// Read implements io.Reader.
func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.newlines = append(l.newlines, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

func (l *lineReader) at(offset int64) int {
	i := 0
	for i < len(l.newlines) && l.newlines[i] < offset {
		i++
	}
	l.passed += i
	l.newlines = append(l.newlines[:0], l.newlines[i:]...)
	return l.passed + 1
}
