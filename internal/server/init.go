package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"ax/internal/directory"
	"ax/internal/store"
)

// Init makes a directory with its first administrator and returns that user's
// API key. A directory that exists is left alone, its key file too, and the
// error says so; also when two run at once.
func Init(ctx context.Context, c Config, email, name string) (key string, err error) {
	err = alone(c.DataDir, func() error {
		key, err = initialize(ctx, c, email, name)
		return err
	})
	return key, err
}

// alone keeps other processes on this machine from making things in the
// folder at the same time.
func alone(folder string, fn func() error) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	lock := flock.New(filepath.Join(folder, "init.lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	return fn()
}

func initialize(ctx context.Context, c Config, email, name string) (apiKey string, err error) {
	if err := directory.CheckAdministrator(email, name); err != nil {
		return "", err // before anything is made
	}
	s, err := c.openAny(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx); err != nil {
		return "", err
	}
	if err := refuseSecond(ctx, s); err != nil {
		return "", err
	}
	key, made, err := makeKey(c.keyFile())
	if err != nil {
		return "", err
	}
	apiKey, err = assemble(c, s, key).directory.Initialize(ctx, hostActor(), email, name)
	if err != nil && made {
		err = errors.Join(err, os.Remove(c.keyFile())) // another host was first: this key is nobody's
	}
	return apiKey, err
}

// openAny opens the store whether or not a directory is in it.
func (c Config) openAny(ctx context.Context) (*store.Store, error) {
	if c.DatabaseURL != "" {
		return store.OpenPostgres(ctx, c.DatabaseURL)
	}
	return store.OpenSQLite(c.DataDir)
}

func refuseSecond(ctx context.Context, s *store.Store) error {
	i, ok, err := s.Read(ctx).Installation()
	if err == nil && ok {
		err = directory.ErrInitialized(i.CreatedAt)
	}
	return err
}
