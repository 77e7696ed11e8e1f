package profile

import (
	"bytes"
	"strings"
)

// An outlined document is a valid TOML text with the places of its keys. The
// decoder does not tell them.
type outlined struct {
	text    []byte
	entries []entry
	tables  []table // [0] is the root, what stands before the first header

	at int
}

// An entry is one key with its value.
type entry struct {
	path   []string // of the tables around it and its own
	table  int      // the header that it stands below
	start  int      // of the key
	value  int      // of the value
	end    int      // after the value
	inline bool     // in braces, so it has no line of its own
}

const deepest = 2 // a section and its key; nobody edits below

// nobody is a path that nobody asks for, and nothing below it either.
func nobody() []string { return []string{"", "", ""} }

type table struct {
	path []string // nil for the root and for one of an array
	end  int      // after its header, or its last entry
}

// outline finds the keys of a document. What it makes of an invalid one means
// nothing, but it ends.
func outline(text []byte) *outlined {
	o := &outlined{text: text, tables: []table{{}}}
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		o.at = len("\ufeff")
	}
	for o.skip(" \t\r\n"); o.at < len(o.text); o.skip(" \t\r\n") {
		last := &o.tables[len(o.tables)-1]
		if o.peek() == '[' {
			o.header()
			continue
		}
		o.entry(last.path, false)
		last.end = o.at
	}
	return o
}

func (o *outlined) header() {
	o.at++
	array := o.peek() == '['
	if array {
		o.at++
	}
	t := table{path: o.key()}
	if array {
		t.path = nobody()
	}
	t.end = o.lineOf(o.at)
	o.at = t.end
	o.tables = append(o.tables, t)
}

// lineOf is the end of a line without its break.
func (o *outlined) lineOf(at int) int {
	if i := bytes.IndexByte(o.text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(o.text)
}

func (o *outlined) entry(around []string, inline bool) {
	e := entry{start: o.at, table: len(o.tables) - 1, inline: inline}
	e.path = append(append(e.path, around...), o.key()...)
	if len(e.path) > deepest {
		e.path = nobody()
	}
	o.skip(" \t=")
	e.value = o.at
	i := len(o.entries)
	o.entries = append(o.entries, e)
	o.value(e.path)
	if o.at == e.start {
		o.at++ // nothing valid begins like this
	}
	o.entries[i].end = o.at
}

// key reads a dotted key.
func (o *outlined) key() (path []string) {
	for {
		o.skip(" \t")
		from := o.at
		if c := o.peek(); c == '"' || c == '\'' {
			o.pass()
			path = append(path, string(o.text[from+1:max(from+1, o.at-1)]))
		} else {
			o.until(" \t.=]\r\n")
			path = append(path, string(o.text[from:o.at]))
		}
		o.skip(" \t")
		if o.peek() != '.' {
			return path
		}
		o.at++
	}
}

// value passes a value; path is what the keys in its braces stand below, nil
// where nobody asks for them.
func (o *outlined) value(path []string) {
	switch o.peek() {
	case '"', '\'':
		o.pass()
	case '[':
		o.list(']', func() { o.value(nil) })
	case '{':
		o.list('}', func() {
			if path == nil {
				path = nobody()
			}
			o.entry(path, true)
		})
	default: // a number, a boolean, or a time, which may have a space inside
		from := o.at
		o.until(",]}#\r\n")
		o.at = from + len(strings.TrimRight(string(o.text[from:o.at]), " \t"))
	}
}

// list passes what stands between brackets.
func (o *outlined) list(closing byte, item func()) {
	o.at++
	for o.skip(" \t\r\n,"); o.at < len(o.text); o.skip(" \t\r\n,") {
		if o.peek() == closing {
			o.at++
			return
		}
		before := o.at
		if item(); o.at == before {
			o.at++
		}
	}
}

// pass passes a string of any of the four kinds.
func (o *outlined) pass() {
	quote := o.text[o.at : o.at+1]
	end := quote
	if triple := bytes.Repeat(quote, 3); bytes.HasPrefix(o.text[o.at:], triple) {
		end = triple
	}
	for o.at += len(end); o.at < len(o.text); o.at++ {
		switch {
		case quote[0] == '"' && o.peek() == '\\':
			o.at++
		case bytes.HasPrefix(o.text[o.at:], end):
			o.at += len(end)
			// Up to two quotes more belong to the text of a long string.
			for len(end) > 1 && o.peek() == quote[0] {
				o.at++
			}
			return
		}
	}
	o.at = len(o.text)
}

func (o *outlined) peek() byte {
	if o.at < len(o.text) {
		return o.text[o.at]
	}
	return 0
}

// skip passes some characters and comments.
func (o *outlined) skip(chars string) {
	for o.at < len(o.text) {
		switch c := o.text[o.at]; {
		case strings.IndexByte(chars, c) >= 0:
			o.at++
		case c == '#' && strings.Contains(chars, "\n"):
			o.at = o.lineOf(o.at)
		default:
			return
		}
	}
}

func (o *outlined) until(chars string) {
	for o.at < len(o.text) && strings.IndexByte(chars, o.text[o.at]) < 0 {
		o.at++
	}
}
