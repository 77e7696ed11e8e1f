package directory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// An invitation is a row of the table in contract 2.2, with the decisions of
// contract 18: what comes of a create, by how the address stands and the mode.
type invitation struct {
	standing dirtest.Standing
	mode     directory.InviteMode

	kind     directory.Kind   // ok, or why it is refused
	created  bool             // told as new (201), else the open invitation is returned (200)
	status   directory.Status // afterwards; "" when the address stays taken or free
	anew     bool             // name and role are the request's
	waiting  int              // letters to the address, afterwards
	password bool             // the answer holds a temporary password
	oldGood  bool             // the secret of the earlier invitation can still be used
	entries  int              // audit entries written
}

func invitations() []invitation {
	const (
		none = directory.InviteNone
		link = directory.InviteLink
		temp = directory.InviteTemporary

		isActive  = directory.StatusActive
		isInvited = directory.StatusInvited
		conflict  = directory.Conflict
	)
	return []invitation{
		{dirtest.Unknown, none, ok, true, isActive, true, 0, false, false, 1},
		{dirtest.Unknown, link, ok, true, isInvited, true, 1, false, false, 1},
		{dirtest.Unknown, temp, ok, true, isInvited, true, 0, true, false, 1},

		{dirtest.InvitedByLink, none, ok, true, isActive, true, 0, false, false, 1},
		{dirtest.InvitedByLink, link, ok, false, isInvited, false, 1, false, true, 0},
		{dirtest.InvitedByLink, temp, ok, false, isInvited, false, 1, false, true, 0},

		{dirtest.InvitedByPassword, none, ok, true, isActive, true, 0, false, false, 1},
		{dirtest.InvitedByPassword, link, ok, false, isInvited, false, 0, false, true, 0},
		{dirtest.InvitedByPassword, temp, ok, false, isInvited, false, 0, false, true, 0},

		{dirtest.Expired, none, ok, true, isActive, true, 0, false, false, 1},
		{dirtest.Expired, link, ok, true, isInvited, true, 1, false, false, 1},
		{dirtest.Expired, temp, ok, true, isInvited, true, 0, true, false, 1},

		{dirtest.Active, none, conflict, false, isActive, false, 0, false, false, 0},
		{dirtest.Active, link, conflict, false, isActive, false, 0, false, false, 0},
		{dirtest.Active, temp, conflict, false, isActive, false, 0, false, false, 0},

		{dirtest.Deleted, none, conflict, false, "", false, 0, false, false, 0},
		{dirtest.Deleted, link, conflict, false, "", false, 0, false, false, 0},
		{dirtest.Deleted, temp, conflict, false, "", false, 0, false, false, 0},
	}
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	for _, row := range invitations() {
		t.Run(fmt.Sprintf("%s, %s", row.standing, row.mode), func(t *testing.T) {
			t.Parallel()
			row.check(t)
		})
	}
}

func (row invitation) check(t *testing.T) {
	const stored, asked = "Pat.Young@Example.com", "PAT.YOUNG@example.com"
	w := newWorld(t)
	before := w.Put(t, stored, row.standing)
	seen := len(w.Entries(t))

	got, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{
		Name: " New Name ", Email: asked, Role: directory.RoleAnnotator, Mode: row.mode,
	})
	wantKind(t, "create", err, row.kind)
	if got.Created != row.created || (got.TemporaryPassword != "") != row.password {
		t.Errorf("created %v, password %q", got.Created, got.TemporaryPassword)
	}
	row.checkUser(t, w, got, before, asked)
	row.checkSecrets(t, w, got, before)
	entries := since(t, w, seen)
	if len(entries) != row.entries {
		t.Errorf("%d audit entries, want %d", len(entries), row.entries)
	}
	for _, e := range entries {
		if e.Operation != "create_user" || e.Subject != string(got.User.ID) || !strings.Contains(e.Changes, string(row.mode)) {
			t.Errorf("entry %+v", e)
		}
	}
}

// checkUser compares the user who is there afterwards with the request, and
// with who was there before.
func (row invitation) checkUser(t *testing.T, w *dirtest.World, got directory.CreatedUser, before dirtest.Person, asked string) {
	t.Helper()
	now := stored(t, w, asked)
	want := before.User
	if row.standing == dirtest.Unknown {
		want = directory.User{Seq: now.Seq, ID: now.ID, Email: asked, CreatedAt: w.Clock.Now()}
	}
	if row.anew {
		want.Name, want.Role, want.Developer = "New Name", directory.RoleAnnotator, false
		want.State, want.InvitedUntil = directory.StateInvited, time.Time{}
		switch row.mode {
		case directory.InviteNone:
			want.State = directory.StateActive
		case directory.InviteLink:
			want.InvitedUntil = w.Clock.Now().Add(7 * 24 * time.Hour)
		case directory.InviteTemporary:
			want.InvitedUntil = w.Clock.Now().Add(24 * time.Hour)
		}
	}
	same(t, "the user", now, want)
	if row.kind == ok {
		same(t, "the answer", got.User, now)
	} else {
		same(t, "the answer beside a refusal", got, directory.CreatedUser{})
	}
	if row.status != "" && now.Status(w.Clock.Now()) != row.status {
		t.Errorf("status %s, want %s", now.Status(w.Clock.Now()), row.status)
	}
	if row.standing == dirtest.Deleted && now.State != directory.StateDeleted {
		t.Errorf("a deleted user is %s", now.State)
	}
}

// checkSecrets tries the old and the new secret, each for each purpose.
func (row invitation) checkSecrets(t *testing.T, w *dirtest.World, got directory.CreatedUser, before dirtest.Person) {
	t.Helper()
	letters := waitingTo(t, w, stored(t, w, "pat.young@example.com").Email)
	if len(letters) != row.waiting {
		t.Errorf("%d letters wait, want %d", len(letters), row.waiting)
	}
	purpose := directory.TokenInvitation
	if row.standing == dirtest.InvitedByPassword {
		purpose = directory.TokenTemporaryPassword
	}
	if good := w.Good(t, before.Secret, purpose); good != row.oldGood {
		t.Errorf("the old secret is good: %v, want %v", good, row.oldGood)
	}
	if row.password && !w.Good(t, got.TemporaryPassword, directory.TokenTemporaryPassword) {
		t.Error("the temporary password is not good")
	}
	for _, l := range letters {
		if l.Kind != directory.LetterInvitation || !w.Good(t, l.Token, directory.TokenInvitation) {
			t.Errorf("a letter waits whose link is not good: %+v", l)
		}
		if w.Good(t, l.Token, directory.TokenReset) || w.Good(t, l.Token, directory.TokenTemporaryPassword) {
			t.Error("the link is good for something else")
		}
	}
}

// An invitation ends for the status, the list and the secret in the same microsecond.
func TestInvitationEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		standing dirtest.Standing
		purpose  directory.Purpose
		life     time.Duration
	}{
		{dirtest.InvitedByLink, directory.TokenInvitation, 7 * 24 * time.Hour},
		{dirtest.InvitedByPassword, directory.TokenTemporaryPassword, 24 * time.Hour},
	} {
		t.Run(string(c.standing), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.Put(t, "pat@example.com", c.standing)
			look := func(want directory.Status, good bool) {
				t.Helper()
				u, err := w.User(t.Context(), w.Admin, p.ID)
				must(t, err)
				page, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Email: "pat@", Statuses: []directory.Status{want}})
				must(t, err)
				if u.Status(w.Clock.Now()) != want || len(page.Items) != 1 || w.Good(t, p.Secret, c.purpose) != good {
					t.Errorf("status %s, listed %d, good %v; want %s, %v", u.Status(w.Clock.Now()), len(page.Items), !good, want, good)
				}
			}
			w.Clock.Advance(c.life - time.Microsecond)
			look(directory.StatusInvited, true)
			w.Clock.Advance(time.Microsecond)
			look(directory.StatusExpired, false)
			w.Clock.Advance(1000 * time.Hour)
			look(directory.StatusExpired, false)
		})
	}
}

func TestConfiguredLifetimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.InvitationLife, w.PasswordLife = time.Hour, time.Minute
	link, password := w.Put(t, "link@example.com", dirtest.InvitedByLink), w.Put(t, "password@example.com", dirtest.InvitedByPassword)
	if got := link.InvitedUntil.Sub(w.Clock.Now()); got != time.Hour {
		t.Errorf("the link's invitation lasts %v", got)
	}
	if got := password.InvitedUntil.Sub(w.Clock.Now()); got != time.Minute {
		t.Errorf("the password's invitation lasts %v", got)
	}
}

func TestDeveloperByRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	yes, no := true, false
	for n, c := range []struct {
		role  directory.Role
		asked *bool
		want  bool
	}{
		{directory.RoleAdmin, nil, true},
		{directory.RoleMember, nil, true},
		{directory.RoleMemberUIOnly, nil, false},
		{directory.RoleAnnotator, nil, false},
		{directory.RoleAdmin, &no, false},
		{directory.RoleMember, &no, false},
		{directory.RoleMemberUIOnly, &yes, true},
		{directory.RoleAnnotator, &yes, true},
	} {
		got, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{
			Name: "Pat", Email: fmt.Sprintf("pat%d@example.com", n), Role: c.role, Mode: directory.InviteNone, Developer: c.asked,
		})
		must(t, err)
		if got.User.Developer != c.want || got.User.Role != c.role {
			t.Errorf("%s: %+v", c.role, got.User)
		}
	}
}

func TestInvitationLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{
		Name: "Zoë", Email: "Zoe@bücher.example", Role: directory.RoleMember, Mode: directory.InviteLink,
	})
	must(t, err)
	letters := w.Waiting(t)
	if len(letters) != 1 {
		t.Fatalf("%d letters wait", len(letters))
	}
	now := w.Clock.Now()
	same(t, "the letter", letters[0].Letter, directory.Letter{
		Kind: directory.LetterInvitation, State: directory.LetterWaiting, To: "Zoe@xn--bcher-kva.example", ToName: "Zoë", From: "Ada Admin",
		CreatedAt: now, DueAt: now, ExpiresAt: now.Add(7 * 24 * time.Hour),
	}, ignoring("Seq", "ID", "UserSeq", "Sealed"))
	if !wellFormedToken(letters[0].Token) || strings.Contains(string(letters[0].Sealed), letters[0].Token) {
		t.Errorf("token %q, sealed as %q", letters[0].Token, letters[0].Sealed)
	}
}

func ignoring(fields ...string) cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		f, is := p.Last().(cmp.StructField)
		return is && strings.Contains(" "+strings.Join(fields, " ")+" ", " "+f.Name()+" ")
	}, cmp.Ignore())
}

// fieldsOf are the fields that an error names.
func fieldsOf(err error) (fields []string) {
	if e, is := errors.AsType[*directory.Error](err); is {
		for _, f := range e.Fields {
			fields = append(fields, f.Field)
		}
	}
	return fields
}

// Every fault is told at once, each with its field, and nothing is kept.
func TestCreateUserFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sound := directory.CreateUser{Name: "Pat", Email: "pat@example.com", Role: directory.RoleMember, Mode: directory.InviteLink}
	before := state(t, w)
	for _, c := range []struct {
		name   string
		change func(in *directory.CreateUser)
		fields []string
	}{
		{"no name", func(in *directory.CreateUser) { in.Name = "" }, []string{"name"}},
		{"blank name", func(in *directory.CreateUser) { in.Name = " \t\n " }, []string{"name"}},
		{"no email", func(in *directory.CreateUser) { in.Email = "" }, []string{"email"}},
		{"both", func(in *directory.CreateUser) { in.Name, in.Email = "", "pat" }, []string{"name", "email"}},
		{"what the caller found too", func(in *directory.CreateUser) {
			in.Email, in.Unsound = "", []directory.Fault{{Field: "role", Detail: "must be one of these"}}
		}, []string{"role", "email"}},
		{"only what the caller found", func(in *directory.CreateUser) {
			in.Unsound = []directory.Fault{{Field: "is_developer", Detail: "must be true or false"}}
		}, []string{"is_developer"}},
	} {
		in := sound
		c.change(&in)
		_, err := w.CreateUser(t.Context(), w.Admin, in)
		wantKind(t, c.name, err, directory.Invalid)
		same(t, c.name, fieldsOf(err), c.fields)
		for _, f := range c.fields {
			if err != nil && !strings.Contains(err.Error(), f+": ") {
				t.Errorf("%s: the sentence %q does not name %s", c.name, err, f)
			}
		}
	}
	same(t, "the directory", state(t, w), before)
}

// A caller that overlooks a missing role or mode makes no user without one.
func TestUnknownRoleOrMode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := state(t, w)
	for _, c := range []struct {
		role directory.Role
		mode directory.InviteMode
	}{
		{"", directory.InviteNone}, {"OWNER", directory.InviteLink}, {"admin", directory.InviteNone},
		{directory.RoleMember, ""}, {directory.RoleMember, "none"}, {directory.RoleMember, "CARRIER_PIGEON"}, {"", ""},
	} {
		got, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{Name: "Pat", Email: "pat@example.com", Role: c.role, Mode: c.mode})
		if err == nil {
			t.Errorf("role %q, mode %q: made %+v", c.role, c.mode, got.User)
		}
	}
	same(t, "the directory", state(t, w), before)
}

func TestResendInvitation(t *testing.T) {
	t.Parallel()
	for standing, want := range map[dirtest.Standing]directory.Kind{
		dirtest.InvitedByLink: ok, dirtest.InvitedByPassword: ok, dirtest.Expired: directory.Malformed,
		dirtest.Active: directory.Malformed, dirtest.Deleted: directory.NotFound,
	} {
		t.Run(string(standing), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.Put(t, "pat@example.com", standing)
			w.Clock.Advance(time.Hour)
			before, seen, letters := state(t, w, p), len(w.Entries(t)), len(w.Letters(t))
			wantKind(t, "resend", w.ResendInvitation(t.Context(), w.Admin, p.ID), want)
			if want != ok {
				same(t, "the directory", state(t, w, p), before)
				return
			}
			u := p.User
			u.InvitedUntil = w.Clock.Now().Add(7 * 24 * time.Hour)
			same(t, "the user", stored(t, w, "pat@example.com"), u)
			waiting := waitingTo(t, w, "pat@example.com")
			if len(waiting) != 1 || len(w.Letters(t)) != letters+1 || !w.Good(t, waiting[0].Token, directory.TokenInvitation) {
				t.Errorf("letters waiting: %+v", waiting)
			}
			if w.Good(t, p.Secret, directory.TokenInvitation) || w.Good(t, p.Secret, directory.TokenTemporaryPassword) {
				t.Error("the old secret is still good")
			}
			if got := since(t, w, seen); len(got) != 1 || got[0].Operation != "resend_user_invitation" {
				t.Errorf("audit entries %+v", got)
			}
		})
	}
	w := newWorld(t)
	wantKind(t, "an id that nobody has", w.ResendInvitation(t.Context(), w.Admin, noSuchUser), directory.NotFound)
	wantKind(t, "what is no id", w.ResendInvitation(t.Context(), w.Admin, "pat"), directory.Malformed)
}

// A letter that a sender holds while its link is replaced stays withdrawn,
// however the attempt ends.
func TestResendWhileSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	held, err := w.ClaimLetters(t.Context(), 10, time.Minute)
	must(t, err)
	must(t, w.ResendInvitation(t.Context(), w.Admin, p.ID))
	for _, settle := range []func() error{
		func() error { return w.LetterSent(t.Context(), held[0].Letter) },
		func() error {
			return w.LetterFailed(t.Context(), held[0].Letter, "451", w.Clock.Now().Add(time.Minute))
		},
		func() error { return w.LetterFailed(t.Context(), held[0].Letter, "550", time.Time{}) },
	} {
		must(t, settle())
		old := w.Letters(t)[0]
		if old.State != directory.LetterWithdrawn || old.Token != "" || len(waitingTo(t, w, "pat@example.com")) != 1 {
			t.Errorf("the old letter is %+v", old)
		}
	}
}
