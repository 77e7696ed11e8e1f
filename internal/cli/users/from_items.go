package users

import (
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"

	"ax/internal/cli/command"
	"ax/internal/client"
	"ax/internal/rows"
)

// An item is a user of the list, and what became of them.
type item struct {
	line      int
	id, email string // as the list has them
	name      string
	role      string
	mode      string
	developer *bool

	taken    *sync.Map  // by user id, the line that is about them
	sent     bool       // before, and no answer is known
	before   *rowResult // of the run that this one resumes, if there was one
	userID   string     // as the server has it
	fullName string
	status   string // "" as long as it is not known
	password string
	problem  string // why status is no success
	cause    error  // of problem, when there was one
	kept     bool   // in the file of results, safely
}

// read reads the list and checks all of it. Faults are told together.
func (f *from) read(e *command.Env, v *verb) ([]*item, error) {
	columns, err := newColumnMap(v.fields, f.columns)
	if err != nil {
		return nil, err
	}
	list, err := rows.Open(f.path, e.Streams.In)
	if err != nil {
		return nil, &command.InputError{Err: err}
	}
	defer list.Close() //nolint:errcheck // it was only read
	r := &listReader{verb: v, columns: columns, faults: faults{path: f.label()}, seen: map[uint64]int32{}, seed: maphash.MakeSeed()}
	for row, err := range list.All() {
		if err := r.add(row, err); err != nil {
			return nil, err
		}
	}
	if err := columns.absent(f.label()); err != nil && len(r.items) > 0 {
		return nil, err
	}
	if err := r.faults.err(); err != nil {
		return nil, err
	}
	if len(r.items) == 0 {
		return nil, command.Usagef("%s holds no users", f.label())
	}
	if len(columns.unused) > 0 {
		e.Streams.Notice("Columns that are not used: %s", listed(columns.unused, 20))
	}
	return r.items, nil
}

// label is the list's name for people.
func (f *from) label() string {
	if f.path == "-" {
		return "standard input"
	}
	return f.path
}

// A listReader makes items of rows.
type listReader struct {
	verb    *verb
	columns *columnMap
	items   []*item
	faults  faults
	seen    map[uint64]int32 // by the hash of an id or address, an item: a list may be long
	seed    maphash.Seed
	taken   sync.Map
}

// add takes one row. An error ends the reading.
func (r *listReader) add(row rows.Row, err error) error {
	if fault, ok := errors.AsType[*rows.RowError](err); ok {
		r.faults.add(fault.Line, flawf(fault.Field, "%s", fault.Text)...)
		return nil
	}
	if err != nil {
		return command.Usagef("%s: %v", r.faults.path, err)
	}
	sameNames, err := r.columns.resolve(row.Names)
	if err != nil {
		return err
	}
	i := &item{line: row.Line, taken: &r.taken}
	flaws := r.fill(i, row)
	if len(flaws) == 0 {
		flaws = r.missing(r.verb.check(i), sameNames)
	}
	flaws = append(flaws, r.twice(i)...)
	r.faults.add(i.line, flaws...)
	r.items = append(r.items, i)
	return nil
}

// missing words flaws of missing values. That a CSV lacks a column is told
// once, not of every row.
func (r *listReader) missing(flaws []flaw, told bool) (left []flaw) {
	for _, one := range flaws {
		if one.missing {
			columns := r.columns.of(one.field)
			if len(columns) == 0 && told {
				continue
			}
			what := "is empty"
			if len(columns) == 0 {
				what = "there is no such column"
			}
			one.text = what + one.text
		}
		left = append(left, one)
	}
	return left
}

// fill reads the fields. What the list does not say, an option may.
func (r *listReader) fill(i *item, row rows.Row) (flaws []flaw) {
	for n, f := range r.columns.fields {
		value, name := r.columns.found[n].value(row), f.name
		if value == "" {
			value = f.fallback
		}
		if value == "" {
			continue
		}
		if text := f.set(i, value); text != "" {
			flaws = append(flaws, flawf(name, "%s", text)...)
		}
	}
	return flaws
}

// twice finds a user who stands on an earlier line too.
func (r *listReader) twice(i *item) (flaws []flaw) {
	for name, key := range map[string]func(*item) string{"id": (*item).idKey, "email": (*item).emailKey} {
		value := key(i)
		if value == "" {
			continue
		}
		hash := maphash.String(r.seed, name+value)
		if n, ok := r.seen[hash]; !ok {
			r.seen[hash] = int32(len(r.items)) //nolint:gosec // items of two thousand million bytes do not fit
		} else if earlier := r.items[n]; key(earlier) == value {
			flaws = append(flaws, flawf(name, "the same as on line %d", earlier.line)...)
		}
	}
	return flaws
}

func (i *item) idKey() string { return i.id }

func (i *item) emailKey() string { return client.AddressKey(i.email) }

// faults are all the faults of a list; only so many are shown.
type faults struct {
	path  string
	count int
	lines []string
}

const shownFaults = 20

func (f *faults) add(line int, flaws ...flaw) {
	for _, one := range flaws {
		if f.count++; f.count > shownFaults {
			continue
		}
		where := fmt.Sprintf("%s:%d: ", f.path, line)
		if one.field != "" {
			where += one.field + ": "
		}
		f.lines = append(f.lines, where+one.text)
	}
}

// err is a usage error with the faults, or nil without one.
func (f *faults) err() error {
	if f.count == 0 {
		return nil
	}
	lines := append([]string{fmt.Sprintf("%s has %d fault(s); nothing was sent", f.path, f.count)}, f.lines...)
	if more := f.count - shownFaults; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return command.Usagef("%s", strings.Join(lines, "\n  "))
}
