package server

import (
	"context"
	"time"

	"ax/internal/directory"
)

// VerifyAudit walks over the audit log and tells seen of every place.
func (s *Server) VerifyAudit(ctx context.Context, seen func(place int64, hash []byte)) (directory.Chain, error) {
	return s.directory.VerifyAudit(ctx, seen)
}

// Erase takes a deleted user's name and address out of the directory, and out
// of the unused parts of its files.
func (s *Server) Erase(ctx context.Context, email string) (directory.Erasure, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Hour) // they may have done much
	defer cancel()
	out, err := s.directory.EraseUser(ctx, hostActor(), email)
	if err != nil {
		return out, err
	}
	return out, s.store.Purge(ctx)
}

// sealRest gives the entries of a command their places where no server may be
// running that does.
func (s *Server) sealRest() {
	const most = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	for {
		n, err := s.store.Seal(ctx)
		if err != nil {
			s.config.Log.WarnContext(ctx, "audit entries are still to be sealed", "err", err)
		}
		if err != nil || n == 0 {
			return
		}
	}
}
