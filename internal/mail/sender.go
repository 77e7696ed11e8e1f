package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"ax/internal/directory"
)

// An Outbox is where letters wait: a [directory.Directory].
type Outbox interface {
	ClaimLetters(ctx context.Context, n int, hold time.Duration) ([]directory.OpenLetter, error)
	LetterSent(ctx context.Context, l directory.Letter) error
	LetterFailed(ctx context.Context, l directory.Letter, cause string, retry time.Time) error
}

var _ Outbox = (*directory.Directory)(nil)

// A Sender takes letters from the outbox to a transport. Any number may share
// an outbox. Its fields are set before use and not changed.
type Sender struct {
	Outbox     Outbox
	Transport  Transport
	PublicURL  string
	Letterhead Letterhead
	Log        *slog.Logger // sees ids and causes, never addresses or links
	Now        func() time.Time
}

// A batch is delivered one by one and ends before its claim does.
const (
	batch        = 5
	hold         = 2 * time.Minute
	deliverLimit = 90 * time.Second // a relay may read a letter closely before it takes it
	settleLimit  = 5 * time.Second

	every    = time.Second
	maxPause = 30 * time.Second
)

// Check says what to change in a configuration that cannot make letters.
func (s *Sender) Check() error {
	_, err := s.Letterhead.sheet(s.PublicURL)
	return err
}

// Run passes over the outbox every second until ctx ends; then it returns nil.
// A failing store is logged and given time. The only error is that of Check.
func (s *Sender) Run(ctx context.Context) error {
	if err := s.Check(); err != nil {
		return err
	}
	pause := every
	for {
		_, err := s.Pass(ctx)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // it was told to end
		case err != nil:
			pause = min(2*pause, maxPause)
			s.Log.ErrorContext(ctx, "the outbox cannot be worked off", "err", err, "pause", pause)
		default:
			pause = every
		}
		if !s.sleep(ctx, pause) {
			return nil
		}
	}
}

// sleep reports false when ctx has ended.
func (s *Sender) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	}
	return true
}

// Pass tries letters until none is due and returns how many were sent. One
// that fails is settled and is no error; an error means that the outbox
// failed, or that ctx ended.
func (s *Sender) Pass(ctx context.Context) (sent int, err error) {
	if err := s.Check(); err != nil {
		return 0, err // before a letter is claimed that could not be made
	}
	for {
		n, more, err := s.batch(ctx)
		sent += n
		switch {
		case ctx.Err() != nil:
			return sent, ctx.Err()
		case err != nil || !more:
			return sent, err
		}
	}
}

// batch claims some letters and tries each, whatever becomes of the others.
func (s *Sender) batch(ctx context.Context) (sent int, more bool, err error) {
	latest := s.Now().Add(hold - deliverLimit - settleLimit)
	letters, err := s.Outbox.ClaimLetters(ctx, batch, hold)
	if err != nil {
		return 0, false, fmt.Errorf("claim letters: %w", err)
	}
	var faults []error
	for _, l := range letters {
		try := s.attempt
		if ctx.Err() != nil || s.Now().After(latest) {
			try = s.release
		}
		ok, err := try(ctx, l)
		if ok {
			sent++
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("settle letter %s: %w", l.ID, err))
		}
	}
	return sent, len(letters) == batch, errors.Join(faults...)
}

// attempt delivers a letter and records what came of it, also when ctx ends
// meanwhile. An attempt that ctx cut short is none, unless the letter may have
// left: at once again, it would come twice for nothing.
func (s *Sender) attempt(ctx context.Context, l directory.OpenLetter) (sent bool, err error) {
	err = s.deliver(ctx, l)
	switch {
	case err != nil && ctx.Err() != nil && !isUncertain(err):
		return s.release(ctx, l)
	case err != nil:
		return false, s.failed(ctx, l, err)
	}
	settle, done := settling(ctx)
	defer done()
	if err := s.Outbox.LetterSent(settle, l.Letter); err != nil {
		return false, err
	}
	s.Log.InfoContext(ctx, "letter sent", "letter", l.ID, "kind", l.Kind)
	return true, nil
}

// deliver contains a panic: of all letters, it must only cost this one.
func (s *Sender) deliver(ctx context.Context, l directory.OpenLetter) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			s.Log.ErrorContext(ctx, "sending a letter panicked", "letter", l.ID, "stack", string(debug.Stack()))
		}
	}()
	k, err := kindOf(l.Kind)
	if err != nil {
		return Permanent(err)
	}
	if !s.Now().Before(l.ExpiresAt) {
		return Permanent(errors.New("given up: the letter's time ended before it could be sent"))
	}
	if k.path != "" && l.Token == "" {
		return Permanent(errors.New("given up: the letter's link is not kept any more"))
	}
	m, err := Render(s.PublicURL, s.Letterhead, l)
	if err != nil {
		return Permanent(err)
	}
	ctx, done := context.WithTimeout(ctx, deliverLimit)
	defer done()
	return s.Transport.Deliver(ctx, m)
}

// failed settles a letter for later, or for good.
func (s *Sender) failed(ctx context.Context, l directory.OpenLetter, err error) error {
	cause := scrub(err.Error(), Link(s.PublicURL, l), l)
	var at time.Time
	if !isPermanent(err) {
		var why string
		if at, why = nextTry(l.Letter, s.Now()); why != "" {
			cause = why + "; last: " + cause
		}
	}
	if at.IsZero() {
		s.Log.ErrorContext(ctx, "letter given up", "letter", l.ID, "kind", l.Kind, "cause", cause)
	} else {
		s.Log.WarnContext(ctx, "letter not sent", "letter", l.ID, "kind", l.Kind, "cause", cause, "retry", at)
	}
	settle, done := settling(ctx)
	defer done()
	return s.Outbox.LetterFailed(settle, l.Letter, cause, at)
}

// release gives a letter back as it was, due now. An outbox counts each
// failure, so this one is taken off beforehand.
func (s *Sender) release(ctx context.Context, l directory.OpenLetter) (sent bool, err error) {
	settle, done := settling(ctx)
	defer done()
	l.Attempts--
	return false, s.Outbox.LetterFailed(settle, l.Letter, l.LastError, s.Now())
}

// settling is for what must be recorded although ctx may have ended.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settleLimit)
}
