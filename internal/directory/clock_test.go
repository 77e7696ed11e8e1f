package directory_test

import (
	"fmt"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// D-13: whatever the clock does, an invitation is good exactly while it stands
// before the invitation's end, and no jump ends what it does not reach.
func TestD13_ClockJumps(t *testing.T) {
	t.Parallel()
	const life = 7 * 24 * time.Hour
	w := newWorld(t)
	begun := w.Clock.Now()
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	key := w.APIKey(t, "ada@example.com")
	for _, after := range []time.Duration{
		life - time.Second, -time.Hour, life, -365 * 24 * time.Hour, life + 365*24*time.Hour, 0, life - 1, -50 * 365 * 24 * time.Hour, life, time.Hour,
	} {
		w.Clock.Advance(begun.Add(after).Sub(w.Clock.Now()))
		if good := w.Good(t, p.Secret, directory.TokenInvitation); good != (after < life) {
			t.Errorf("%v after it was made, the invitation is good: %v", after, good)
		}
		u, err := w.User(t.Context(), w.Admin, p.ID)
		must(t, err)
		if invited := u.Status(w.Clock.Now()) == directory.StatusInvited; invited != (after < life) {
			t.Errorf("%v after it was made, the status is %s", after, u.Status(w.Clock.Now()))
		}
		if _, err := w.Authenticate(t.Context(), key); err != nil {
			t.Errorf("%v after it was made, a key without an end is refused: %v", after, err)
		}
		must(t, w.Tidy(t.Context()))
	}
}

// A clock that ran ahead and is set right again shuts nobody out for as long
// as it ran ahead, and keeps no letter back.
func TestD13_ClockIsSetBack(t *testing.T) {
	t.Parallel()
	const ahead = 30 * 24 * time.Hour
	w := newWorld(t)
	w.Clock.Advance(ahead)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	claimed, err := w.ClaimLetters(t.Context(), 1, time.Minute)
	must(t, err)
	must(t, w.LetterFailed(t.Context(), claimed[0].Letter, "busy", w.Clock.Now().Add(time.Hour)))
	guess := func() error {
		return w.CountGuess(t.Context(), directory.Guess{Email: "pat@example.com", Address: fmt.Sprint(w.Clock.Now().UnixNano())})
	}
	for range 5 {
		must(t, guess())
	}
	wantKind(t, "the sixth guess", guess(), directory.TooMany)

	w.Clock.Advance(-ahead)
	must(t, guess())
	if wait := waitOf(t, guess()); wait > time.Minute {
		t.Errorf("the next guess waits %v", wait)
	}
	must(t, w.Tidy(t.Context()))
	claimed, err = w.ClaimLetters(t.Context(), 5, time.Minute)
	must(t, err)
	if len(claimed) != 1 || claimed[0].To != "pat@example.com" {
		t.Errorf("letters %v are due", claimed)
	}
	if !w.Good(t, p.Secret, directory.TokenInvitation) {
		t.Error("the invitation has ended")
	}
}
