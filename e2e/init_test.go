package e2e_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// onEachEngine runs a test on SQLite and on PostgreSQL.
func onEachEngine(t *testing.T, test func(*testing.T, variant)) {
	t.Helper()
	for _, v := range engines() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			test(t, v)
		})
	}
}

func TestInitPrintsTheKeyAloneAndOnce(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := newSite(t, v, t.TempDir())
		r := s.ax("server", "init", "--admin-email", "ann@ax.example")
		if r.code != 0 || r.stderr != "" || !regexp.MustCompile(`^ak-[A-Za-z0-9]{43,}\n$`).MatchString(r.stdout) {
			t.Fatalf("the first init: %v", r)
		}
		s.key = strings.TrimSpace(r.stdout)
		keyFile, err := os.ReadFile(filepath.Join(s.data, "key"))
		if err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"ann@ax.example", "eve@ax.example"} {
			s.refused(1, []string{"exists since", "ax server key create"}, "server", "init", "--admin-email", email)
		}
		if after, err := os.ReadFile(filepath.Join(s.data, "key")); err != nil || string(after) != string(keyFile) {
			t.Errorf("the second init changed the key file: %v", err)
		}
		s.setenv("ARIZE_API_KEY", s.key)
		s.setenv("ARIZE_API_SCHEME", "http")
		s.start()
		users := s.users()
		want := []user{{ID: users[0].ID, Name: "ann@ax.example", Email: "ann@ax.example", Status: "ACTIVE"}}
		if diff := cmp.Diff(want, users); diff != "" {
			t.Errorf("users after two inits (-want +got):\n%s", diff)
		}
		all := sealed(t, s.database())
		intact(t, all)
		if diff := cmp.Diff(map[string]int{"create_user": 1, "create_api_key": 1}, operations(all)); diff != "" {
			t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

func TestInitRefusesABadAddressAndMakesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, sqlite, t.TempDir())
	s.refused(1, []string{"email"}, "server", "init", "--admin-email", "not an address")
	s.refused(2, []string{"--admin-email"}, "server", "init")
	if _, err := os.Stat(filepath.Join(s.data, "directory.db")); !os.IsNotExist(err) {
		t.Errorf("a database was made: %v", err)
	}
}

// Several at once: one wins, and the others say no and print no key. On PostgreSQL they are on two machines.
func TestInitsAtOnce(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := newSite(t, v, t.TempDir())
		folders := []string{s.data, s.data, s.data, s.data}
		if v == postgres {
			elsewhere := filepath.Join(t.TempDir(), "data")
			folders = []string{s.data, elsewhere, s.data, elsewhere}
		}
		results := make([]result, len(folders))
		var all sync.WaitGroup
		for i, folder := range folders {
			all.Go(func() { results[i] = s.ax("server", "init", "--admin-email", "ann@ax.example", "--data-dir", folder) })
		}
		all.Wait()
		winner := ""
		for i, r := range results {
			switch {
			case r.code == 0 && winner == "":
				winner, s.key, s.data = folders[i], strings.TrimSpace(r.stdout), folders[i]
			case r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "exists since"):
				t.Errorf("init %d in %s: %v", i, folders[i], r)
			}
		}
		if winner == "" {
			t.Fatal("nobody made the directory")
		}
		for _, folder := range folders {
			_, err := os.Stat(filepath.Join(folder, "key"))
			if has := err == nil; has != (folder == winner) {
				t.Errorf("key file in %s: %v; the winner is %s", folder, has, winner)
			}
		}
		s.setenv("ARIZE_API_KEY", s.key)
		s.setenv("ARIZE_API_SCHEME", "http")
		s.start("--data-dir", winner)
		if users := s.users(); len(users) != 1 {
			t.Errorf("users: %v", users)
		}
	})
}

// Eight commands of a person who never used the program before, at the same moment.
func TestFirstUsesAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, local, t.TempDir())
	emails := strings.Fields("a@x.example b@x.example c@x.example d@x.example e@x.example f@x.example g@x.example h@x.example")
	var all sync.WaitGroup
	for _, email := range emails {
		all.Go(func() {
			r := s.ax("users", "create", "-n", "Jane Doe", "-e", email, "-r", "member", "--invite-mode", "email_link")
			if r.code != 0 {
				t.Errorf("%s: %v", email, r)
			}
		})
	}
	all.Wait()
	got := map[string]int{}
	for _, u := range s.users() {
		got[u.Email]++
	}
	for _, email := range emails {
		if got[email] != 1 {
			t.Errorf("%d users have %s", got[email], email)
		}
		if n := len(s.letters(email)); n != 1 {
			t.Errorf("%d letters to %s", n, email)
		}
	}
	if len(got) != len(emails)+1 {
		t.Errorf("besides those who were invited there should be one administrator: %v", got)
	}
	log := entries(t, s.database())
	intact(t, log)
	if diff := cmp.Diff(map[string]int{"create_user": 9, "create_api_key": 1}, operations(log)); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}
