//go:build unix

package server

import (
	"math"
	"syscall"
)

// openFiles is how many files the process may have open. Go has raised it as
// far as it may be raised before this is asked.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxInt32
	}
	return int(min(limit.Cur, math.MaxInt32))
}
