package directory

import (
	"context"
	"strings"
	"time"
)

// An APIKey lets its owner use the API. Only its digest is kept.
type APIKey struct {
	Seq         int64
	ID          string
	UserSeq     int64
	Name        string
	Digest      Digest
	Redacted    string // what may be shown of it
	Description string // the owner's words for it; may be empty
	CreatedAt   time.Time
	ExpiresAt   time.Time // zero: never
	RevokedAt   time.Time // zero: in force
	LastUsedAt  time.Time // zero: never; within an hour
	CreatorSeq  int64     // who made a service key; 0 for the owner

	// The rest is read with a key, and not kept with it.
	Owner     UserID
	Service   bool   // its owner is a bot
	CreatedBy UserID // the creator's, or the owner's
}

// InForce reports whether the key is neither revoked nor expired at now.
func (k APIKey) InForce(now time.Time) bool {
	return k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// KeyReads are the questions about keys.
type KeyReads interface {
	// KeyByDigest finds a key and its owner, for each request: without the
	// key's texts, digest and creation, and without the owner's times.
	KeyByDigest(d Digest) (k APIKey, owner User, ok bool, err error)
	// KeyByID finds a key.
	KeyByID(id string) (k APIKey, ok bool, err error)
	// KeysOf lists a user's keys, the newest first.
	KeysOf(userSeq int64) ([]APIKey, error)
	// Keys lists at most q.Limit keys with seq above q.After, by seq.
	Keys(q KeyQuery) ([]APIKey, error)
}

// A KeyQuery asks for keys, by seq.
type KeyQuery struct {
	OwnerSeq   int64 // of keys of that user; 0 for any
	CreatorSeq int64 // of service keys that this user made; 0 for any
	SpaceSeq   int64 // of service keys whose bot is in that space; 0 for any
	Ended      bool  // revoked or expired ones, instead of those in force
	Now        time.Time
	After      int64
	Limit      int
}

// KeyTx is what operations on keys ask of a transaction.
type KeyTx interface {
	InsertKey(k APIKey) error
	// LockKey finds a key and its owner, and nobody else changes either until
	// the transaction ends. The owner is locked first, as when one is deleted.
	LockKey(id string) (k APIKey, owner User, ok bool, err error)
	// EndKey writes when a key expires and whether it is revoked.
	EndKey(k APIKey) error
	// NoteKeyUse writes when a key was used last.
	NoteKeyUse(seq int64, now time.Time) error
	// RevokeKeysOf revokes a user's keys that are not revoked yet.
	RevokeKeysOf(userSeq int64, now time.Time) error
}

// Authenticate returns the actor that a key speaks for. It is asked at every
// request and nothing is remembered, so whatever ends a key ends it at once.
func (d *Directory) Authenticate(ctx context.Context, secret string) (Actor, error) {
	if !soundAPIKey(secret) {
		return Actor{}, errNotSignedIn()
	}
	r := d.Store.Read(ctx)
	k, owner, ok, err := r.KeyByDigest(DigestOf(secret))
	if err != nil {
		return Actor{}, err
	}
	if !ok || owner.State != StateActive || !k.InForce(d.now()) {
		return Actor{}, errNotSignedIn()
	}
	a := owner.actor()
	a.Credential, a.Via = k.ID, ViaKey
	if owner.Bot {
		a.Via = ViaService
	}
	if a.Permissions, err = rolePermissions(r, owner.Role); err != nil {
		return Actor{}, err
	}
	d.noteKeyUse(ctx, k)
	return a, nil
}

// keyUseEvery is how exact LastUsedAt is: a write for each request would cost
// more than the request.
const keyUseEvery = time.Hour

func (d *Directory) noteKeyUse(ctx context.Context, k APIKey) {
	if now := d.now(); now.Sub(k.LastUsedAt) >= keyUseEvery {
		d.note(ctx, func(tx Tx) error { return tx.NoteKeyUse(k.Seq, now) })
	}
}

// note writes that something was used. It does not fail a request that may
// only read, and keeps it for a moment at most: when nothing can be written,
// whoever writes next hears of it.
func (d *Directory) note(ctx context.Context, use func(Tx) error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = d.Store.Write(ctx, use)
}

// CreateHostKey makes an API key for an active user, for a person on the host
// who replaces a lost one. Developer tells whether the key can be used yet.
func (d *Directory) CreateHostKey(ctx context.Context, a Actor, email, name string) (key string, owner User, err error) {
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, ok, err := tx.LockUserByEmail(Fold(strings.TrimSpace(email)))
		if err != nil {
			return err
		}
		if !ok || u.State == StateDeleted {
			return errNoSuchEmail(email)
		}
		if s := u.Status(d.now()); s != StatusActive {
			return errOwnerInactive(s)
		}
		owner = u
		issued, err := d.issueKey(tx, a, u, APIKey{Name: name})
		key = issued.Secret
		return err
	})
	return key, owner, err
}

// A CreateKey asks for a key of one's own.
type CreateKey struct {
	Name        string
	Description string
	ExpiresAt   time.Time // zero: never
	Unsound     []Fault   // what the caller already found wrong
}

// An IssuedKey is a key with its secret, which is known only now.
type IssuedKey struct {
	APIKey
	Secret string
}

// CreateOwnKey makes a key for the actor, a person with developer access.
func (d *Directory) CreateOwnKey(ctx context.Context, a Actor, in CreateKey) (k IssuedKey, err error) {
	switch {
	case a.Via == ViaService:
		return k, errNoPerson()
	case !a.Developer:
		return k, errNotDeveloper()
	}
	faults := faultList(in.Unsound)
	in.sound(d.now(), &faults)
	if err := faults.err(); err != nil {
		return k, err
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, err := lockLive(tx, a.UserID)
		if err != nil {
			return err
		}
		if u.State != StateActive || !u.Developer {
			return errNotDeveloper()
		}
		k, err = d.issueKey(tx, a, u, APIKey{Name: in.Name, Description: in.Description, ExpiresAt: in.ExpiresAt})
		return err
	})
	return k, err
}

// sound trims and checks the request (contract, "API keys").
func (in *CreateKey) sound(now time.Time, faults *faultList) {
	in.Name = faults.text("name", in.Name, maxKeyName, true)
	in.Description = faults.text("description", in.Description, maxDescription, false)
	if !in.ExpiresAt.IsZero() && !in.ExpiresAt.After(now) {
		faults.add("expires_at", expiryPast)
	}
}

const maxKeyName = 256 // characters (contract, "API keys")

// OwnKeys lists a signed-in person's keys that are in force.
func (d *Directory) OwnKeys(ctx context.Context, in SignedIn) ([]APIKey, error) {
	all, err := d.Store.Read(ctx).KeysOf(in.User.Seq)
	var live []APIKey
	for _, k := range all {
		if k.InForce(d.now()) {
			live = append(live, k)
		}
	}
	return live, err
}

// issueKey mints a key as k describes it, and records it.
func (d *Directory) issueKey(tx Tx, a Actor, u User, k APIKey) (IssuedKey, error) {
	issued, err := d.mintKey(tx, u, k)
	if err != nil {
		return issued, err
	}
	return issued, d.recordKey(tx, a, "create_api_key", u, issued.APIKey)
}

func (d *Directory) mintKey(tx Tx, u User, k APIKey) (IssuedKey, error) {
	secret, err := d.newAPIKey()
	if err != nil {
		return IssuedKey{}, err
	}
	if k.ID, err = d.newID("ApiKey"); err != nil {
		return IssuedKey{}, err
	}
	k.UserSeq, k.Owner, k.Service, k.CreatedAt = u.Seq, u.ID, u.Bot, d.now()
	k.Digest, k.Redacted = DigestOf(secret), redactAPIKey(secret)
	if k.CreatedBy == "" {
		k.CreatedBy = u.ID
	}
	return IssuedKey{k, secret}, tx.InsertKey(k)
}
