package directory

import (
	"bytes"
	"context"
	"time"
)

// An Installation is that a directory exists in a store.
type Installation struct {
	CreatedAt time.Time
	KeyCheck  []byte // Key.Check of the directory's key
}

// InstallationReads are the questions about the directory itself.
type InstallationReads interface {
	// Installation reports ok false before the directory was made.
	Installation() (i Installation, ok bool, err error)
}

// InstallationTx is what making a directory asks of a transaction.
type InstallationTx interface {
	// InsertInstallation reports false when there is one already.
	InsertInstallation(i Installation) (inserted bool, err error)
}

// CheckKey fails unless the directory exists and was made with d.Key.
func (d *Directory) CheckKey(ctx context.Context) error {
	i, ok, err := d.Store.Read(ctx).Installation()
	switch {
	case err != nil:
		return err
	case !ok:
		return errNotInitialized()
	case !bytes.Equal(i.KeyCheck, d.Key.Check()):
		return errForeignKey()
	}
	return nil
}

// Initialize makes the directory and its first administrator, ACTIVE, and
// returns that user's API key. A second call is a Conflict, also when two run
// at once.
func (d *Directory) Initialize(ctx context.Context, a Actor, email, name string) (key string, err error) {
	in, err := administrator(email, name)
	if err != nil {
		return "", err
	}
	admin, err := d.newcomer(a, in)
	if err != nil {
		return "", err
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		ok, err := tx.InsertInstallation(Installation{CreatedAt: d.now(), KeyCheck: d.Key.Check()})
		if err != nil {
			return err
		}
		if !ok {
			i, _, err := tx.Installation()
			if err != nil {
				return err
			}
			return ErrInitialized(i.CreatedAt)
		}
		out, err := d.createUser(tx, a, admin)
		if err != nil {
			return err
		}
		issued, err := d.issueKey(tx, a, out.User, APIKey{Name: "first key"})
		key = issued.Secret
		return err
	})
	return key, err
}

// CheckAdministrator says what is wrong with a first administrator's address
// and name.
func CheckAdministrator(email, name string) error {
	_, err := administrator(email, name)
	return err
}

func administrator(email, name string) (CreateUser, error) {
	in := CreateUser{Name: name, Email: email, Role: RoleAdmin, Mode: InviteNone}
	err := in.sound()
	return in, err
}

// RecordHost notes what a command on the host did or saw that no operation
// here records.
func (d *Directory) RecordHost(ctx context.Context, a Actor, operation string, changes ...Change) error {
	return d.Store.Write(ctx, func(tx Tx) error { return d.recordOn(tx, a, operation, "", changes) })
}

// AdoptHostUser returns a new API key for the person at this machine, an
// administrator whom it makes if need be. The local profile uses it on a
// directory that was made by `ax server init`.
func (d *Directory) AdoptHostUser(ctx context.Context, a Actor, email, name string) (key string, err error) {
	in, err := administrator(email, name)
	if err != nil {
		return "", err
	}
	admin, err := d.newcomer(a, in)
	if err != nil {
		return "", err
	}
	err = d.Store.Write(ctx, func(tx Tx) error {
		u, ok, err := tx.LockUserByEmail(Fold(in.Email))
		if err != nil {
			return err
		}
		if !ok || u.State == StateInvited {
			out, err := d.createUser(tx, a, admin)
			if err != nil {
				return err
			}
			u = out.User
		}
		if u.State == StateDeleted {
			return errAddressTaken()
		}
		issued, err := d.issueKey(tx, a, u, APIKey{Name: "local profile"})
		key = issued.Secret
		return err
	})
	return key, err
}
