//go:build linux

// Package process starts programs that end with this one, however it ends.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A Nursery starts processes. Linux sends them a signal when the thread that
// started them ends, so one thread starts them all and lives as long as the
// program.
type Nursery struct{ starts chan func() }

// NewNursery returns a nursery.
func NewNursery() *Nursery {
	n := &Nursery{starts: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for start := range n.starts {
			start()
		}
	}()
	return n
}

// A Process is a program that is running or has ended.
type Process struct {
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{}
	err   error // once ended is closed
}

// A Program is what to start.
type Program struct {
	Path string
	Args []string
	Env  []string            // beside Environment
	Log  string              // file for what it prints; empty: nowhere
	In   io.Reader           // its standard input; nil: none
	As   *syscall.Credential // nil: as this program
	Dir  string              // its working folder; empty: this program's
	End  syscall.Signal      // what ends it in an orderly way; 0: SIGTERM
	_    struct{}            // fields by name
}

// Environment is the own environment without what would lead the programs to
// other servers, folders or keys.
func Environment() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "AX_") || strings.HasPrefix(entry, "ARIZE_") || strings.HasPrefix(entry, "PG")
	})
}

// Start starts a program.
func (n *Nursery) Start(ctx context.Context, p Program) (*Process, error) {
	if p.End == 0 {
		p.End = syscall.SIGTERM
	}
	cmd := exec.CommandContext(ctx, p.Path, p.Args...) //nolint:gosec // what we have built
	cmd.Env, cmd.Dir, cmd.Stdin = append(Environment(), p.Env...), p.Dir, p.In
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: p.As}
	if p.End != syscall.SIGTERM {
		cmd.SysProcAttr.Pdeathsig = p.End
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(p.End) }
	cmd.WaitDelay = 10 * time.Second
	started := &Process{cmd: cmd, ended: make(chan struct{})}
	if err := started.openLog(p.Log); err != nil {
		return nil, err
	}
	failed := make(chan error)
	n.starts <- func() { failed <- cmd.Start() }
	if err := <-failed; err != nil {
		return nil, errors.Join(err, started.closeLog())
	}
	go func() {
		started.err = errors.Join(cmd.Wait(), started.closeLog())
		close(started.ended)
	}()
	return started, nil
}

func (p *Process) openLog(name string) (err error) {
	if name == "" {
		return nil
	}
	// With O_APPEND the file can be cut while the program writes to it.
	p.log, err = os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	return err
}

func (p *Process) closeLog() error {
	if p.log == nil {
		return nil
	}
	return p.log.Close()
}

// ID is the process's number.
func (p *Process) ID() int { return p.cmd.Process.Pid }

// Wait waits for the program's own end and returns how it went.
func (p *Process) Wait() error {
	<-p.ended
	return p.err
}

// Alive tells whether the program is still running.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Stop ends the program in the orderly way, or kills it after a while.
func (p *Process) Stop() error {
	const grace = 40 * time.Second
	if !p.Alive() {
		return nil
	}
	if err := p.cmd.Cancel(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(grace):
		_ = p.cmd.Process.Kill()
		<-p.ended
		return fmt.Errorf("%s did not stop within %s and was killed", p.cmd.Path, grace)
	}
}
