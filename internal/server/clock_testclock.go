//go:build testclock

package server

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// systemClock is the system's, moved by the Go duration in the file that
// AX_CLOCK_FILE names. The file is read at every use; while it is empty or
// cannot be read, the last value stays.
func systemClock() func() time.Time {
	if file := os.Getenv("AX_GOROUTINES_FILE"); file != "" {
		go countGoroutines(file)
	}
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

// countGoroutines keeps in a file how many there are, for the bench that looks
// for what grows.
func countGoroutines(file string) {
	for range time.Tick(time.Second) {
		_ = os.WriteFile(file, strconv.AppendInt(nil, int64(runtime.NumGoroutine()), 10), 0o600)
	}
}
