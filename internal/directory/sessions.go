package directory

import (
	"context"
	"time"
)

// A Session is a person signed in with one browser. Only the digest of its
// secret is kept; a session that has ended is not kept at all.
type Session struct {
	ID         string
	Digest     Digest
	UserSeq    int64
	Restricted bool // began with a temporary password: good for choosing another and for nothing else
	CreatedAt  time.Time
	SeenAt     time.Time // when it was last used, within a few minutes
	ExpiresAt  time.Time // at the latest
	Address    string
	Agent      string // the browser, as it calls itself
}

// How long a session lives (OWASP ASVS 5.0, 7.3).
const (
	sessionLife    = 7 * 24 * time.Hour
	sessionIdle    = 24 * time.Hour
	restrictedLife = time.Hour
	seenEvery      = 5 * time.Minute // a use is noted at most this often
)

// live reports whether the session, of a user of that state, is good at now.
func (s Session) live(u User, now time.Time) bool {
	right := u.State == StateActive
	if s.Restricted {
		right = u.State == StateInvited
	}
	return right && now.Before(s.ExpiresAt) && now.Before(s.SeenAt.Add(sessionIdle))
}

// SessionReads are the questions about sessions.
type SessionReads interface {
	// SessionByDigest finds a session and its user.
	SessionByDigest(d Digest) (s Session, u User, ok bool, err error)
	// SessionsOf lists a user's sessions, the newest first.
	SessionsOf(userSeq int64) ([]Session, error)
}

// SessionTx is what operations on sessions ask of a transaction.
type SessionTx interface {
	InsertSession(s Session) error
	// SeeSession notes when a session was used.
	SeeSession(d Digest, now time.Time) error
	// EndSession ends one session of a user, by its id.
	EndSession(userSeq int64, id string) error
	// EndSessionsOf ends all sessions of a user.
	EndSessionsOf(userSeq int64) error
	// ForgetSessions removes at most n that ended before now.
	ForgetSessions(now time.Time, n int) error
}

// A SignedIn is a session with its user, found from the browser's secret.
type SignedIn struct {
	Session Session
	User    User
}

// Actor is the signed-in person as one who acts, at address, in a request.
func (s SignedIn) Actor(address, requestID string) Actor {
	a := s.User.actor()
	a.Credential, a.Via, a.Address, a.RequestID = s.Session.ID, ViaSession, address, requestID
	return a
}

// SignedInBy returns the live session that a secret opens. It is asked at
// every request and nothing is remembered, so an ended session has ended on
// every server.
func (d *Directory) SignedInBy(ctx context.Context, secret string) (SignedIn, error) {
	now := d.now()
	s, u, ok, err := d.Store.Read(ctx).SessionByDigest(DigestOf(secret))
	switch {
	case err != nil:
		return SignedIn{}, err
	case !ok || !s.live(u, now):
		return SignedIn{}, errSessionEnded()
	case now.Sub(s.SeenAt) >= seenEvery:
		d.note(ctx, func(tx Tx) error { return tx.SeeSession(s.Digest, now) })
	}
	return SignedIn{s, u}, nil
}

// openSession begins a session and returns the secret for the browser.
func (d *Directory) openSession(tx Tx, v Visit, u User, restricted bool) (secret string, err error) {
	if secret, err = d.newToken(); err != nil {
		return "", err
	}
	id, err := d.newID("Session")
	if err != nil {
		return "", err
	}
	now := d.now()
	s := Session{
		ID: id, Digest: DigestOf(secret), UserSeq: u.Seq, Restricted: restricted,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionLife), Address: v.Address, Agent: v.Agent,
	}
	if restricted {
		s.ExpiresAt = now.Add(restrictedLife)
	}
	return secret, tx.InsertSession(s)
}

// Sessions lists the sessions of a signed-in person.
func (d *Directory) Sessions(ctx context.Context, in SignedIn) ([]Session, error) {
	all, err := d.Store.Read(ctx).SessionsOf(in.User.Seq)
	var live []Session
	for _, s := range all {
		if s.live(in.User, d.now()) {
			live = append(live, s)
		}
	}
	return live, err
}

// SignOut ends the session.
func (d *Directory) SignOut(ctx context.Context, a Actor, in SignedIn) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		if err := tx.EndSession(in.User.Seq, in.Session.ID); err != nil {
			return err
		}
		return d.record(tx, a, "sign_out", in.User, nil)
	})
}

// SignOutEverywhere ends every session of the person, this one too.
func (d *Directory) SignOutEverywhere(ctx context.Context, a Actor, in SignedIn) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		if err := tx.EndSessionsOf(in.User.Seq); err != nil {
			return err
		}
		return d.record(tx, a, "sign_out_everywhere", in.User, nil)
	})
}

// Tidy removes sessions and counters that have no effect any more, and audit
// entries that are older than they are to be kept. Letters that a clock which
// ran ahead has put off are due again.
func (d *Directory) Tidy(ctx context.Context) error {
	if err := d.forgetEntries(ctx); err != nil {
		return err
	}
	const batch = 1000
	return d.Store.Write(ctx, func(tx Tx) error {
		now := d.now()
		if err := tx.ForgetSessions(now, batch); err != nil {
			return err
		}
		if err := tx.ForgetAttempts(now.Add(-attemptMemory), batch); err != nil {
			return err
		}
		// No letter is put off for as long: the clock was set back.
		return tx.HastenLetters(now, now.Add(24*time.Hour))
	})
}
