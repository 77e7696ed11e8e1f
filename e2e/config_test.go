package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is served where, and what is refused before anything listens.
func TestListenAndPublicURL(t *testing.T) {
	t.Parallel()
	s := initialized(t, sqlite)
	for _, c := range []struct {
		says  string
		flags []string
	}{
		{"--public-url", []string{"--listen", "0.0.0.0:0"}},
		{"--public-url", []string{"--listen", ":0"}},
		{"--public-url", []string{"--listen", "[::]:0"}},
		{"https", []string{"--listen", "0.0.0.0:0", "--public-url", "http://127.0.0.1"}},
		{"https", []string{"--listen", "0.0.0.0:0", "--public-url", "http://ax.example"}},
		{"https", []string{"--listen", "127.0.0.1:0", "--public-url", "http://ax.example"}},
		{"--public-url", []string{"--listen", "127.0.0.1:0", "--public-url", "ax.example"}},
		{"--public-url", []string{"--listen", "127.0.0.1:0", "--public-url", "ftp://ax.example"}},
		{"--public-url", []string{"--listen", "127.0.0.1:0", "--public-url", "https://u:p@ax.example"}},
		{"--public-url", []string{"--listen", "127.0.0.1:0", "--public-url", "https://ax.example/?q"}},
		{"--listen", []string{"--listen", "127.0.0.1"}},
		{"--listen", []string{"--listen", "127.0.0.1:99999"}},
		{"--listen", []string{"--listen", "203.0.113.1:1", "--public-url", "https://ax.example"}},
		{"--tls-key", []string{"--listen", "127.0.0.1:0", "--tls-cert", "cert.pem"}},
		{"--tls-cert", []string{"--listen", "127.0.0.1:0", "--tls-key", "key.pem"}},
		{"nowhere.pem", []string{"--listen", "127.0.0.1:0", "--tls-cert", "nowhere.pem", "--tls-key", "nowhere.pem"}},
	} {
		s.refused(1, []string{c.says}, append([]string{"server", "start"}, c.flags...)...)
	}
	s.server = s.spawn("--listen", "0.0.0.0:0", "--public-url", "https://ax.example", "--mail-dir", s.mail)
	ready(t, s.server, 10*time.Second)
	s.server.kill()
	s.server = s.spawn("--listen", "localhost:0", "--mail-dir", s.mail)
	ready(t, s.server, 10*time.Second)
}

// Each flag is a variable too.
func TestStartByTheEnvironment(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := initialized(t, v)
		elsewhere := filepath.Join(t.TempDir(), "moved")
		if err := os.Rename(s.data, elsewhere); err != nil {
			t.Fatal(err)
		}
		keyFile := filepath.Join(t.TempDir(), "the key")
		if err := os.Rename(filepath.Join(elsewhere, "key"), keyFile); err != nil {
			t.Fatal(err)
		}
		if v == postgres {
			file := filepath.Join(t.TempDir(), "url")
			if err := os.WriteFile(file, []byte(s.getenv("AX_DATABASE_URL")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			s.setenv("AX_DATABASE_URL_FILE", file)
			s.refused(1, []string{"AX_DATABASE_URL_FILE"}, "server", "mail", "list") // both are set
			s.setenv("AX_DATABASE_URL", "")
		}
		s.setenv("AX_DATA_DIR", elsewhere)
		s.setenv("AX_KEY_FILE", keyFile)
		s.setenv("AX_LISTEN", "127.0.0.1:0")
		s.setenv("AX_PUBLIC_URL", "https://by.environment.example/base/")
		s.setenv("AX_MAIL_DIR", s.mail)
		s.setenv("AX_MIGRATE", "never")
		s.server = s.spawn()
		ready(t, s.server, 10*time.Second)
		s.setenv("ARIZE_API_HOST", s.server.address)
		s.create("jane@x.example")
		if link := linkIn(t, s.letter("jane@x.example", 1)); !strings.HasPrefix(link, "https://by.environment.example/base/invitations/") {
			t.Errorf("the link is %s", link)
		}
	})
}

func TestKeyFiles(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := initialized(t, v)
		own, foreign, torn := filepath.Join(s.data, "key"), filepath.Join(t.TempDir(), "foreign"), filepath.Join(t.TempDir(), "torn")
		other := newSite(t, sqlite, t.TempDir())
		other.init()
		text, err := os.ReadFile(filepath.Join(other.data, "key"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(foreign, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(torn, text[:20], 0o600); err != nil {
			t.Fatal(err)
		}
		s.refused(1, []string{foreign, "not the one"}, "server", "start", "--listen", "127.0.0.1:0", "--key-file", foreign)
		s.refused(1, []string{torn}, "server", "start", "--listen", "127.0.0.1:0", "--key-file", torn)
		elsewhere := filepath.Join(t.TempDir(), "elsewhere")
		if err := os.Rename(own, elsewhere); err != nil {
			t.Fatal(err)
		}
		s.refused(1, []string{"missing", own, "--key-file"}, "server", "start", "--listen", "127.0.0.1:0")
		if _, err := os.Stat(own); !os.IsNotExist(err) {
			t.Errorf("start made a key: %v", err)
		}
		s.setenv("AX_KEY_FILE", elsewhere)
		s.start()
		s.users()
	})
}

// A folder may be called anything that a file system takes, also what means something in a URL.
func TestFolderWithAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"für uns 50%", "a#b?c=%41&d", "'quoted\":memory:"} {
		folder := filepath.Join(t.TempDir(), name)
		s := newSite(t, sqlite, folder)
		s.init()
		s.start()
		s.create("jane@x.example")
		s.must("server", "backup", filepath.Join(folder, "backup.db"))
		s.server.kill()
		intact(t, entries(t, s.database()))
		if _, err := os.Stat(filepath.Join(s.data, "directory.db")); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
