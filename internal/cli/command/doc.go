// Package command has what every command of the CLI is given and what it can
// end with: the streams, a client opened only when it is asked for, the chosen
// output, and the errors that become exit codes.
//
// # How a noun is shown
//
// A noun has one function that returns its [View]: the title of the panel that
// shows one, the key of a list in JSON, and its columns in the API's order.
//
//	func view() command.View[wire.Space] {
//		return command.View[wire.Space]{
//			Title: "Space Details", Key: "spaces",
//			Columns: []term.Column[wire.Space]{
//				{Name: "id", Cell: func(s wire.Space) string { return s.ID }, ID: true},
//				{Name: "name", Cell: func(s wire.Space) string { return s.Name }, Lead: true},
//				command.Time("created_at", 1, func(s wire.Space) string { return s.CreatedAt }),
//			},
//		}
//	}
//
// A column's name is the key that it has in JSON, and its Cell the value as a
// program wants it; [term.Column] has the rest: Short for people, the Kind for
// Parquet, and its place on a narrow terminal. T itself is what JSON encodes.
//
// A command keeps an [OutputFlags], gives its cobra command the options with
// [AddOutput], and opens its [Output] before it sends anything:
//
//	out, err := command.Open(ctx, e, in.output, view())
//
// Then one call shows what the API answered, in whatever way the person chose:
//
//	out.Show(space)                                 // get
//	out.Changed(space, "The space was created")     // create, update
//	out.List(page.Spaces, page.Pagination)          // list, one page
//	out.All(c.AllSpaces(ctx, filter))               // list --all, an iter.Seq2
//	out.Results(rows)                               // delete, a row for each
//
// They take care of table, JSON, JSONL, CSV, Parquet, --columns, --quiet, --jq,
// --csv-raw, files, the notice that there is more, the one that there is
// nothing, and of a value that is shown only once. An error is returned as it
// is; Changed makes it a [PartialError], since what was done stays done.
//
// A type that adds to another, such as what a creation answers, takes its
// columns over with [term.Of].
package command
