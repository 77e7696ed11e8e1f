//go:build linux

package process

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// A Folder is a temporary folder that is removed when this program ends,
// however it ends.
type Folder struct {
	Path    string
	life    io.Closer
	janitor *exec.Cmd
}

// janitor removes the folder once the other end of its input is closed.
const janitor = `cat >/dev/null; sleep 1; rm -rf "$1"`

// NewFolder makes a folder under parent.
func NewFolder(ctx context.Context, parent string) (*Folder, error) {
	path, err := os.MkdirTemp(parent, "ax-bench-")
	if err != nil {
		return nil, err
	}
	f := &Folder{Path: path}
	f.janitor = exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", janitor, "ax-bench-janitor", path) //nolint:gosec // our own folder
	f.janitor.Dir = "/"
	f.janitor.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if f.life, err = f.janitor.StdinPipe(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	if err := f.janitor.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	// Programs that run as another user reach their own folders through it.
	return f, os.Chmod(path, 0o711) //nolint:gosec // names in it cannot be listed
}

// Remove removes the folder now.
func (f *Folder) Remove() error {
	return errors.Join(os.RemoveAll(f.Path), f.life.Close(), f.janitor.Wait())
}
