package mail

import (
	"strings"
	"time"

	"ax/internal/directory"
)

const (
	tryFor   = 24 * time.Hour // from a letter's creation
	maxCause = 300            // runes
)

// delay is the wait behind a failed attempt; attempts counts the ones before it.
func delay(attempts int) time.Duration {
	delays := [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 3 * time.Hour, 6 * time.Hour}
	return delays[min(max(attempts, 0), len(delays)-1)]
}

// nextTry says when a letter that failed at now is tried again; or the zero
// time, and why not.
func nextTry(l directory.Letter, now time.Time) (at time.Time, why string) {
	at = now.Add(delay(l.Attempts))
	switch {
	case !at.Before(l.ExpiresAt):
		return time.Time{}, "given up: the link ends before the next attempt"
	case at.After(l.CreatedAt.Add(tryFor)):
		return time.Time{}, "given up: a day has passed"
	}
	return at, ""
}

// scrub makes a failure fit to be kept and shown: one line, not long, and
// without the link. A server may quote a part of what it refused, so even
// eight characters of the token are too many.
func scrub(cause, link, token string) string {
	if link != "" {
		cause = strings.ReplaceAll(cause, link, "[link]")
	}
	cause = oneLine(cause)
	low := strings.ToLower(cause)
	for i := 0; i+8 <= len(token); i++ {
		if strings.Contains(low, strings.ToLower(token[i:i+8])) {
			return "failed; the reason quotes the link and is not kept"
		}
	}
	return shorten(cause, maxCause)
}
