// Package report keeps what was measured and writes it down for people.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A Cell is one row measured once on one server.
type Cell struct {
	Rate     float64       // requests in a second
	P50      time.Duration // of a request
	P99      time.Duration
	CPU      time.Duration // of the server, for a request
	Peak     int64         // bytes of the server's memory, meanwhile
	Requests int
	Trouble  string `json:",omitempty"` // what went wrong, if anything did
}

// A Row is one kind of request over a number of connections, on one server,
// measured in several rounds. Round i of one server is beside round i of the others.
type Row struct {
	Name   string
	Conns  int
	Server string
	Cells  []Cell
}

// A Fact is a single figure.
type Fact struct {
	Name  string
	Value float64
	Unit  string
	Note  string `json:",omitempty"`
}

// A Section is what is measured in one go.
type Section struct {
	Name   string
	Title  string
	Date   time.Time
	Commit string
	People int
	Took   time.Duration
	Rows   []Row
	Facts  []Fact
	Notes  []string // for people
}

// Add adds a figure.
func (s *Section) Add(name string, value float64, unit, note string) {
	s.Facts = append(s.Facts, Fact{name, value, unit, note})
}

// Note adds a sentence.
func (s *Section) Note(sentence string) { s.Notes = append(s.Notes, sentence) }

// Fact is the figure of a name; ok is false without one.
func (s *Section) Fact(name string) (value float64, ok bool) {
	if s == nil {
		return 0, false
	}
	for _, f := range s.Facts {
		if f.Name == name {
			return f.Value, true
		}
	}
	return 0, false
}

// Row is the row of a server, nil when it was not measured.
func (s *Section) Row(name string, conns int, server string) *Row {
	if s == nil {
		return nil
	}
	for i, r := range s.Rows {
		if r.Name == name && r.Conns == conns && r.Server == server && r.measured() {
			return &s.Rows[i]
		}
	}
	return nil
}

// Keep adds a cell to its row, which it begins if need be.
func (s *Section) Keep(name string, conns int, server string, c Cell) {
	i := slices.IndexFunc(s.Rows, func(r Row) bool { return r.Name == name && r.Conns == conns && r.Server == server })
	if i < 0 {
		i = len(s.Rows)
		s.Rows = append(s.Rows, Row{Name: name, Conns: conns, Server: server})
	}
	s.Rows[i].Cells = append(s.Rows[i].Cells, c)
}

func (r Row) measured() bool {
	return slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Requests > 0 })
}

// A Report is everything that was measured, by section. Sections are measured
// one by one and kept in a file, so that a long one that fails loses no other.
type Report struct {
	Machine  []string
	Sections []Section
}

// Load reads a report; a file that is not there is an empty one.
func Load(file string) (r Report, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(text, &r)
}

// Save writes it.
func (r Report) Save(file string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// Put keeps a section in place of the one of its name.
func (r *Report) Put(s Section) {
	if i := slices.IndexFunc(r.Sections, func(o Section) bool { return o.Name == s.Name }); i >= 0 {
		r.Sections[i] = s
		return
	}
	r.Sections = append(r.Sections, s)
}

// Section is the one of a name, nil without it.
func (r Report) Section(name string) *Section {
	for i := range r.Sections {
		if r.Sections[i].Name == name {
			return &r.Sections[i]
		}
	}
	return nil
}

// AddSpread adds the middle of several figures, with its ends as the note.
func (s *Section) AddSpread(name string, values []float64, unit string) {
	if len(values) > 0 {
		spread := SpreadOf(values)
		s.Add(name, spread.Median, unit, fmt.Sprintf("%s–%s in %d", figure(spread.Min), figure(spread.Max), len(values)))
	}
}
