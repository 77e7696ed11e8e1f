package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/gofrs/flock"

	"ax/internal/directory"
)

// A group is SQLite's writer: one goroutine on one connection. The writes
// that wait together run in one transaction, each in a savepoint with a
// verdict of its own, share one sync, and are acknowledged after the commit.
type group struct {
	conn  *sqliteConn
	turn  *flock.Flock // see begin
	jobs  chan *job
	ended chan struct{}
	fault func()

	closing sync.RWMutex // held for reading by those who hand in a job
	closed  bool
}

// A job is one write. Its context is looked at before it runs and never given
// to a statement: cancelling one would roll back the whole group.
type job struct {
	ctx   context.Context //nolint:containedctx // the caller's, for the length of its call
	fn    func(*Tx) error
	err   error
	panic any
	done  chan struct{}
}

const groupSize = 512

func newGroup(conn *sqliteConn, turn *flock.Flock, fault func()) *group {
	g := &group{conn: conn, turn: turn, fault: fault, jobs: make(chan *job, groupSize), ended: make(chan struct{})}
	go g.loop()
	return g
}

func (g *group) close() error {
	g.closing.Lock()
	already := g.closed
	g.closed = true
	g.closing.Unlock()
	if already {
		return nil
	}
	close(g.jobs)
	<-g.ended
	return errors.Join(g.conn.close(), g.turn.Close())
}

var errClosed = errors.New("the store is closed")

// write hands the function to the writer and waits for the verdict.
func (g *group) write(ctx context.Context, fn func(*Tx) error) error {
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	g.closing.RLock()
	if g.closed {
		g.closing.RUnlock()
		return errClosed
	}
	g.jobs <- j
	g.closing.RUnlock()
	<-j.done
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

func (g *group) loop() {
	defer close(g.ended)
	for first := range g.jobs {
		jobs := []*job{first}
		runtime.Gosched() // let those who are about to write join
		for more := true; more && len(jobs) < groupSize; {
			select {
			case j, ok := <-g.jobs:
				if more = ok; ok {
					jobs = append(jobs, j)
				}
			default:
				more = false
			}
		}
		g.commit(jobs)
		for _, j := range jobs {
			close(j.done)
		}
	}
}

// errAbandoned says that a savepoint could not be undone: nobody in the group
// can be acknowledged.
var errAbandoned = errors.New("the group was rolled back")

// commit runs the jobs in one transaction, or each alone when one of them
// spoiled it for the others.
func (g *group) commit(jobs []*job) {
	err := g.transaction(jobs)
	if err == nil {
		return
	}
	if errors.Is(err, errAbandoned) && len(jobs) > 1 {
		for _, j := range jobs {
			j.err, j.panic = nil, nil
			g.commit([]*job{j})
		}
		return
	}
	if storageFault(err) {
		g.fault()
		err = fmt.Errorf("%w (%w: %w)", directory.ErrUnknown(), errStorage, err)
	}
	for _, j := range jobs {
		if j.err == nil && j.panic == nil {
			j.err = err
		}
	}
}

func (g *group) transaction(jobs []*job) error {
	s := session{ctx: context.Background(), run: g.conn, engine: &sqliteEngine}
	if err := g.begin(s); err != nil {
		return err
	}
	tx := &Tx{session: s}
	for _, j := range jobs {
		if err := g.savepoint(tx, j); err != nil {
			return errors.Join(errAbandoned, err, g.rollback(s))
		}
	}
	if err := errors.Join(tx.index(), s.insertSealed(tx.entries)); err != nil {
		return errors.Join(errAbandoned, err, g.rollback(s))
	}
	if _, err := s.exec(`COMMIT`); err != nil {
		return errors.Join(err, g.rollback(s))
	}
	return nil
}

// begin starts the transaction. Processes on one folder take turns at the
// gate, else a busy server would starve a command beside it.
func (g *group) begin(s session) (err error) {
	if err := g.turn.Lock(); err != nil {
		return fmt.Errorf("wait for a turn to write: %w", err)
	}
	defer func() { err = errors.Join(err, g.turn.Unlock()) }()
	_, err = s.exec(`BEGIN IMMEDIATE`)
	return err
}

// savepoint runs one job. Its own failure is its verdict; an error means that
// the transaction is lost for all.
func (g *group) savepoint(tx *Tx, j *job) error {
	if j.err = j.ctx.Err(); j.err != nil {
		return nil //nolint:nilerr // it is the job's verdict
	}
	if _, err := tx.exec(`SAVEPOINT job`); err != nil {
		return err
	}
	entries := len(tx.entries)
	g.verdict(tx, j)
	if j.err != nil || j.panic != nil {
		tx.entries = tx.entries[:entries]
		if _, err := tx.exec(`ROLLBACK TO job`); err != nil {
			return err
		}
	}
	_, err := tx.exec(`RELEASE job`)
	return err
}

// verdict runs the job's function; a panic is the caller's to have.
func (g *group) verdict(tx *Tx, j *job) {
	defer func() {
		if p := recover(); p != nil {
			j.panic = fmt.Sprintf("%v\n\nin a write:\n%s", p, debug.Stack())
		}
	}()
	j.err = guard(j.fn, tx)
}

// rollback ends the transaction, if the failure has not ended it already.
func (g *group) rollback(s session) error {
	if g.conn.conn.AutocommitEnabled() {
		return nil
	}
	_, err := s.exec(`ROLLBACK`)
	return err
}
