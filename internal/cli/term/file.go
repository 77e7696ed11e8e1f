package term

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const aside = ".ax-*.tmp" // where a file grows until it is complete

// Check finds out, before any request is sent, whether Write could succeed: the
// folder is there and takes new files, and the path is free or names a regular
// file that may be replaced. Errors are *OutputError. It leaves nothing behind.
func (o Output) Check() error {
	if o.Path == "" {
		return nil
	}
	if _, err := o.replaceable(); err != nil {
		return err
	}
	f, err := o.create()
	if err != nil {
		return err
	}
	return o.wrap(errors.Join(f.Close(), os.Remove(f.Name())))
}

// Write stores what write writes at Path, all of it or nothing: it grows aside
// in the same folder, reaches the disk, and only then takes the path. A new
// file is for its owner only (0600), an existing one keeps its mode. No symbolic link
// is followed. What write returns is returned as it is; all else is an
// *OutputError.
func (o Output) Write(write func(io.Writer) error) error { return o.write(0, write) }

func (o Output) write(private fs.FileMode, write func(io.Writer) error) error {
	if _, err := o.replaceable(); err != nil {
		return err
	}
	f, err := o.create()
	if err != nil {
		return err
	}
	defer func() {
		// After the rename the name is gone, and both do nothing.
		_, _ = f.Close(), os.Remove(f.Name())
	}()
	if err := buffered(f, o.Path, write); err != nil {
		return err
	}
	return o.place(f, private)
}

// Replace is Write for a text that holds a secret: the file is for its owner
// only then, whatever it was before.
func (o Output) Replace(text string) error {
	return o.write(0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// place gives a complete file its mode and name.
func (o Output) place(f *os.File, private fs.FileMode) error {
	// Looked at again: much can happen while a long list is fetched.
	mode, err := o.replaceable()
	if err != nil {
		return err
	}
	if private != 0 {
		mode = private
	}
	if err := f.Chmod(mode); err != nil {
		return o.wrap(err)
	}
	if err := f.Sync(); err != nil {
		return o.wrap(err)
	}
	if err := f.Close(); err != nil {
		return o.wrap(err)
	}
	if err := os.Rename(f.Name(), o.Path); err != nil {
		return o.wrap(err)
	}
	// The rename itself is made durable where the system can.
	if folder, err := os.Open(filepath.Dir(o.Path)); err == nil {
		_, _ = folder.Sync(), folder.Close()
	}
	return nil
}

// replaceable says whether a file may take the path, and with which mode.
func (o Output) replaceable() (fs.FileMode, error) {
	folder, err := os.Stat(filepath.Dir(o.Path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, o.refuse(err, "the folder does not exist")
	case err != nil:
		return 0, o.wrap(err)
	case !folder.IsDir():
		return 0, o.refuse(nil, "what should be its folder is not a folder")
	}
	info, err := os.Lstat(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0o600, nil
	case err != nil:
		return 0, o.wrap(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return 0, o.refuse(nil, "it is a symbolic link; name the file itself")
	case info.IsDir():
		return 0, o.refuse(nil, "it is a folder")
	case !info.Mode().IsRegular():
		return 0, o.refuse(nil, "it is not a regular file")
	case info.Mode().Perm()&0o200 == 0:
		return 0, o.refuse(fs.ErrPermission, "the file is read-only")
	}
	return info.Mode().Perm(), nil
}

// create makes the file aside, 0600.
func (o Output) create() (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(o.Path), aside)
	if errors.Is(err, fs.ErrPermission) {
		return nil, o.refuse(err, "the folder is not writable")
	}
	return f, o.wrap(err)
}

func (o Output) refuse(err error, reason string) error {
	return &OutputError{Path: o.Path, Reason: reason, Err: err}
}

// wrap makes err, if there is one, an *OutputError.
func (o Output) wrap(err error) error {
	if err == nil {
		return nil
	}
	return &OutputError{Path: o.Path, Err: bare(err)}
}

// bare leaves out the name that the system's error carries: it is that of the
// file aside, which means nothing to anyone.
func bare(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err
	}
	return err
}
