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
}

func (k APIKey) inForce(now time.Time) bool {
	return k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// KeyReads are the questions about keys.
type KeyReads interface {
	// KeyByDigest finds a key and its owner.
	KeyByDigest(d Digest) (k APIKey, owner User, ok bool, err error)
	// KeysOf lists a user's keys, the newest first.
	KeysOf(userSeq int64) ([]APIKey, error)
}

// KeyTx is what operations on keys ask of a transaction.
type KeyTx interface {
	InsertKey(k APIKey) error
	// RevokeKey revokes one key of a user; ok is false without one.
	RevokeKey(userSeq int64, id string, now time.Time) (ok bool, err error)
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
	if !ok || owner.State != StateActive || !k.inForce(d.now()) {
		return Actor{}, errNotSignedIn()
	}
	a := owner.actor()
	a.Credential, a.Via = k.ID, ViaKey
	if owner.Bot {
		a.Via = ViaService
	}
	a.Permissions, _, err = rolePermissions(r, owner.Role)
	return a, err
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
		key, err = d.issueKey(tx, a, u, APIKey{Name: name})
		return err
	})
	return key, owner, err
}

// A CreateKey asks for a key of one's own.
type CreateKey struct {
	Name        string
	Description string
	ExpiresAt   time.Time // zero: never
}

// CreateOwnKey makes a key for the actor, who needs developer access.
func (d *Directory) CreateOwnKey(ctx context.Context, a Actor, in CreateKey) (key string, err error) {
	if !a.Developer {
		return "", errNotDeveloper()
	}
	if err := in.sound(d.now()); err != nil {
		return "", err
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, err := lockLive(tx, a.UserID)
		if err != nil {
			return err
		}
		if u.State != StateActive || !u.Developer {
			return errNotDeveloper()
		}
		key, err = d.issueKey(tx, a, u, APIKey{Name: in.Name, Description: in.Description, ExpiresAt: in.ExpiresAt})
		return err
	})
	return key, err
}

// sound trims and checks the request (contract, "API keys").
func (in *CreateKey) sound(now time.Time) error {
	var faults faultList
	in.Name = faults.text("name", in.Name, maxKeyName, true)
	in.Description = faults.text("description", in.Description, maxDescription, false)
	if !in.ExpiresAt.IsZero() && !in.ExpiresAt.After(now) {
		faults = append(faults, errExpiryPast().Fields...)
	}
	return faults.err()
}

const maxKeyName = 256 // characters (contract, "API keys")

// OwnKeys lists a signed-in person's keys that are in force.
func (d *Directory) OwnKeys(ctx context.Context, in SignedIn) ([]APIKey, error) {
	all, err := d.Store.Read(ctx).KeysOf(in.User.Seq)
	var live []APIKey
	for _, k := range all {
		if k.inForce(d.now()) {
			live = append(live, k)
		}
	}
	return live, err
}

// RevokeOwnKey revokes a key of a signed-in person, at once.
func (d *Directory) RevokeOwnKey(ctx context.Context, a Actor, in SignedIn, id string) error {
	return d.Store.Write(ctx, func(tx Tx) error {
		ok, err := tx.RevokeKey(in.User.Seq, id, d.now())
		if err == nil && !ok {
			err = errKeyNotFound()
		}
		if err != nil {
			return err
		}
		return d.recordOn(tx, a, "revoke_api_key", id, []Change{{Field: "owner", From: in.User.ID}})
	})
}

// issueKey mints a key as k describes it, and records it.
func (d *Directory) issueKey(tx Tx, a Actor, u User, k APIKey) (string, error) {
	secret, err := d.newAPIKey()
	if err != nil {
		return "", err
	}
	id, err := d.newID("ApiKey")
	if err != nil {
		return "", err
	}
	k.ID, k.UserSeq, k.CreatedAt = id, u.Seq, d.now()
	k.Digest, k.Redacted = DigestOf(secret), redactAPIKey(secret)
	if err := tx.InsertKey(k); err != nil {
		return "", err
	}
	return secret, d.recordKey(tx, a, "create_api_key", u, k)
}
