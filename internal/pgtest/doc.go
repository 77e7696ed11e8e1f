// Package pgtest gives tests a real PostgreSQL. Only tests may import it.
//
//	db := pgtest.URL(t)                        // an empty database, dropped when t ends
//	db := pgtest.Clone(t, "schema", migrate)   // one that migrate has filled, copied from a template
//	own := pgtest.Server(t)                    // a server to kill and restart
//
// The server is the one that AX_TEST_POSTGRES names (the URL of a server where databases may be created), else one that
// this process starts from the binaries on the machine, once, when the first test asks. Without either the test is
// skipped, or fails when AX_TEST_REQUIRE=1, as `make test` sets it.
//
// # Life of a private server
//
// Each test process has one, in a folder of its own under the temporary folder, on a free port of 127.0.0.1, with a random
// password and with fsync on. It sorts text as production servers do, by language and not by byte, so that a statement
// that means bytes fails here when it does not say so.
//
// A janitor, three lines of shell in a process group of its own, waits for the end of the pipe that the test process holds
// open. However that process ends, kill -9 included, the janitor then stops the server and removes the folder; no TestMain
// is needed. No goroutine stays behind between calls, so tests that look for leaked ones are not disturbed.
package pgtest
