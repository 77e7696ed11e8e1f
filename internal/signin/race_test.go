package signin_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// T-03: of 64 who send one link's form at once to two servers, one accepts.
// The others come in with the same password, and not with another.
func TestRTK02_OneOfManyAccepts(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 2, func(t *testing.T, worlds []*world) {
		invited := worlds[0].inviting()
		for round := range 6 {
			same := round%2 == 0
			p := invited(t, fmt.Sprintf("pat%d@example.com", round))
			var errs [64]error
			var entrances [64]directory.Entrance
			var all sync.WaitGroup
			for n := range errs {
				all.Go(func() { entrances[n], errs[n] = worlds[n%2].accept(t, p.Secret, choice(same, n)) })
			}
			all.Wait()
			winner, in := -1, 0
			for n, err := range errs {
				kind := kindOf(err)
				if kind == ok {
					winner, in = n, in+1
				}
				if kind != ok && kind != directory.TooMany && (kind != directory.Gone || same) {
					t.Errorf("%d: %v", n, err)
				}
			}
			if accepted := worlds[0].count(t, "accept_invitation", p.ID); accepted != 1 || in == 0 || !same && in != 1 {
				t.Fatalf("%d acceptances, %d came in", accepted, in)
			}
			for n, e := range entrances {
				if _, err := worlds[1].SignedInBy(t.Context(), e.Secret); (err == nil) != (errs[n] == nil) {
					t.Errorf("%d: answered with %v, signed in: %v", n, errs[n], err)
				}
			}
			worlds[0].Clock.Advance(15 * time.Minute)
			if got := worlds[1].try(t, p.Email, choice(same, winner)); got != ok {
				t.Errorf("the winner's password gives %d", got)
			}
		}
	})
}

// inviting returns what makes one invited person after another, and looks at
// their letters only.
func (w *world) inviting() func(t testing.TB, email string) dirtest.Person {
	after := int64(0)
	return func(t testing.TB, email string) dirtest.Person {
		t.Helper()
		made, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{Name: "Pat", Email: email, Role: directory.RoleMember, Mode: directory.InviteLink})
		must(t, err)
		letters, err := w.Directory.Letters(t.Context(), after, 1000)
		must(t, err)
		last := letters[len(letters)-1]
		after = last.Seq
		open, err := w.ReadLetter(t.Context(), directory.Host("root"), last.ID)
		must(t, err)
		return dirtest.Person{User: made.User, Secret: open.Token}
	}
}

func choice(same bool, n int) string {
	if same {
		return password
	}
	return fmt.Sprintf("%s for %d", password, n)
}

// Whatever comes first, nobody is signed in who was deleted.
func TestT04_AcceptWhileDeleted(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 2, func(t *testing.T, worlds []*world) {
		here, there := worlds[0], worlds[1]
		accepted, invited := 0, here.inviting()
		for round := range 200 {
			p := invited(t, fmt.Sprintf("pat%d@example.com", round))
			var e directory.Entrance
			var accept, remove error
			var both sync.WaitGroup
			both.Go(func() { e, accept = here.accept(t, p.Secret, password) })
			both.Go(func() { remove = there.DeleteUser(t.Context(), there.Admin, p.ID) })
			both.Wait()
			must(t, remove)
			if accept == nil {
				accepted++
			} else {
				wantKind(t, "accept", accept, directory.Gone)
			}
			_, err := here.SignedInBy(t.Context(), e.Secret)
			wantKind(t, "the session", err, directory.Unauthenticated)
			if u := there.user(t, p.Email); u.State != directory.StateDeleted || here.sessions(t, u) != 0 {
				t.Fatalf("round %d: the user is %s and has %d sessions", round, u.State, here.sessions(t, u))
			}
			wantKind(t, "the link again", errOf(there.accept(t, p.Secret, password)), directory.Gone)
			_, err = there.signIn(t, p.Email, password, fmt.Sprint("address ", round))
			wantKind(t, "sign in", err, directory.Unauthenticated)
		}
		t.Logf("%d of 200 accepted before they were deleted", accepted)
	})
}

// An acceptance and a resend come one after the other, in one order or the other.
func TestT05_AcceptWhileResent(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 2, func(t *testing.T, worlds []*world) {
		here, there := worlds[0], worlds[1]
		invited := here.inviting()
		for round := range 40 {
			p := invited(t, fmt.Sprintf("pat%d@example.com", round))
			var accept, resend error
			var both sync.WaitGroup
			both.Go(func() { _, accept = here.accept(t, p.Secret, password) })
			both.Go(func() { resend = there.ResendInvitation(t.Context(), there.Admin, p.ID) })
			both.Wait()
			u := here.user(t, p.Email)
			switch {
			case accept == nil && kindOf(resend) == directory.Malformed:
				if u.State != directory.StateActive || len(here.waitingTo(t, p.Email)) != 0 {
					t.Errorf("accepted, then refused to resend: the user is %s, letters wait: %v", u.State, here.waitingTo(t, p.Email))
				}
			case kindOf(accept) == directory.Gone && resend == nil:
				if u.State != directory.StateInvited || here.hash(t, p.Email) != "" || here.sessions(t, u) != 0 {
					t.Errorf("resent, then refused to accept: the user is %s with %d sessions", u.State, here.sessions(t, u))
				}
				wantKind(t, "the new link", errOf(here.accept(t, here.lastLink(t, p.Email), password)), ok)
			default:
				t.Errorf("accept: %v; resend: %v", accept, resend)
			}
		}
	})
}

func (w *world) waitingTo(t testing.TB, email string) (letters []directory.OpenLetter) {
	t.Helper()
	for _, l := range w.Waiting(t) {
		if l.To == email {
			letters = append(letters, l)
		}
	}
	return letters
}

// The last microsecond is good, the next one is not.
func TestT05_AcceptAtTheLastMoment(t *testing.T) {
	t.Parallel()
	for early, want := range map[time.Duration]directory.Kind{time.Microsecond: ok, 0: directory.Gone} {
		w := newWorld(t)
		p := w.Put(t, email, dirtest.InvitedByLink)
		w.Clock.Advance(p.InvitedUntil.Sub(w.Clock.Now()) - early)
		wantKind(t, early.String()+" before the end", errOf(w.accept(t, p.Secret, password)), want)
	}
}

// Two who know a temporary password, and are looked at in one moment, do not
// both come in.
func TestT11_TemporaryPasswordAtOnce(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 2, func(t *testing.T, worlds []*world) {
		p := worlds[0].Put(t, "pat@example.com", dirtest.InvitedByPassword)
		var both, done sync.WaitGroup
		both.Add(len(worlds))
		kinds := make([]directory.Kind, len(worlds))
		for n, w := range worlds {
			w.auth.Hasher.Deriving(func(password, salt []byte, passes, memory uint32, threads uint8, length uint32) []byte {
				both.Done()
				both.Wait()
				return w.meter.derive(password, salt, passes, memory, threads, length)
			})
			done.Go(func() { kinds[n] = w.try(t, p.Email, p.Secret) })
		}
		done.Wait()
		if kinds[0] == kinds[1] || min(kinds[0], kinds[1]) != ok || max(kinds[0], kinds[1]) != directory.Unauthenticated {
			t.Errorf("they got %v, want one to come in and one not", kinds)
		}
		if n := worlds[0].sessions(t, p.User); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}
