package client

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// A gate holds every request of a client back while the server has asked one
// of them to come later. Else those who share the limit would use it up, and
// be told to wait still longer.
type gate struct {
	mu   sync.Mutex
	open time.Time
}

// heed closes the gate for as long as an answer says. A wait that is too long
// to obey is the failure of one request and no matter of the others.
func (g *gate) heed(resp *http.Response) {
	if resp == nil || resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return
	}
	said, ok := retryAfter(resp)
	if !ok || said > maxWait {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(said); until.After(g.open) {
		g.open = until
	}
}

// wait returns when the gate is open.
func (g *gate) wait(ctx context.Context) error {
	for {
		g.mu.Lock()
		left := time.Until(g.open)
		g.mu.Unlock()
		if left <= 0 {
			return nil
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
}

type waitsKey struct{}

// Finishing returns a context for requests that are to be finished when ctx
// ends: what was sent waits for its answer, and only what waits for its turn
// is given up, with the cause of ctx.
func Finishing(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), waitsKey{}, ctx)
}

// waits is the context that ends a wait.
func waits(ctx context.Context) context.Context {
	if parent, ok := ctx.Value(waitsKey{}).(context.Context); ok {
		return parent
	}
	return ctx
}

// Wait waits for d. It returns the cause when ctx, or the one that Finishing
// made it from, ends first.
func Wait(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }
