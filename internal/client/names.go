package client

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ErrNotFound is returned for an address or a name that nothing has.
var ErrNotFound = errors.New("not found")

// WellFormedID holds for any text that can be an id of the API: padded
// standard base64 of UTF-8 that has a colon in it. What is not one is a name.
func WellFormedID(id string) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(id)
	return err == nil && !strings.ContainsAny(id, "\r\n") && utf8.Valid(b) && bytes.IndexByte(b, ':') >= 0
}

// A Candidate is one of several things that have the same name.
type Candidate struct {
	ID, Name         string
	OrganizationID   string // of a space
	OrganizationName string // of a space; empty when it cannot be read
}

// An AmbiguousError is a name that several things have.
type AmbiguousError struct {
	Singular   string // what kind of thing
	Name       string // as it was asked for
	Candidates []Candidate
}

func (e *AmbiguousError) Error() string {
	var each []string
	for _, c := range e.Candidates {
		text := c.ID
		switch {
		case c.OrganizationName != "":
			text += fmt.Sprintf(" in %q", c.OrganizationName)
		case c.OrganizationID != "":
			text += " in " + c.OrganizationID
		}
		each = append(each, text)
	}
	return fmt.Sprintf("%d %ss have the name %q; use an id: %s", len(each), e.Singular, e.Name, strings.Join(each, ", "))
}

// fewNames is how many names that are like a wrong one an error gives.
const fewNames = 3

// byName finds the one thing with exactly the name, on whatever page. The
// API's own filters are substrings and find others too.
func byName[T any](all iter.Seq2[T, error], singular, name string, of func(T) Candidate) (found T, err error) {
	var none T
	var like []string
	several := &AmbiguousError{Singular: singular, Name: name}
	seen := map[string]bool{} // a row can stand on two pages of a server whose order is not stable
	for item, err := range all {
		if err != nil {
			return none, err
		}
		c := of(item)
		if seen[c.ID] {
			continue
		}
		if norm.NFC.String(c.Name) != norm.NFC.String(name) {
			if len(like) < fewNames && strings.Contains(strings.ToLower(c.Name), strings.ToLower(name)) {
				like = append(like, strconv.Quote(c.Name))
			}
			continue
		}
		seen[c.ID] = true
		found = item
		several.Candidates = append(several.Candidates, c)
	}
	switch len(several.Candidates) {
	case 0:
		err = fmt.Errorf("%s %q %w", singular, name, ErrNotFound)
		if len(like) > 0 {
			err = fmt.Errorf("%w; there is %s", err, strings.Join(like, ", "))
		}
		return none, err
	case 1:
		return found, nil
	}
	return none, several
}
