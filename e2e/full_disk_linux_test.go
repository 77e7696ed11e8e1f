package e2e_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A directory whose disk is full refuses changes, saying why, and makes none of them; it can be read, and goes on as soon
// as there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := newSite(t, sqlite, t.TempDir())
	grow := smallDisk(t, s.data)
	s.init()
	s.start()
	acknowledged := s.fill()
	s.wantStatus("/livez", http.StatusOK)
	s.wantStatus("/readyz", http.StatusOK)
	if n := len(s.users()); n != len(acknowledged)+1 {
		t.Errorf("a full directory lists %d users, and has %d", n, len(acknowledged)+1)
	}
	s.refused(4, []string{"no room left on the disk"}, "users", "create", "-n", "Late", "-e", "late@x.example", "-r", "member", "--invite-mode", "none")
	if r := s.ax("users", "delete", "--email", "user0@x.example", "--force", "-o", "json"); r.code != 4 || !strings.Contains(r.stdout, "no room left on the disk") {
		t.Errorf("a deletion on a full disk: %v", r)
	}
	if log := s.server.log.String(); !strings.Contains(log, "database or disk is full") {
		t.Error("the server's log does not say why")
	}
	grow()
	acknowledged["after@x.example"] = s.create("after@x.example").ID
	s.must("users", "delete", "--email", "user0@x.example", "--force")
	delete(acknowledged, "user0@x.example")
	db := s.database()
	log := entries(t, db)
	intact(t, log)
	if n := operations(log)["create_user"]; n != len(acknowledged)+2 { // and user0, and the administrator
		t.Errorf("%d creations are in the audit log, of %d", n, len(acknowledged)+2)
	}
	for email, id := range acknowledged {
		if got := column(t, db, `SELECT id FROM users WHERE email = $1`, email); len(got) != 1 || got[0] != id {
			t.Errorf("%s was acknowledged as %s, and the store has %q", email, id, got)
		}
	}
}

// smallDisk makes a folder a disk of its own that holds a new directory and little more. grow gives it room.
func smallDisk(t *testing.T, folder string) (grow func()) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=2m,mode=700"); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skip("A FULL DISK WAS NOT TRIED: only root may mount one.")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return func() {
		if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=32m"); err != nil {
			t.Fatal(err)
		}
	}
}

// fill creates users until there is no room, and returns those who were acknowledged.
func (s *site) fill() map[string]string {
	s.t.Helper()
	acknowledged := map[string]string{}
	for n := range 5000 {
		email := fmt.Sprintf("user%d@x.example", n)
		status, answer := s.send(exchange{method: http.MethodPost, path: "/v2/users", body: invitation(email, "NONE")})
		switch status {
		case http.StatusCreated:
			var u user
			s.decode(answer, &u)
			acknowledged[email] = u.ID
		case http.StatusServiceUnavailable:
			if !strings.Contains(answer, "There is no room left on the disk of the directory; nothing was changed.") {
				s.t.Fatalf("the answer does not say what is wrong: %s", answer)
			}
			return acknowledged
		default:
			s.t.Fatalf("creation %d: %d %s", n, status, answer)
		}
	}
	s.t.Fatal("the disk does not fill")
	return nil
}
