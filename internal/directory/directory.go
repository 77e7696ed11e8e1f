package directory

import (
	"context"
	"io"
	"time"
)

// A Directory performs the operations. Its fields are its whole environment.
type Directory struct {
	Store Store
	Key   Key
	Now   func() time.Time
	Rand  io.Reader // cryptographically secure; read errors fail the operation

	InvitationLife time.Duration // how long an invitation's link is good
	PasswordLife   time.Duration // how long a temporary password is good
	AuditLife      time.Duration // how long audit entries are kept; 0 for ever
	MinPassword    int           // characters that a password must have; 0 for DefaultMinPassword
	Product        string        // what people sign in to; not to be found in passwords
}

// Lifetimes, where configuration says nothing else (contract, "Decisions").
const (
	DefaultInvitationLife = 7 * 24 * time.Hour
	DefaultPasswordLife   = 24 * time.Hour
	resetLife             = 30 * time.Minute
)

// A Store keeps a directory. Two engines implement it; the suite in
// store/storetest says what each sentence here and below means.
type Store interface {
	// Read returns the reads, each a single statement, bound to ctx.
	Read(ctx context.Context) Reads
	// Write runs fn in one transaction: all of it is kept, durably, when
	// Write returns nil, and none of it otherwise. fn may run more than
	// once; it must not call Write and must do nothing slow.
	Write(ctx context.Context, fn func(Tx) error) error
}

// Reads are the questions a store answers, inside a transaction and outside.
type Reads interface {
	InstallationReads
	UserReads
	OrganizationReads
	SpaceReads
	RoleReads
	AccessReads
	HoldingReads
	BindingReads
	RestrictionReads
	KeyReads
	BotReads
	SessionReads
	PasswordReads
	LetterReads
	AuditReads
	AuditLogReads
}

// A Tx is a transaction under way: what it wrote, it reads.
type Tx interface {
	Reads
	InstallationTx
	UserTx
	OrganizationTx
	SpaceTx
	MemberTx
	RoleTx
	BindingTx
	RestrictionTx
	TokenTx
	KeyTx
	SessionTx
	AttemptTx
	PasswordTx
	LetterTx
	AuditTx
	AuditLogTx
	ErasureTx
}

// A Page is a run of items in insertion order, and the cursor behind it:
// empty at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// page reads one page of a list. read returns at most limit rows behind after.
func page[T any](k Key, list string, filter []string, limit int, cursor string, read func(after int64, limit int) ([]T, error), seq func(T) int64) (Page[T], error) {
	if limit == 0 {
		limit = DefaultLimit
	}
	if limit < 1 || limit > MaxLimit {
		return Page[T]{}, errBadLimit()
	}
	after, err := k.seqOf(cursor, list, filter)
	if err != nil {
		return Page[T]{}, err
	}
	rows, err := read(after, limit+1)
	if err != nil {
		return Page[T]{}, err
	}
	p := Page[T]{Items: rows}
	if len(rows) > limit {
		p.Items = rows[:limit]
		p.Next = k.cursorFor(list, filter, seq(p.Items[limit-1]))
	}
	return p, nil
}

// now is the present as the store keeps it: whole microseconds, UTC.
func (d *Directory) now() time.Time { return d.Now().UTC().Truncate(time.Microsecond) }
