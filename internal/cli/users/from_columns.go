package users

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ax/internal/cli/command"
	"ax/internal/rows"
)

// A field is something that a list says of a user.
type field struct {
	name  string
	other []string // names of columns that mean it too, as plainName has them
	// fallback is the value where the list has none; flag is where it is from.
	fallback, flag string
	// set keeps a value that is not empty, or says what is wrong with it.
	set func(*item, string) string
}

// plainName is the name of a column without what people write differently:
// case, spaces, hyphens, underscores and dots.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func (f field) means(column string) bool {
	p := plainName(column)
	return p == plainName(f.name) || slices.Contains(f.other, p)
}

// A template makes a value from columns: texts[0] columns[0] texts[1] …
type template struct {
	texts, columns []string
}

// columnMap says where the fields are.
type columnMap struct {
	fields  []field
	mapped  map[string]template // by field
	missing map[string]bool     // columns of templates that no row had yet

	// found is for the names of one CSV, looked up once.
	names  []string
	found  []template // of each field; without columns where there is none
	unused []string
}

// newColumnMap reads --map.
func newColumnMap(fields []field, given []string) (*columnMap, error) {
	m := &columnMap{fields: fields, mapped: map[string]template{}, missing: map[string]bool{}}
	for _, one := range given {
		for _, pair := range m.split(one) {
			if err := m.add(pair); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// split parts a value at the commas before a field, so that a column may have
// a comma in its name.
func (m *columnMap) split(value string) (pairs []string) {
	for part := range strings.SplitSeq(value, ",") {
		name, _, ok := strings.Cut(part, "=")
		if len(pairs) == 0 || ok && m.field(name) != nil {
			pairs = append(pairs, part)
		} else {
			pairs[len(pairs)-1] += "," + part
		}
	}
	return pairs
}

func (m *columnMap) field(name string) *field {
	i := slices.IndexFunc(m.fields, func(f field) bool { return f.means(name) })
	if i < 0 {
		return nil
	}
	return &m.fields[i]
}

func (m *columnMap) add(pair string) error {
	name, value, ok := strings.Cut(pair, "=")
	f := m.field(name)
	if !ok || f == nil {
		return command.Usagef("Invalid value for '--map': %q does not begin with one of %s=", pair, strings.Join(m.fieldNames(), "=, "))
	}
	t, err := parseTemplate(value)
	if err != nil {
		return err
	}
	m.mapped[f.name] = t
	for _, column := range t.columns {
		m.missing[column] = true
	}
	return nil
}

func (m *columnMap) fieldNames() (names []string) {
	for _, f := range m.fields {
		names = append(names, f.name)
	}
	return names
}

// parseTemplate reads a column's name, or a text with names in braces. Nothing
// at all is a field that the list does not have, whatever it seems.
func parseTemplate(value string) (t template, err error) {
	switch {
	case value == "":
		return t, nil
	case !strings.ContainsAny(value, "{}"):
		return template{[]string{"", ""}, []string{value}}, nil
	}
	rest := value
	for rest != "" {
		text, after, braced := strings.Cut(rest, "{")
		column, next, closed := strings.Cut(after, "}")
		if strings.Contains(text, "}") || braced && (!closed || column == "" || strings.Contains(column, "{")) {
			return t, command.Usagef("Invalid value for '--map': the braces of %q do not match, or are empty", value)
		}
		t.texts = append(t.texts, text)
		if braced {
			t.columns = append(t.columns, column)
		}
		rest = next
	}
	if len(t.texts) == len(t.columns) {
		t.texts = append(t.texts, "")
	}
	return t, nil
}

// of returns the columns of a field in the row that was resolved last.
func (m *columnMap) of(name string) []string {
	for i, f := range m.fields {
		if f.name == name {
			return m.found[i].columns
		}
	}
	return nil
}

// resolve finds the fields among a row's names. same tells that they are those
// of the row before, as in every CSV.
func (m *columnMap) resolve(names []string) (same bool, err error) {
	if m.found != nil && len(names) == len(m.names) && (len(names) == 0 || &names[0] == &m.names[0]) {
		return true, nil
	}
	m.names, m.found = names, make([]template, len(m.fields))
	used := make([]bool, len(names))
	for i, f := range m.fields {
		if t, ok := m.mapped[f.name]; ok {
			m.found[i] = m.place(t, used)
			continue
		}
		for n, name := range names {
			if !f.means(name) {
				continue
			}
			if used[n] = true; len(m.found[i].columns) > 0 {
				return false, command.Usagef("The columns %q and %q both mean %s; choose one, like --map %s=%s", m.found[i].columns[0], name, f.name, f.name, quoted(name))
			}
			m.found[i] = template{[]string{"", ""}, []string{name}}
		}
	}
	for n, name := range names {
		if !used[n] && name != "" && !slices.Contains(m.unused, name) {
			m.unused = append(m.unused, name)
		}
	}
	return false, nil
}

// place writes the columns of a template as the list does.
func (m *columnMap) place(t template, used []bool) template {
	t.columns = slices.Clone(t.columns)
	for i, column := range t.columns {
		n := slices.Index(m.names, column)
		if n < 0 {
			n = slices.IndexFunc(m.names, func(name string) bool { return plainName(name) == plainName(column) })
		}
		if n >= 0 {
			delete(m.missing, column)
			t.columns[i], used[n] = m.names[n], true
		}
	}
	return t
}

// value makes a value from a row's cells, without space around it. Where all
// the cells are empty it is empty, whatever stands between them.
func (t template) value(row rows.Row) string {
	var b strings.Builder
	some := false
	for i, column := range t.columns {
		cell, _ := row.Get(column)
		cell = strings.TrimSpace(cell)
		some = some || cell != ""
		b.WriteString(t.texts[i] + cell)
	}
	if !some {
		return ""
	}
	return strings.TrimSpace(b.String() + t.texts[len(t.texts)-1])
}

// absent is an error for a column of --map that no row had.
func (m *columnMap) absent(path string) error {
	for _, t := range m.mapped {
		for _, column := range t.columns {
			if m.missing[column] {
				return command.Usagef("Invalid value for '--map': %s has no column %q; it has %s", path, column, listed(m.names, 20))
			}
		}
	}
	return nil
}

// listed names some of many.
func listed(names []string, most int) string {
	text := strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
