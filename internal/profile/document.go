package profile

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// An Edit gives one key of a profile another value. Key is dotted, a section
// and a key in it: "routing.api_host". An empty value takes the key out.
type Edit struct{ Key, Value string }

// edit changes the text of a TOML document, and nothing in it but what the
// edits are about: comments, order, unknown keys and ${VAR} stay as they are.
// The text has been decoded before, so it is valid. Errors are *Error.
func edit(path string, text []byte, edits []Edit) ([]byte, error) {
	for _, e := range edits {
		want, err := decode(path, text)
		if err != nil {
			return nil, err
		}
		section, key, _ := strings.Cut(e.Key, ".")
		changed := outline(text).edited(section, key, e.Value)
		// Whatever shape the file has: what is stored is what was meant, or nothing is.
		if got, err := decode(path, changed); err != nil || !reflect.DeepEqual(filled(got), filled(applied(want, section, key, e.Value))) {
			return nil, errCannotEdit(e.Key, path)
		}
		text = changed
	}
	return text, nil
}

// applied is what an edit does to the decoded values.
func applied(values map[string]any, section, key, value string) map[string]any {
	values = maps.Clone(values)
	table, _ := values[section].(map[string]any)
	if table = maps.Clone(table); table == nil {
		table = map[string]any{}
	}
	table[key] = value
	values[section] = table
	return values
}

// filled leaves out what is empty: a key that was taken out, one without text
// and a section of such keys mean the same.
func filled(values map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range values {
		if table, ok := v.(map[string]any); ok {
			if table = filled(table); len(table) == 0 {
				continue
			}
			v = table
		}
		if v != "" {
			out[k] = v
		}
	}
	return out
}

// edited returns the text with one key set, or taken out.
func (o *outlined) edited(section, key, value string) []byte {
	quotedValue := quoteTOML(value)
	if i := slices.IndexFunc(o.entries, func(e entry) bool { return slices.Equal(e.path, []string{section, key}) }); i >= 0 {
		e := o.entries[i]
		if value == "" && !e.inline {
			return o.splice(o.lineStart(e.start), o.lineEnd(e.end), "")
		}
		return o.splice(e.value, e.end, quotedValue)
	}
	if value == "" {
		return o.text
	}
	return o.inserted(section, key+" = "+quotedValue)
}

// inserted adds a line to a section, in the way that the section is written.
func (o *outlined) inserted(section, line string) []byte {
	if i := slices.IndexFunc(o.tables, func(t table) bool { return slices.Equal(t.path, []string{section}) }); i >= 0 {
		return o.insertLine(o.lineEnd(o.tables[i].end), line)
	}
	for _, e := range slices.Backward(o.entries) {
		switch {
		case e.path[0] != section || e.inline || e.table != 0:
		case len(e.path) == 1 && o.text[e.value] == '{':
			return o.insertInline(e, line)
		case len(e.path) > 1:
			return o.insertLine(o.lineEnd(e.end), section+"."+line)
		}
	}
	header := "[" + section + "]" + o.newline() + line
	if len(bytes.TrimSpace(o.text)) > 0 {
		header = o.newline() + header
	}
	return o.insertLine(len(o.text), header)
}

func (o *outlined) insertInline(e entry, line string) []byte {
	inside := strings.TrimSpace(string(o.text[e.value+1 : e.end-1]))
	if inside != "" {
		inside = strings.TrimSuffix(inside, ",") + ", "
	}
	return o.splice(e.value, e.end, "{ "+inside+line+" }")
}

func (o *outlined) insertLine(at int, line string) []byte {
	if at > 0 && o.text[at-1] != '\n' {
		line = o.newline() + line
	}
	return o.splice(at, at, line+o.newline())
}

func (o *outlined) splice(from, to int, with string) []byte {
	return slices.Concat(o.text[:from], []byte(with), o.text[to:])
}

func (o *outlined) lineStart(at int) int { return bytes.LastIndexByte(o.text[:at], '\n') + 1 }

// lineEnd is after the line break of the line that at is in.
func (o *outlined) lineEnd(at int) int {
	if i := bytes.IndexByte(o.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(o.text)
}

func (o *outlined) newline() string {
	if bytes.Contains(o.text, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// quoteTOML writes a basic string. What strconv escapes otherwise than TOML
// does is left as it is or written by its number.
func quoteTOML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u00` + strconv.FormatInt(int64(r)+0x100, 16)[1:])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
