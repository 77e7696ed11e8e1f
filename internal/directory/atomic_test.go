package directory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// An operation is a change whose transaction is broken at every step.
type operation struct {
	name     string
	standing dirtest.Standing
	do       func(ctx context.Context, d *directory.Directory, w *dirtest.World, p dirtest.Person) error
}

func operations() []operation {
	create := func(mode directory.InviteMode) func(context.Context, *directory.Directory, *dirtest.World, dirtest.Person) error {
		return func(ctx context.Context, d *directory.Directory, w *dirtest.World, _ dirtest.Person) error {
			_, err := d.CreateUser(ctx, w.Admin, directory.CreateUser{Name: "New", Email: "pat@example.com", Role: directory.RoleAnnotator, Mode: mode})
			return err
		}
	}
	name := "Renamed"
	return []operation{
		{"create, NONE", dirtest.Unknown, create(directory.InviteNone)},
		{"create, EMAIL_LINK", dirtest.Unknown, create(directory.InviteLink)},
		{"create, TEMPORARY_PASSWORD", dirtest.Unknown, create(directory.InviteTemporary)},
		{"invite anew, EMAIL_LINK", dirtest.Expired, create(directory.InviteLink)},
		{"activate", dirtest.InvitedByLink, create(directory.InviteNone)},
		{"resend", dirtest.InvitedByPassword, func(ctx context.Context, d *directory.Directory, w *dirtest.World, p dirtest.Person) error {
			return d.ResendInvitation(ctx, w.Admin, p.ID)
		}},
		{"update", dirtest.Active, func(ctx context.Context, d *directory.Directory, w *dirtest.World, p dirtest.Person) error {
			_, err := d.UpdateUser(ctx, w.Admin, p.ID, directory.UpdateUser{Name: &name})
			return err
		}},
		{"delete", dirtest.InvitedByLink, func(ctx context.Context, d *directory.Directory, w *dirtest.World, p dirtest.Person) error {
			return d.DeleteUser(ctx, w.Admin, p.ID)
		}},
		{"reset", dirtest.Active, func(ctx context.Context, d *directory.Directory, w *dirtest.World, p dirtest.Person) error {
			return d.ResetPassword(ctx, w.Admin, p.ID)
		}},
		{"issue a key", dirtest.Active, func(ctx context.Context, d *directory.Directory, _ *dirtest.World, _ dirtest.Person) error {
			key, _, err := d.CreateHostKey(ctx, directory.Host("root"), "pat@example.com", "key")
			if err == nil && key == "" {
				err = errors.New("no key")
			}
			return err
		}},
		{"adopt", dirtest.Unknown, func(ctx context.Context, d *directory.Directory, _ *dirtest.World, _ dirtest.Person) error {
			_, err := d.AdoptHostUser(ctx, directory.Host("root"), "pat@example.com", "Pat")
			return err
		}},
		{"read a letter", dirtest.InvitedByLink, func(ctx context.Context, d *directory.Directory, w *dirtest.World, _ dirtest.Person) error {
			letters, err := w.Directory.Letters(ctx, 0, 1)
			if err != nil {
				return err
			}
			l, err := d.ReadLetter(ctx, directory.Host("root"), letters[0].ID)
			if err != nil && l.Token != "" {
				err = fmt.Errorf("the secret was given away unrecorded: %w", errors.ErrUnsupported)
			}
			return err
		}},
		{"accept", dirtest.InvitedByLink, func(ctx context.Context, d *directory.Directory, _ *dirtest.World, p dirtest.Person) error {
			_, err := d.AcceptInvitation(ctx, visit(), p.Secret, "a hash")
			return err
		}},
		{"sign in", dirtest.InvitedByPassword, func(ctx context.Context, d *directory.Directory, _ *dirtest.World, p dirtest.Person) error {
			c := directory.Credentials{User: p.User, Temporary: directory.DigestOf(p.Secret)}
			_, err := d.SignIn(ctx, visit(), guess("pat@example.com"), c, "")
			return err
		}},
		{"forgot", dirtest.Active, func(ctx context.Context, d *directory.Directory, _ *dirtest.World, _ dirtest.Person) error {
			return d.ForgotPassword(ctx, visit(), "pat@example.com")
		}},
		{"rename oneself", dirtest.Active, func(ctx context.Context, d *directory.Directory, _ *dirtest.World, p dirtest.Person) error {
			_, err := d.RenameSelf(ctx, dirtest.ActorFor(p.User), "Renamed")
			return err
		}},
		{"issue a key of one's own", dirtest.Active, func(ctx context.Context, d *directory.Directory, _ *dirtest.World, p dirtest.Person) error {
			_, err := d.CreateOwnKey(ctx, dirtest.ActorFor(p.User), directory.CreateKey{Name: "key"})
			return err
		}},
		{"make a service key", dirtest.Active, func(ctx context.Context, d *directory.Directory, w *dirtest.World, _ dirtest.Person) error {
			return makeBot(ctx, d, w)
		}},
		{"refresh a key", dirtest.Active, func(ctx context.Context, d *directory.Directory, w *dirtest.World, p dirtest.Person) error {
			_, err := d.RefreshKey(ctx, dirtest.ActorFor(p.User), onlyKey(ctx, w, p), directory.RefreshKey{})
			return err
		}},
		{"revoke a key", dirtest.Active, func(ctx context.Context, d *directory.Directory, w *dirtest.World, p dirtest.Person) error {
			return d.RevokeKey(ctx, dirtest.ActorFor(p.User), onlyKey(ctx, w, p))
		}},
		{"retry a letter", dirtest.InvitedByLink, func(ctx context.Context, d *directory.Directory, w *dirtest.World, _ dirtest.Person) error {
			letters, err := w.Directory.Letters(ctx, 0, 1)
			if err != nil {
				return err
			}
			return d.RetryLetter(ctx, directory.Host("root"), letters[0].ID)
		}},
	}
}

// stage makes what the operation is about.
func (op operation) stage(t *testing.T, w *dirtest.World) dirtest.Person {
	t.Helper()
	p := w.Put(t, "pat@example.com", op.standing)
	w.NewSpace(t, w.NewOrganization(t, "One"), "Lab", false)
	if op.standing == dirtest.Active {
		w.APIKey(t, "pat@example.com")
	}
	return p
}

// onlyKey is the id of a person's one key.
func onlyKey(ctx context.Context, w *dirtest.World, p dirtest.Person) string {
	all, err := w.Store.Read(context.WithoutCancel(ctx)).KeysOf(p.Seq)
	if err != nil || len(all) == 0 {
		return ""
	}
	return all[len(all)-1].ID
}

// makeBot makes a service key in every organization and space that there is.
func makeBot(ctx context.Context, d *directory.Directory, w *dirtest.World) error {
	r := w.Store.Read(context.WithoutCancel(ctx))
	spaces, err := r.Spaces(directory.SpaceQuery{All: true, Limit: 100})
	if err != nil {
		return err
	}
	in := directory.CreateServiceKey{CreateKey: directory.CreateKey{Name: "machine"}}
	for _, s := range spaces {
		in.Organizations = append(in.Organizations, directory.BotOrganization{ID: s.Item.OrganizationID, Spaces: []directory.BotSpace{{ID: s.Item.ID}}})
	}
	_, _, err = d.CreateServiceKey(ctx, w.Admin, in)
	return err
}

// A change, the letter that announces it and the audit entry that records it
// are there together or not at all, wherever the store breaks (L-06).
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := op.stage(t, w)
			w.Clock.Advance(time.Minute)
			broken := &faulty{Store: w.Store}
			d := *w.Directory
			d.Store = broken
			before := state(t, w, p)
			fails := 0
			for broken.fail = 1; ; broken.fail++ {
				err := op.do(t.Context(), &d, w, p)
				if broken.calls < broken.fail {
					must(t, err)
					break
				}
				fails++
				if !errors.Is(err, errBroken) {
					t.Errorf("step %d broken: error %v", broken.fail, err)
				}
				same(t, fmt.Sprintf("step %d broken: the directory", broken.fail), state(t, w, p), before)
			}
			if fails == 0 || state(t, w, p) == before {
				t.Errorf("the operation did nothing, in %d steps", fails)
			}
		})
	}
}

// The operations of a person who is signed in, or holds a reset's link, are
// broken at every step likewise.
func TestSignedInAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(ctx context.Context, d *directory.Directory, in directory.SignedIn, c directory.Credentials, link string) error{
		"change the password": func(ctx context.Context, d *directory.Directory, in directory.SignedIn, c directory.Credentials, _ string) error {
			_, err := d.ChangePassword(ctx, visit(), in, c, "new hash")
			return err
		},
		"reset the password": func(ctx context.Context, d *directory.Directory, _ directory.SignedIn, _ directory.Credentials, link string) error {
			_, err := d.ResetPasswordByLink(ctx, visit(), link, "new hash")
			return err
		},
		"sign out": func(ctx context.Context, d *directory.Directory, in directory.SignedIn, _ directory.Credentials, _ string) error {
			return d.SignOut(ctx, in.Actor("", ""), in)
		},
		"sign out everywhere": func(ctx context.Context, d *directory.Directory, in directory.SignedIn, _ directory.Credentials, _ string) error {
			return d.SignOutEverywhere(ctx, in.Actor("", ""), in)
		},
		"delete": func(ctx context.Context, d *directory.Directory, in directory.SignedIn, _ directory.Credentials, _ string) error {
			return d.DeleteUser(ctx, directory.Host("root"), in.User.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			u, secret := signedUp(t, w, "pat@example.com", "a hash")
			in, err := w.SignedInBy(t.Context(), secret)
			must(t, err)
			w.APIKey(t, "pat@example.com")
			c, link := credentials(t, w, "pat@example.com"), resetLink(t, w, u)
			p := dirtest.Person{User: u, Secret: link}
			broken := &faulty{Store: w.Store}
			d := *w.Directory
			d.Store = broken
			before := state(t, w, p)
			for broken.fail = 1; ; broken.fail++ {
				err := do(t.Context(), &d, in, c, link)
				if broken.calls < broken.fail {
					must(t, err)
					break
				}
				if !errors.Is(err, errBroken) {
					t.Errorf("step %d broken: error %v", broken.fail, err)
				}
				same(t, fmt.Sprintf("step %d broken: the directory", broken.fail), state(t, w, p), before)
			}
			if broken.fail < 3 || state(t, w, p) == before {
				t.Errorf("the operation did nothing, in %d steps", broken.fail-1)
			}
		})
	}
}

// Making a directory that fails midway can be tried again.
func TestInitializeAllOrNothing(t *testing.T) {
	t.Parallel()
	d := dirtest.Unmade(t, newStore(t), dirtest.NewClock())
	whole := d.Store
	broken := &faulty{Store: whole}
	for broken.fail = 1; ; broken.fail++ {
		d.Store = broken
		_, err := d.Initialize(t.Context(), directory.Host("root"), "ada@example.com", "Ada")
		d.Store = whole
		if err == nil {
			break
		}
		if !errors.Is(err, errBroken) {
			t.Errorf("step %d: error %v", broken.fail, err)
		}
		wantKind(t, "afterwards", d.CheckKey(t.Context()), directory.Unavailable)
	}
	if broken.fail < 4 {
		t.Errorf("made in %d steps", broken.fail)
	}
	must(t, d.CheckKey(t.Context()))
}

// A caller who has gone changes nothing.
func TestGoneCaller(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := op.stage(t, w)
			before := state(t, w, p)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := op.do(ctx, w.Directory, w, p); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			same(t, "the directory", state(t, w, p), before)
		})
	}
}
