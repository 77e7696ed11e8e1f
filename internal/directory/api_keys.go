package directory

import (
	"context"
	"time"
)

// A ListKeys asks for a page of keys: of the actor's own, of another user's,
// or, with a space, of the service keys in it.
type ListKeys struct {
	Service bool    // without a space: the service keys that the user made
	User    bool    // keys of people only: in a space, and of a bot, there are none
	Ended   bool    // revoked or expired ones, instead of those in force
	SpaceID SpaceID // empty for none
	UserID  UserID  // the owner, or in a space the creator; empty for the actor, or any creator
	Limit   int
	Cursor  string
}

// ListKeys returns keys in insertion order, never their secrets.
func (d *Directory) ListKeys(ctx context.Context, a Actor, in ListKeys) (Page[APIKey], error) {
	if err := a.developing(); err != nil {
		return Page[APIKey]{}, err
	}
	r := d.Store.Read(ctx)
	q, err := in.query(r, a)
	if err != nil {
		return Page[APIKey]{}, err
	}
	q.Now, q.Ended = d.now(), in.Ended
	filter := []string{string(in.SpaceID), string(in.UserID), flag(in.Service), flag(in.User), flag(in.Ended)}
	if in.SpaceID == "" && in.UserID == "" {
		filter[1] = string(a.UserID) // another's cursor is not for this list
	}
	bots := in.SpaceID != "" || q.OwnerSeq == a.UserSeq && a.Via == ViaService
	return page(d.Key, "api_keys", filter, in.Limit, in.Cursor, func(after int64, limit int) ([]APIKey, error) {
		if bots && in.User { // bots own service keys only
			return nil, nil
		}
		q.After, q.Limit = after, limit
		return r.Keys(q)
	}, func(k APIKey) int64 { return k.Seq })
}

func flag(set bool) string {
	if set {
		return "yes"
	}
	return ""
}

// query finds whose keys they are, and whether the actor may see those.
func (in ListKeys) query(r Reads, a Actor) (q KeyQuery, err error) {
	if in.SpaceID != "" {
		s, _, err := spaceFor(r, r.SpaceByID, a, ReadServiceKeys, in.SpaceID)
		if err != nil {
			return q, err
		}
		q.SpaceSeq = s.Seq
		if in.UserID != "" {
			q.CreatorSeq, err = userSeq(r, in.UserID)
		}
		return q, err
	}
	user := a.UserSeq
	if in.UserID != "" && in.UserID != a.UserID {
		if err := a.may(ReadOthersKeys); err != nil {
			return q, err
		}
		if user, err = userSeq(r, in.UserID); err != nil {
			return q, err
		}
	}
	if own := a.Via == ViaService && user == a.UserSeq; in.Service && !own {
		q.CreatorSeq = user
	} else { // of a bot that asks for its own: the key that it acts for
		q.OwnerSeq = user
	}
	return q, nil
}

func userSeq(r Reads, id UserID) (int64, error) {
	if !WellFormedID(string(id)) {
		return 0, errUserIDMalformed()
	}
	u, ok, err := r.UserByID(id)
	if err == nil && (!ok || u.State == StateDeleted) {
		err = errUserNotFound()
	}
	return u.Seq, err
}

// A RefreshKey asks for another secret.
type RefreshKey struct {
	ExpiresAt time.Time // zero: none is given
	Grace     int       // seconds for which the old key is still good
}

const maxGrace = 24 * 60 * 60 // seconds

// RefreshKey puts a new key, with an id of its own, in the place of one that
// is in force. The new one is never good for longer.
func (d *Directory) RefreshKey(ctx context.Context, a Actor, id string, in RefreshKey) (k IssuedKey, err error) {
	err = d.onKey(ctx, a, id, CreateServiceKeys, func(tx Tx, old APIKey, owner User) error {
		if !a.Developer || !owner.Developer { // nobody's key that could not be used
			return errNotDeveloper()
		}
		if err := mayActAs(tx, a, owner); err != nil {
			return err
		}
		now := d.now()
		if err := in.sound(old, now); err != nil {
			return err
		}
		k, err = d.mintKey(tx, owner, APIKey{
			Name: old.Name, Description: old.Description, ExpiresAt: in.ExpiresAt, CreatorSeq: old.CreatorSeq, CreatedBy: old.CreatedBy,
		})
		if err != nil {
			return err
		}
		ended := in.end(old, now)
		if err := tx.EndKey(ended); err != nil {
			return err
		}
		return d.recordOn(tx, a, "refresh_api_key", id, append([]Change{{Field: "new_id", To: k.ID}}, keyChanges(old, ended)...))
	})
	return k, err
}

// end is the old key as it stands beside the new one.
func (in RefreshKey) end(old APIKey, now time.Time) APIKey {
	if in.Grace == 0 {
		old.RevokedAt = now
	} else if until := now.Add(time.Duration(in.Grace) * time.Second); old.ExpiresAt.IsZero() || until.Before(old.ExpiresAt) {
		old.ExpiresAt = until
	}
	return old
}

func (in RefreshKey) sound(old APIKey, now time.Time) error {
	var faults faultList
	switch {
	case !old.InForce(now):
		return errKeyEnded()
	case in.ExpiresAt.IsZero() && !old.ExpiresAt.IsZero():
		faults.add("expires_at", "must be given, since the key expires; it may be that of the key at the latest")
	case in.ExpiresAt.IsZero():
	case !in.ExpiresAt.After(now):
		faults.add("expires_at", expiryPast)
	case !old.ExpiresAt.IsZero() && in.ExpiresAt.After(old.ExpiresAt):
		faults.add("expires_at", "must not be later than that of the key")
	}
	if in.Grace < 0 || in.Grace > maxGrace {
		faults.add("grace_period_seconds", "must be from 0 to 86400")
	}
	return faults.err()
}

// RevokeKey ends a key at once; a second time changes nothing.
func (d *Directory) RevokeKey(ctx context.Context, a Actor, id string) error {
	return d.onKey(ctx, a, id, RevokeServiceKeys, func(tx Tx, k APIKey, _ User) error {
		if !k.RevokedAt.IsZero() {
			return nil
		}
		ended := k
		ended.RevokedAt = d.now()
		if err := tx.EndKey(ended); err != nil {
			return err
		}
		return d.recordOn(tx, a, "revoke_api_key", id, keyChanges(k, ended))
	})
}

// onKey runs a change of a key that the actor may change: of one's own, of
// anybody's by an administrator of the account; of a service key as
// mayOnServiceKey says.
func (d *Directory) onKey(ctx context.Context, a Actor, id string, what Action, change func(Tx, APIKey, User) error) error {
	if !WellFormedID(id) {
		return errIDMalformed("api_key_id")
	}
	return d.Store.Write(ctx, func(tx Tx) error {
		k, owner, ok, err := tx.LockKey(id)
		switch {
		case err != nil:
			return err
		case !ok:
			err = hiddenKey(tx, a)
		case k.Service:
			err = mayOnServiceKey(tx, a, k, what)
		case k.UserSeq == a.UserSeq:
			err = a.developing()
		case !a.grants().may(ManageOthersKeys).Allowed:
			err = hiddenKey(tx, a)
		default:
			err = a.may(ManageOthersKeys)
		}
		if err != nil {
			return err
		}
		return change(tx, k, owner)
	})
}

// hiddenKey answers for a key that is not there or that is somebody's own,
// with the question that a service key takes: they all take as long.
func hiddenKey(r Reads, a Actor) error {
	if _, err := r.BotGrants(0, a.UserSeq); err != nil {
		return err
	}
	return errKeyNotFound()
}

func keyChanges(before, after APIKey) []Change {
	return differences([]field{
		{"expires_at", moment(before.ExpiresAt), moment(after.ExpiresAt)}, {"revoked_at", moment(before.RevokedAt), moment(after.RevokedAt)},
	})
}
