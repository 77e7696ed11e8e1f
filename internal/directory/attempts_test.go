package directory_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ax/internal/directory"
)

// waitOf is how long a refused guess is told to wait, 0 for an admitted one.
func waitOf(t *testing.T, err error) time.Duration {
	t.Helper()
	if err == nil {
		return 0
	}
	e, is := errors.AsType[*directory.Error](err)
	if !is || e.Kind != directory.TooMany || e.RetryAfter <= 0 {
		t.Fatalf("error %v", err)
	}
	return e.RetryAfter
}

// after five free guesses the delay doubles, up to a quarter of an hour;
// then the next guess is let through.
func TestGuessesSlowDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	count := func() time.Duration {
		t.Helper()
		return waitOf(t, w.CountGuess(t.Context(), directory.Guess{Email: "pat@example.com", Address: fmt.Sprint(w.Clock.Now().UnixNano())}))
	}
	for n := range 5 {
		if wait := count(); wait != 0 {
			t.Fatalf("guess %d waits %v", n+1, wait)
		}
	}
	for n, seconds := range []int64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900} {
		want := time.Duration(seconds) * time.Second
		if got := count(); got != want {
			t.Errorf("after %d guesses the wait is %v, want %v", n+5, got, want)
		}
		w.Clock.Advance(want - time.Microsecond)
		if got := count(); got != time.Second {
			t.Errorf("just before its end the wait is %v", got)
		}
		w.Clock.Advance(time.Microsecond)
		if got := count(); got != 0 {
			t.Errorf("at its end the wait is %v", got)
		}
	}
	w.Clock.Advance(24*time.Hour + time.Microsecond)
	for n := range 5 {
		if wait := count(); wait != 0 {
			t.Errorf("a day later guess %d waits %v", n+1, wait)
		}
	}
}

// spellings of one address share a counter, other addresses do not.
func TestGuessesByAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spellings := []string{"jörg.k@example.com", "JÖRG.K@EXAMPLE.COM", "jo\u0308rg.k@example.com", "jörg.\u212a@example.com", "Jörg.K@Example.com"}
	for n, email := range spellings {
		if wait := waitOf(t, w.CountGuess(t.Context(), directory.Guess{Email: email, Address: fmt.Sprint(n)})); wait != 0 {
			t.Errorf("guess %d waits %v", n+1, wait)
		}
	}
	for n, email := range spellings {
		wantKind(t, email, w.CountGuess(t.Context(), directory.Guess{Email: email, Address: fmt.Sprint("more ", n)}), directory.TooMany)
	}
	wantKind(t, "another", w.CountGuess(t.Context(), directory.Guess{Email: "jorg.k@example.com", Address: "x"}), ok)
}

// One network address guesses at many accounts no faster than at one.
func TestGuessesByAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	try := func(n int, address string) error {
		return w.CountGuess(t.Context(), directory.Guess{Email: fmt.Sprintf("pat%d@example.com", n), Address: address})
	}
	for n := range 50 {
		must(t, try(n, "192.0.2.7"))
	}
	wantKind(t, "the fifty-first", try(51, "192.0.2.7"), directory.TooMany)
	wantKind(t, "from elsewhere", try(51, "192.0.2.8"), ok)
}

// many guesses at once are as many as one after another.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var errs [64]error
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() {
			errs[n] = w.CountGuess(t.Context(), directory.Guess{Email: "pat@example.com", Address: fmt.Sprint(n)})
		})
	}
	all.Wait()
	admitted := 0
	for _, err := range errs {
		if waitOf(t, err) == 0 {
			admitted++
		}
	}
	if admitted != 5 {
		t.Errorf("%d guesses were admitted, want 5", admitted)
	}
}

// A right guess ends the counting for its account, and takes no more than
// itself off the shared counter of its network address.
func TestForgiven(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signedUp(t, w, "pat@example.com", "a hash")
	g := guess("pat@example.com")
	for range 5 {
		must(t, w.CountGuess(t.Context(), g))
	}
	_, err := w.SignIn(t.Context(), visit(), g, credentials(t, w, "pat@example.com"), "")
	must(t, err)
	for range 5 {
		must(t, w.CountGuess(t.Context(), g))
	}
	wantKind(t, "the sixth afterwards", w.CountGuess(t.Context(), g), directory.TooMany)
	for n := range 41 {
		must(t, w.CountGuess(t.Context(), guess(fmt.Sprintf("kim%d@example.com", n))))
	}
	wantKind(t, "the address, after 5 - 1 + 5 + 41", w.CountGuess(t.Context(), guess("lee@example.com")), directory.TooMany)
}

// a stranger's guesses do not shut the owner's browser out, and what a
// browser keeps is good for its own account only.
func TestKnownBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signedUp(t, w, "pat@example.com", "a hash")
	e, err := w.SignIn(t.Context(), visit(), guess("pat@example.com"), credentials(t, w, "pat@example.com"), "")
	must(t, err)
	for n := range 9 {
		_ = w.CountGuess(t.Context(), directory.Guess{Email: "pat@example.com", Address: fmt.Sprint("stranger ", n)})
	}
	with := func(email, browser string) error {
		return w.CountGuess(t.Context(), directory.Guess{Email: email, Address: "192.0.2.7", Browser: browser})
	}
	wantKind(t, "the owner's browser", with("PAT@example.com", e.Browser), ok)
	for _, forged := range []string{"", "x", ".", e.Browser + "A", e.Browser[1:], "x" + e.Browser[1:], e.Browser[:len(e.Browser)-2]} {
		wantKind(t, fmt.Sprintf("%q for %q", forged, e.Browser), with("pat@example.com", forged), directory.TooMany)
	}
	for range 5 {
		must(t, with("kim@example.com", "")) // uses up what is free
	}
	wantKind(t, "the browser, for another account", with("kim@example.com", e.Browser), directory.TooMany)
	for range 4 {
		must(t, with("pat@example.com", e.Browser))
	}
	wantKind(t, "the owner's browser, after five", with("pat@example.com", e.Browser), directory.TooMany)
}

func TestAttemptsTidied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 8 {
		_ = w.CountGuess(t.Context(), guess("pat@example.com"))
	}
	must(t, w.Tidy(t.Context()))
	wantKind(t, "at once", w.CountGuess(t.Context(), guess("pat@example.com")), directory.TooMany)
}
