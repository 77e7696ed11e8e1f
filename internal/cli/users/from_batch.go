package users

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ax/internal/cli/command"
	"ax/internal/client"
)

const (
	inFlight = 32 // requests at a time; a server of ours commits that many together
	maxLost  = 32 // rows one after the other to which no API answered, then it is given up
)

// A batch is a run over the items of a list.
type batch struct {
	from    *from
	env     *command.Env
	verb    *verb
	items   []*item
	journal *journal // nil for a run that does nothing

	lost    atomic.Int32 // rows without an answer, one after the other
	stopped atomic.Pointer[error]
}

// all does to each item what is left to do, and keeps every outcome.
func (b *batch) all(ctx context.Context, c *client.Client) {
	var left []*item
	for _, i := range b.items {
		if i.status == "" {
			left = append(left, i)
		}
	}
	done := b.journal.keep()
	b.each(ctx, b.verb.doing, left, func(ctx context.Context, i *item) {
		b.verb.do(ctx, c, i)
		i.problem = b.env.Redact(i.problem)
		if i.status != "" {
			done <- i
		}
	})
	close(done)
	b.journal.wait()
}

// each runs work for the items, several at a time, in their order. What
// changes something is finished when ctx ends; nothing is begun after it.
func (b *batch) each(ctx context.Context, doing string, items []*item, work func(context.Context, *item)) {
	defer b.env.Streams.Progress(doing)()
	running, stop := context.WithCancel(ctx)
	defer stop()
	queue := make(chan *item, b.verb.ahead-1)
	var workers sync.WaitGroup
	var counting sync.Mutex // or the last number would not be the last one shown
	done := 0
	finishing := running
	if b.journal != nil {
		var giveUp context.CancelCauseFunc
		finishing, giveUp = context.WithCancelCause(client.Finishing(running))
		defer giveUp(nil)
		defer context.AfterFunc(ctx, func() { b.interrupted(finishing, giveUp) })()
	}
	for range min(inFlight, len(items)) {
		workers.Go(func() {
			for i := range queue {
				if running.Err() != nil {
					continue
				}
				work(finishing, i)
				if b.hopeless(i) {
					stop()
				}
				counting.Lock()
				done++
				b.env.Streams.Step("%s (%d of %d)", doing, done, len(items))
				counting.Unlock()
			}
		})
	}
	b.hand(running, items, queue)
	close(queue)
	workers.Wait()
}

// hand hands out the items. In a run that does something each is noted before
// as begun: after a crash it is one whose answer may be lost.
func (b *batch) hand(ctx context.Context, items []*item, queue chan<- *item) {
	for len(items) > 0 && ctx.Err() == nil {
		part := items[:min(len(items), b.verb.ahead)]
		items = items[len(part):]
		if b.journal != nil && b.journal.begin(part) != nil {
			return // it cannot be kept, so it is not done
		}
		for _, i := range part {
			select {
			case queue <- i:
			case <-ctx.Done():
				return
			}
		}
	}
}

// errGivenUp is the cause of requests that are no longer waited for.
var errGivenUp = errors.New("interrupted")

// interrupted says that the run waits for what is under way. The next
// interruption gives that up: what has come by then is kept and told as at any
// end. Only the one after it ends the process itself.
func (b *batch) interrupted(finishing context.Context, giveUp context.CancelCauseFunc) {
	again, stop := signal.NotifyContext(finishing, os.Interrupt)
	context.AfterFunc(again, func() {
		stop()
		giveUp(errGivenUp)
	})
	if !b.env.JSON {
		b.env.Streams.Warn("Waiting for the requests in flight. Ctrl-C again ends at once.")
	}
}

// hopeless says whether an item's failure will be that of all others: the key
// is not accepted, or nobody has answered for long.
func (b *batch) hopeless(i *item) bool {
	p, api := errors.AsType[*client.Error](i.cause)
	switch {
	case b.journal != nil && b.journal.failed() != nil:
		return true
	case i.cause == nil, errors.Is(i.cause, client.ErrNotFound), api && p.Status >= 400 && p.Status < 500 && p.Status != http.StatusUnauthorized:
		b.lost.Store(0)
		return false
	case api && p.Status == http.StatusUnauthorized, b.lost.Add(1) >= maxLost:
		b.stopped.CompareAndSwap(nil, &i.cause)
		return true
	}
	return false
}

// The outcomes of an item, as all verbs write them.

func (i *item) is(status string) { i.status, i.problem, i.cause = status, "", nil }

func (i *item) isNot(status, problem string) { i.status, i.problem = status, problem }

// fail records an error, unless it is that the item's turn did not come.
func (i *item) fail(err error) {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, errGivenUp):
		return
	case errors.Is(err, client.ErrNotFound):
		i.status = notFound
	default:
		i.status, i.problem, i.cause = failed, oneLine(err), err
	}
}

// unsure records that a change may have been made or not.
func (i *item) unsure(err error) {
	i.isNot(unknown, "it is not known whether it was done: "+oneLine(err))
	i.cause = err
}

// saw keeps who an item is on the server.
func (i *item) saw(id, name string) { i.userID, i.fullName = id, name }

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// insist repeats what is refused because of too many requests. The client's
// gate waits as the server says; without a word of its own a second will do.
func insist(ctx context.Context, do func() error) error {
	const most = 20
	for try := 1; ; try++ {
		err := do()
		p, ok := errors.AsType[*client.Error](err)
		if !ok || p.Status != http.StatusTooManyRequests || p.RetryAfter > time.Minute || try == most {
			return err
		}
		if p.Header.Get("Retry-After") == "" {
			if err := client.Wait(ctx, time.Second); err != nil {
				return err
			}
		}
	}
}

// answerLost says whether a request may have been done although it failed.
func answerLost(err error) bool {
	if n, ok := errors.AsType[*client.NetworkError](err); ok {
		return !n.Unsent && !errors.Is(err, context.Canceled)
	}
	p, ok := errors.AsType[*client.Error](err)
	return errors.Is(err, errGivenUp) || ok && (p.Status == 0 || p.Status >= http.StatusInternalServerError)
}
