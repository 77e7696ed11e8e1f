package mail

import (
	"regexp"
	"strings"
	"time"

	"ax/internal/directory"
)

const (
	useless  = time.Minute // a link that ends so soon helps nobody
	maxCause = 300         // runes
)

// delay is the wait behind a failed attempt; attempts counts the ones before it.
func delay(attempts int) time.Duration {
	delays := [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 3 * time.Hour, 6 * time.Hour}
	return delays[min(max(attempts, 0), len(delays)-1)]
}

// nextTry says when a letter that failed at now is tried again; or the zero
// time, and why not. A letter is tried for as long as it is of use, so that no
// outage that ends before does it harm: towards its end, the waits are half
// of what is left. Its age does not count: it may have waited for a server
// that was off, or for an operator.
func nextTry(l directory.Letter, now time.Time) (at time.Time, why string) {
	at, last := now.Add(delay(l.Attempts)), l.ExpiresAt.Add(-useless)
	if at.After(last) {
		at = now.Add(l.ExpiresAt.Sub(now) / 2)
	}
	if at.After(last) {
		return time.Time{}, "given up: the letter's time ends before the next attempt"
	}
	return at, ""
}

// scrub makes a failure fit to be kept and logged: one line, not long, without
// the link and the reader's address, which servers like to quote. They may
// quote a part of the link too, so even eight characters of the token are too
// many.
func scrub(cause, link string, l directory.OpenLetter) string {
	if link != "" {
		cause = strings.ReplaceAll(cause, link, "[link]")
	}
	if l.To != "" {
		cause = regexp.MustCompile("(?i)"+regexp.QuoteMeta(l.To)).ReplaceAllLiteralString(cause, "[address]")
	}
	cause = oneLine(cause)
	low := strings.ToLower(cause)
	for i := 0; i+8 <= len(l.Token); i++ {
		if strings.Contains(low, strings.ToLower(l.Token[i:i+8])) {
			return "failed; the reason quotes the link and is not kept"
		}
	}
	return shorten(cause, maxCause)
}
