//go:build !testclock

package server

import "time"

func systemClock() func() time.Time { return time.Now }
