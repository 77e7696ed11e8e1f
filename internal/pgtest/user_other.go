//go:build !unix

package pgtest

import (
	"errors"
	"syscall"
)

// Elsewhere no private server is started (findBinaries finds none), so these are never reached.

func attributes() (*syscall.SysProcAttr, error) {
	return nil, errors.New("a private PostgreSQL is started on Unix only; set AX_TEST_POSTGRES")
}

func own(string) error { return nil }
