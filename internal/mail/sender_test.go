package mail_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/mail"
)

func always(err error) func(context.Context, mail.Message) error {
	return func(context.Context, mail.Message) error { return err }
}

func TestPassSendsAllThatIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 12 {
		w.outbox.put(letter(directory.LetterInvitation, fmt.Sprint("L", i)))
	}
	later := letter(directory.LetterInvitation, "later")
	later.DueAt = start().Add(time.Second)
	w.outbox.put(later)

	w.pass(t, 12)
	for i := range 12 {
		id := fmt.Sprint("L", i)
		if l := w.outbox.letter(id); l.State != directory.LetterSent || w.transport.count(id) != 1 {
			t.Errorf("%s: %s, delivered %d times", id, l.State, w.transport.count(id))
		}
	}
	if l := w.outbox.letter("later"); l.State != directory.LetterWaiting || l.Attempts != 0 {
		t.Errorf("a letter that is not due: %s after %d attempts", l.State, l.Attempts)
	}
	w.clock.move(time.Second)
	w.pass(t, 1)
}

// A letter that cannot be delivered is tried after 1, 5 and 30 minutes, 3
// hours and then every 6 hours for as long as it is of use; towards the end
// the waits are halved, so that no outage that ends before does it harm.
func TestRetries(t *testing.T) {
	t.Parallel()
	const s, m, h = time.Second, time.Minute, time.Hour
	for _, tt := range []struct {
		name string
		life time.Duration
		want []time.Duration
	}{
		{"a reset", 30 * m, []time.Duration{m, 5 * m, 12 * m, 6 * m, 3 * m, 90 * s}},
		{"a notice", 24 * h, []time.Duration{
			m, 5 * m, 30 * m, 3 * h, 6 * h, 6 * h, 6 * h,
			72 * m, 36 * m, 18 * m, 9 * m, 270 * s, 135 * s, 67*s + 500*time.Millisecond,
		}},
	} {
		l := letter(directory.LetterInvitation, "L")
		l.ExpiresAt = start().Add(tt.life)
		w := newWorld(l)
		w.transport.answer(always(errors.New("connection refused")))
		if diff := cmp.Diff(tt.want, w.waits(t, "L")); diff != "" {
			t.Errorf("%s: waits (-want +got): %s", tt.name, diff)
		}
		if l := w.outbox.letter("L"); l.State != directory.LetterDead || l.LastError != "given up: the letter's time ends before the next attempt; last: connection refused" {
			t.Errorf("%s: %s: %q", tt.name, l.State, l.LastError)
		}
		if n := w.transport.count("L"); n != len(tt.want)+1 {
			t.Errorf("%s: delivered %d times, want %d", tt.name, n, len(tt.want)+1)
		}
	}
}

// An invitation that waited for a server that was off, or was given up and is
// revived, is tried as often as any other.
func TestRetriesOfAnOldLetter(t *testing.T) {
	t.Parallel()
	for _, attempts := range []int{0, 8} {
		l := letter(directory.LetterInvitation, "L")
		l.Attempts = attempts
		w := newWorld(l)
		w.clock.move(60 * time.Hour)
		w.transport.answer(always(errors.New("connection refused")))
		waits := w.waits(t, "L")
		if len(waits) < 18 || slices.Max(waits) > 6*time.Hour {
			t.Errorf("after %d attempts: %v", attempts, waits)
		}
		if left := l.ExpiresAt.Sub(w.clock.now()); left < time.Minute || left > 2*time.Minute {
			t.Errorf("after %d attempts: the last was %s before the link's end", attempts, left)
		}
	}
}

// waits lets attempts at a letter fail until it is dead, and returns the waits
// between them.
func (w world) waits(t *testing.T, id string) (all []time.Duration) {
	t.Helper()
	for range 100 {
		w.pass(t, 0)
		l := w.outbox.letter(id)
		if l.State != directory.LetterWaiting {
			break
		}
		wait := l.DueAt.Sub(w.clock.now())
		all = append(all, wait)
		w.clock.move(wait - time.Millisecond)
		w.pass(t, 0) // not before its time
		w.clock.move(time.Millisecond)
	}
	return all
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L"))
	w.transport.answer(always(errors.New("down")))
	w.pass(t, 0)
	if l := w.outbox.letter("L"); l.State != directory.LetterWaiting || l.LastError != "down" || l.Attempts != 1 {
		t.Errorf("after a failure: %s %q %d", l.State, l.LastError, l.Attempts)
	}
	w.transport.answer(nil)
	w.clock.move(time.Minute)
	w.pass(t, 1)
	if l := w.outbox.letter("L"); l.State != directory.LetterSent || l.LastError != "" || l.Attempts != 2 {
		t.Errorf("after recovery: %s %q %d", l.State, l.LastError, l.Attempts)
	}
}

// A notice has no link, so none can be missing.
func TestNoticeIsSent(t *testing.T) {
	t.Parallel()
	notice := letter(directory.LetterPasswordChanged, "L")
	notice.Token = ""
	w := newWorld(notice)
	w.pass(t, 1)
	if l := w.outbox.letter("L"); l.State != directory.LetterSent {
		t.Errorf("%s: %q", l.State, l.LastError)
	}
}

func TestGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*directory.OpenLetter)
		reply  error
		cause  string
		tried  int
	}{
		{"refused for good", func(*directory.OpenLetter) {},
			fmt.Errorf("send: %w", mail.Permanent(errors.New("550 no such user"))), "send: 550 no such user", 1},
		{"link ends before the next attempt", func(l *directory.OpenLetter) { l.ExpiresAt = start().Add(time.Minute) },
			errors.New("down"), "given up: the letter's time ends before the next attempt; last: down", 1},
		{"link has ended", func(l *directory.OpenLetter) { l.ExpiresAt = start() },
			nil, "given up: the letter's time ended before it could be sent", 0},
		{"link forgotten", func(l *directory.OpenLetter) { l.Token = "" },
			nil, "given up: the letter's link is not kept any more", 0},
		{"notice too late", func(l *directory.OpenLetter) {
			l.Kind, l.Token, l.ExpiresAt = directory.LetterPasswordChanged, "", start()
		},
			nil, "given up: the letter's time ended before it could be sent", 0},
		{"unknown kind", func(l *directory.OpenLetter) { l.Kind = "POSTCARD" },
			nil, `no letter is written for the kind "POSTCARD"`, 0},
		{"two addresses", func(l *directory.OpenLetter) { l.To = "ann@example.com, eve@example.com" },
			nil, "the letter's address is not a single e-mail address", 0},
		{"header in the address", func(l *directory.OpenLetter) { l.To = "ann@example.com\r\nBcc: eve@example.com" },
			nil, "the letter's address is not a single e-mail address", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bad := letter(directory.LetterReset, "bad")
			tt.change(&bad)
			w := newWorld(bad, letter(directory.LetterReset, "good"))
			w.transport.answer(func(_ context.Context, m mail.Message) error {
				if m.Letter == "bad" {
					return tt.reply
				}
				return nil
			})
			w.pass(t, 1) // the good one, whatever became of the other
			l := w.outbox.letter("bad")
			if l.State != directory.LetterDead || l.LastError != tt.cause {
				t.Errorf("%s: %q, want DEAD: %q", l.State, l.LastError, tt.cause)
			}
			if n := w.transport.count("bad"); n != tt.tried {
				t.Errorf("tried %d times, want %d", n, tt.tried)
			}
		})
	}
}

// What a server says may quote the message; neither outbox nor log may keep it.
func TestLinkIsNotKept(t *testing.T) {
	t.Parallel()
	link := publicURL + "/invitations/" + token
	for _, said := range []string{
		"cannot send " + link + " now",
		"spam: " + token,
		"spam: …/invitations/" + token[:12] + "…",
		"spam: " + strings.ToLower(token[20:30]),
		token[:20] + "\r\n " + token[20:],
	} {
		w := newWorld(letter(directory.LetterInvitation, "L"))
		w.transport.answer(always(errors.New(said)))
		w.pass(t, 0)
		for _, kept := range []string{w.outbox.letter("L").LastError, w.log.String()} {
			low := strings.ToLower(kept)
			for i := 0; i+8 <= len(token); i++ {
				if strings.Contains(low, strings.ToLower(token[i:i+8])) {
					t.Fatalf("%q was kept as %q", said, kept)
				}
			}
			if kept == "" {
				t.Errorf("nothing is known of %q", said)
			}
		}
	}
}

// Operators find the address in the letter; logs are not to have it.
func TestAddressIsNotLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L"))
	w.transport.answer(always(errors.New("450 <Ann@Example.com>: greylisted")))
	w.pass(t, 0)
	if l := w.outbox.letter("L"); l.LastError != "450 <[address]>: greylisted" {
		t.Errorf("kept as %q", l.LastError)
	}
	if strings.Contains(strings.ToLower(w.log.String()), "ann@") {
		t.Error("the log has the address:", w.log)
	}
}

func TestCauseIsOneShortLine(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L"))
	w.transport.answer(always(errors.New("421 a\r\nb\x00c\xff " + strings.Repeat("x", 5000))))
	w.pass(t, 0)
	got := w.outbox.letter("L").LastError
	if !strings.HasPrefix(got, "421 a b c\ufffd xxx") || len(got) > 320 {
		t.Errorf("kept as %q", got)
	}
}

func TestPanicIsContained(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L1"), letter(directory.LetterInvitation, "L2"))
	w.transport.answer(func(_ context.Context, m mail.Message) error {
		if m.Letter == "L1" {
			panic("boom " + publicURL + "/invitations/" + token)
		}
		return nil
	})
	w.pass(t, 1)
	if l := w.outbox.letter("L1"); l.State != directory.LetterWaiting || l.LastError != "panic: boom [link]" {
		t.Errorf("%s %q", l.State, l.LastError)
	}
	if strings.Contains(w.log.String(), token) {
		t.Error("the link is in the log")
	}
}

func TestTwoSendersShareAnOutbox(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 60 {
		w.outbox.put(letter(directory.LetterInvitation, fmt.Sprint("L", i)))
	}
	second := newWorld()
	second.Outbox, second.Transport = w.outbox, w.transport

	var wg sync.WaitGroup
	var total [2]int
	for i, s := range []*mail.Sender{w.Sender, second.Sender} {
		wg.Go(func() {
			n, err := s.Pass(t.Context())
			if err != nil {
				t.Error(err)
			}
			total[i] = n
		})
	}
	wg.Wait()
	if total[0]+total[1] != 60 {
		t.Errorf("sent %d + %d, want 60", total[0], total[1])
	}
	for i := range 60 {
		if n := w.transport.count(fmt.Sprint("L", i)); n != 1 {
			t.Errorf("L%d delivered %d times", i, n)
		}
	}
}

func TestOutboxFails(t *testing.T) {
	t.Parallel()
	lost := errors.New("disk on fire")
	for _, tt := range []struct {
		what  string
		reply error
		tried int
	}{{"claim", nil, 0}, {"sent", nil, 1}, {"failed", errors.New("down"), 1}} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(letter(directory.LetterInvitation, "L1"), letter(directory.LetterInvitation, "L2"))
			w.transport.answer(always(tt.reply))
			w.outbox.set(tt.what, lost)
			if n, err := w.Pass(t.Context()); n != 0 || !errors.Is(err, lost) {
				t.Errorf("Pass = %d, %v", n, err)
			}
			for _, id := range []string{"L1", "L2"} { // one bad letter does not stop the other
				if n := w.transport.count(id); n != tt.tried {
					t.Errorf("%s tried %d times, want %d", id, n, tt.tried)
				}
			}
			// The claim lapses, and the next pass makes up for it.
			w.outbox.set(tt.what, nil)
			w.transport.answer(nil)
			w.clock.move(2 * time.Minute)
			w.pass(t, 2)
		})
	}
}

// A transport that only answers when its context ends costs the letter that it
// had an attempt, and the others nothing.
func TestHangingTransport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.Now, w.outbox.now = time.Now, time.Now
		for i := range 7 {
			l := letter(directory.LetterInvitation, fmt.Sprint("L", i))
			l.CreatedAt, l.DueAt, l.ExpiresAt = time.Now(), time.Now(), time.Now().Add(time.Hour)
			w.outbox.put(l)
		}
		w.transport.answer(func(ctx context.Context, m mail.Message) error {
			if m.Letter > "L1" {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		w.pass(t, 5)
		for _, id := range []string{"L0", "L1"} {
			l := w.outbox.letter(id)
			if l.State != directory.LetterWaiting || l.Attempts == 0 || !strings.Contains(l.LastError, "deadline exceeded") {
				t.Errorf("%s: %s, %d attempts, %q", id, l.State, l.Attempts, l.LastError)
			}
		}
	})
}

// When the process is told to end, what was under way is not held against
// the letters, and the next sender has them at once.
func TestEndOfContext(t *testing.T) {
	t.Parallel()
	first := letter(directory.LetterInvitation, "L1")
	first.Attempts, first.LastError = 3, "down"
	w := newWorld(first, letter(directory.LetterInvitation, "L2"))
	ctx, cancel := context.WithCancel(t.Context())
	w.transport.answer(func(ctx context.Context, _ mail.Message) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	})
	if n, err := w.Pass(ctx); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("Pass = %d, %v", n, err)
	}
	if l := w.outbox.letter("L1"); l.Attempts != 3 || l.LastError != "down" {
		t.Errorf("the attempt that was cut short counts: %d, %q", l.Attempts, l.LastError)
	}
	if n := w.transport.count("L2"); n != 0 {
		t.Error("a letter was tried after the end")
	}
	w.transport.answer(nil)
	w.pass(t, 2)
}

// A letter that left while the process was told to end is recorded as sent.
func TestSentAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L"))
	ctx, cancel := context.WithCancel(t.Context())
	w.transport.answer(func(context.Context, mail.Message) error { cancel(); return nil })
	if n, err := w.Pass(ctx); n != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("Pass = %d, %v", n, err)
	}
	if l := w.outbox.letter("L"); l.State != directory.LetterSent {
		t.Error("the letter will be sent twice:", l.State)
	}
}

// A letter that may have left when the process was told to end is not sent
// again at once.
func TestUncertainAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L"))
	ctx, cancel := context.WithCancel(t.Context())
	w.transport.answer(func(context.Context, mail.Message) error {
		cancel()
		return mail.Uncertain(errors.New("no answer"))
	})
	if n, err := w.Pass(ctx); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("Pass = %d, %v", n, err)
	}
	if l := w.outbox.letter("L"); l.Attempts != 1 || l.LastError != "no answer" || !l.DueAt.After(w.clock.now()) {
		t.Errorf("%d attempts, %q, due at %v", l.Attempts, l.LastError, l.DueAt)
	}
}

// When the batch took longer than its claim allows, the rest is given back
// before another sender could have it too.
func TestSlowBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L1"), letter(directory.LetterInvitation, "L2"))
	w.transport.answer(func(_ context.Context, m mail.Message) error {
		if m.Letter == "L1" {
			w.clock.move(101 * time.Second)
		}
		return nil
	})
	w.pass(t, 1)
	if l := w.outbox.letter("L2"); l.State != directory.LetterWaiting || !l.ClaimedUntil.IsZero() || l.Attempts != 0 {
		t.Errorf("%s, held until %v, %d attempts", l.State, l.ClaimedUntil, l.Attempts)
	}
	w.pass(t, 1)
}

func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.Now, w.outbox.now = time.Now, time.Now
		due := func(id string) directory.OpenLetter {
			l := letter(directory.LetterInvitation, id)
			l.CreatedAt, l.DueAt, l.ExpiresAt = time.Now(), time.Now(), time.Now().Add(time.Hour)
			return l
		}
		sent := func(id string) bool { return w.outbox.letter(id).State == directory.LetterSent }
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		synctest.Wait()

		w.outbox.put(due("found"))
		time.Sleep(time.Second)
		synctest.Wait()
		if !sent("found") {
			t.Error("no pass within a second")
		}

		w.outbox.set("claim", errors.New("disk on fire"))
		before := w.outbox.asked()
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := w.outbox.asked() - before; n < 3 || n > 8 {
			t.Errorf("a failing store was asked %d times in a minute", n)
		}
		if !strings.Contains(w.log.String(), "disk on fire") {
			t.Error("a failing store is not logged")
		}
		w.outbox.set("claim", nil)
		w.outbox.put(due("after"))
		time.Sleep(time.Minute) // it looks more rarely while the store fails
		synctest.Wait()
		if !sent("after") {
			t.Error("no pass after recovery")
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error("Run =", err)
		}
	})
}

func TestRunWithoutWakeAndEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(letter(directory.LetterInvitation, "L"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Run(ctx); err != nil || w.transport.count("L") != 0 {
		t.Errorf("Run = %v, tried %d times", err, w.transport.count("L"))
	}
}

// A configuration that cannot make letters is found before one is claimed.
func TestCheck(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200)
	tests := []struct {
		name, url string
		head      mail.Letterhead
		says      string // nothing: sound
	}{
		{"plain", publicURL, mail.Letterhead{}, ""},
		{"path", publicURL + "/ax/", mail.Letterhead{}, ""},
		{"loopback", "http://127.0.0.1:8080", mail.Letterhead{}, ""},
		{"IPv6", "http://[::1]:8080", mail.Letterhead{}, ""},
		{"everything", publicURL, mail.Letterhead{Product: "Ünïcode", From: "Team <team@example.com>", Contact: "help@example.com"}, ""},
		{"no URL", "", mail.Letterhead{}, "letters need a public URL"},
		{"no scheme", "ax.example.com", mail.Letterhead{}, "public URL"},
		{"other scheme", "javascript://ax.example.com", mail.Letterhead{}, "public URL"},
		{"no host", "https:///x", mail.Letterhead{}, "public URL"},
		{"user", "https://a@ax.example.com", mail.Letterhead{}, "public URL"},
		{"query", "https://ax.example.com/?a", mail.Letterhead{}, "public URL"},
		{"fragment", "https://ax.example.com/#", mail.Letterhead{}, "public URL"},
		{"space", "https://ax.example.com/ x", mail.Letterhead{}, "public URL"},
		{"line break", "https://ax.example.com\r\nX: y", mail.Letterhead{}, "public URL"},
		{"not ASCII", "https://äx.example.com", mail.Letterhead{}, "in ASCII"},
		{"endless", publicURL + "/" + strings.Repeat("x", 500), mail.Letterhead{}, "public URL"},
		{"two senders", publicURL, mail.Letterhead{From: "a@example.com, b@example.com"}, "one address"},
		{"sender beyond ASCII", publicURL, mail.Letterhead{From: "büro@example.com"}, "in ASCII"},
		{"header in sender", publicURL, mail.Letterhead{From: "a@example.com\r\nBcc: b@example.com"}, "one address"},
		{"endless sender", publicURL, mail.Letterhead{From: long + " <a@example.com>"}, "one address"},
		{"line break in product", publicURL, mail.Letterhead{Product: "a\nb"}, "product"},
		{"endless product", publicURL, mail.Letterhead{Product: long}, "product"},
		{"endless contact", publicURL, mail.Letterhead{Contact: long}, "contact"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(letter(directory.LetterInvitation, "L"))
			w.PublicURL, w.Letterhead = tt.url, tt.head
			err := w.Check()
			if tt.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				w.pass(t, 1)
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("Check = %v, want something about %q", err, tt.says)
			}
			if _, passed := w.Pass(t.Context()); passed == nil || w.outbox.asked() != 0 {
				t.Errorf("Pass = %v after %d claims", passed, w.outbox.asked())
			}
			if ran := w.Run(t.Context()); ran == nil {
				t.Error("Run goes on")
			}
		})
	}
}
