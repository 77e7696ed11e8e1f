// Package store keeps a directory in SQL: on SQLite, embedded, or on
// PostgreSQL, shared by several servers.
//
// One text of each statement runs on both engines; engine.go holds the whole
// difference. Rules that keep it so, each a case of storetest:
//
//   - Placeholders are $1, $2, …; RETURNING and ON CONFLICT are common ground.
//   - Whether a unique value is taken is asked with ON CONFLICT DO NOTHING and
//     RETURNING, never read from an error: the engines word those differently.
//   - UPDATE … WHERE id IN (SELECT …) repeats the inner condition outside, or
//     PostgreSQL's READ COMMITTED lets two workers take one row.
//   - A token is spent by one conditional UPDATE, never by SELECT then UPDATE.
//   - Times are whole microseconds in an integer column, converted at the
//     column (micros). No now(), lower(), arrays or JSON operators in SQL.
//   - Texts are compared as the bytes of directory.Fold.
//
// All writing goes through [Store.Write]. On SQLite the writes that wait
// together share one transaction and one sync (group.go); on PostgreSQL each
// is its own.
package store
