package mail_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ax/internal/directory"
	"ax/internal/mail"
)

func message(t *testing.T, l directory.OpenLetter) mail.Message {
	t.Helper()
	m, err := mail.Render(publicURL, mail.Letterhead{}, l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		all = append(all, f.Name())
	}
	return all
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "mail")
	f := mail.Folder(dir)
	later := letter(directory.LetterReset, "TGV0+GVy/jI=")
	later.CreatedAt = start().Add(time.Microsecond)
	for _, l := range []directory.OpenLetter{later, letter(directory.LetterInvitation, "TGV0dGVyOjE"), later} {
		if err := f.Deliver(t.Context(), message(t, l)); err != nil {
			t.Fatal(err)
		}
	}
	got := names(t, dir)
	want := []string{"20261124T090000.123456Z-invitation-TGV0dGVyOjE.eml", "20261124T090000.123457Z-reset-TGV0-GVy_jI.eml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal("files (-want +got):", diff)
	}
	content, err := os.ReadFile(filepath.Join(dir, got[1]))
	if err != nil || string(content) != string(raw(t, mail.Letterhead{}, later)) {
		t.Error("the file is not the message", err)
	}
	if runtime.GOOS == "windows" {
		return // no such modes
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, got[0]): 0o600, filepath.Join(dir, got[1]): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode().Perm(), err, mode)
		}
	}
}

// A crash leaves a part aside; the letter comes again and nothing stays of it.
func TestFolderAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := letter(directory.LetterReset, "L")
	aside := filepath.Join(dir, ".20261124T090000.123456Z-reset-L.eml.part")
	if err := os.WriteFile(aside, []byte(strings.Repeat("torn", 10000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := mail.Folder(dir).Deliver(t.Context(), message(t, l)); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"20261124T090000.123456Z-reset-L.eml"}) {
		t.Error("files:", got)
	}
	content, err := os.ReadFile(filepath.Join(dir, names(t, dir)[0]))
	if err != nil || string(content) != string(raw(t, mail.Letterhead{}, l)) {
		t.Error("the file is not the message", err)
	}
}

func TestFolderFails(t *testing.T) {
	t.Parallel()
	t.Run("not a folder", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "mail")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		w := newWorld(letter(directory.LetterInvitation, "L"))
		w.Transport = mail.Folder(path)
		w.pass(t, 0)
		if l := w.outbox.letter("L"); l.State != directory.LetterWaiting || !strings.Contains(l.LastError, path) {
			t.Errorf("%s %q", l.State, l.LastError)
		}
		// An operator mends it.
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		w.clock.move(time.Minute)
		w.pass(t, 1)
	})
	t.Run("name taken by a folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		taken := "20261124T090000.123456Z-reset-L.eml"
		if err := os.MkdirAll(filepath.Join(dir, taken, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := mail.Folder(dir).Deliver(t.Context(), message(t, letter(directory.LetterReset, "L"))); err == nil {
			t.Error("no error")
		}
		if got := names(t, dir); !slices.Equal(got, []string{taken}) {
			t.Error("a part stays:", got)
		}
	})
	t.Run("id that leaves the folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		for _, id := range []string{"../../x", `..\x`, "a:b", "", "a b", "ä"} {
			m := message(t, letter(directory.LetterReset, "L"))
			m.Letter = directory.LetterID(id)
			if err := mail.Folder(dir).Deliver(t.Context(), m); err == nil {
				t.Errorf("no error for %q", id)
			}
		}
		if got := names(t, dir); len(got) != 0 {
			t.Error("files:", got)
		}
	})
	t.Run("context ended", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		dir := filepath.Join(t.TempDir(), "mail")
		err := mail.Folder(dir).Deliver(ctx, message(t, letter(directory.LetterReset, "L")))
		if _, missing := os.Stat(dir); !errors.Is(err, context.Canceled) || missing == nil {
			t.Error(err, missing)
		}
	})
}
