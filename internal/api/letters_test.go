package api_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// A mailbox is not flooded: the eleventh letter of a kind within a day has to
// wait, longer each time, and the answer says how long.
func TestT14LettersAreCapped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, mode, path string }{
		{"resend", "EMAIL_LINK", "/resend-invitation"},
		{"reset", "NONE", "/reset-password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			made := w.do(t, http.MethodPost, "/v2/users", `{"name":"Pat","email":"pat@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"`+c.mode+`"}`)
			var u struct{ ID string }
			if err := json.Unmarshal(made.Body.Bytes(), &u); err != nil || u.ID == "" {
				t.Fatalf("create: %d %s", made.Code, made.Body)
			}
			target := "/v2/users/" + u.ID + c.path
			sent := 0
			for range 100 {
				got := w.do(t, http.MethodPost, target, "")
				if got.Code == http.StatusNoContent {
					sent++
					continue
				}
				after := got.Header().Get("Retry-After")
				if seconds, err := strconv.Atoi(after); got.Code != http.StatusTooManyRequests || err != nil || seconds < 1 {
					t.Fatalf("status %d, Retry-After %q", got.Code, after)
				}
			}
			if sent != 10 {
				t.Errorf("%d letters at one moment, want ten", sent)
			}
			w.Clock.Advance(2 * time.Second)
			if got := w.do(t, http.MethodPost, target, ""); got.Code != http.StatusNoContent {
				t.Errorf("after the delay: status %d", got.Code)
			}
		})
	}
}
