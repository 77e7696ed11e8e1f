// Package mailtest is a mail relay for tests: it speaks SMTP on 127.0.0.1, is
// strict about what it is sent, keeps every message, and fails as it is told.
package mailtest
