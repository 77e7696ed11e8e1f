package directory

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// An Entry says who changed what. It is written in the transaction of the
// change. Its place and hash in the chain come from a sealer ([Link]), at
// once or a moment later, as the engine allows.
type Entry struct {
	Seq        int64
	ID         string
	At         time.Time
	Operation  string // the operationId, or the host command's
	ActorID    string // public id of the acting user; empty for the host
	Actor      string // who that was, for people
	Credential string // id of the key used
	Via        Via
	Address    string
	RequestID  string
	Subject    string // public id of what was changed
	Changes    string // JSON array of Change, in a fixed order
	Salt       []byte // keeps what was erased from being guessed; one half for each digest below
	Digest     []byte // of all of the above but Seq
	Place      int64  // in the chain, from 1; 0: not sealed yet
	Hash       []byte // of the chain up to here

	// What was erased, as its digest; nil while it is there. The rest of the
	// entry stays covered, so nothing else can be changed in its name.
	ActorDigest   []byte // of Actor and Address
	ChangesDigest []byte // of Changes, which have lost what tells who somebody is
}

// A Change is one field, before and after. Secrets never appear in one.
type Change struct {
	Field string `json:"field"`
	From  any    `json:"from,omitempty"`
	To    any    `json:"to,omitempty"`
}

// AuditReads are the questions about the audit log.
type AuditReads interface {
	// Entries lists at most limit entries with seq above after, by seq.
	Entries(after int64, limit int) ([]Entry, error)
}

// AuditTx is what recording asks of a transaction.
type AuditTx interface {
	// Record keeps an entry. It is there when the transaction commits, and
	// part of the chain then or soon after.
	Record(e Entry) error
}

// Link returns the hash of an entry's place in the chain. It covers digests,
// not data: a person's data can be erased and the chain still holds.
func Link(previous []byte, place int64, digest []byte) []byte {
	h := sha256.New()
	h.Write(previous)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(place))) //nolint:gosec // places count from 1
	h.Write(digest)
	return h.Sum(nil)
}

// digest is made of the two parts that can be erased and of all that cannot.
func (e Entry) digest() []byte { return e.digestWith(impersonal(e.Changes)) }

// digestWith takes the changes without names and addresses, which whoever
// makes an entry has at hand.
func (e Entry) digestWith(nameless string) []byte {
	ofActor, ofChanges := e.salts()
	actor, changes := e.ActorDigest, e.ChangesDigest
	if actor == nil {
		actor = digestOf(string(ofActor), e.Actor, e.Address)
	}
	if changes == nil {
		changes = digestOf(string(ofChanges), e.Changes)
	}
	return digestOf(e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Operation, e.ActorID, e.Credential, string(e.Via), e.RequestID,
		e.Subject, nameless, string(actor), string(changes))
}

// digestOf covers each part with its length, so that none can flow into the next.
func digestOf(parts ...string) []byte {
	text := make([]byte, 0, 1024) // of most
	for _, part := range parts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

func (e Entry) salts() (actor, changes []byte) {
	half := len(e.Salt) / 2
	return e.Salt[:half], e.Salt[half:]
}

// Intact reports whether the entry's digest is that of its fields, and nothing
// stands where something was erased.
func (e Entry) Intact() bool {
	ofActor, ofChanges := e.salts()
	gone := e.ActorDigest == nil || e.Actor == "" && e.Address == "" && blank(ofActor)
	less := e.ChangesDigest == nil || e.Changes == impersonal(e.Changes) && blank(ofChanges)
	return gone && less && bytes.Equal(e.Digest, e.digest())
}

func blank(salt []byte) bool { return bytes.Equal(salt, make([]byte, len(salt))) }

func (d *Directory) record(tx Tx, a Actor, operation string, u User, changes []Change) error {
	return d.recordOn(tx, a, operation, string(u.ID), changes)
}

func (d *Directory) recordKey(tx Tx, a Actor, operation string, owner User, k APIKey) error {
	return d.recordOn(tx, a, operation, k.ID, []Change{{Field: "owner", To: owner.ID}, {Field: "name", To: k.Name}})
}

func (d *Directory) recordLetter(tx Tx, a Actor, operation string, l Letter) error {
	return d.recordOn(tx, a, operation, string(l.ID), nil)
}

func (d *Directory) recordOn(tx Tx, a Actor, operation, subject string, changes []Change) error {
	e, err := d.entry(a, operation, subject, changes)
	if err != nil {
		return err
	}
	return tx.Record(e)
}

// entry is what recordOn keeps.
func (d *Directory) entry(a Actor, operation, subject string, changes []Change) (Entry, error) {
	id, err := d.newID("AuditLog")
	if err != nil {
		return Entry{}, err
	}
	text, nameless, err := encode(changes)
	if err != nil {
		return Entry{}, fmt.Errorf("encode changes: %w", err)
	}
	e := Entry{
		ID: id, At: d.now(), Operation: operation,
		ActorID: string(a.UserID), Actor: a.shown(), Credential: a.Credential, Via: a.Via,
		Address: a.Address, RequestID: a.RequestID,
		Subject: subject, Changes: text, Salt: make([]byte, 32),
	}
	if _, err := io.ReadFull(d.Rand, e.Salt); err != nil {
		return Entry{}, fmt.Errorf("read random bytes: %w", err)
	}
	e.Digest = e.digestWith(nameless)
	return e, nil
}

// encode has the changes as JSON: all of them, and as impersonal leaves them.
func encode(changes []Change) (text, nameless string, err error) {
	if len(changes) == 0 {
		return "[]", "[]", nil
	}
	var all bytes.Buffer
	less := make([]byte, 0, 512) // of most
	e := json.NewEncoder(&all)
	for i, c := range changes {
		separator := byte(',')
		if i == 0 {
			separator = '['
		}
		all.WriteByte(separator)
		start := all.Len()
		if err := e.Encode(c); err != nil {
			return "", "", err
		}
		all.Truncate(all.Len() - 1) // without the encoder's newline
		less = append(less, separator)
		if personal(c.Field) {
			less = append(less, `{"field":"`+c.Field+`"}`...)
		} else {
			less = append(less, all.Bytes()[start:]...)
		}
	}
	all.WriteByte(']')
	return all.String(), string(append(less, ']')), nil
}

// shown is the actor for a reader of the log: the address, or the host's user.
func (a Actor) shown() string {
	if a.Email != "" {
		return a.Email
	}
	return a.Name
}

// A field is one of something that was changed, before and after.
type field struct {
	name     string
	from, to any
}

// differences are the fields that differ.
func differences(fields []field) (all []Change) {
	for _, f := range fields {
		if f.from != f.to {
			all = append(all, Change{f.name, f.from, f.to})
		}
	}
	return all
}

// changed lists the fields in which two users differ. The zero User stands
// for none.
func changed(before, after User) []Change {
	if before.ID == "" {
		return []Change{
			{Field: "name", To: after.Name}, {Field: "email", To: after.Email}, {Field: "role", To: after.Role},
			{Field: "is_developer", To: after.Developer}, {Field: "state", To: after.State},
			{Field: "invited_until", To: moment(after.InvitedUntil)},
		}
	}
	return differences([]field{
		{"name", before.Name, after.Name}, {"role", before.Role, after.Role}, {"is_developer", before.Developer, after.Developer},
		{"state", before.State, after.State}, {"invited_until", moment(before.InvitedUntil), moment(after.InvitedUntil)},
	})
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.RFC3339Nano)
}
