package users

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"ax/internal/cli/command"
	"ax/internal/cli/term"
)

const syncEvery = 50 * time.Millisecond

// A journal is the file of results while it grows: CSV, a line when a row is
// begun and one when its outcome is known, the later of which counts. At the
// end it is put in the order of the list, one line a row. Whenever the process
// dies, the file is good for --resume.
type journal struct {
	path    string
	fresh   bool // made by this run
	verb    *verb
	lock    *flock.Flock
	file    *os.File
	mu      sync.Mutex // of what follows, and writes
	err     error
	dirty   bool // since the last sync
	pending sync.WaitGroup
}

// openJournal makes the file of results, or takes up the one to resume.
func (f *from) openJournal(v *verb, items []*item) (_ *journal, err error) {
	j := &journal{path: f.resultsPath(v), fresh: f.resume == "", verb: v}
	if err := j.hold(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			j.close()
		}
	}()
	if !j.fresh {
		if err := j.resume(f.label(), items); err != nil {
			return nil, err
		}
	}
	mode := os.O_WRONLY | os.O_APPEND
	if j.fresh {
		mode |= os.O_CREATE | os.O_EXCL
	}
	if j.file, err = os.OpenFile(j.path, mode, 0o600); err != nil {
		return nil, j.cannot(err)
	}
	if j.fresh {
		return j, j.cannot(cmp.Or(j.append(nil, true), j.sync()))
	}
	return j, nil
}

// hold makes sure that no other process works on the same results.
func (j *journal) hold() error {
	info, err := os.Lstat(j.path)
	switch {
	case j.fresh && err == nil:
		return command.Usagef("%s is there already and may hold passwords: --resume %s goes on with it, --results FILE.csv begins another", j.path, quoted(j.path))
	case !j.fresh && err != nil:
		return &command.InputError{Err: fmt.Errorf("cannot resume %s: %w", j.path, bareError(err))}
	case !j.fresh && !info.Mode().IsRegular():
		return &command.InputError{Err: fmt.Errorf("cannot resume %s: it is not a regular file", j.path)}
	}
	j.lock = flock.New(j.path + ".lock")
	held, err := j.lock.TryLock()
	switch {
	case err != nil:
		j.lock = nil
		return j.cannot(err)
	case !held:
		j.lock = nil
		return command.Usagef("Another ax is at work on %s", j.path)
	}
	return nil
}

func (j *journal) cannot(err error) error {
	if err == nil {
		return nil
	}
	return &term.OutputError{Path: j.path, Err: bareError(err)}
}

func bareError(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err
	}
	return err
}

// close lets go of the file. It may be called again.
func (j *journal) close() {
	if j.file != nil {
		_ = j.file.Close() // what matters was synced
	}
	if j.lock != nil {
		_, _ = j.lock.Close(), os.Remove(j.lock.Path())
		j.lock = nil
	}
}

// unused takes a file without results away again, and returns err.
func (j *journal) unused(err error) error {
	if j.fresh {
		_ = os.Remove(j.path)
	}
	return err
}

// begin notes that items are about to be sent.
func (j *journal) begin(items []*item) error {
	lines := make([]rowResult, len(items))
	for n, i := range items {
		lines[n] = i.result()
		lines[n].Status, lines[n].Error = begun, ""
	}
	return cmp.Or(j.append(lines, false), j.sync())
}

// keep returns where to send items whose outcome is known. Each is in the file
// at once, which a death of the process cannot undo, and on the disk within
// the time of syncEvery: the server's own syncs, often on the same disk, come first.
func (j *journal) keep() chan<- *item {
	done := make(chan *item, 4*inFlight)
	j.pending.Go(func() {
		tick := time.NewTicker(syncEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = j.sync() // kept, for those who ask failed
			case i, ok := <-done:
				if !ok {
					_ = j.sync()
					return
				}
				j.write(i, done)
			}
		}
	})
	return done
}

// write keeps an item, and those that are there by now, in one write.
func (j *journal) write(first *item, done <-chan *item) {
	part := []*item{first}
	for len(done) > 0 { // nobody else takes from it
		part = append(part, <-done)
	}
	kept := j.append(told(part), false) == nil
	for _, i := range part {
		i.kept = kept
	}
}

// wait returns when all that was sent to keep is there.
func (j *journal) wait() { j.pending.Wait() }

func (j *journal) failed() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// append writes lines. After a failure nothing more is written.
func (j *journal) append(lines []rowResult, header bool) error {
	var b bytes.Buffer
	if err := writeResults(&b, lines, header); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		_, j.err = j.file.Write(b.Bytes())
		j.dirty = true
	}
	return j.err
}

// sync returns when what was appended is on the disk.
func (j *journal) sync() error {
	j.mu.Lock()
	dirty, err := j.dirty, j.err
	j.dirty = false
	j.mu.Unlock()
	if !dirty || err != nil {
		return err
	}
	// Outside the lock: a slow disk is no reason to stop writing.
	err = j.file.Sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = cmp.Or(j.err, err)
	return j.err
}

func writeResults(w io.Writer, lines []rowResult, header bool) error {
	c, err := term.NewCSV(&skipFirst{w, !header}, rowResults().Columns, false)
	for _, line := range lines {
		if err == nil {
			err = c.Add(line)
		}
	}
	return err
}

// skipFirst leaves out the first write, which is the header.
type skipFirst struct {
	io.Writer
	skip bool
}

// Write implements io.Writer.
func (s *skipFirst) Write(p []byte) (int, error) {
	if s.skip {
		s.skip = false
		return len(p), nil
	}
	return s.Writer.Write(p)
}

// finish puts the results in the order of the list. Rows that were not begun
// are left out.
func (j *journal) finish(items []*item) error {
	if err := j.failed(); err != nil {
		return j.cannot(err)
	}
	err := term.Output{Format: term.FormatCSV, Path: j.path}.Write(func(w io.Writer) error {
		return writeResults(w, told(items), true)
	})
	for _, i := range items {
		i.kept = i.kept || err == nil
	}
	return err
}
