package directory_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// The cases of contract 10.
func TestWellFormedID(t *testing.T) {
	t.Parallel()
	encode := base64.StdEncoding.EncodeToString
	for id, want := range map[string]bool{
		encode([]byte("User:12345")):            true,
		encode([]byte("User:42:aBcD")):          true,
		encode([]byte("AccountOrganization:1")): true,
		encode([]byte("Role:1:V4Ka")):           true,
		encode([]byte("ключ:значение")):         true,
		"Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk=":      true,
		"Og==":                                  true, // just a colon
		"":                                      false,
		"Og":                                    false, // without padding
		"Og=":                                   false,
		"Oh==":                                  false, // bits that mean nothing
		"Og==\n":                                false,
		"\nOg==":                                false,
		"Og=\r\n=":                              false,
		" Og==":                                 false, //nolint:gocritic // the space is the case
		"Og==Og==":                              false,
		"Og===":                                 false,
		"usr_1":                                 false,
		"jane@example.com":                      false,
		encode([]byte("no colon")):              false,
		encode([]byte("User:\xff\xfe")):         false,
		encode([]byte("\xed\xa0\x80:")):         false,
		base64.URLEncoding.EncodeToString([]byte("??>:~~~ÿ")): false,
		"VXNlcjox%3D":  false,
		"VXNlcjox\x00": false,
	} {
		if got := directory.WellFormedID(id); got != want {
			t.Errorf("%q: %v, want %v", id, got, want)
		}
	}
}

// Ids are opaque, random and need no escaping anywhere.
func TestIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	key := w.APIKey(t, "mel@example.com")
	k, _, _, err := w.Store.Read(t.Context()).KeyByDigest(directory.DigestOf(key))
	must(t, err)
	ids := map[string]string{string(w.Admin.UserID): "User", string(w.Member.UserID): "User", string(w.Letters(t)[0].ID): "Letter", k.ID: "ApiKey"}
	for _, e := range w.Entries(t) {
		ids[e.ID] = "AuditLog"
	}
	if len(ids) != 4+len(w.Entries(t)) {
		t.Errorf("%d ids are not all different", len(ids))
	}
	for id, kind := range ids {
		text, err := base64.StdEncoding.DecodeString(id)
		if err != nil || !regexp.MustCompile(`^`+kind+`:[0-9A-Za-z]{16,18}$`).Match(text) {
			t.Errorf("%s: %q, %v", id, text, err)
		}
		if !directory.WellFormedID(id) || !regexp.MustCompile(`^[0-9A-Za-z]+$`).MatchString(id) {
			t.Errorf("%s must be escaped somewhere", id)
		}
		if kind == "User" && len(id) != 28 {
			t.Errorf("%s has %d characters, not 28", id, len(id))
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	text, err := directory.NewKey(rand.Reader)
	must(t, err)
	if !regexp.MustCompile(`^[0-9A-Za-z_-]{43}\n$`).MatchString(text) {
		t.Errorf("the key file reads %q", text)
	}
	key, err := directory.ParseKey(text)
	must(t, err)
	for _, same := range []string{text, strings.TrimSpace(text), " " + text + "\r\n"} {
		again, err := directory.ParseKey(same)
		if err != nil || !bytes.Equal(again.Check(), key.Check()) {
			t.Errorf("%q is another key, error %v", same, err)
		}
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(text))
	must(t, err)
	if len(raw) != 32 || len(key.Check()) != 32 || bytes.Equal(raw, key.Check()) {
		t.Errorf("%d bytes, of which the store keeps % x", len(raw), key.Check())
	}
	raw[31] ^= 1
	other, err := directory.ParseKey(base64.RawURLEncoding.EncodeToString(raw))
	if err != nil || bytes.Equal(other.Check(), key.Check()) {
		t.Errorf("one bit makes no other key, error %v", err)
	}
	for _, bad := range []string{"", "\n", text[:42], text[:43] + "A", text[:42] + "!", text[:43] + "=", "key=" + text, strings.Repeat("A", 64)} {
		if _, err := directory.ParseKey(bad); err == nil {
			t.Errorf("%q is taken for a key", bad)
		} else if strings.Contains(err.Error(), text[:20]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func wellFormedToken(s string) bool { return regexp.MustCompile(`^[0-9A-Za-z_-]{43,}$`).MatchString(s) }

func TestLinkTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.Active)
	invited := w.Put(t, "kim@example.com", dirtest.InvitedByLink)
	seen := map[string]bool{}
	for range 20 {
		must(t, w.ResetPassword(t.Context(), w.Admin, p.ID))
		must(t, w.ResendInvitation(t.Context(), w.Admin, invited.ID))
		w.Clock.Advance(16 * time.Minute) // many letters to one person have to wait
		for _, l := range w.Waiting(t) {
			if !wellFormedToken(l.Token) || seen[l.Token] {
				t.Fatalf("token %q, seen before: %v", l.Token, seen[l.Token])
			}
			seen[l.Token] = true
		}
	}
}

func TestTemporaryPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shape := regexp.MustCompile(`^[abcdefghjkmnpqrstuvwxyz2-9]{4}(-[abcdefghjkmnpqrstuvwxyz2-9]{4}){5}$`)
	p := w.Put(t, "pat@example.com", dirtest.InvitedByPassword)
	q := w.Put(t, "kim@example.com", dirtest.InvitedByPassword)
	if !shape.MatchString(p.Secret) || !shape.MatchString(q.Secret) || p.Secret == q.Secret {
		t.Errorf("passwords %q and %q", p.Secret, q.Secret)
	}
	for _, e := range w.Entries(t) {
		if strings.Contains(e.Changes, p.Secret[:9]) {
			t.Errorf("the audit log holds the password: %s", e.Changes)
		}
	}
}

// untouched is a store that nobody may ask.
type untouched struct{ t *testing.T }

func (s untouched) Read(context.Context) directory.Reads {
	s.t.Error("the store was asked")
	return nil
}

func (s untouched) Write(context.Context, func(directory.Tx) error) error {
	s.t.Error("the store was written")
	return errBroken
}

// K-03: a key with one character changed, left out, added or moved is refused
// by its checksum, before any look-up.
func TestAPIKeyEdits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.APIKey(t, "mel@example.com")
	if !regexp.MustCompile(`^ak-[0-9A-Za-z]{49}$`).MatchString(key) {
		t.Fatalf("the key reads %q", key)
	}
	d := *w.Directory
	d.Store = untouched{t}
	refused := func(edited string) {
		t.Helper()
		if edited == key {
			return
		}
		defer func() {
			if p := recover(); p != nil {
				t.Fatalf("%q passed the checksum of %q", edited, key)
			}
		}()
		_, err := d.Authenticate(t.Context(), edited)
		wantKind(t, edited, err, directory.Unauthenticated)
	}
	for i := range key {
		for c := range byte(0x80) {
			refused(key[:i] + string(c) + key[i+1:])
		}
		refused(key[:i])
		refused(key[:i] + key[i+1:])
		refused(key[:i] + "0" + key[i:])
		if i > 0 {
			refused(key[:i-1] + string(key[i]) + string(key[i-1]) + key[i+1:])
		}
	}
	for _, edited := range []string{
		key + "0", key + "\n", key + "\x00", " " + key, key + " ", key + key, "Bearer " + key, strings.ToUpper(key), strings.ToLower(key),
		"", "ak-", strings.Repeat("a", 1<<20), key[3:], "sk-" + key[3:], "ak_" + key[3:],
	} {
		refused(edited)
	}
	a, err := w.Authenticate(t.Context(), key)
	if err != nil || a.UserID != w.Member.UserID {
		t.Errorf("the key itself: %+v, %v", a, err)
	}
}

var errNoRandom = errors.New("no randomness")

type noRandom struct{}

func (noRandom) Read([]byte) (int, error) { return 0, errNoRandom }

// Without randomness nothing is made, above all no weak secret.
func TestNoRandomness(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	active, invited := w.Put(t, "pat@example.com", dirtest.Active), w.Put(t, "kim@example.com", dirtest.InvitedByLink)
	before := state(t, w)
	for _, source := range []io.Reader{noRandom{}, io.LimitReader(rand.Reader, 40)} {
		d := *w.Directory
		d.Rand = source
		in := directory.CreateUser{Name: "New", Email: "new@example.com", Role: directory.RoleMember}
		for _, in.Mode = range directory.InviteModes() {
			if _, err := d.CreateUser(t.Context(), w.Admin, in); err == nil {
				t.Errorf("a user was made with %s", in.Mode)
			}
		}
		_, _, err := d.CreateHostKey(t.Context(), directory.Host("root"), "pat@example.com", "key")
		for _, err := range []error{err, d.ResetPassword(t.Context(), w.Admin, active.ID), d.ResendInvitation(t.Context(), w.Admin, invited.ID), d.DeleteUser(t.Context(), w.Admin, active.ID)} {
			wantKind(t, "without randomness", err, directory.Internal)
		}
	}
	if _, err := directory.NewKey(noRandom{}); !errors.Is(err, errNoRandom) {
		t.Errorf("a directory's key was made: %v", err)
	}
	same(t, "the directory", state(t, w), before)
}
