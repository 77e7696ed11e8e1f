package profile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

const (
	aside    = ".ax-*.tmp"      // where a file grows until it is complete
	lockFile = ".profiles.lock" // held by whoever writes below ~/.arize

	// patience is for a lock whose holder hangs: 50 writers at once are done in less.
	patience = 20 * time.Second
)

// Create stores a new profile, or with replace in place of one of that name,
// and makes it the active one. Errors are *Error and ctx's.
func (f File) Create(ctx context.Context, replace bool, getenv func(string) string) error {
	if err := nameOfFile(f.Name); err != nil {
		return err
	}
	return locked(ctx, getenv, func(dir string) error {
		path := filepath.Join(dir, "profiles", f.Name+".toml")
		if _, err := os.Lstat(path); err == nil && !replace {
			return errExists(f.Name)
		}
		if err := write(path, f.Text()); err != nil {
			return err
		}
		return write(filepath.Join(dir, ".active_profile"), []byte(f.Name))
	})
}

// Creatable says why a profile of this name cannot be created, if so; with
// taken, because there is one. Errors are *Error.
func Creatable(name string, getenv func(string) string) (taken bool, err error) {
	if err := nameOfFile(name); err != nil {
		return false, err
	}
	dir, err := Dir(getenv)
	if err != nil {
		return false, err
	}
	if _, err := os.Lstat(filepath.Join(dir, "profiles", name+".toml")); err == nil {
		return true, errExists(name)
	}
	return false, nil
}

// Updatable says why a profile cannot be updated, if so: there is none. One
// with broken TOML can, by a whole new text. Errors are *Error.
func Updatable(name string, getenv func(string) string) error {
	if _, err := Load(name, getenv); err != nil && !repairable(err) {
		return err
	}
	return nil
}

// Update stores what change makes of a profile; another writer waits
// meanwhile, so no change is lost. Errors are *Error, ctx's and change's.
func Update(ctx context.Context, name string, change func(File) (File, error), getenv func(string) string) error {
	if err := Updatable(name, getenv); err != nil {
		return err
	}
	return locked(ctx, getenv, func(string) error {
		unlock, err := holdTokens(ctx, name, getenv)
		if err != nil {
			return err
		}
		defer unlock()
		f, err := Load(name, getenv)
		if err != nil && !repairable(err) {
			return err
		}
		changed, err := change(f)
		if err != nil {
			return err
		}
		return write(f.Path, changed.Text())
	})
}

// Use makes a profile the active one. local needs no file. Errors are *Error
// and ctx's.
func Use(ctx context.Context, name string, getenv func(string) string) error {
	if isLocal(name) {
		name = Local
	} else if _, err := Load(name, getenv); err != nil {
		return err
	}
	return locked(ctx, getenv, func(dir string) error {
		return write(filepath.Join(dir, ".active_profile"), []byte(name))
	})
}

// Deletable says why a profile cannot be deleted, if so. Errors are *Error.
func Deletable(name string, getenv func(string) string) error {
	if err := Updatable(name, getenv); err != nil {
		return err
	}
	if active, err := Active(getenv); err == nil && active == name {
		return errActive(name)
	}
	return nil
}

// Delete removes a profile's file. Errors are *Error and ctx's.
func Delete(ctx context.Context, name string, getenv func(string) string) error {
	if err := Deletable(name, getenv); err != nil {
		return err
	}
	return locked(ctx, getenv, func(dir string) error {
		if err := Deletable(name, getenv); err != nil {
			return err
		}
		path := filepath.Join(dir, "profiles", name+".toml")
		if err := os.Remove(path); err != nil {
			return errUnwritable(path, err)
		}
		_ = os.Remove(path + ".lock") // of the existing CLI, whose use ends with the file
		return nil
	})
}

// repairable holds for a file that is there but cannot be read as a profile:
// it can still be replaced and deleted.
func repairable(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.broken
}

func nameOfFile(name string) error {
	if isLocal(name) {
		return errLocalIsTaken()
	}
	return CheckName(name)
}

// locked runs do while nobody else writes, with the folders made and for
// their owner only.
func locked(ctx context.Context, getenv func(string) string, do func(dir string) error) error {
	dir, err := Dir(getenv)
	if err != nil {
		return err
	}
	for _, folder := range []string{dir, filepath.Join(dir, "profiles")} {
		if err := ownFolder(folder); err != nil {
			return err
		}
	}
	unlock, err := hold(ctx, filepath.Join(dir, lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	sweep(dir)
	return do(dir)
}

// hold takes the lock on a file, which the system lets go of when the process
// ends, however it does.
func hold(ctx context.Context, path string) (unlock func(), err error) {
	if err := replaceable(path); err != nil {
		return nil, err
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	_, err = lock.TryLockContext(waiting, 5*time.Millisecond)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case waiting.Err() != nil:
		return nil, errLocked(path)
	case err != nil:
		return nil, errUnwritable(path, err)
	}
	return func() { _ = lock.Unlock() }, nil
}

// holdTokens takes the lock under which the existing CLI renews the tokens of
// a browser sign-in, so that none is overwritten with the one before.
func holdTokens(ctx context.Context, name string, getenv func(string) string) (unlock func(), err error) {
	f, _ := Load(name, getenv) // what is wrong with it is found by the next reading
	if !f.browser() {
		return func() {}, nil
	}
	return hold(ctx, f.Path+".lock")
}

// sweep removes what a killed writer has left: it may hold a key.
func sweep(dir string) {
	for _, folder := range []string{dir, filepath.Join(dir, "profiles")} {
		left, _ := filepath.Glob(filepath.Join(folder, aside))
		for _, path := range left {
			_ = os.Remove(path)
		}
	}
}

// ownFolder makes a folder, and takes from others what they may do in it. Its
// parent has to be there: nobody's home is made.
func ownFolder(path string) error {
	err := os.Mkdir(path, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return errUnwritable(path, err)
	}
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return errUnwritable(path, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return errUnwritable(path, errIsLink)
	case !info.IsDir():
		return errUnwritable(path, errNoFolder)
	case !owned(info):
		return errUnwritable(path, errNotOwned)
	case runtime.GOOS != "windows" && info.Mode().Perm() != 0o700:
		if err := os.Chmod(path, 0o700); err != nil { //nolint:gosec // a folder needs its x
			return errUnwritable(path, err)
		}
	}
	return nil
}

// replaceable says why a path must not be written, if so.
func replaceable(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return errUnwritable(path, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return errUnwritable(path, errIsLink)
	case !info.Mode().IsRegular():
		return errUnwritable(path, errNoFile)
	case !owned(info):
		return errUnwritable(path, errNotOwned)
	}
	return nil
}

// write stores a file for its owner only, all of it or nothing: it grows
// aside, reaches the disk, and only then takes the path.
func write(path string, data []byte) error {
	if err := replaceable(path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), aside)
	if err != nil {
		return errUnwritable(path, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()) // a umask may have taken from 0600
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return errUnwritable(path, err)
	}
	// The rename itself is made durable where the system can.
	if folder, err := os.Open(filepath.Dir(path)); err == nil {
		_, _ = folder.Sync(), folder.Close()
	}
	return nil
}

// Exposed holds for a file that others may read, as the existing CLI leaves
// them.
func (f File) Exposed() bool {
	info, err := os.Stat(f.Path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}
