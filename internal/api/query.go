package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// query reads the parameters of a request. An unknown one is refused: a
// filter that is misspelled must not answer with everyone, and one that stands
// twice must not be half obeyed.
func query(r *http.Request, known, repeated []string) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("The query is not well-formed; percent-encode %%, & and ; in values.")
	}
	for name, values := range q {
		switch {
		case !slices.Contains(known, name):
			return nil, badRequest("%s: there is no such parameter here%s.", printable(name), choice(known))
		case len(values) > 1 && !slices.Contains(repeated, name):
			return nil, badRequest("%s: give it once.", name)
		}
		for _, v := range values {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return nil, badRequest("%s: must be UTF-8 without U+0000.", name)
			}
		}
	}
	return q, nil
}

func choice(known []string) string {
	if len(known) == 0 {
		return ""
	}
	return "; there are " + strings.Join(known, ", ")
}
