package signin_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/store"
)

const freeGuesses = 5

// exhaust has a stranger guess at an account until the next guess has to wait.
func (w *world) exhaust(t testing.TB, email string) {
	t.Helper()
	for n := range freeGuesses {
		_, err := w.signIn(t, email, wrong, fmt.Sprint("198.51.100.", n))
		wantKind(t, "a wrong password", err, directory.Unauthenticated)
	}
	_, err := w.signIn(t, email, wrong, "198.51.100.99")
	wantKind(t, "one more", err, directory.TooMany)
}

// Ten wrong passwords, each as soon as it may come: the wait grows, nothing is
// looked at before its end, and then the right password works.
func TestA01_GuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, email)
	guess := func(password string) (wait time.Duration, err error) {
		if _, err = w.signIn(t, email, password, home); err != nil {
			wait = waitOf(t, err)
		}
		return wait, err
	}
	var waits []time.Duration
	for range 10 {
		calls := w.meter.calls.Load()
		wait, err := guess(wrong)
		if wait > 0 {
			waits = append(waits, wait)
			if w.meter.calls.Load() != calls {
				t.Error("a guess that has to wait was looked at")
			}
			w.Clock.Advance(wait)
			_, err = guess(wrong)
		}
		wantKind(t, "wrong", err, directory.Unauthenticated)
	}
	if want := []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9}; !slices.Equal(waits, want) {
		t.Errorf("the waits are %v, want %v", waits, want)
	}
	wait, err := guess(password)
	wantKind(t, "the right one, at once", err, directory.TooMany)
	w.Clock.Advance(wait)
	_, err = guess(password)
	wantKind(t, "the right one, after the wait", err, ok)
	if wait, _ := guess(wrong); wait != 0 {
		t.Errorf("after a success a wrong one waits %v", wait)
	}
	for range 30 {
		wait, _ := guess(wrong)
		if wait > 15*time.Minute {
			t.Fatalf("a wait of %v", wait)
		}
		w.Clock.Advance(wait)
	}
	if wait, _ = guess(password); wait > 0 {
		w.Clock.Advance(wait)
		_, err = guess(password)
		wantKind(t, "the right one, after the longest wait", err, ok)
	}
}

// Five hundred at once over three servers are five, and five are counted.
func TestA02_ManyAtOnceAreCounted(t *testing.T) {
	t.Parallel()
	onEachEngine(t, 3, func(t *testing.T, worlds []*world) {
		worlds[0].person(t, email)
		before := worlds[0].meter.calls.Load()
		kinds, mu := map[directory.Kind]int{}, sync.Mutex{}
		var all sync.WaitGroup
		for n := range 500 {
			all.Go(func() {
				_, err := worlds[n%3].signIn(t, email, wrong, fmt.Sprint("address ", n))
				mu.Lock()
				defer mu.Unlock()
				kinds[kindOf(err)]++
			})
		}
		all.Wait()
		if diff := cmp.Diff(map[directory.Kind]int{directory.Unauthenticated: freeGuesses, directory.TooMany: 500 - freeGuesses}, kinds); diff != "" {
			t.Errorf("answers by kind (-want +got):\n%s", diff)
		}
		if looked := worlds[0].meter.calls.Load() - before; looked != freeGuesses {
			t.Errorf("%d guesses were looked at, want %d", looked, freeGuesses)
		}
		// A sixth would have made it two seconds.
		_, err := worlds[1].signIn(t, email, password, home)
		if wait := waitOf(t, err); wait != time.Second {
			t.Errorf("the next one waits %v, want a second", wait)
		}
		worlds[0].Clock.Advance(time.Second)
		_, err = worlds[2].signIn(t, email, password, home)
		wantKind(t, "the right one, a second later", err, ok)
	})
}

// No spelling that reaches an account has a counter of its own.
func TestA03_SpellingsShareACounter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const address = "jörg.k@bücher.example"
	w.person(t, address)
	same := []string{"jörg.k@xn--bcher-kva.example", "JÖRG.K@XN--BCHER-KVA.EXAMPLE", "jo\u0308rg.k@xn--bcher-kva.example", "jörg.\u212a@xn--bcher-kva.example", "Jörg.K@xn--bcher-kva.Example"}
	for n, spelling := range same {
		_, err := w.signIn(t, spelling, wrong, fmt.Sprint("address ", n))
		wantKind(t, spelling, err, directory.Unauthenticated)
	}
	for n, spelling := range slices.Concat(same, []string{" " + same[0], same[0] + " ", "\t" + same[0] + "\n", same[0] + ".", address, "jörg.k@bücher．example", "jorg.k@xn--bcher-kva.example"}) {
		_, err := w.signIn(t, spelling, password, fmt.Sprint("further ", n))
		if err == nil || n < len(same) && kindOf(err) != directory.TooMany {
			t.Errorf("%q is let in, or not held up: %v", spelling, err)
		}
	}
}

// Names that nobody has push no counter out, and what they leave behind goes
// with time.
func TestA04_UnknownNamesPushNothingOut(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	w := newWorlds(t, func() (*store.Store, error) { return store.OpenSQLite(folder) }, 1)[0]
	w.person(t, email)
	w.exhaust(t, email)
	const names = 1500
	var all sync.WaitGroup
	for worker := range 50 {
		all.Go(func() {
			for n := range names / 50 {
				_ = w.CountGuess(t.Context(), directory.Guess{Email: fmt.Sprintf("nobody%d.%d@example.com", worker, n), Address: fmt.Sprint("address ", worker)})
			}
		})
	}
	all.Wait()
	_, err := w.signIn(t, email, password, home)
	wantKind(t, "the right one, after many others' names", err, directory.TooMany)
	if rows := attempts(t, folder); rows < names {
		t.Errorf("%d counters, want at least %d", rows, names)
	}
	must(t, w.Tidy(t.Context()))
	if rows := attempts(t, folder); rows < names {
		t.Errorf("tidying removed counters that were in force: %d are left", rows)
	}
	w.Clock.Advance(24*time.Hour + time.Second)
	must(t, w.Tidy(t.Context()))
	must(t, w.Tidy(t.Context()))
	if rows := attempts(t, folder); rows != 0 {
		t.Errorf("%d counters are left a day later", rows)
	}
}

func attempts(t *testing.T, folder string) (rows int) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, store.DatabaseFile))
	must(t, err)
	defer db.Close()
	must(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM attempts").Scan(&rows))
	return rows
}

// Whoever cannot come in hears the same after the same work.
func TestA05_FailuresAreAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.person(t, "password@example.com")
	w.newcomer(t, "spent@example.com")
	gone := w.person(t, "gone@example.com")
	must(t, w.DeleteUser(t.Context(), w.Admin, gone.User.ID))
	cases := map[string]string{"wrong": "password@example.com", "temporary password spent": "spent@example.com", "deleted, with a password": "gone@example.com", "no address": ""}
	for n, standing := range dirtest.Standings() {
		cases[string(standing)] = fmt.Sprintf("standing%d@example.com", n)
		w.Put(t, cases[string(standing)], standing)
	}
	for name, address := range cases {
		for _, typed := range []string{wrong, "", password + " "} {
			before, entries := w.meter.calls.Load(), len(w.Entries(t))
			e, err := w.signIn(t, address, typed, name)
			got, _ := errors.AsType[*directory.Error](err)
			if diff := cmp.Diff(directory.ErrWrongPassword(), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if calls := w.meter.calls.Load() - before; calls != 1 {
				t.Errorf("%s: %d hashes, want one", name, calls)
			}
			if e != (directory.Entrance{}) || len(w.Entries(t)) != entries+1 {
				t.Errorf("%s: entrance %+v and %d entries, want none and one", name, e, len(w.Entries(t))-entries)
			}
		}
	}
}

// Every way to try a password counts on the one counter.
func TestA08_EveryWayToGuessIsCounted(t *testing.T) {
	t.Parallel()
	ways := map[string]func(t *testing.T, w *world, link string, in directory.SignedIn, typed string) error{
		"sign in": func(t *testing.T, w *world, _ string, _ directory.SignedIn, typed string) error {
			_, err := w.signIn(t, email, typed, home)
			return err
		},
		"change the password": func(t *testing.T, w *world, _ string, in directory.SignedIn, typed string) error {
			_, err := w.auth.ChangePassword(t.Context(), from(home), in, typed, another)
			return err
		},
		"send the link's form again": func(t *testing.T, w *world, link string, _ directory.SignedIn, typed string) error {
			_, err := w.accept(t, link, typed)
			return err
		},
	}
	refused := map[string]directory.Kind{"sign in": directory.Unauthenticated, "change the password": directory.Invalid, "send the link's form again": directory.Gone}
	for first, guess := range ways {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.Put(t, email, dirtest.InvitedByLink)
			e, err := w.accept(t, p.Secret, password)
			must(t, err)
			in := w.in(t, e)
			for range freeGuesses {
				wantKind(t, first, guess(t, w, p.Secret, in, wrong), refused[first])
			}
			before := w.meter.calls.Load()
			for second, guess := range ways {
				wantKind(t, first+", then "+second, guess(t, w, p.Secret, in, password), directory.TooMany)
			}
			if w.meter.calls.Load() != before {
				t.Error("a guess that has to wait was looked at")
			}
		})
	}
}

// A stranger's guesses keep nobody out who was in before, nor anybody with a
// reset's link; and a browser that is known is no way around the counting.
func TestA09_StrangersShutNobodyOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.person(t, email)
	mallory := w.person(t, "mallory@example.com")
	w.exhaust(t, email)
	enter := func(browser, typed string) error {
		_, err := w.auth.SignIn(t.Context(), from(home), directory.Guess{Email: email, Address: home, Browser: browser}, typed)
		return err
	}
	wantKind(t, "without a browser that is known", enter("", password), directory.TooMany)
	wantKind(t, "with the browser of another account", enter(mallory.Browser, password), directory.TooMany)
	wantKind(t, "with one that is made up", enter(e.Browser+"A", password), directory.TooMany)
	wantKind(t, "with the known browser", enter(e.Browser, password), ok)
	for range freeGuesses {
		wantKind(t, "wrong, with the known browser", enter(e.Browser, wrong), directory.Unauthenticated)
	}
	wantKind(t, "the known browser, after guesses of its own", enter(e.Browser, password), directory.TooMany)

	_, err := w.auth.ResetPassword(t.Context(), from(home), w.resetLink(t, e.User), another)
	wantKind(t, "the reset's link", err, ok)
	wantKind(t, "a sign-in after the reset", enter("", another), ok)

	w.exhaust(t, email)
	w.Clock.Advance(15 * time.Minute)
	wantKind(t, "a quarter of an hour later", enter("", another), ok)
}

// Who knows the password is counted against nobody: an office shares an address.
func TestA09_RightPasswordsAreNotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.person(t, email)
	for n := range 60 {
		var err error
		if n%2 == 0 {
			e, err = w.auth.ChangePassword(t.Context(), from(home), w.in(t, e), password, password)
		} else {
			e, err = w.signIn(t, email, password, home)
		}
		wantKind(t, fmt.Sprint("time ", n), err, ok)
	}
	if got := w.try(t, "mel@example.com", wrong); got != directory.Unauthenticated {
		t.Errorf("a colleague's guess gives %d", got)
	}
	for n := range 60 {
		e, _ = w.auth.ChangePassword(t.Context(), from(home), w.in(t, e), password, password)
		if e.Secret == "" {
			t.Fatalf("change %d is refused", n)
		}
	}
}
