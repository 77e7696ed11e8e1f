package directory

import (
	"context"
	"strings"
	"time"
)

// An APIKey lets its owner use the API. Only its digest is kept.
type APIKey struct {
	Seq       int64
	ID        string
	UserSeq   int64
	Name      string
	Digest    Digest
	Redacted  string // what may be shown of it
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	RevokedAt time.Time // zero: in force
}

func (k APIKey) inForce(now time.Time) bool {
	return k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// KeyReads are the questions about keys.
type KeyReads interface {
	// KeyByDigest finds a key and its owner.
	KeyByDigest(d Digest) (k APIKey, owner User, ok bool, err error)
}

// KeyTx is what operations on keys ask of a transaction.
type KeyTx interface {
	InsertKey(k APIKey) error
	// RevokeKeysOf revokes a user's keys that are not revoked yet.
	RevokeKeysOf(userSeq int64, now time.Time) error
}

// Authenticate returns the actor that a key speaks for. It is asked at every
// request and nothing is remembered, so whatever ends a key ends it at once.
func (d *Directory) Authenticate(ctx context.Context, secret string) (Actor, error) {
	if !soundAPIKey(secret) {
		return Actor{}, errNotSignedIn()
	}
	k, owner, ok, err := d.Store.Read(ctx).KeyByDigest(DigestOf(secret))
	if err != nil {
		return Actor{}, err
	}
	if !ok || owner.State != StateActive || !k.inForce(d.now()) {
		return Actor{}, errNotSignedIn()
	}
	return Actor{
		UserID: owner.ID, Name: owner.Name, Email: owner.Email,
		Role: owner.Role, Developer: owner.Developer,
		Credential: k.ID, Via: ViaKey,
	}, nil
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
		key, err = d.issueKey(tx, a, u, name)
		return err
	})
	return key, owner, err
}

// issueKey mints a key without expiry and records it.
func (d *Directory) issueKey(tx Tx, a Actor, u User, name string) (string, error) {
	secret, err := d.newAPIKey()
	if err != nil {
		return "", err
	}
	id, err := d.newID("ApiKey")
	if err != nil {
		return "", err
	}
	k := APIKey{ID: id, UserSeq: u.Seq, Name: name, Digest: DigestOf(secret), Redacted: redactAPIKey(secret), CreatedAt: d.now()}
	if err := tx.InsertKey(k); err != nil {
		return "", err
	}
	return secret, d.recordKey(tx, a, "create_api_key", u, k)
}
