package store

import (
	"context"
	"errors"
	"sync"
)

// A pool is SQLite's readers: connections that are opened as they are needed,
// and kept. The one that was used last is used first, for its cache is warm.
type pool struct {
	open  func() (*sqliteConn, error)
	slots chan struct{} // one is taken for each connection in use

	mu     sync.Mutex
	idle   []*sqliteConn
	closed bool
}

func newPool(connections int, open func() (*sqliteConn, error)) *pool {
	return &pool{open: open, slots: make(chan struct{}, connections)}
}

// with calls fn with a connection of its own.
func (p *pool) with(ctx context.Context, fn func(*sqliteConn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.slots }()
	c, err := p.take()
	if err != nil {
		return err
	}
	defer p.give(c)
	return fn(c)
}

func (p *pool) take() (*sqliteConn, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	return p.open()
}

func (p *pool) give(c *sqliteConn) {
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
}

func (p *pool) exec(ctx context.Context, query string, args []any) (o outcome, err error) {
	err = p.with(ctx, func(c *sqliteConn) error {
		o, err = c.exec(ctx, query, args)
		return err
	})
	return o, err
}

func (p *pool) each(ctx context.Context, scan func(scanner) error, query string, args []any) error {
	return p.with(ctx, func(c *sqliteConn) error { return c.each(ctx, scan, query, args) })
}

func (p *pool) script(ctx context.Context, text string) error {
	return p.with(ctx, func(c *sqliteConn) error { return c.script(ctx, text) })
}

// close waits for those who read, and closes the connections.
func (p *pool) close() error {
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var errs []error
	for _, c := range p.idle {
		errs = append(errs, c.close())
	}
	p.idle = nil
	for range cap(p.slots) {
		<-p.slots
	}
	return errors.Join(errs...)
}
