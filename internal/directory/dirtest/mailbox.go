package dirtest

import (
	"context"
	"errors"
	"testing"

	"ax/internal/directory"
)

// Letters are all letters ever written, oldest first, each with its secret
// where that is still kept. Looking leaves no trace in the audit log.
func (w *World) Letters(t testing.TB) []directory.OpenLetter {
	t.Helper()
	sealed, err := w.Directory.Letters(t.Context(), 0, everything)
	if err != nil {
		t.Fatalf("dirtest: read the outbox: %v", err)
	}
	d := *w.Directory
	d.Store = unkept{w.Store}
	open := make([]directory.OpenLetter, len(sealed))
	for i, l := range sealed {
		if open[i], err = d.ReadLetter(t.Context(), directory.Host("root"), l.ID); err != nil {
			t.Fatalf("dirtest: open the letter to %s: %v", l.To, err)
		}
	}
	return open
}

// Waiting are the letters that are still to be sent.
func (w *World) Waiting(t testing.TB) []directory.OpenLetter {
	t.Helper()
	var waiting []directory.OpenLetter
	for _, l := range w.Letters(t) {
		if l.State == directory.LetterWaiting {
			waiting = append(waiting, l)
		}
	}
	return waiting
}

// Good tells whether the secret could be spent now, and leaves it unspent.
func (w *World) Good(t testing.TB, secret string, p directory.Purpose) bool {
	t.Helper()
	var good bool
	err := unkept{w.Store}.Write(t.Context(), func(tx directory.Tx) (err error) {
		good, err = tx.SpendToken(directory.DigestOf(secret), p, w.Clock.Now())
		return err
	})
	if err != nil {
		t.Fatalf("dirtest: try a token: %v", err)
	}
	return good
}

// unkept is a store that keeps nothing of what is written to it.
type unkept struct{ directory.Store }

var errUnkept = errors.New("dirtest: rolled back on purpose")

// Write implements directory.Store.
func (s unkept) Write(ctx context.Context, fn func(directory.Tx) error) error {
	err := s.Store.Write(ctx, func(tx directory.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errUnkept
	})
	if errors.Is(err, errUnkept) {
		return nil
	}
	return err
}
