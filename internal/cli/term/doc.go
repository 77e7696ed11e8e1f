// Package term is where values become text: streams, tables, panels, JSON,
// CSV, output files, notices, progress and prompts.
//
// Data goes to Out and nothing else does; every sentence meant for a person
// goes to Err. What a server or a user wrote passes through Literal on its way
// to a terminal: Table, Panel, Print, the notices and the prompts apply it to
// their values themselves, so a command cannot forget it. Only formats, labels
// and headings, which are written in this program, are printed as they are.
//
// Colour and movement depend on the terminal; see Streams. Text is never
// wrapped, except that the cells of a table or panel fold on a terminal.
package term
