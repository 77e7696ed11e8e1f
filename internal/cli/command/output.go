package command

import (
	"cmp"
	"context"
	"io"
	"iter"
	"slices"

	"ax/internal/cli/term"
	"ax/internal/wire"
)

// An Output is where and how a command shows data of one kind. Its methods
// return what the sequence or the place of the output failed with.
type Output[T any] struct {
	View View[T] // with --columns, what is left of it

	env    *Env
	to     term.Output
	raw    bool // --csv-raw
	quiet  bool
	chosen bool                          // --columns
	jq     *query                        // nil without --jq
	secret func(T) (value, label string) // what is shown only this once
}

// Open settles how a view is shown and makes sure that it can be written. It
// comes before any request: a usage error or an *term.OutputError costs none.
func Open[T any](ctx context.Context, e *Env, f OutputFlags, v View[T]) (*Output[T], error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	o := &Output[T]{env: e, raw: f.raw, quiet: f.quiet, chosen: len(names) > 0, secret: v.secret}
	if o.View, err = v.choose(names); err != nil {
		return nil, err
	}
	if f.jq != "" {
		if o.jq, err = parseQuery(ctx, f.jq); err != nil {
			return nil, err
		}
	}
	if err := o.settle(f); err != nil {
		return nil, err
	}
	return o, o.to.Check()
}

// settle finds the format and the place.
func (o *Output[T]) settle(f OutputFlags) (err error) {
	e := o.env
	value := f.output
	switch {
	case f.quiet:
		e.JSON, e.Streams.Quiet, e.Streams.Silent = false, true, true
		return nil
	case f.jq != "":
		o.to.Format, e.Streams.Quiet = term.FormatJSON, !e.Streams.ErrTTY
		return nil
	case value == "":
		if value, err = e.DefaultOutput(); err != nil {
			return err
		}
	}
	if o.to, err = term.ParseOutput(cmp.Or(value, string(term.FormatTable))); err != nil {
		return err
	}
	if o.raw && o.to.Format != term.FormatCSV {
		return Usagef("--csv-raw is for CSV; add -o csv")
	}
	if o.to.Format == term.FormatParquet && o.to.Path == "" && e.Streams.OutTTY {
		return &term.OutputError{Reason: "Parquet is not text: name a file with --output, or redirect standard output"}
	}
	if isJSON(o.to.Format) {
		e.JSON, e.Streams.Quiet = true, !e.Streams.ErrTTY
	}
	return nil
}

// Show shows one item.
func (o *Output[T]) Show(item T) error {
	if o.format() == term.FormatTable {
		return term.Panel(o.env.Streams, o.View.Title, term.Fields(o.View.Columns, item))
	}
	return o.emit(func(w io.Writer) error { return o.one(w, item) })
}

// Changed shows what a change made. done says what that was: "The user was
// created". It begins the *PartialError of a failure, for what was done stays
// done. A value that is shown only this once reaches a person whatever
// happens, and whatever the options leave out.
func (o *Output[T]) Changed(item T, done string) error {
	secret, label := o.secret(item)
	if o.jq != nil {
		o.jq.watch = secret
	}
	err := o.Show(item)
	switch {
	case err != nil && secret != "":
		done += ". The " + label + " is: " + term.Literal(secret) + "\nIt could not be written where it should"
		return &PartialError{Done: done, Err: err}
	case err != nil:
		return &PartialError{Done: done + ", but could not be shown", Err: err}
	case secret != "" && !o.shown():
		o.env.Warn("The %s is: %s", label, secret)
	}
	return nil
}

// shown says whether a secret was in what was just written.
func (o *Output[T]) shown() bool {
	secret := func(c term.Column[T]) bool { return c.Secret }
	switch {
	case o.quiet:
		return false
	case o.jq != nil:
		return o.jq.seen
	}
	return slices.ContainsFunc(o.View.Columns, secret)
}

// List shows one page, and in every format says on Err when there is more.
func (o *Output[T]) List(items []T, p wire.Pagination) error {
	if err := o.write(plain(items), &p, 0); err != nil {
		return err
	}
	o.sayMore(p)
	return nil
}

// All shows a list while it is read, in memory that does not grow with it. An
// error in the sequence ends it, and nothing is left at the output's path.
func (o *Output[T]) All(items iter.Seq2[T, error]) error {
	return o.write(items, &wire.Pagination{}, pageSize)
}

// Results shows what became of several items.
func (o *Output[T]) Results(items []T) error { return o.write(plain(items), nil, 0) }

func plain[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// write shows a list. p is what JSON says about the rest, nil for nothing;
// page is how many items --jq is given at once, 0 for all.
func (o *Output[T]) write(items iter.Seq2[T, error], p *wire.Pagination, page int) error {
	if o.format() == term.FormatTable {
		t := term.NewTable(o.env.Streams, o.View.Columns)
		defer t.Discard()
		if err := each(items, t.Add); err != nil {
			return err
		}
		return t.Close()
	}
	return o.emit(func(w io.Writer) error {
		d, err := o.document(w, page)
		if err != nil {
			return err
		}
		if err := each(items, d.Add); err != nil {
			return err
		}
		return d.Close(p)
	})
}

func each[T any](items iter.Seq2[T, error], add func(T) error) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		if err := add(item); err != nil {
			return err
		}
	}
	return nil
}

// format is the format, "" for ids only.
func (o *Output[T]) format() term.Format {
	if o.quiet {
		return ""
	}
	return o.to.Format
}

// emit writes a document to its place. That it went to a file is told, when
// JSON was chosen only after everything went well.
func (o *Output[T]) emit(write func(io.Writer) error) error {
	if o.to.Path == "" || !o.env.JSON {
		return o.env.Streams.Emit(o.to, write)
	}
	err := o.to.Write(write)
	if err == nil {
		o.env.saved = o.to.Path
	}
	return err
}

// sayMore tells that a page is not the whole list.
func (o *Output[T]) sayMore(p wire.Pagination) {
	s := o.env.Streams
	if !p.HasMore {
		return
	}
	s.Line("")
	if p.NextCursor == "" {
		s.Line("More items available, but the server gives no cursor to fetch them with.")
		return
	}
	s.Line("More items available. To fetch the next page, add:")
	s.Line("  --cursor %s", p.NextCursor)
}
