// Package parquetfile writes and reads Apache Parquet files, as far as lists of
// records need it: docs/decisions/0009 says why it is not a library's job.
//
// A [Writer] makes files with optional columns of strings, booleans, integers,
// times, lists of strings and structs of these, PLAIN and SNAPPY, in row groups
// of a few megabytes, so that its memory does not grow with the file. A
// [Reader] reads the flat columns of files that others made, as text: every
// physical type, both page versions, the encodings that writers use, and the
// codecs SNAPPY and GZIP.
//
// Numbers in the code are those of parquet.thrift in the format's repository.
package parquetfile
