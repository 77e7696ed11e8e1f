package directory_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// The digest covers each field but the place, and keeps them apart.
func TestEntryDigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	entries := w.Entries(t)
	e := entries[len(entries)-1]
	if !e.Intact() {
		t.Fatalf("the entry itself is not intact: %+v", e)
	}
	free := map[string]bool{"Seq": true, "Place": true, "Hash": true}
	for i := range reflect.TypeFor[directory.Entry]().NumField() {
		field := reflect.TypeFor[directory.Entry]().Field(i).Name
		changed := e
		v := reflect.ValueOf(&changed).Elem().Field(i)
		switch old := v.Interface().(type) {
		case string:
			v.SetString(old + "x")
		case directory.Via:
			v.SetString(string(directory.ViaHost))
		case int64:
			v.SetInt(old + 1)
		case time.Time:
			v.Set(reflect.ValueOf(old.Add(time.Microsecond)))
		case []byte:
			v.Set(reflect.ValueOf(append([]byte{1}, old...)))
		default:
			t.Fatalf("%s is of a type that this test does not know", field)
		}
		if changed.Intact() != free[field] {
			t.Errorf("%s changed: intact %v", field, changed.Intact())
		}
	}
	moved := e
	moved.ActorID, moved.Actor = e.ActorID+e.Actor[:1], e.Actor[1:]
	if moved.Intact() {
		t.Error("a character moved from one field into the next, and the entry is intact")
	}
	elsewhere := e
	elsewhere.At = e.At.In(time.FixedZone("", 3600))
	if !elsewhere.Intact() {
		t.Error("the same moment in another zone is another entry")
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	first := directory.Link(nil, 1, []byte("digest"))
	for what, other := range map[string][]byte{
		"another beginning": directory.Link([]byte("x"), 1, []byte("digest")),
		"another place":     directory.Link(nil, 2, []byte("digest")),
		"another digest":    directory.Link(nil, 1, []byte("Digest")),
	} {
		if string(first) == string(other) || len(other) != 32 {
			t.Errorf("%s: % x", what, other)
		}
	}
	if string(first) != string(directory.Link([]byte{}, 1, []byte("digest"))) {
		t.Error("the first link depends on how its absent predecessor is written")
	}
}

// L-01: who did what to whom, from where, with what difference.
func TestEntries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, no := "Pat B", false
	var p dirtest.Person
	for _, c := range []struct {
		do      func() error
		op      string
		changes string
	}{
		{func() error { p = w.Put(t, "pat@example.com", dirtest.InvitedByLink); return nil }, "create_user",
			`[{"field":"name","to":"Pat"},{"field":"email","to":"pat@example.com"},{"field":"role","to":"MEMBER"},{"field":"is_developer","to":true},` +
				`{"field":"state","to":"INVITED"},{"field":"invited_until","to":"2026-03-08T09:00:00Z"},{"field":"invite_mode","to":"EMAIL_LINK"}]`},
		{func() error { w.Clock.Advance(time.Hour); return w.ResendInvitation(t.Context(), w.Admin, p.ID) }, "resend_user_invitation",
			`[{"field":"invited_until","from":"2026-03-08T09:00:00Z","to":"2026-03-08T10:00:00Z"}]`},
		{func() error {
			_, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{Name: "Pat", Email: "PAT@example.com", Role: directory.RoleAnnotator, Mode: directory.InviteNone})
			return err
		}, "create_user",
			`[{"field":"role","from":"MEMBER","to":"ANNOTATOR"},{"field":"is_developer","from":true,"to":false},{"field":"state","from":"INVITED","to":"ACTIVE"},` +
				`{"field":"invited_until","from":"2026-03-08T10:00:00Z"},{"field":"invite_mode","to":"NONE"}]`},
		{func() error {
			_, err := w.UpdateUser(t.Context(), w.Admin, p.ID, directory.UpdateUser{Name: &name, Developer: &no})
			return err
		}, "update_user", `[{"field":"name","from":"Pat","to":"Pat B"}]`},
		{func() error { return w.ResetPassword(t.Context(), w.Admin, p.ID) }, "reset_user_password", `[]`},
		{func() error { return w.DeleteUser(t.Context(), w.Admin, p.ID) }, "delete_user", `[{"field":"state","from":"ACTIVE","to":"DELETED"}]`},
	} {
		seen := len(w.Entries(t))
		must(t, c.do())
		entries := since(t, w, seen)
		if len(entries) != 1 {
			t.Fatalf("%s: %d entries", c.op, len(entries))
		}
		e := entries[0]
		same(t, c.op, e, directory.Entry{
			At: w.Clock.Now(), Operation: c.op, ActorID: string(w.Admin.UserID), Actor: "ada@example.com", Credential: w.Admin.Credential,
			Via: directory.ViaKey, Address: "192.0.2.1", RequestID: "request-1", Subject: string(p.ID), Changes: c.changes,
		}, ignoring("Seq", "ID", "Salt", "Digest", "Place", "Hash"))
		if !e.Intact() || len(e.Salt) < 16 {
			t.Errorf("%s: intact %v, salt % x", c.op, e.Intact(), e.Salt)
		}
	}
}

// No secret, whole or in part, is in the audit log.
func TestEntriesHoldNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secrets := []string{w.APIKey(t, "mel@example.com"), w.Put(t, "a@example.com", dirtest.InvitedByPassword).Secret, w.Put(t, "b@example.com", dirtest.InvitedByLink).Secret}
	must(t, w.ResetPassword(t.Context(), w.Admin, w.Member.UserID))
	for _, l := range w.Waiting(t) {
		secrets = append(secrets, l.Token)
		_, err := w.ReadLetter(t.Context(), directory.Host("root"), l.ID)
		must(t, err)
	}
	log := fmt.Sprintf("%+v", w.Entries(t))
	for _, s := range secrets {
		for from := 0; from+12 <= len(s); from += 4 {
			if part := s[from : from+12]; strings.Contains(log, part) {
				t.Errorf("the log holds %q of a secret", part)
			}
		}
	}
	if len(secrets) != 5 {
		t.Errorf("%d secrets were looked for", len(secrets))
	}
}
