// Package load sends requests over kept-alive HTTP/1.1 connections and times
// each of them. It speaks the protocol itself: a client library would take
// more of the processor than the servers that are measured, and both share it.
package load

import (
	"cmp"
	"context"
	"net"
	"sync"
	"time"
)

// A Request is one request.
type Request struct {
	Method string
	Target string // path and query, escaped
	Body   string
	Type   string // of the body; empty: application/json
	Want   int    // the status of a success; 0: the job's
}

// An Answer is what came back. Body is valid until the next request.
type Answer struct {
	Status int
	Body   []byte
}

// A Job is a number of connections that each send one request after another.
type Job struct {
	Address string        // host:port
	Header  string        // lines for every request, each with \r\n at its end
	Conns   int           // connections at the same time
	For     time.Duration // 0: until Next has no more
	Pace    time.Duration // from one request of a connection to its next; 0: none
	Want    int           // the status of a success

	// Next gives a connection its next request; false ends the connection.
	Next func(conn int) (Request, bool)
	// Seen, if set, is shown every successful answer.
	Seen func(conn int, a Answer)
	// From, if set, is the address that a connection comes from.
	From func(conn int) net.Addr
}

// A Sample is one request: when it ended, from the beginning, and how long it took.
type Sample struct{ At, Took time.Duration }

// A Result is what came of a job.
type Result struct {
	Elapsed time.Duration
	Samples []Sample       // of successes
	Failed  map[string]int // what went wrong → how often
}

// patience is how many failures in a row end a connection's work.
const patience = 20

// Run runs a job. The connections are open before the clock starts.
func Run(ctx context.Context, j Job) (Result, error) {
	workers := make([]*worker, j.Conns)
	for i := range workers {
		workers[i] = &worker{job: &j, number: i, failed: map[string]int{}}
		if err := workers[i].dial(ctx); err != nil {
			return Result{}, err
		}
		defer workers[i].close()
	}
	var all sync.WaitGroup
	begun := time.Now()
	for _, w := range workers {
		all.Go(func() { w.run(ctx, begun) })
	}
	all.Wait()
	r := Result{Elapsed: time.Since(begun), Failed: map[string]int{}}
	for _, w := range workers {
		r.Samples = append(r.Samples, w.samples...)
		for what, n := range w.failed {
			r.Failed[what] += n
		}
	}
	return r, ctx.Err()
}

// A worker is one connection.
type worker struct {
	job     *Job
	number  int
	conn    *conn
	samples []Sample
	failed  map[string]int
}

func (w *worker) dial(ctx context.Context) (err error) {
	w.close()
	var from net.Addr
	if w.job.From != nil {
		from = w.job.From(w.number)
	}
	w.conn, err = dial(ctx, w.job.Address, from)
	return err
}

func (w *worker) close() {
	if w.conn != nil {
		w.conn.close()
		w.conn = nil
	}
}

func (w *worker) run(ctx context.Context, begun time.Time) {
	due, inARow := begun, 0
	for ctx.Err() == nil && inARow < patience && (w.job.For == 0 || time.Since(begun) < w.job.For) {
		if w.job.Pace > 0 {
			time.Sleep(time.Until(due))
			due = due.Add(w.job.Pace)
		}
		r, ok := w.job.Next(w.number)
		if !ok {
			return
		}
		if what := w.once(ctx, begun, r); what != "" {
			w.failed[what]++
			inARow++
			continue
		}
		inARow = 0
	}
}

// once sends one request and says what went wrong with it, if anything did.
func (w *worker) once(ctx context.Context, begun time.Time, r Request) (trouble string) {
	if w.conn == nil {
		if err := w.dial(ctx); err != nil {
			return "cannot connect"
		}
	}
	sent := time.Now()
	a, err := w.conn.do(r, w.job.Header, w.job.Seen != nil)
	ended := time.Now()
	if err != nil {
		w.close()
		return err.Error()
	}
	if w.conn.ending {
		w.close()
	}
	if a.Status != cmp.Or(r.Want, w.job.Want) {
		return statusText(a.Status)
	}
	w.samples = append(w.samples, Sample{At: ended.Sub(begun), Took: ended.Sub(sent)})
	if w.job.Seen != nil {
		w.job.Seen(w.number, a)
	}
	return ""
}
