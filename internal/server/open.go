package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"

	"ax/internal/api"
	"ax/internal/directory"
	"ax/internal/mail"
	"ax/internal/store"
)

// A Server is an open directory and what serves it.
type Server struct {
	config    Config
	store     *store.Store
	directory *directory.Directory
	api       *api.API
	stopping  atomic.Bool
}

// Open opens a directory that exists, brings its schema up to date unless the
// configuration says never, and checks its key.
func Open(ctx context.Context, c Config) (*Server, error) {
	s, err := openStore(ctx, c)
	if err != nil {
		return nil, err
	}
	srv, err := open(ctx, c, s)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return srv, nil
}

func open(ctx context.Context, c Config, s *store.Store) (*Server, error) {
	if err := bringUpToDate(ctx, c, s); err != nil {
		return nil, err
	}
	// A schema alone is no directory, and has no key that could be missing.
	if _, ok, err := s.Read(ctx).Installation(); err != nil || !ok {
		return nil, cmp.Or(err, fmt.Errorf("%s: %w", c.where(), errNoDirectory))
	}
	key, err := readKey(c.keyFile())
	if err != nil {
		return nil, err
	}
	srv := assemble(c, s, key)
	if err := srv.directory.CheckKey(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", c.keyFile(), err)
	}
	return srv, nil
}

func assemble(c Config, s *store.Store, key directory.Key) *Server {
	srv := &Server{config: c, store: s, directory: &directory.Directory{
		Store: s, Key: key, Now: systemClock(), Rand: rand.Reader,
		InvitationLife: cmp.Or(c.InvitationLife, directory.DefaultInvitationLife),
		PasswordLife:   cmp.Or(c.PasswordLife, directory.DefaultPasswordLife),
		MinPassword:    c.MinPassword, Product: c.Product,
	}}
	srv.api = api.New(srv.directory, c.Log, srv.ready)
	return srv
}

// openStore refuses a folder in which nothing was made, instead of making it.
func openStore(ctx context.Context, c Config) (*store.Store, error) {
	if c.DatabaseURL == "" && !initialized(c.DataDir) {
		return nil, fmt.Errorf("%s: %w", c.DataDir, errNoDirectory)
	}
	return c.openAny(ctx)
}

var errNoDirectory = &store.VersionError{}

func initialized(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, store.DatabaseFile))
	return !errors.Is(err, fs.ErrNotExist)
}

func bringUpToDate(ctx context.Context, c Config, s *store.Store) error {
	err := s.CheckVersion(ctx)
	old, ok := errors.AsType[*store.VersionError](err)
	if !ok {
		return err
	}
	if old.Found == 0 || old.Found > old.Known || c.MigrateNever {
		return fmt.Errorf("%s: %w", c.where(), err)
	}
	return s.Migrate(ctx)
}

// API answers the API's requests. It is the same over a socket and without.
func (s *Server) API() http.Handler { return s.api }

// Close ends the server; writes under way are finished.
func (s *Server) Close() error { return s.store.Close() }

func (s *Server) ready(ctx context.Context) error {
	if s.stopping.Load() {
		return errors.New("the server is stopping")
	}
	return s.store.Ready(ctx)
}

func (s *Server) sender(publicURL string, t mail.Transport) *mail.Sender {
	return &mail.Sender{
		Outbox: s.directory, Transport: t, PublicURL: publicURL,
		Letterhead: mail.Letterhead{Product: s.config.Product, From: s.config.MailFrom, Contact: s.config.Contact},
		Log:        s.config.Log, Now: s.directory.Now,
	}
}
