package directory

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// Erasing takes out of the directory what tells who a deleted user was: their
// name and address, wherever they stand. What they did stays, under their id,
// and the audit log still verifies. The address stays taken, by a keyed hash
// that nobody can read back or try out without the directory's key.

// ErasureTx is what erasing asks of a transaction.
type ErasureTx interface {
	// EraseUser empties the user's name and address, the words on their keys,
	// and their letters; takes their name off letters to others; and keeps
	// taken in the place of the address.
	EraseUser(u User, taken string) error
	// EntriesOf lists at most limit audit entries with seq above after, by
	// seq, that the user made or that are about them or a key of theirs.
	EntriesOf(u User, after int64, limit int) ([]Entry, error)
	// RewriteEntry writes what erasing changes in an entry.
	RewriteEntry(e Entry) error
}

// An Erasure is what was erased.
type Erasure struct {
	User    UserID
	Entries int  // of the audit log that lost something
	Already bool // it had been done before
}

const eraseUser = "erase_user"

// EraseUser erases a deleted user, for a person on the host.
func (d *Directory) EraseUser(ctx context.Context, a Actor, email string) (out Erasure, err error) {
	return out, d.Store.Write(ctx, func(tx Tx) error {
		out = Erasure{}
		taken := d.Key.taken(email)
		u, ok, err := tx.LockUserByEmail(Fold(strings.TrimSpace(email)))
		if err == nil && !ok {
			u, ok, err = tx.LockUserByEmail(taken)
			out.Already = ok
		}
		switch out.User = u.ID; {
		case err != nil || out.Already:
			return err
		case !ok || u.Bot:
			return errNoSuchEmail(email)
		case u.State != StateDeleted:
			return errNotDeleted(u.Status(d.now()))
		}
		if err := tx.ClearAttempts(accountKey(u.Email)); err != nil {
			return err
		}
		if out.Entries, err = eraseEntries(tx, u); err != nil {
			return err
		}
		// Last, because nobody can create a user from here on until the end.
		if err := tx.EraseUser(u, taken); err != nil {
			return err
		}
		return d.record(tx, a, eraseUser, u, []Change{{Field: "entries", To: out.Entries}})
	})
}

// eraseEntries takes the user out of the audit log, and says of how many entries.
func eraseEntries(tx Tx, u User) (n int, err error) {
	const batch = 500
	for after := int64(0); ; {
		entries, err := tx.EntriesOf(u, after, batch)
		if err != nil {
			return n, err
		}
		for _, e := range entries {
			after = e.Seq
			if !e.erase(u) {
				continue
			}
			if err := tx.RewriteEntry(e); err != nil {
				return n, err
			}
			n++
		}
		if len(entries) < batch {
			return n, nil
		}
	}
}

// erase takes out who the user was: as the one who acted, and otherwise as the
// one it was done to. It reports whether there was anything.
func (e *Entry) erase(u User) (changed bool) {
	ofActor, ofChanges := e.salts()
	// Before anybody had signed in, the network address is the only trace.
	unnamed := e.ActorID == "" && e.Via != ViaHost && e.Subject == string(u.ID)
	if (unnamed || e.ActorID == string(u.ID)) && e.ActorDigest == nil {
		e.ActorDigest = digestOf(string(ofActor), e.Actor, e.Address)
		e.Actor, e.Address, changed = "", "", true
		ofActor = make([]byte, len(ofActor))
	}
	about := e.ActorID != string(u.ID) || e.Subject == string(u.ID) || strings.Contains(e.Changes, `"`+string(u.ID)+`"`)
	if less := impersonal(e.Changes); about && e.ChangesDigest == nil && less != e.Changes {
		e.ChangesDigest = digestOf(string(ofChanges), e.Changes)
		e.Changes, changed = less, true
		ofChanges = make([]byte, len(ofChanges))
	}
	e.Salt = slices.Concat(ofActor, ofChanges)
	return changed
}

// impersonal leaves out the names and addresses of changes.
func impersonal(changes string) string {
	if !strings.Contains(changes, `"name"`) && !strings.Contains(changes, `"email"`) {
		return changes
	}
	var all []struct {
		Field string          `json:"field"`
		From  json.RawMessage `json:"from,omitempty"`
		To    json.RawMessage `json:"to,omitempty"`
	}
	if json.Unmarshal([]byte(changes), &all) != nil {
		return changes
	}
	for i := range all {
		if one := &all[i]; personal(one.Field) {
			one.From, one.To = nil, nil
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return changes
	}
	return string(text)
}

// personal holds for the fields that tell who somebody is.
func personal(field string) bool { return field == "name" || field == "email" }

// taken is what stands in the place of an erased address. No address holds a colon
// outside of quotes, which are refused.
func (k Key) taken(email string) string {
	return "erased:" + base64.RawURLEncoding.EncodeToString(mac(k.erased, []byte(Fold(strings.TrimSpace(email)))))
}
