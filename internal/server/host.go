package server

import (
	"context"
	"errors"
	"os/user"

	"ax/internal/directory"
	"ax/internal/mail"
	"ax/internal/store"
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
	old, behind := errors.AsType[*store.VersionError](s.CheckVersion(ctx))
	if err := s.Migrate(ctx); err != nil || !behind {
		return err
	}
	return assemble(c, s, directory.Key{}).directory.RecordHost(ctx, hostActor(), "migrate",
		directory.Change{Field: "schema", From: old.Found, To: old.Known})
}

// Backup copies the directory to a new file while it is in use.
func (s *Server) Backup(ctx context.Context, file string) error {
	if err := s.store.Backup(ctx, file); err != nil {
		return err
	}
	return s.directory.RecordHost(ctx, hostActor(), "backup", directory.Change{Field: "file", To: file})
}

// CreateKey makes an API key for an active user.
func (s *Server) CreateKey(ctx context.Context, email string) (key string, owner directory.User, err error) {
	return s.directory.CreateHostKey(ctx, hostActor(), email, "made on the host")
}

// Letters returns the letters behind after, oldest first. That somebody looked
// is recorded once, with the first ones.
func (s *Server) Letters(ctx context.Context, after int64, limit int) ([]directory.Letter, error) {
	if after == 0 {
		if err := s.directory.RecordHost(ctx, hostActor(), "list_letters"); err != nil {
			return nil, err
		}
	}
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
