package signin_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/signin"
)

// What is far too long costs no more than a wrong password, or nothing.
func TestA10_HugePasswords(t *testing.T) {
	t.Parallel()
	w := newWorld(t).real()
	e := w.person(t, email)
	for name, huge := range map[string]string{"1 MiB": strings.Repeat("teapot l", 128<<10), "10,000 combining marks": "a" + strings.Repeat("\u0301", 10_000)} {
		wantKind(t, name+", to sign in", errOf(w.signIn(t, email, huge, home)), directory.Unauthenticated)
		w.auth.Hasher.Deriving(w.meter.derive)
		before := w.meter.calls.Load()
		link := w.Put(t, strings.Fields(name)[1]+"@example.com", dirtest.InvitedByLink).Secret
		wantKind(t, name+", to accept with", errOf(w.accept(t, link, huge)), directory.Invalid)
		wantKind(t, name+", to change to", errOf(w.auth.ChangePassword(t.Context(), from(home), w.in(t, e), password, huge)), directory.Invalid)
		if w.meter.calls.Load() != before {
			t.Errorf("%s is hashed to be refused", name)
		}
		w.real()
	}
}

func errOf[T any](_ T, err error) error { return err }

// Of 200 at once no more than there are slots are hashed at a time, some wait,
// and the rest hear at once to come again.
func TestA10_ManyAtOnceWaitTheirTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const people = 200
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	turnedAway := make(chan struct{}, people)
	var open sync.WaitGroup
	open.Go(func() { // the door opens when all who are too many have been turned away
		for range people - signin.MaxWaiting {
			select {
			case <-turnedAway:
			case <-ctx.Done():
				t.Error("who is too many is not turned away")
				return
			}
		}
	})
	w.auth.Hasher.Waiting(time.Hour).Deriving(func(password, salt []byte, n, memory uint32, threads uint8, length uint32) []byte {
		defer open.Wait()
		return w.meter.derive(password, salt, n, memory, threads, length)
	})
	errs := make([]error, people)
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			_, errs[n] = w.auth.SignIn(ctx, from(home), directory.Guess{Email: fmt.Sprintf("pat%d@example.com", n), Address: fmt.Sprint("address ", n)}, wrong)
			if kindOf(errs[n]) == directory.Unavailable {
				turnedAway <- struct{}{}
			}
		})
	}
	all.Wait()
	kinds := map[directory.Kind]int{}
	for _, err := range errs {
		kinds[kindOf(err)]++
		if kindOf(err) == directory.Unavailable && waitOf(t, err) != 2*time.Second {
			t.Errorf("turned away for %v", waitOf(t, err))
		}
	}
	if kinds[directory.Unavailable] != people-signin.MaxWaiting || kinds[directory.Unauthenticated] != signin.MaxWaiting {
		t.Errorf("answers by kind: %v", kinds)
	}
	if calls := w.meter.calls.Load(); calls != signin.MaxWaiting {
		t.Errorf("%d passwords were hashed, want %d", calls, signin.MaxWaiting)
	}
}

func TestA10_SlotsBoundWhatRunsAtOnce(t *testing.T) {
	t.Parallel()
	slots := int64(max(1, runtime.GOMAXPROCS(0)-1)) // one core is left to everything else
	hasher, m := signin.NewHasher(), &meter{}
	hasher.Waiting(time.Hour).Deriving(func(password, salt []byte, n, memory uint32, threads uint8, length uint32) []byte {
		m.running.Add(1)
		defer m.running.Add(-1)
		time.Sleep(time.Millisecond) // for others to come in, if they can
		if now := m.running.Load(); now > slots {
			t.Errorf("%d hashes at once, want at most %d", now, slots)
		}
		return make([]byte, length)
	})
	var all sync.WaitGroup
	for range signin.MaxWaiting {
		all.Go(func() {
			if _, err := hasher.Hash(t.Context(), password); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// Who has waited long enough is told so, and who has gone is not waited for.
func TestA10_NobodyWaitsForLong(t *testing.T) {
	t.Parallel()
	release, held := make(chan struct{}), make(chan struct{}, 64)
	hasher := signin.NewHasher().Waiting(time.Millisecond).Deriving(func(_, _ []byte, _, _ uint32, _ uint8, length uint32) []byte {
		held <- struct{}{}
		<-release
		return make([]byte, length)
	})
	var all sync.WaitGroup
	for range hasher.Slots() {
		all.Go(func() { _, _ = hasher.Hash(t.Context(), password) })
		<-held
	}
	patient, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := hasher.Hash(patient, password)
	wantKind(t, "after a millisecond", err, directory.Unavailable)
	hasher.Waiting(time.Hour)
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := hasher.Hash(gone, password); err == nil {
		t.Error("a caller who has gone is served")
	}
	close(release)
	all.Wait()
}

// R-AU-02: every byte counts, the seventy-third too.
func TestA11_EveryByteCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t).real()
	start := strings.Repeat("teapot lantern gravel ", 4)[:72]
	link := w.Put(t, email, dirtest.InvitedByLink).Secret
	_, err := w.accept(t, link, start+"a"+start)
	must(t, err)
	for typed, want := range map[string]directory.Kind{
		start + "a" + start: ok, start + "b" + start: directory.Unauthenticated, start + "a": directory.Unauthenticated, start: directory.Unauthenticated,
	} {
		if got := w.try(t, email, typed); got != want {
			t.Errorf("%q: kind %d, want %d", typed, got, want)
		}
	}
}

func phc(memory, passes uint32, lanes uint8, password string) string {
	salt, b64 := []byte("sixteen bytes of"), base64.RawStdEncoding
	sum := argon2.IDKey([]byte(password), salt, passes, memory, lanes, 32)
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memory, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

const today = "$argon2id$v=19$m=19456,t=2,p=1$"

func (w *world) store(t testing.TB, email, hash string) {
	t.Helper()
	u := w.user(t, email)
	must(t, w.Store.Write(t.Context(), func(tx directory.Tx) error { return tx.SetPassword(u.Seq, hash, w.Clock.Now()) }))
}

// A hash says what it cost; a weaker one is replaced when its owner signs in,
// and by nobody else.
func TestRAU04_HashesGrowStronger(t *testing.T) {
	t.Parallel()
	w := newWorld(t).real()
	w.person(t, email)
	first := w.hash(t, email)
	if !strings.HasPrefix(first, today) || strings.Contains(first, password) {
		t.Errorf("the hash is %s", first)
	}
	if got := w.try(t, email, password); got != ok || w.hash(t, email) != first {
		t.Errorf("kind %d; a hash of today's strength became %s", got, w.hash(t, email))
	}
	w.person(t, "kim@example.com")
	if other := w.hash(t, "kim@example.com"); other[:len(other)-44] == first[:len(first)-44] {
		t.Error("two people share a salt")
	}
	for _, weak := range []string{phc(4096, 3, 1, password), phc(64<<10, 1, 2, password)} {
		w.store(t, email, weak)
		if got := w.try(t, email, wrong); got != directory.Unauthenticated || w.hash(t, email) != weak {
			t.Errorf("kind %d; a wrong password made the hash %s", got, w.hash(t, email))
		}
		if got := w.try(t, email, password); got != ok || !strings.HasPrefix(w.hash(t, email), today) {
			t.Errorf("kind %d; after a sign-in the hash is %s", got, w.hash(t, email))
		}
		if got := w.try(t, email, password); got != ok {
			t.Errorf("after the upgrade: kind %d", got)
		}
	}
	strong := phc(20<<10, 3, 1, password)
	w.store(t, email, strong)
	if got := w.try(t, email, password); got != ok || w.hash(t, email) != strong {
		t.Errorf("kind %d; a stronger hash became %s", got, w.hash(t, email))
	}
}

// A hash that is none lets nobody in and is an error of ours; a reset mends it.
func TestRAU04_UnreadableHashes(t *testing.T) {
	t.Parallel()
	w := newWorld(t).real()
	u := w.person(t, email).User
	good := phc(1024, 1, 1, password)
	parts := strings.Split(good, "$")
	for _, broken := range []string{
		"x", password, "$", "$$$$$", good[1:], good + "$", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "p=1", "p=256", 1), strings.Replace(good, "m=1024", "m=-1", 1),
		strings.Replace(good, "m=1024", "m=", 1), strings.Replace(good, parts[3], "", 1), strings.Replace(good, parts[4], "!", 1), good[:len(good)-1], strings.Replace(good, parts[5], "", 1),
		"$2b$12$abcdefghijklmnopqrstuuJ8GQkq1Yp0m3bH0kq0Qf0y0y0y0y0yO",
	} {
		w.store(t, email, broken)
		for _, typed := range []string{password, broken, ""} {
			_, err := w.signIn(t, email, typed, fmt.Sprint("address of ", broken))
			if kind := kindOf(err); kind != directory.Internal && kind != directory.TooMany || strings.Contains(err.Error(), broken) {
				t.Errorf("%q: error %v", broken, err)
			}
		}
		w.Clock.Advance(15 * time.Minute)
	}
	_, err := w.auth.ResetPassword(t.Context(), from(home), w.resetLink(t, u), another)
	must(t, err)
	if got := w.try(t, email, another); got != ok {
		t.Errorf("after a reset: kind %d", got)
	}
}
