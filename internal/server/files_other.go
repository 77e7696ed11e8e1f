//go:build !unix

package server

import "math"

// openFiles is how many files the process may have open: there is no limit to
// speak of.
func openFiles() int { return math.MaxInt32 }
