package rows

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// csv reads comma, semicolon or tab separated values. The first line names
// the columns; lines without any text are no rows.
func (l *List) csv(yield func(Row, error) bool) {
	in := &limited{in: l.in}
	in.row()
	records := csv.NewReader(in)
	records.Comma = separator(l.peekLine())
	records.FieldsPerRecord = -1
	names, err := header(records)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			yield(Row{}, err)
		}
		return
	}
	for {
		in.row()
		values, err := records.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var row Row
		if err == nil {
			line, _ := records.FieldPos(0)
			row = Row{Line: line, Names: names, Values: values}
			if blank(values) {
				continue
			}
			err = row.sound()
		}
		goesOn, err := fault(err)
		if !yield(row, err) || !goesOn {
			return
		}
	}
}

// peekLine is the first line, or as much of it as a separator needs.
func (l *List) peekLine() []byte {
	text, _ := l.in.Peek(l.in.Size()) // an error will be met again
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return line
}

// separator is what parts the names of the columns: the candidate that stands
// most often outside quotes.
func separator(line []byte) rune {
	counts := map[byte]int{}
	quoted := false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t") {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

// header reads the names of the columns. io.EOF means that there is nothing.
func header(records *csv.Reader) ([]string, error) {
	names, err := records.Read()
	if err != nil {
		_, err = fault(err)
		return nil, err
	}
	for i, name := range names {
		switch {
		case !utf8.ValidString(name):
			return nil, &RowError{Line: 1, Text: `the text is not UTF-8; save the list as "CSV UTF-8"`}
		case strings.ContainsRune(name, '\r'):
			return nil, &RowError{Line: 1, Text: "the lines end with CR alone; save the list with the usual line ends"}
		case strings.ContainsRune(name, 0):
			return nil, &RowError{Line: 1, Text: "there is a NUL character; is this a text file?"}
		}
		names[i] = strings.TrimSpace(name)
	}
	return names, nil
}

func blank(values []string) bool {
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			return false
		}
	}
	return true
}

// sound says what is wrong with a row, and takes the apostrophes out that
// keep spreadsheets from calculating.
func (r Row) sound() error {
	if len(r.Values) != len(r.Names) {
		return &RowError{Line: r.Line, Text: fmt.Sprintf("the row has %d cell(s) and the header %d; is a separator or a quote missing?", len(r.Values), len(r.Names))}
	}
	for i, v := range r.Values {
		switch {
		case !utf8.ValidString(v):
			return &RowError{r.Line, r.Names[i], `the text is not UTF-8; save the list as "CSV UTF-8"`}
		case strings.ContainsRune(v, 0):
			return &RowError{r.Line, r.Names[i], "there is a NUL character"}
		}
		r.Values[i] = plain(v)
	}
	return nil
}

// plain undoes what our own CSV does to a cell that looks like a formula.
func plain(cell string) string {
	after, ok := strings.CutPrefix(cell, "'")
	if first, _ := utf8.DecodeRuneInString(after); ok && after != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return after
	}
	return cell
}

// fault puts a decoder's error into words. goesOn tells that the next row can
// be read all the same.
func fault(err error) (goesOn bool, _ error) {
	if _, ok := errors.AsType[*RowError](err); ok || err == nil {
		return true, err
	}
	p, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		return false, err
	case errors.Is(p.Err, csv.ErrBareQuote):
		return true, &RowError{Line: p.Line, Text: "a cell with a quote in it has to stand in quotes, and the quote in it is doubled"}
	}
	return false, &RowError{Line: p.StartLine, Text: "a quoted cell does not end where it should"}
}
