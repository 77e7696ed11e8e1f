package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"ax/internal/wire"
)

// encode writes an answer's body as encoding/json does. The answers that
// servers give all day are written by hand, to the same bytes: for a page of
// users that takes a sixth of the time.
func encode(body any) ([]byte, error) {
	switch body := body.(type) {
	case wire.User:
		return append(appendUser(make([]byte, 0, userBytes), body), '\n'), nil
	case wire.UserList:
		return append(appendUserList(make([]byte, 0, (len(body.Users)+1)*userBytes), body), '\n'), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(body)
	return b.Bytes(), err
}

const userBytes = 320 // what a user takes, as a rule

func appendUserList(b []byte, l wire.UserList) []byte {
	b = append(b, `{"users":`...)
	if l.Users == nil {
		b = append(b, `null`...)
	} else {
		b = append(b, '[')
		for i, u := range l.Users {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendUser(b, u)
		}
		b = append(b, ']')
	}
	b = append(b, `,"pagination":{`...)
	if l.Pagination.NextCursor != "" {
		b = append(appendString(append(b, `"next_cursor":`...), l.Pagination.NextCursor), ',')
	}
	b = strconv.AppendBool(append(b, `"has_more":`...), l.Pagination.HasMore)
	return append(b, `}}`...)
}

func appendUser(b []byte, u wire.User) []byte {
	b = appendString(append(b, `{"id":`...), u.ID)
	b = appendString(append(b, `,"name":`...), u.Name)
	b = appendString(append(b, `,"email":`...), u.Email)
	b = appendString(append(b, `,"created_at":`...), u.CreatedAt)
	b = appendString(append(b, `,"status":`...), string(u.Status))
	b = appendString(append(b, `,"role":{"type":`...), u.Role.Type)
	if u.Role.ID != "" {
		b = appendString(append(b, `,"id":`...), u.Role.ID)
	}
	if u.Role.Name != "" {
		b = appendString(append(b, `,"name":`...), u.Role.Name)
	}
	b = strconv.AppendBool(append(b, `},"is_developer":`...), u.IsDeveloper)
	return append(b, '}')
}

// appendString writes a string of printable ASCII, or leaves it to
// encoding/json.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			text, err := encode(s)
			if err != nil { // encoding/json takes every string
				return append(b, `""`...)
			}
			return append(b, bytes.TrimSuffix(text, []byte("\n"))...)
		}
	}
	b = append(append(b, '"'), s...)
	return append(b, '"')
}

// timestamp is a time on the wire (RFC 3339): UTC, six fraction digits or
// none, never trimmed, so that texts of one length sort as the times do.
func timestamp(t time.Time) wire.Timestamp {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format("2006-01-02T15:04:05Z") // no date of ours
	}
	hour, minute, second := t.Clock()
	text := []byte("0000-00-00T00:00:00.000000Z")
	digits(text[0:4], year)
	digits(text[5:7], int(month))
	digits(text[8:10], day)
	digits(text[11:13], hour)
	digits(text[14:16], minute)
	digits(text[17:19], second)
	if t.Nanosecond() == 0 {
		return string(append(text[:19], 'Z'))
	}
	digits(text[20:26], t.Nanosecond()/1000)
	return string(text)
}

// digits writes a number into all of b.
func digits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = "0123456789"[n%10]
		n /= 10
	}
}
