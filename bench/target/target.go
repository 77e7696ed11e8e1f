//go:build linux

// Package target starts the servers that are measured, fills them with the
// same people, and knows how each of them is asked.
package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"ax/bench/load"
	"ax/bench/people"
	"ax/bench/proc"
	"ax/bench/process"
)

// A Target is a server that is running, with people in it.
type Target struct {
	Name    string
	Address string // host:port
	Header  string // what authenticates a request
	Ask     Dialect
	IDs     []string // of its people, at most sampled, evenly apart
	Seed    Seed

	server  *process.Process
	others  func() []int // processes that work for it
	log     string
	counted string // file in which the server says how many goroutines it has; see Ax.Count
	cleanup []func() error
}

// sampled is how many ids are kept of a server.
const sampled = 100_000

// A Seed is what filling a server took.
type Seed struct {
	People int
	Took   time.Duration
	Rate   float64 // people in a second
	Disk   int64   // bytes, afterwards
	Peak   int64   // bytes of the server's memory, meanwhile
}

// A Dialect is how a server is asked. Ids and names come as they are.
type Dialect interface {
	Get(id string) load.Request
	List(limit int) load.Request
	Deep(limit int) load.Request // the page behind nine tenths of all people
	Find(text, status string) load.Request
	Exact(email string) load.Request
	Create(p people.Person) load.Request
	Rename(id, name string) load.Request
	Delete(id string) load.Request
	Created() int // the status of a Create
}

// ID is the server process's number.
func (t *Target) ID() int { return t.server.ID() }

// Log is the file of what the server prints.
func (t *Target) Log() string { return t.log }

// CPU is the processor time of the server and of those who work for it.
func (t *Target) CPU() (time.Duration, error) {
	total, err := proc.CPU(t.server.ID())
	if err != nil || t.others == nil {
		return total, err
	}
	for _, pid := range t.others() {
		if d, err := proc.CPU(pid); err == nil { // else it has ended, and its parent has its time
			total += d
		}
	}
	return total, nil
}

// Others are the processes that work for the server.
func (t *Target) Others() []int {
	if t.others == nil {
		return nil
	}
	return t.others()
}

// Rested cuts the server's log, which would fill the disk otherwise.
func (t *Target) Rested() error {
	if t.log == "" {
		return nil
	}
	return os.Truncate(t.log, 0)
}

// Goroutines is how many the server has had within the last second.
func (t *Target) Goroutines() (int, error) {
	text, err := os.ReadFile(t.counted)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(text))
}

// Stop ends the server and what it needed.
func (t *Target) Stop() error {
	errs := []error{t.server.Stop()}
	for _, fn := range t.cleanup {
		errs = append(errs, fn())
	}
	return errors.Join(errs...)
}

// serve starts a server and waits until it answers at path.
func serve(ctx context.Context, n *process.Nursery, p process.Program, address, path string) (*process.Process, error) {
	started, err := n.Start(ctx, p)
	if err != nil {
		return nil, err
	}
	const patience = 60 * time.Second
	for begun := time.Now(); time.Since(begun) < patience && started.Alive() && ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		if status, _, err := fetch(ctx, "http://"+address+path, nil); err == nil && status == http.StatusOK {
			return started, nil
		}
	}
	text, _ := os.ReadFile(p.Log) // no log is no reason to lose the error
	return nil, errors.Join(fmt.Errorf("%s does not answer; its log ends:\n%s", p.Path, text[max(0, len(text)-2000):]), ctx.Err(), started.Stop())
}

// fetch asks once.
func fetch(ctx context.Context, url string, header map[string]string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// FreeAddress is a port of the loopback interface that nobody listens on.
func FreeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}

// Try sends one request and returns how many people are in its answer, the
// answer itself, and what was wrong with it.
func (t *Target) Try(ctx context.Context, r load.Request, want int) (n int, body string, err error) {
	once := true
	result, err := load.Run(ctx, load.Job{
		Address: t.Address, Header: t.Header, Conns: 1, Want: want,
		Next: func(int) (load.Request, bool) { defer func() { once = false }(); return r, once },
		Seen: func(_ int, a load.Answer) { body = string(a.Body) },
	})
	if err == nil && len(result.Samples) == 0 {
		err = fmt.Errorf("%s %s: %v", r.Method, r.Target, result.Failed)
	}
	return strings.Count(body, `"email":"`), body, err
}
