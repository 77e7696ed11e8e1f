package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxBodyBytes = 1 << 20
	maxDepth     = 32
)

// decode reads a JSON body into T. It refuses what the standard decoder lets
// pass and an authorization decision could turn on: a key that is unknown,
// doubled or differently cased, null, broken UTF-8, anything behind the end.
// Null is for the keys of T that are a wire.Nullable, and clears them.
func decode[T any](r *http.Request) (body T, err error) {
	if err := mediaType(r.Header); err != nil {
		return body, err
	}
	text, err := bodyOf(r)
	if err != nil {
		return body, err
	}
	return parse[T](text)
}

// decodeAny is decode for a body that may be left out: it is the zero T then.
func decodeAny[T any](r *http.Request) (body T, err error) {
	text, err := bodyOf(r)
	if err != nil || len(text) == 0 {
		return body, err
	}
	if err := mediaType(r.Header); err != nil {
		return body, err
	}
	return parse[T](text)
}

func bodyOf(r *http.Request) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBodyBytes))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, errBodyTooLarge()
	}
	if err != nil {
		return nil, badRequest("The body broke off before its end.") // err can hold addresses
	}
	return text, nil
}

func parse[T any](text []byte) (body T, err error) {
	// What inspect finds, decoding finds too, in other words; but not a null,
	// a NUL or, where a shape is open to it, the depth.
	sound := !bytes.Contains(text, []byte("null")) && !bytes.Contains(text, []byte(`\u0000`)) && bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) <= maxDepth
	if !sound {
		if err := inspect(text, nullable[T]()); err != nil {
			return body, err
		}
	}
	into := json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, n target) error {
		return json.UnmarshalDecode(d, n.Target())
	}))
	if err := json.Unmarshal(text, &body, into, json.RejectUnknownMembers(true)); err != nil {
		if err := inspect(text, nullable[T]()); err != nil {
			return body, err
		}
		return body, mismatch(err)
	}
	return body, nil
}

// A target is a wire.Nullable of any type. Its own UnmarshalJSON is not used:
// it would let unknown keys pass.
type target interface{ Target() any }

// nullable has the pointers of the keys of T that may be null.
func nullable[T any]() (keys []jsontext.Pointer) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if reflect.PointerTo(field.Type).Implements(reflect.TypeFor[target]()) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			keys = append(keys, jsontext.Pointer("/"+name))
		}
	}
	return keys
}

func mediaType(h http.Header) error {
	t, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || t != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return errMediaType()
	}
	if e := h.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return errContentEncoding()
	}
	return nil
}

// inspect walks the tokens: the text is one JSON value, not too deep, without
// doubled keys, NUL, or null for another key than those.
func inspect(text []byte, nullable []jsontext.Pointer) error {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			if d.InputOffset() == 0 || len(bytes.TrimSpace(text)) == 0 {
				return badRequest("The body is empty; send a JSON object.")
			}
			return nil
		case errors.Is(err, jsontext.ErrDuplicateName):
			return badRequest("%s: the key is there twice.", key(doubled(err)))
		case err != nil:
			return notJSON(err)
		case d.StackDepth() > maxDepth:
			return badRequest("The body is nested more than %d levels deep.", maxDepth)
		case token.Kind() == 'n' && !slices.Contains(nullable, d.StackPointer()):
			return badRequest("%s: must not be null; leave the key out.", key(d.StackPointer()))
		case token.Kind() == '"' && strings.ContainsRune(token.String(), 0):
			return badRequest("%s: must not hold the character U+0000.", key(d.StackPointer()))
		case d.StackDepth() == 0 && len(bytes.TrimSpace(text[d.InputOffset():])) > 0:
			return badRequest("There is text behind the JSON object.")
		}
	}
}

// doubled is where the key stands again; the decoder is still at the one before.
func doubled(err error) jsontext.Pointer {
	e, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		return ""
	}
	return e.JSONPointer
}

// mismatch says which key does not fit the request's shape, and how.
func mismatch(err error) error {
	e, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case !ok:
		return notJSON(err)
	case errors.Is(err, json.ErrUnknownName):
		return badRequest("%s: there is no such key in this request.", key(e.JSONPointer))
	}
	return badRequest("%s: must be %s, not %s.", key(e.JSONPointer), shape(e), kindName(e.JSONKind))
}

// key writes a JSON pointer the way that people name fields: role.name.
func key(p jsontext.Pointer) string {
	var parts []string
	for token := range p.Tokens() {
		parts = append(parts, printable(token))
	}
	if len(parts) == 0 {
		return "body"
	}
	return strings.Join(parts, ".")
}

func printable(s string) string {
	const shown = 60
	if len(s) > shown {
		s = s[:shown] + "…"
	}
	quoted := strconv.Quote(strings.ToValidUTF8(s, "?"))
	return quoted[1 : len(quoted)-1]
}

func shape(e *json.SemanticError) string {
	switch e.GoType.Kind().String() {
	case "string":
		return "a string"
	case "bool":
		return "true or false"
	case "int":
		return "a whole number"
	case "slice":
		return "an array"
	}
	return "an object"
}

func kindName(k jsontext.Kind) string {
	switch k { //nolint:exhaustive // null was refused before, and the rest are objects
	case 't', 'f':
		return "true or false"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '[':
		return "an array"
	}
	return "an object"
}

// notJSON says where a text stops being JSON, and in the value of which key.
func notJSON(err error) *fault {
	e, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok || errors.Is(err, io.ErrUnexpectedEOF):
		return badRequest("The body is not JSON: it ends too early.")
	case e.JSONPointer == "":
		return badRequest("The body is not JSON: %v at byte %d.", e.Err, e.ByteOffset)
	}
	return badRequest("%s: not JSON: %v at byte %d.", key(e.JSONPointer), e.Err, e.ByteOffset)
}
