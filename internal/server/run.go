package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	grace         = 30 * time.Second // for requests in flight at the end
	headerLimit   = 64 << 10         // above the API's own limit, which answers with a problem
)

// Serve opens the directory and serves it until ctx ends, then finishes the
// requests in flight.
func Serve(ctx context.Context, c Config) (err error) {
	room := roomForGarbage()
	defer runtime.KeepAlive(room)
	if err := c.checkServing(); err != nil {
		return err
	}
	unlock, err := c.onlyServer()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	s, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	return s.run(ctx, listener)
}

// roomForGarbage returns what must be kept for as long as the process serves.
// The collector runs when the heap has grown by what survived the last run, a
// few megabytes here, so that it ran a hundred times a second under load: a
// sixth of the processor time of a list. Memory that is reserved counts as
// survived and, never touched, takes none of the machine's.
func roomForGarbage() []byte { return make([]byte, 16<<20) }

// onlyServer refuses a second server on one SQLite folder. The lock ends with
// the process, however it ends.
func (c Config) onlyServer() (unlock func() error, err error) {
	if c.DatabaseURL != "" || !initialized(c.DataDir) {
		return func() error { return nil }, nil
	}
	lock := flock.New(filepath.Join(c.DataDir, "server.lock"), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("another ax server is running on %s; two on one SQLite folder would not see each other, so stop it first or use --database-url", c.DataDir)
	}
	return lock.Close, nil
}

func (s *Server) run(ctx context.Context, listener net.Listener) error {
	public := s.config.publicURL(listener.Addr())
	log := s.config.Log
	handler, err := s.handler(public)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	limited := newLimitListener(listener, connectionLimit(openFiles()), log)
	web := &http.Server{
		Handler: closeAfterDoubt(handler), ConnState: limited.watch,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headerLimit, DisableGeneralOptionsHandler: true,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var jobs sync.WaitGroup
	defer jobs.Wait()
	defer stop()
	if err := s.startJobs(background, &jobs, public); err != nil {
		return errors.Join(err, listener.Close())
	}
	ended := make(chan error, 1)
	go func() { ended <- s.listen(web, limited) }()
	log.InfoContext(ctx, "listening", "address", listener.Addr().String(), "public_url", public)
	select {
	case err := <-ended:
		return err
	case <-s.store.Failed():
		return errors.Join(s.store.Ready(ctx), web.Close())
	case <-ctx.Done():
	}
	return s.stop(web)
}

func (s *Server) listen(web *http.Server, listener net.Listener) error {
	if s.config.TLSCert != "" {
		return web.ServeTLS(listener, s.config.TLSCert, s.config.TLSKey)
	}
	return web.Serve(listener)
}

// stop lets the requests in flight finish; from now on the server is not ready.
func (s *Server) stop(web *http.Server) error {
	s.stopping.Store(true)
	s.config.Log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests did not finish within %s: %w", grace, err), web.Close())
	}
	return nil
}

// startJobs starts what runs beside the requests.
func (s *Server) startJobs(ctx context.Context, jobs *sync.WaitGroup, public string) error {
	jobs.Go(func() { s.seal(ctx) })
	jobs.Go(func() { s.tidy(ctx) })
	transport, err := s.config.transport()
	if err != nil {
		return err
	}
	sender := s.sender(public, transport)
	if err := sender.Check(); err != nil {
		return err
	}
	if transport == nil {
		s.config.Log.WarnContext(ctx, "letters wait: there is no way out for them; give --smtp-url or --mail-dir")
		return nil
	}
	if s.config.MailDir != "" { // it shall not be the first letter that finds out
		if err := os.MkdirAll(s.config.MailDir, 0o700); err != nil {
			return fmt.Errorf("--mail-dir: %w", err)
		}
	}
	if s.config.SMTPURL != "" && loopbackURL(public) {
		s.config.Log.WarnContext(ctx, "links in letters begin with "+public+", which only this machine can open; give --public-url")
	}
	jobs.Go(func() {
		if err := sender.Run(ctx); err != nil {
			s.config.Log.ErrorContext(ctx, "letters are not sent any more", "err", err)
		}
	})
	return nil
}

// seal keeps the audit chain at most a second behind on engines that do not
// seal in the commit.
func (s *Server) seal(ctx context.Context) {
	tick := time.NewTicker(time.Second / 2)
	defer tick.Stop()
	for {
		n, err := s.store.Seal(ctx)
		if err != nil && ctx.Err() == nil {
			s.config.Log.ErrorContext(ctx, "audit entries could not be sealed", "err", err)
		}
		if err == nil && n > 0 {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tidy removes what has no effect any more, now and then.
func (s *Server) tidy(ctx context.Context) {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.directory.Tidy(ctx); err != nil && ctx.Err() == nil {
			s.config.Log.ErrorContext(ctx, "old sessions, counters and audit entries could not be removed", "err", err)
		}
	}
}
