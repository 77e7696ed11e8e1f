// Package rows reads lists that people keep: CSV as spreadsheets write it,
// JSON, JSON lines and Parquet, the documents of `ax users list` included. A
// list of any length takes the memory of one row, and everything that is wrong
// with it is told with its line.
package rows
