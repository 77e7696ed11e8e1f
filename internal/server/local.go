package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"ax/internal/directory"
	"ax/internal/mail"
)

// A Local is a directory in the same process, for the built-in profile.
type Local struct {
	*Server
	Key string // the API key of the person at the keyboard
}

const (
	localKeyFile   = "local-api-key"
	localMailDir   = "mail"
	localPublicURL = "http://127.0.0.1:8080"
	localMailTime  = 5 * time.Second
)

// OpenLocal opens the directory in the configuration's folder, and makes it
// at first use, with an administrator for the person at the keyboard. The key
// it leaves in the folder is no different from any other: nobody is trusted
// for being near.
func OpenLocal(ctx context.Context, c Config) (*Local, error) {
	c.PublicURL = cmp.Or(c.PublicURL, localPublicURL)
	if c.SMTPURL == "" {
		c.MailDir = cmp.Or(c.MailDir, filepath.Join(c.DataDir, localMailDir))
	}
	file := filepath.Join(c.DataDir, localKeyFile)
	key, err := readLocalKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeLocalKey(ctx, c, file)
	}
	if err != nil {
		return nil, err
	}
	s, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	return &Local{Server: s, Key: key}, nil
}

func readLocalKey(file string) (string, error) {
	text, err := os.ReadFile(file)
	return strings.TrimSpace(string(text)), err
}

func makeLocalKey(ctx context.Context, c Config, file string) (key string, err error) {
	err = alone(c.DataDir, func() error {
		if key, err = readLocalKey(file); !errors.Is(err, fs.ErrNotExist) {
			return err // another process was first
		}
		email, name := person()
		if key, err = localAdministrator(ctx, c, email, name); err != nil {
			return err
		}
		_, err = writeOnce(file, key+"\n")
		return err
	})
	return key, err
}

// localAdministrator makes the directory, or joins one that is there.
func localAdministrator(ctx context.Context, c Config, email, name string) (key string, err error) {
	key, err = initialize(ctx, c, email, name)
	if directory.KindOf(err) != directory.Conflict {
		return key, err
	}
	s, err := Open(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.directory.AdoptHostUser(ctx, hostActor(), email, name)
}

// person is who sits at this machine: the address is one that no mail reaches.
func person() (email, name string) {
	name = "Administrator"
	account := "admin"
	if u, err := user.Current(); err == nil {
		if u.Name != "" {
			name = u.Name
		} else if u.Username != "" {
			name = u.Username
		}
		account = strings.Map(plainAccount, u.Username[strings.LastIndexAny(u.Username, `\/`)+1:])
	}
	email = account + "@ax.localhost"
	if directory.CheckAdministrator(email, name) != nil {
		return "admin@ax.localhost", "Administrator"
	}
	return email, name
}

func plainAccount(r rune) rune {
	if r < 0x80 && (r == '-' || r == '_' || r == '.' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z') {
		return r
	}
	return -1
}

// Deliver makes one pass over the outbox and returns the files that it wrote.
// What does not leave in time waits for the next command or server, and the
// error says so.
func (l *Local) Deliver(ctx context.Context) (files []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, localMailTime)
	defer cancel()
	transport, err := l.config.transport()
	if err != nil {
		return nil, err
	}
	seen := &delivered{Transport: transport}
	if _, err := l.sender(l.config.PublicURL, seen).Pass(ctx); err != nil {
		return nil, fmt.Errorf("the letter waits: %w", err)
	}
	if seen.failed != nil {
		return nil, fmt.Errorf("the letter waits and is tried again by the next command or `ax server start`: %w", seen.failed)
	}
	if l.config.MailDir == "" {
		return nil, nil
	}
	for _, name := range seen.names {
		files = append(files, filepath.Join(l.config.MailDir, name))
	}
	return files, nil
}

// LinksStayHere reports that letters leave this machine with links that only
// this machine can open.
func (l *Local) LinksStayHere() bool {
	return l.config.SMTPURL != "" && loopbackURL(l.config.PublicURL)
}

// delivered remembers what became of the letters that went through it.
type delivered struct {
	mail.Transport
	names  []string
	failed error
}

// Deliver implements mail.Transport.
func (d *delivered) Deliver(ctx context.Context, m mail.Message) error {
	if err := d.Transport.Deliver(ctx, m); err != nil {
		d.failed = err
		return err
	}
	name, err := mail.FileName(m)
	d.names = append(d.names, name)
	return err
}

// MadeLocal tells whether OpenLocal would find its directory in a folder
// rather than make it.
func MadeLocal(folder string) bool {
	_, err := readLocalKey(filepath.Join(folder, localKeyFile))
	return err == nil && initialized(folder)
}
