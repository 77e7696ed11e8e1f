package directory_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// An attempt is something that an actor tries, on a user who is there and on
// one who is not.
type attempt struct {
	name string
	try  func(ctx context.Context, w *dirtest.World, a directory.Actor, id directory.UserID) error
}

func attempts() []attempt {
	create := func(role directory.Role) attempt {
		return attempt{"create " + string(role), func(ctx context.Context, w *dirtest.World, a directory.Actor, _ directory.UserID) error {
			_, err := w.CreateUser(ctx, a, directory.CreateUser{Name: "New", Email: rand.Text() + "@example.com", Role: role, Mode: directory.InviteNone})
			return err
		}}
	}
	name, yes := "Renamed", true
	return []attempt{
		{"list", func(ctx context.Context, w *dirtest.World, a directory.Actor, _ directory.UserID) error {
			_, err := w.ListUsers(ctx, a, directory.ListUsers{})
			return err
		}},
		create(directory.RoleAdmin), create(directory.RoleMember), create(directory.RoleMemberUIOnly), create(directory.RoleAnnotator),
		{"get", func(ctx context.Context, w *dirtest.World, a directory.Actor, id directory.UserID) error {
			_, err := w.User(ctx, a, id)
			return err
		}},
		{"rename", func(ctx context.Context, w *dirtest.World, a directory.Actor, id directory.UserID) error {
			_, err := w.UpdateUser(ctx, a, id, directory.UpdateUser{Name: &name})
			return err
		}},
		{"make a developer", func(ctx context.Context, w *dirtest.World, a directory.Actor, id directory.UserID) error {
			_, err := w.UpdateUser(ctx, a, id, directory.UpdateUser{Developer: &yes})
			return err
		}},
		{"delete", func(ctx context.Context, w *dirtest.World, a directory.Actor, id directory.UserID) error {
			return w.DeleteUser(ctx, a, id)
		}},
		{"resend", func(ctx context.Context, w *dirtest.World, a directory.Actor, id directory.UserID) error {
			return w.ResendInvitation(ctx, a, id)
		}},
		{"reset", func(ctx context.Context, w *dirtest.World, a directory.Actor, id directory.UserID) error {
			return w.ResetPassword(ctx, a, id)
		}},
	}
}

// right says what the contract lets an actor do (2.1 to 2.7 and 18). It is
// written without a look at the table in actors.go.
func right(role directory.Role, developer bool, via directory.Via, what string, there bool) directory.Kind {
	sees := role == directory.RoleAdmin || role == directory.RoleMember
	onUser := what != "list" && !strings.HasPrefix(what, "create")
	switch {
	case !sees && onUser:
		return directory.NotFound // 18: no USER_READ at all: list 403, get 404
	case !sees:
		return directory.Forbidden
	case via == directory.ViaKey && !developer && what != "get" && onUser && !there:
		return directory.NotFound
	case via == directory.ViaKey && !developer:
		return directory.Forbidden // 16: keys speak for those with developer access
	case onUser && !there:
		return directory.NotFound
	case role == directory.RoleMember && (what == "create ADMIN" || what == "create MEMBER_UI_ONLY"):
		return directory.Forbidden // 18: a MEMBER may invite a MEMBER or an ANNOTATOR
	case role == directory.RoleMember && onUser && what != "get":
		return directory.Forbidden
	}
	return ok
}

func TestRights(t *testing.T) {
	t.Parallel()
	for _, role := range append(directory.Roles(), "", "OWNER") {
		for _, what := range attempts() {
			t.Run(string(role)+", "+what.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				for n, a := range everyActor(role) {
					for _, there := range []bool{true, false} {
						checkRight(t, w, a, what, there, fmt.Sprintf("target%d-%v@example.com", n, there))
					}
				}
			})
		}
	}
}

// everyActor is the role with a key, with and without developer access, and at the host.
func everyActor(role directory.Role) []directory.Actor {
	a := directory.Actor{UserID: "VXNlcjphY3Rvcg==", Name: "Actor", Email: "actor@example.com", Role: role, Via: directory.ViaKey}
	developer, host := a, a
	developer.Developer = true
	host.Via = directory.ViaHost
	return []directory.Actor{a, developer, host}
}

// noSuchUser has the shape of an id.
const noSuchUser directory.UserID = "VXNlcjpub2JvZHkw"

func checkRight(t *testing.T, w *dirtest.World, a directory.Actor, what attempt, there bool, email string) {
	t.Helper()
	id := noSuchUser
	if there {
		standing := dirtest.Active
		if what.name == "resend" {
			standing = dirtest.InvitedByLink
		}
		id = w.Put(t, email, standing).ID
	}
	before := state(t, w)
	err := what.try(t.Context(), w, a, id)
	want := right(a.Role, a.Developer, a.Via, what.name, there)
	if got := kindOf(err); got != want {
		t.Errorf("%s, developer %v, via %s: %s a user who is there %v: kind %d, want %d (%v)", a.Role, a.Developer, a.Via, what.name, there, got, want, err)
	}
	if err != nil {
		same(t, "after a refusal the directory", state(t, w), before)
	}
}
