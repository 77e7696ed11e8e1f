package server

import (
	"context"
	"errors"
	"os/user"

	"ax/internal/directory"
	"ax/internal/mail"
)

// hostActor is the person who runs a command on the server's own machine.
func hostActor() directory.Actor {
	u, err := user.Current()
	if err != nil {
		return directory.Host("unknown")
	}
	return directory.Host(u.Username)
}

// Migrate brings the schema of a directory up to date, or makes it in an
// empty database. A role that may not change schemas can serve afterwards.
func Migrate(ctx context.Context, c Config) (err error) {
	s, err := c.openAny(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Migrate(ctx)
}

// Backup copies the directory to a new file while it is in use.
func (s *Server) Backup(ctx context.Context, file string) error {
	if err := s.store.Backup(ctx, file); err != nil {
		return err
	}
	return s.directory.RecordBackup(ctx, hostActor(), file)
}

// CreateKey makes an API key for an active user.
func (s *Server) CreateKey(ctx context.Context, email string) (key string, owner directory.User, err error) {
	return s.directory.CreateHostKey(ctx, hostActor(), email, "made on the host")
}

// Letters returns the letters behind after, oldest first.
func (s *Server) Letters(ctx context.Context, after int64, limit int) ([]directory.Letter, error) {
	return s.directory.Letters(ctx, after, limit)
}

// Letter returns a letter and its link, which is empty when it is no longer kept.
func (s *Server) Letter(ctx context.Context, id string) (directory.Letter, string, error) {
	l, err := s.directory.ReadLetter(ctx, hostActor(), directory.LetterID(id))
	return l.Letter, mail.Link(s.config.PublicURL, l), err
}

// RetryLetter makes a letter due at once.
func (s *Server) RetryLetter(ctx context.Context, id string) error {
	return s.directory.RetryLetter(ctx, hostActor(), directory.LetterID(id))
}
