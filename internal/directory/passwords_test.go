package directory_test

import (
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func TestResetPassword(t *testing.T) {
	t.Parallel()
	for standing, want := range map[dirtest.Standing]directory.Kind{
		dirtest.InvitedByLink: directory.Malformed, dirtest.InvitedByPassword: directory.Malformed, dirtest.Expired: directory.Malformed,
		dirtest.Active: ok, dirtest.Deleted: directory.NotFound,
	} {
		t.Run(string(standing), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.Put(t, "pat@example.com", standing)
			before, seen := state(t, w, p), len(w.Entries(t))
			wantKind(t, "reset", w.ResetPassword(t.Context(), w.Admin, p.ID), want)
			if want != ok {
				same(t, "the directory", state(t, w, p), before)
				return
			}
			same(t, "the user", stored(t, w, "pat@example.com"), p.User)
			letters := w.Waiting(t)
			if len(letters) != 1 || letters[0].Kind != directory.LetterReset || letters[0].To != "pat@example.com" || letters[0].From != "Ada Admin" {
				t.Fatalf("letters waiting: %+v", letters)
			}
			if got := letters[0].ExpiresAt.Sub(w.Clock.Now()); got != 30*time.Minute {
				t.Errorf("the letter says that the link lasts %v", got)
			}
			if got := since(t, w, seen); len(got) != 1 || got[0].Operation != "reset_user_password" || got[0].Subject != string(p.ID) || got[0].Changes != "[]" {
				t.Errorf("audit entries %+v", got)
			}
		})
	}
	w := newWorld(t)
	wantKind(t, "an id that nobody has", w.ResetPassword(t.Context(), w.Admin, noSuchUser), directory.NotFound)
	wantKind(t, "what is no id", w.ResetPassword(t.Context(), w.Admin, "pat"), directory.Malformed)
}

// T-07: of two reset links only the later one is good, for half an hour, and
// for nothing but a reset.
func TestResetLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, other := w.Put(t, "pat@example.com", dirtest.Active), w.Put(t, "kim@example.com", dirtest.Active)
	for _, id := range []directory.UserID{p.ID, other.ID, p.ID} {
		must(t, w.ResetPassword(t.Context(), w.Admin, id))
	}
	letters := waitingTo(t, w, "pat@example.com")
	if len(letters) != 1 {
		t.Fatalf("%d letters wait, want the later one only", len(letters))
	}
	if withdrawn := w.Letters(t)[0]; withdrawn.State != directory.LetterWithdrawn || withdrawn.Token != "" {
		t.Errorf("the earlier letter: %+v", withdrawn)
	}
	others := waitingTo(t, w, "kim@example.com")
	if len(others) != 1 || !w.Good(t, others[0].Token, directory.TokenReset) {
		t.Errorf("the other user's letter: %+v", others)
	}
	token := letters[0].Token
	if w.Good(t, token, directory.TokenInvitation) || w.Good(t, token, directory.TokenTemporaryPassword) {
		t.Error("the link is good for something else")
	}
	w.Clock.Advance(30*time.Minute - time.Microsecond)
	if !w.Good(t, token, directory.TokenReset) {
		t.Error("the link ended early")
	}
	w.Clock.Advance(time.Microsecond)
	if w.Good(t, token, directory.TokenReset) {
		t.Error("the link is good after half an hour")
	}
}

// An earlier link is void also when its letter has left already.
func TestResetAfterSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.Active)
	must(t, w.ResetPassword(t.Context(), w.Admin, p.ID))
	held, err := w.ClaimLetters(t.Context(), 10, time.Minute)
	must(t, err)
	must(t, w.LetterSent(t.Context(), held[0].Letter))
	if !w.Good(t, held[0].Token, directory.TokenReset) {
		t.Fatal("a link that was sent is not good")
	}
	must(t, w.ResetPassword(t.Context(), w.Admin, p.ID))
	if w.Good(t, held[0].Token, directory.TokenReset) {
		t.Error("the earlier link is good beside the later one")
	}
	if first := w.Letters(t)[0]; first.State != directory.LetterSent {
		t.Errorf("the letter that left is %s", first.State)
	}
}
