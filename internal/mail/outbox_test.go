package mail_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/mail"
)

const (
	publicURL = "https://ax.example.com"
	token     = "Zk3v-9_QxJ0rT7mPwLq2sBdFgHkYcVnA8eU5iOaS1tM"
)

func start() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 123456000, time.UTC) }

// letter is due at the start; its invitation is good for seven days, its
// reset for thirty minutes, its notice for a day.
func letter(kind directory.LetterKind, id string) directory.OpenLetter {
	life := 7 * 24 * time.Hour
	switch kind { //nolint:exhaustive // see life
	case directory.LetterReset:
		life = 30 * time.Minute
	case directory.LetterPasswordChanged:
		life = 24 * time.Hour
	}
	return directory.OpenLetter{
		Letter: directory.Letter{
			ID: directory.LetterID(id), Kind: kind, State: directory.LetterWaiting,
			To: "ann@example.com", ToName: "Ann Smith", From: "Bob Jones",
			CreatedAt: start(), DueAt: start(), ExpiresAt: start().Add(life),
		},
		Token: token,
	}
}

// A memory is an outbox that keeps to the sentences of directory.LetterTx.
type memory struct {
	mu      sync.Mutex
	now     func() time.Time
	letters []directory.OpenLetter
	claims  int
	refuse  map[string]error // what claim, sent and failed answer, when set
}

func (m *memory) ClaimLetters(ctx context.Context, n int, hold time.Duration) ([]directory.OpenLetter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims++
	if err := errors.Join(ctx.Err(), m.refuse["claim"]); err != nil {
		return nil, err
	}
	var claimed []directory.OpenLetter
	for i := range m.letters {
		l, now := &m.letters[i], m.now()
		if l.State == directory.LetterWaiting && !l.DueAt.After(now) && !l.ClaimedUntil.After(now) && len(claimed) < n {
			l.ClaimedUntil = now.Add(hold)
			claimed = append(claimed, *l)
		}
	}
	return claimed, nil
}

func (m *memory) LetterSent(ctx context.Context, l directory.Letter) error {
	l.State, l.LastError = directory.LetterSent, ""
	return m.settle(ctx, "sent", l)
}

func (m *memory) LetterFailed(ctx context.Context, l directory.Letter, cause string, retry time.Time) error {
	l.LastError, l.DueAt = cause, retry
	if retry.IsZero() {
		l.State = directory.LetterDead
	}
	return m.settle(ctx, "failed", l)
}

func (m *memory) settle(ctx context.Context, what string, l directory.Letter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.refuse[what]); err != nil {
		return err
	}
	for i := range m.letters {
		if m.letters[i].ID == l.ID && m.letters[i].State == directory.LetterWaiting {
			l.Attempts, l.ClaimedUntil = l.Attempts+1, time.Time{}
			m.letters[i].Letter = l
		}
	}
	return nil
}

func (m *memory) put(letters ...directory.OpenLetter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters = append(m.letters, letters...)
}

func (m *memory) set(what string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = map[string]error{what: err}
}

func (m *memory) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.claims
}

// revive is what an operator does to a letter that is dead.
func (m *memory) revive(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.letters {
		if l := &m.letters[i]; string(l.ID) == id {
			l.State, l.DueAt, l.ClaimedUntil = directory.LetterWaiting, m.now(), time.Time{}
		}
	}
}

// next is when the first waiting letter is due; zero when none waits.
func (m *memory) next() (at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.letters {
		if l.State == directory.LetterWaiting && (at.IsZero() || l.DueAt.Before(at)) {
			at = l.DueAt
		}
	}
	return at
}

func (m *memory) letter(id string) directory.Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.letters {
		if string(l.ID) == id {
			return l.Letter
		}
	}
	return directory.Letter{}
}

// A clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A transport is a function, and counts what it was given.
type transport struct {
	mu    sync.Mutex
	seen  map[directory.LetterID]int
	reply func(ctx context.Context, m mail.Message) error
}

func (t *transport) Deliver(ctx context.Context, m mail.Message) error {
	t.mu.Lock()
	if t.seen == nil {
		t.seen = map[directory.LetterID]int{}
	}
	t.seen[m.Letter]++
	reply := t.reply
	t.mu.Unlock()
	if reply == nil {
		return nil
	}
	return reply(ctx, m)
}

func (t *transport) answer(reply func(context.Context, mail.Message) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reply = reply
}

func (t *transport) count(id string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen[directory.LetterID(id)]
}

// A world is a sender with everything around it.
type world struct {
	*mail.Sender
	outbox    *memory
	clock     *clock
	transport *transport
	log       *strings.Builder
}

func newWorld(letters ...directory.OpenLetter) world {
	w := world{clock: &clock{at: start()}, transport: &transport{}, log: &strings.Builder{}}
	w.outbox = &memory{now: w.clock.now, letters: letters}
	w.Sender = &mail.Sender{
		Outbox: w.outbox, Transport: w.transport, PublicURL: publicURL,
		Log: slog.New(slog.NewTextHandler(w.log, nil)), Now: w.clock.now,
	}
	return w
}

// pass fails the test unless the outbox held and n letters were sent.
func (w world) pass(t *testing.T, n int) {
	t.Helper()
	sent, err := w.Pass(t.Context())
	if err != nil || sent != n {
		t.Fatalf("Pass = %d, %v; want %d, nil", sent, err, n)
	}
}
