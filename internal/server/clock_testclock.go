//go:build testclock

package server

import (
	"os"
	"strings"
	"sync"
	"time"
)

// systemClock is the system's, moved by the Go duration in the file that
// AX_CLOCK_FILE names. The file is read at every use; while it is empty or
// cannot be read, the last value stays.
func systemClock() func() time.Time {
	var mu sync.Mutex
	var moved time.Duration
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		if text, err := os.ReadFile(os.Getenv("AX_CLOCK_FILE")); err == nil {
			if d, err := time.ParseDuration(strings.TrimSpace(string(text))); err == nil {
				moved = d
			}
		}
		return time.Now().Add(moved)
	}
}
