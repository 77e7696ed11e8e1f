package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"ax/internal/directory"
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

// pageParams reads limit, 0 when it is not given, and cursor.
func pageParams(q url.Values) (limit int, cursor string, err error) {
	if q.Has("limit") {
		if limit, err = wholeNumber(q.Get("limit")); err != nil || limit < 1 || limit > directory.MaxLimit {
			return 0, "", badRequest("limit: must be a whole number from 1 to %d.", directory.MaxLimit)
		}
	}
	return limit, q.Get("cursor"), nil
}

// oneOf reads a parameter that is one of a few words, in any case, and empty
// when it is not there. There and empty is wrong: a filter that lost its value
// must not answer with everything.
func oneOf[T ~string](q url.Values, name string, words []T) (word T, err error) {
	if !q.Has(name) {
		return "", nil
	}
	if word = T(upper(q.Get(name))); !slices.Contains(words, word) {
		return "", badRequest("%s: must be one of %s.", name, listed(words))
	}
	return word, nil
}

// idFilter reads an id that the directory looks at, empty when it is not there.
// There and empty is wrong, as in oneOf.
func idFilter(q url.Values, name, says string) (string, error) {
	id := q.Get(name)
	if q.Has(name) && id == "" {
		return "", badRequest("%s: %s.", name, says)
	}
	return id, nil
}

// userFilter reads a user's id, empty when it is not there.
func userFilter(q url.Values) (directory.UserID, error) {
	id := q.Get("user_id")
	if q.Has("user_id") && !directory.WellFormedID(id) {
		return "", badRequest("user_id: this is not a user id; leave it out for all users.")
	}
	return directory.UserID(id), nil
}
