package directory_test

import (
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// only is the one letter there is.
func only(t *testing.T, w *dirtest.World) directory.OpenLetter {
	t.Helper()
	letters := w.Letters(t)
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	return letters[0]
}

func claimOne(t *testing.T, w *dirtest.World) directory.OpenLetter {
	t.Helper()
	held, err := w.ClaimLetters(t.Context(), 10, time.Minute)
	must(t, err)
	if len(held) != 1 {
		t.Fatalf("claimed %d letters", len(held))
	}
	return held[0]
}

func claimNone(t *testing.T, w *dirtest.World, why string) {
	t.Helper()
	held, err := w.ClaimLetters(t.Context(), 10, time.Minute)
	if err != nil || len(held) != 0 {
		t.Errorf("%s: claimed %d letters, error %v", why, len(held), err)
	}
}

func TestLetterSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	held := claimOne(t, w)
	if held.Token != p.Secret || held.To != "pat@example.com" || !held.ClaimedUntil.Equal(w.Clock.Now().Add(time.Minute)) {
		t.Errorf("claimed %+v", held)
	}
	claimNone(t, w, "while it is held")
	w.Clock.Advance(time.Second)
	must(t, w.LetterSent(t.Context(), held.Letter))
	got := only(t, w)
	if got.State != directory.LetterSent || got.Attempts != 1 || got.Token != "" || len(got.Sealed) != 0 || !got.SettledAt.Equal(w.Clock.Now()) {
		t.Errorf("sent: %+v", got)
	}
	w.Clock.Advance(time.Hour)
	claimNone(t, w, "after it was sent")
	if !w.Good(t, p.Secret, directory.TokenInvitation) {
		t.Error("the link ended with its letter")
	}
}

func TestLetterTakenOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	first := claimOne(t, w)
	w.Clock.Advance(time.Minute - time.Microsecond)
	claimNone(t, w, "just before the claim ends")
	w.Clock.Advance(time.Microsecond)
	if second := claimOne(t, w); second.ID != first.ID || second.Token != first.Token {
		t.Errorf("taken over: %+v", second)
	}
}

func TestLetterFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	for attempt := 1; attempt <= 3; attempt++ {
		held := claimOne(t, w)
		if held.Attempts != attempt-1 || held.Token != p.Secret {
			t.Errorf("attempt %d: %+v", attempt, held)
		}
		must(t, w.LetterFailed(t.Context(), held.Letter, "451 try later", w.Clock.Now().Add(time.Hour)))
		if got := only(t, w); got.State != directory.LetterWaiting || got.Attempts != attempt || got.LastError != "451 try later" || !got.SettledAt.IsZero() {
			t.Errorf("after attempt %d: %+v", attempt, got)
		}
		w.Clock.Advance(time.Hour - time.Microsecond)
		claimNone(t, w, "before the next attempt is due")
		w.Clock.Advance(time.Microsecond)
	}
	must(t, w.LetterFailed(t.Context(), claimOne(t, w).Letter, "550 unknown", time.Time{}))
	got := only(t, w)
	if got.State != directory.LetterDead || got.Attempts != 4 || got.LastError != "550 unknown" || got.Token != p.Secret || !got.SettledAt.Equal(w.Clock.Now()) {
		t.Errorf("given up: %+v", got)
	}
	w.Clock.Advance(24 * time.Hour)
	claimNone(t, w, "after it was given up")

	seen := len(w.Entries(t))
	must(t, w.RetryLetter(t.Context(), directory.Host("root"), got.ID))
	if entries := since(t, w, seen); len(entries) != 1 || entries[0].Operation != "retry_letter" || entries[0].Subject != string(got.ID) {
		t.Errorf("audit entries %+v", entries)
	}
	must(t, w.LetterSent(t.Context(), claimOne(t, w).Letter))
	if sent := only(t, w); sent.State != directory.LetterSent || sent.LastError != "" || sent.Attempts != 1 {
		t.Errorf("sent at last: %+v", sent)
	}
}

// A letter that failed for good is ended when its link is replaced: reviving
// it later would send a link that is void.
func TestDeadLetterWithdrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	must(t, w.LetterFailed(t.Context(), claimOne(t, w).Letter, "550", time.Time{}))
	must(t, w.ResendInvitation(t.Context(), w.Admin, p.ID))
	old := w.Letters(t)[0]
	wantKind(t, "revive it", w.RetryLetter(t.Context(), directory.Host("root"), old.ID), directory.Conflict)
	if old.State != directory.LetterWithdrawn || old.Token != "" || len(w.Waiting(t)) != 1 {
		t.Errorf("the old letter: %+v", old)
	}
}

func TestRetryLetterRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wantKind(t, "no letter", w.RetryLetter(t.Context(), directory.Host("root"), "nothing"), directory.NotFound)
	w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	must(t, w.LetterSent(t.Context(), claimOne(t, w).Letter))
	before := state(t, w)
	wantKind(t, "a letter that left", w.RetryLetter(t.Context(), directory.Host("root"), only(t, w).ID), directory.Conflict)
	same(t, "the directory", state(t, w), before)
}

// Who reads a letter's secret is recorded, and only then.
func TestReadLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	id, seen := only(t, w).ID, len(w.Entries(t))
	got, err := w.ReadLetter(t.Context(), directory.Host("ops"), id)
	if err != nil || got.Token != p.Secret || got.ID != id {
		t.Errorf("read %+v, error %v", got, err)
	}
	entries := since(t, w, seen)
	if len(entries) != 1 || entries[0].Operation != "show_letter" || entries[0].Subject != string(id) || entries[0].Actor != "ops" || entries[0].Via != directory.ViaHost {
		t.Errorf("audit entries %+v", entries)
	}
	must(t, w.LetterSent(t.Context(), claimOne(t, w).Letter))
	got, err = w.ReadLetter(t.Context(), directory.Host("ops"), id)
	if err != nil || got.Token != "" || got.State != directory.LetterSent {
		t.Errorf("read after it left: %+v, error %v", got, err)
	}
	if entries := since(t, w, seen); len(entries) != 1 {
		t.Errorf("reading a letter without a secret was recorded: %+v", entries)
	}
	_, err = w.ReadLetter(t.Context(), directory.Host("ops"), "nothing")
	wantKind(t, "no letter", err, directory.NotFound)
}

// Whoever can write to the store cannot move a secret to a letter of their own.
func TestSealedForOneLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	mine := only(t, w).Letter
	mine.ID, mine.To = "TGV0dGVyOm1pbmU=", "eve@example.com"
	must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error { return tx.InsertLetter(mine) }))
	got, err := w.ReadLetter(t.Context(), directory.Host("root"), mine.ID)
	if err == nil || got.Token == p.Secret {
		t.Errorf("read %+v, error %v", got, err)
	}
}

// One letter that cannot be opened does not hold up the others.
func TestUnreadableLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := directory.Letter{
		ID: "TGV0dGVyOmJhZA==", Kind: directory.LetterInvitation, State: directory.LetterWaiting, UserSeq: stored(t, w, w.Member.Email).Seq,
		To: "mel@example.com", Sealed: []byte("not sealed by this key"), CreatedAt: w.Clock.Now(), DueAt: w.Clock.Now().Add(-time.Hour),
		ExpiresAt: w.Clock.Now().Add(time.Hour),
	}
	must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error { return tx.InsertLetter(bad) }))
	made, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{
		Name: "Pat", Email: "pat@example.com", Role: directory.RoleMember, Mode: directory.InviteLink,
	})
	must(t, err)
	held, err := w.ClaimLetters(t.Context(), 10, time.Minute)
	must(t, err)
	if len(held) != 2 || held[0].ID != bad.ID || held[0].Token != "" || held[1].To != made.User.Email || !w.Good(t, held[1].Token, directory.TokenInvitation) {
		t.Errorf("claimed %+v", held)
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, email := range []string{"c@example.com", "a@example.com", "b@example.com"} {
		w.Put(t, email, dirtest.InvitedByLink)
	}
	var got []string
	after := int64(0)
	for {
		page, err := w.Directory.Letters(t.Context(), after, 2)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, l := range page {
			got = append(got, l.To)
		}
		after = page[len(page)-1].Seq
	}
	same(t, "the letters", got, []string{"c@example.com", "a@example.com", "b@example.com"})
}
