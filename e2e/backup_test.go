package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// A backup taken in the middle of writing holds all that was acknowledged before it began, and serves.
func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	var mu sync.Mutex
	var done []string // addresses that were acknowledged
	var enough atomic.Bool
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := 0; !enough.Load(); i++ {
				email := fmt.Sprintf("w%d-%d@x.example", w, i)
				if status, answer := s.send(exchange{method: http.MethodPost, path: "/v2/users", body: invitation(email, "NONE")}); status != http.StatusCreated {
					t.Errorf("%s: %d %s", email, status, answer)
					return
				}
				mu.Lock()
				done = append(done, email)
				mu.Unlock()
			}
		})
	}
	eventually(t, "40 users", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(done) >= 40
	})
	folder := t.TempDir()
	backups := map[string][]string{}
	for i := range 3 {
		mu.Lock()
		acknowledged := append([]string(nil), done...)
		mu.Unlock()
		file := filepath.Join(folder, fmt.Sprintf("%d.db", i))
		if r := s.ax("server", "backup", file); r.code != 0 || r.stdout != "" {
			t.Errorf("backup: %v", r)
		}
		backups[file] = acknowledged
	}
	enough.Store(true)
	writers.Wait()
	for file, acknowledged := range backups {
		s.restores(file, acknowledged)
	}
	s.refused(1, []string{"exists"}, "server", "backup", filepath.Join(folder, "0.db"))
	s.refused(1, nil, "server", "backup", filepath.Join(folder, "missing", "x.db"))
	if names, err := os.ReadDir(folder); err != nil || len(names) != 3 {
		t.Errorf("the backups' folder holds %v: %v", names, err)
	}
	if n := operations(entries(t, s.database()))["backup"]; n != 3 {
		t.Errorf("%d backups in the audit log, want 3", n)
	}
}

// restores puts a backup with the key into a new folder and serves it.
func (s *site) restores(file string, want []string) {
	s.t.Helper()
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		s.t.Errorf("the backup's mode: %v, %v", info, err)
	}
	restored := newSite(s.t, sqlite, s.t.TempDir())
	if err := os.MkdirAll(restored.data, 0o700); err != nil {
		s.t.Fatal(err)
	}
	copied(s.t, file, filepath.Join(restored.data, "directory.db"))
	restored.refused(1, []string{"missing", "key"}, "server", "start", "--listen", "127.0.0.1:0")
	copied(s.t, filepath.Join(s.data, "key"), filepath.Join(restored.data, "key"))
	restored.setenv("ARIZE_API_KEY", s.key)
	restored.setenv("ARIZE_API_SCHEME", "http")
	restored.start()
	there := map[string]bool{}
	for _, u := range restored.users() {
		there[u.Email] = true
	}
	for _, email := range want {
		if !there[email] {
			s.t.Errorf("%s was acknowledged before the backup %s and is not in it", email, filepath.Base(file))
		}
	}
	intact(s.t, entries(s.t, restored.database()))
	restored.create("new@x.example")
	if code := restored.server.terminate(); code != 0 {
		s.t.Errorf("the server of the backup ended with %d", code)
	}
}

func copied(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestBackupOfPostgresNamesItsTool(t *testing.T) {
	t.Parallel()
	s := initialized(t, postgres)
	file := filepath.Join(t.TempDir(), "x.db")
	s.refused(1, []string{"pg_dump"}, "server", "backup", file)
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("a file was made: %v", err)
	}
}
