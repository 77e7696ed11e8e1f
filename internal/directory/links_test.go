package directory_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

func visit() directory.Visit {
	return directory.Visit{Address: "192.0.2.7", Agent: "Browser", RequestID: "request-7"}
}

// resetLink sends an active user a reset and returns its link's token.
func resetLink(t *testing.T, w *dirtest.World, u directory.User) string {
	t.Helper()
	must(t, w.ResetPassword(t.Context(), w.Admin, u.ID))
	waiting := waitingTo(t, w, u.Email)
	return waiting[len(waiting)-1].Token
}

// hashOf is the stored password hash of an address.
func hashOf(t *testing.T, w *dirtest.World, email string) string {
	t.Helper()
	hash, err := w.Store.Read(t.Context()).PasswordHash(stored(t, w, email).Seq)
	must(t, err)
	return hash
}

// A deadLink is why a link does not work, and what its holder is told.
type deadLink struct {
	name string
	end  func(t *testing.T, w *dirtest.World, p dirtest.Person, link string) string // the text that is tried
	says string
}

const saysNothing = "This link does not work."

func deadLinks(life time.Duration, use func(t *testing.T, w *dirtest.World, link string), again func(t *testing.T, w *dirtest.World, p dirtest.Person)) []deadLink {
	return []deadLink{
		{"used", func(t *testing.T, w *dirtest.World, _ dirtest.Person, link string) string {
			use(t, w, link)
			return link
		}, "has been used"},
		{"replaced", func(t *testing.T, w *dirtest.World, p dirtest.Person, link string) string {
			again(t, w, p)
			return link
		}, "a newer letter has replaced it"},
		{"expired", func(_ *testing.T, w *dirtest.World, _ dirtest.Person, link string) string {
			w.Clock.Advance(life)
			return link
		}, "was good until"},
		{"of a deleted user", func(t *testing.T, w *dirtest.World, p dirtest.Person, link string) string {
			must(t, w.DeleteUser(t.Context(), w.Admin, p.ID))
			return link
		}, saysNothing},
		{"cut short", func(_ *testing.T, _ *dirtest.World, _ dirtest.Person, link string) string { return link[:42] }, saysNothing},
		{"in another case", func(_ *testing.T, _ *dirtest.World, _ dirtest.Person, link string) string {
			return strings.ToUpper(link)
		}, saysNothing},
		{"empty", func(*testing.T, *dirtest.World, dirtest.Person, string) string { return "" }, saysNothing},
		{"unknown", func(*testing.T, *dirtest.World, dirtest.Person, string) string { return strings.Repeat("A", 43) }, saysNothing},
	}
}

// T-01, T-07, T-08, T-09: a link is good once, for its time, for its purpose.
func TestLinks(t *testing.T) {
	t.Parallel()
	accept := func(t *testing.T, w *dirtest.World, link string) error {
		_, err := w.AcceptInvitation(t.Context(), visit(), link, "a hash")
		return err
	}
	reset := func(t *testing.T, w *dirtest.World, link string) error {
		_, err := w.ResetPasswordByLink(t.Context(), visit(), link, "a hash")
		return err
	}
	for _, c := range []struct {
		purpose  directory.Purpose
		standing dirtest.Standing
		link     func(t *testing.T, w *dirtest.World, p dirtest.Person) string
		spend    func(t *testing.T, w *dirtest.World, link string) error
		misuse   func(t *testing.T, w *dirtest.World, link string) error
		life     time.Duration
		again    func(t *testing.T, w *dirtest.World, p dirtest.Person)
	}{
		{
			directory.TokenInvitation, dirtest.InvitedByLink,
			func(_ *testing.T, _ *dirtest.World, p dirtest.Person) string { return p.Secret }, accept, reset, 7 * 24 * time.Hour,
			func(t *testing.T, w *dirtest.World, p dirtest.Person) {
				must(t, w.ResendInvitation(t.Context(), w.Admin, p.ID))
			},
		},
		{
			directory.TokenReset, dirtest.Active,
			func(t *testing.T, w *dirtest.World, p dirtest.Person) string { return resetLink(t, w, p.User) }, reset, accept, 30 * time.Minute,
			func(t *testing.T, w *dirtest.World, p dirtest.Person) {
				must(t, w.ResetPassword(t.Context(), w.Admin, p.ID))
			},
		},
	} {
		use := func(t *testing.T, w *dirtest.World, link string) { must(t, c.spend(t, w, link)) }
		for _, dead := range deadLinks(c.life, use, c.again) {
			t.Run(string(c.purpose)+", "+dead.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				p := w.Put(t, "pat@example.com", c.standing)
				link := c.link(t, w, p)
				held, err := w.OpenLink(t.Context(), c.purpose, link)
				if err != nil || held.User.ID != p.ID {
					t.Fatalf("while it is good: %+v, error %v", held, err)
				}
				link = dead.end(t, w, p, link)
				before := state(t, w, p)
				_, opened := w.OpenLink(t.Context(), c.purpose, link)
				_, misread := w.OpenLink(t.Context(), directory.TokenTemporaryPassword, link)
				for what, err := range map[string]error{"open": opened, "spend": c.spend(t, w, link), "misuse": c.misuse(t, w, link), "misread": misread} {
					says := dead.says
					if strings.HasPrefix(what, "mis") {
						says = saysNothing
					}
					if kindOf(err) != directory.Gone || !strings.HasPrefix(err.Error(), "This ") || !strings.Contains(err.Error(), says) {
						t.Errorf("%s: error %v, want one that says %q", what, err, says)
					}
				}
				same(t, "the directory", state(t, w, p), before)
			})
		}
		t.Run(string(c.purpose)+", for something else", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.Put(t, "pat@example.com", c.standing)
			link := c.link(t, w, p)
			if err := c.misuse(t, w, link); kindOf(err) != directory.Gone || !strings.Contains(err.Error(), saysNothing) {
				t.Errorf("error %v", err)
			}
			for _, other := range []directory.Purpose{directory.TokenInvitation, directory.TokenReset, directory.TokenTemporaryPassword} {
				held, err := w.OpenLink(t.Context(), other, link)
				if other == c.purpose {
					must(t, err)
				} else if kindOf(err) != directory.Gone || !strings.Contains(err.Error(), saysNothing) || held.User.ID != "" {
					t.Errorf("opened as %s: %+v, error %v", other, held, err)
				}
			}
			for range 3 { // looking does not spend it, nor does misuse
				_, err := w.OpenLink(t.Context(), c.purpose, link)
				must(t, err)
			}
			w.Clock.Advance(c.life - time.Microsecond)
			must(t, c.spend(t, w, link))
		})
	}
}

func TestAcceptInvitation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	seen := len(w.Entries(t))
	e, err := w.AcceptInvitation(t.Context(), visit(), p.Secret, "a hash")
	must(t, err)
	want := p.User
	want.State, want.InvitedUntil = directory.StateActive, time.Time{}
	same(t, "the user", stored(t, w, "pat@example.com"), want)
	if hashOf(t, w, "pat@example.com") != "a hash" || e.Restricted || e.User.ID != p.ID {
		t.Errorf("hash %q, entrance %+v", hashOf(t, w, "pat@example.com"), e)
	}
	in, err := w.SignedInBy(t.Context(), e.Secret)
	if err != nil || in.User.ID != p.ID || in.Session.Address != "192.0.2.7" || in.Session.Agent != "Browser" {
		t.Errorf("signed in as %+v, error %v", in, err)
	}
	if len(w.Waiting(t)) != 0 {
		t.Errorf("letters wait: %+v", w.Waiting(t))
	}
	entries := since(t, w, seen)
	if len(entries) != 1 || entries[0].Operation != "accept_invitation" || entries[0].Via != directory.ViaLink || entries[0].ActorID != string(p.ID) ||
		strings.Contains(entries[0].Changes, "a hash") || !strings.Contains(entries[0].Changes, `"to":"ACTIVE"`) {
		t.Errorf("audit entries %+v", entries)
	}
}

// T-03: of many who accept one invitation at once, one does.
func TestAcceptAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for round := range 5 {
		p := w.Put(t, fmt.Sprintf("pat%d@example.com", round), dirtest.InvitedByLink)
		var errs [32]error
		var all sync.WaitGroup
		for n := range errs {
			all.Go(func() { _, errs[n] = w.AcceptInvitation(t.Context(), visit(), p.Secret, fmt.Sprint("hash ", n)) })
		}
		all.Wait()
		won := 0
		for n, err := range errs {
			switch kindOf(err) {
			case ok:
				won++
				if got := hashOf(t, w, p.Email); got != fmt.Sprint("hash ", n) {
					t.Errorf("the winner is %d, the password %q", n, got)
				}
			case directory.Gone:
			default:
				t.Errorf("%d: %v", n, err)
			}
		}
		sessions, err := w.Store.Read(t.Context()).SessionsOf(p.Seq)
		if err != nil || won != 1 || len(sessions) != 1 {
			t.Errorf("%d accepted, %d sessions, error %v", won, len(sessions), err)
		}
	}
}

// T-04: whatever comes first, a deleted user has neither session nor password
// in force.
func TestAcceptWhileDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for round := range 30 {
		p := w.Put(t, fmt.Sprintf("pat%d@example.com", round), dirtest.InvitedByLink)
		var e directory.Entrance
		var accepted, deleted error
		var both sync.WaitGroup
		both.Go(func() { e, accepted = w.AcceptInvitation(t.Context(), visit(), p.Secret, "a hash") })
		both.Go(func() { deleted = w.DeleteUser(t.Context(), w.Admin, p.ID) })
		both.Wait()
		must(t, deleted)
		if kind := kindOf(accepted); kind != ok && kind != directory.Gone {
			t.Errorf("accept: %v", accepted)
		}
		_, err := w.SignedInBy(t.Context(), e.Secret)
		wantKind(t, "the session", err, directory.Unauthenticated)
		if u := stored(t, w, p.Email); u.State != directory.StateDeleted {
			t.Errorf("the user is %s", u.State)
		}
		if sessions, err := w.Store.Read(t.Context()).SessionsOf(p.Seq); err != nil || len(sessions) != 0 {
			t.Errorf("%d sessions, error %v", len(sessions), err)
		}
	}
}

func TestResetPasswordByLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u, old := signedUp(t, w, "pat@example.com", "old hash")
	key := w.APIKey(t, "pat@example.com")
	for range 7 { // somebody guesses
		_ = w.CountGuess(t.Context(), directory.Guess{Email: "pat@example.com", Address: "198.51.100.1"})
	}
	link, seen := resetLink(t, w, u), len(w.Entries(t))
	e, err := w.ResetPasswordByLink(t.Context(), visit(), link, "new hash")
	must(t, err)
	if got := hashOf(t, w, "pat@example.com"); got != "new hash" {
		t.Errorf("the hash is %q", got)
	}
	_, err = w.SignedInBy(t.Context(), old)
	wantKind(t, "the earlier session", err, directory.Unauthenticated)
	_, err = w.SignedInBy(t.Context(), e.Secret)
	wantKind(t, "the new session", err, ok)
	_, err = w.Authenticate(t.Context(), key)
	wantKind(t, "an API key", err, ok)
	wantKind(t, "a guess, after many", w.CountGuess(t.Context(), directory.Guess{Email: "pat@example.com", Address: "198.51.100.2"}), ok)
	waiting := w.Waiting(t)
	if len(waiting) != 1 || waiting[0].Kind != directory.LetterPasswordChanged || waiting[0].Token != "" || waiting[0].To != "pat@example.com" {
		t.Errorf("letters wait: %+v", waiting)
	}
	if entries := since(t, w, seen); len(entries) != 1 || entries[0].Operation != "complete_password_reset" || entries[0].Changes != `[{"field":"password","to":"chosen"}]` {
		t.Errorf("audit entries %+v", entries)
	}
}

// The same form may come twice within ten minutes.
func TestRepeatable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	held, err := w.OpenLink(t.Context(), directory.TokenInvitation, p.Secret)
	must(t, err)
	if held.Repeatable(w.Clock.Now()) {
		t.Error("a link that was not spent is repeatable")
	}
	_, err = w.AcceptInvitation(t.Context(), visit(), p.Secret, "a hash")
	must(t, err)
	for _, c := range []struct {
		later time.Duration
		want  bool
	}{{0, true}, {10*time.Minute - time.Microsecond, true}, {time.Microsecond, false}} {
		w.Clock.Advance(c.later)
		held, err := w.OpenLink(t.Context(), directory.TokenInvitation, p.Secret)
		if kindOf(err) != directory.Gone || held.Repeatable(w.Clock.Now()) != c.want {
			t.Errorf("%v later: repeatable %v, error %v", c.later, !c.want, err)
		}
	}
}
