package command

import (
	"bytes"
	"encoding/json"
	"io"

	"ax/internal/cli/term"
	"ax/internal/wire"
)

// A document becomes text or bytes item by item.
type document[T any] interface {
	Add(item T) error
	// Close ends a list; p is nil for one that has no pages.
	Close(p *wire.Pagination) error
}

// document begins a list.
func (o *Output[T]) document(w io.Writer, page int) (document[T], error) {
	switch {
	case o.jq != nil:
		return &queried[T]{o: o, w: w, page: page}, nil
	case o.quiet:
		return lines[T](func(item T) error { return o.quietly(w, item) }), nil
	}
	switch o.to.Format {
	case term.FormatJSON:
		return &listed[T]{o, term.NewJSONList(w, o.View.Key)}, nil
	case term.FormatJSONL:
		return lines[T](func(item T) error { return o.line(w, item) }), nil
	case term.FormatCSV:
		return o.csv(w)
	case term.FormatTable, term.FormatParquet:
	}
	return &parquet[T]{o.env, term.NewParquet(w, o.View.Columns)}, nil
}

// one writes a document of one item, which is no list.
func (o *Output[T]) one(w io.Writer, item T) error {
	if o.jq == nil && o.format() == term.FormatJSON {
		v, err := o.value(item)
		if err != nil {
			return err
		}
		return term.JSON(w, v)
	}
	if o.jq != nil {
		v, err := o.value(item)
		if err != nil {
			return err
		}
		return o.jq.run(w, v, o.env.Streams.OutTTY)
	}
	d, err := o.document(w, 0)
	if err != nil {
		return err
	}
	if err := d.Add(item); err != nil {
		return err
	}
	return d.Close(nil)
}

// value is what JSON encodes of an item: itself, or the columns chosen.
func (o *Output[T]) value(item T) (any, error) {
	if !o.chosen {
		return item, nil
	}
	return pick(item, o.View.Names())
}

// pick encodes the named keys of an object, in their order. What the object
// leaves out stays out.
func pick(item any, names []string) (json.RawMessage, error) {
	whole, err := json.Marshal(item)
	if err != nil {
		return nil, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(whole, &values); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, name := range names {
		value, ok := values[name]
		if !ok {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `":`)
		b.Write(value)
	}
	return json.RawMessage("{" + b.String() + "}"), nil
}

// listed is a JSON document with a list in it.
type listed[T any] struct {
	o *Output[T]
	*term.JSONList
}

// Add implements document.
func (l *listed[T]) Add(item T) error {
	v, err := l.o.value(item)
	if err != nil {
		return err
	}
	return l.JSONList.Add(v)
}

// Close implements document.
func (l *listed[T]) Close(p *wire.Pagination) error {
	if p == nil {
		return l.JSONList.Close("", nil)
	}
	return l.JSONList.Close("pagination", p)
}

// lines is a document without beginning or end.
type lines[T any] func(T) error

// Add implements document.
func (l lines[T]) Add(item T) error { return l(item) }

// Close implements document.
func (lines[T]) Close(*wire.Pagination) error { return nil }

func (o *Output[T]) line(w io.Writer, item T) error {
	v, err := o.value(item)
	if err != nil {
		return err
	}
	return term.JSONLine(w, v)
}

// quietly writes what --quiet has of an item. An id is one line, whoever made it.
func (o *Output[T]) quietly(w io.Writer, item T) error {
	id := o.View.id()(item)
	if id == "" {
		return nil
	}
	_, err := io.WriteString(w, term.Literal(id)+"\n")
	return err
}

// csv begins CSV. A terminal is never given raw cells: nobody parses it.
func (o *Output[T]) csv(w io.Writer) (document[T], error) {
	raw := o.raw && (o.to.Path != "" || !o.env.Streams.OutTTY)
	c, err := term.NewCSV(w, o.View.Columns, raw)
	return lines[T](c.Add), err
}

// parquet is a Parquet file.
type parquet[T any] struct {
	env *Env
	*term.Parquet[T]
}

// Close implements document.
func (p *parquet[T]) Close(*wire.Pagination) error {
	for _, name := range p.Lost {
		p.env.Warn("Some values of %s cannot be written as their type in Parquet; they were left out.", name)
	}
	return p.Parquet.Close()
}
