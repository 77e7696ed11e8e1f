package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/itchyny/gojq"

	"ax/internal/cli/term"
	"ax/internal/wire"
)

// pageSize is how many items of a list that streams --jq is given at once.
const pageSize = 100

// A query is a jq expression, compiled.
type query struct {
	results func(v any) gojq.Iter
	watch   string // a text to look for in what is printed
	seen    bool
}

// parseQuery compiles an expression. ctx ends one that runs for
// ever. The expression sees nothing but its input: no files, no environment.
func parseQuery(ctx context.Context, text string) (*query, error) {
	parsed, err := gojq.Parse(text)
	if err != nil {
		return nil, Usagef("Invalid value for '--jq': %v", err)
	}
	code, err := gojq.Compile(parsed)
	if err != nil {
		return nil, Usagef("Invalid value for '--jq': %v", err)
	}
	return &query{results: func(v any) gojq.Iter { return code.RunWithContext(ctx, v) }}, nil
}

// run prints each result on lines of its own: strings as they are, anything
// else as JSON on one line, in the characters of JSON. A terminal is given
// strings made harmless.
func (q *query) run(w io.Writer, v any, tty bool) error {
	input, err := decoded(v)
	if err != nil {
		return err
	}
	results := q.results(input)
	for {
		result, ok := results.Next()
		if !ok {
			return nil
		}
		switch r := result.(type) {
		case error:
			return failure(r)
		case string:
			err = q.print(w, r, tty)
		default:
			var line bytes.Buffer
			if err = term.JSONLine(&line, r); err == nil {
				err = q.print(w, strings.TrimSuffix(line.String(), "\n"), false)
			}
		}
		if err != nil {
			return err
		}
	}
}

func (q *query) print(w io.Writer, text string, tty bool) error {
	q.seen = q.seen || q.watch != "" && strings.Contains(text, q.watch)
	if tty {
		text = literalLines(text)
	}
	_, err := io.WriteString(w, text+"\n")
	return err
}

// failure is what an expression ended with. An expression may also halt.
func failure(err error) error {
	if h, ok := errors.AsType[*gojq.HaltError](err); ok && h.Value() == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &term.OutputError{Reason: "The expression of --jq failed: " + term.Literal(err.Error())}
}

// decoded is v as gojq takes it.
func decoded(v any) (any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // large integers stay what they are
	var input any
	err = d.Decode(&input)
	return input, err
}

// queried gives --jq a list: the document of --output json, or when a page is
// set, one such document after the other.
type queried[T any] struct {
	o     *Output[T]
	w     io.Writer
	page  int
	items []T
}

// Add implements document.
func (q *queried[T]) Add(item T) error {
	if q.page > 0 && len(q.items) == q.page {
		if err := q.flush(&wire.Pagination{HasMore: true}); err != nil {
			return err
		}
	}
	q.items = append(q.items, item)
	return nil
}

// Close implements document.
func (q *queried[T]) Close(p *wire.Pagination) error { return q.flush(p) }

func (q *queried[T]) flush(p *wire.Pagination) error {
	items := q.items
	if items == nil {
		items = []T{}
	}
	doc := map[string]any{q.o.View.Key: items}
	if p != nil {
		doc["pagination"] = p
	}
	q.items = items[:0]
	return q.o.jq.run(q.w, doc, q.o.env.Streams.OutTTY)
}
