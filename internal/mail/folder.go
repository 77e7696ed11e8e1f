package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Folder returns a transport that leaves each message as a file in dir, for a
// mail program to open or an operator to pass on. Folder and files are for
// their owner only: each file holds a link that opens an account.
func Folder(dir string) Transport { return folder(dir) }

type folder string

// Deliver writes the file aside and renames it into place, so that a reader
// sees all of a message or none. A message that comes again replaces itself.
func (f folder) Deliver(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name, err := FileName(m)
	if err != nil {
		return Permanent(err)
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("make the mail folder: %w", err)
	}
	// The name aside is fixed too: what a crash left of this letter is
	// overwritten when it comes again.
	aside := filepath.Join(string(f), "."+name+".part")
	if err := writeFile(aside, m); err != nil {
		os.Remove(aside) //nolint:errcheck // the first error says more
		return fmt.Errorf("write the letter: %w", err)
	}
	if err := os.Rename(aside, filepath.Join(string(f), name)); err != nil {
		os.Remove(aside) //nolint:errcheck // the first error says more
		return fmt.Errorf("put the letter in place: %w", err)
	}
	return syncFolder(string(f))
}

// writeFile returns when m is on the disk.
func writeFile(path string, m Message) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	if _, err := m.WriteTo(file); err != nil {
		return err
	}
	return file.Sync()
}

// syncFolder makes a rename durable. Windows has no such call and needs none.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the mail folder: %w", err)
	}
	defer d.Close() //nolint:errcheck // it was only read
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync the mail folder: %w", err)
	}
	return nil
}

// FileName sorts by the letter's time and is sound on every file system:
// 20261124T090000.000000Z-invitation-TGV0dGVyOjEyMw.eml.
func FileName(m Message) (string, error) {
	kind, err := kindOf(m.Kind)
	if err != nil {
		return "", err
	}
	// Base64's two odd letters, as base64url has them.
	id := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(string(m.Letter))
	if id == "" || strings.ContainsFunc(id, unfitForFiles) {
		return "", fmt.Errorf("the letter's id %q cannot be a file name", m.Letter)
	}
	return m.Created.UTC().Format("20060102T150405.000000Z") + "-" + kind.name + "-" + id + ".eml", nil
}

func unfitForFiles(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}
