package store_test

import (
	"context"
	"testing"
	"time"

	"ax/internal/directory"
)

// paused is a store that stops before it commits what erases a user, until it is let go.
type paused struct {
	directory.Store
	erased, letGo chan struct{}
}

func (s paused) Write(ctx context.Context, fn func(directory.Tx) error) error {
	return s.Store.Write(ctx, func(tx directory.Tx) error {
		err := fn(tx)
		s.erased <- struct{}{}
		<-s.letGo
		return err
	})
}

// An address that is invited while it is being erased stays taken all the same.
func TestEraseWhileInvited(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, h host) {
		h.lived(t)
		slow := paused{h.store, make(chan struct{}, 8), make(chan struct{})}
		outcome := make(chan error, 2)
		go func() {
			_, err := h.On(slow).EraseUser(t.Context(), directory.Host("root"), erasedEmail)
			outcome <- err
		}()
		<-slow.erased
		invited := make(chan error, 1)
		go func() {
			_, err := h.CreateUser(t.Context(), h.Admin, directory.CreateUser{Name: "New", Email: erasedEmail, Role: directory.RoleMember, Mode: directory.InviteNone})
			invited <- err
		}()
		time.Sleep(200 * time.Millisecond) // so that it waits for the erasure; without that the test only looks at less
		close(slow.letGo)
		if err := <-outcome; err != nil {
			t.Fatal(err)
		}
		if err := <-invited; directory.KindOf(err) != directory.Conflict {
			t.Errorf("invited again: %v", err)
		}
		if n := len(h.column(t, `SELECT id FROM users WHERE email = '`+erasedEmail+`'`)); n != 0 {
			t.Errorf("%d users have the address", n)
		}
	})
}
