package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ax/internal/directory"
)

// readKey reads the directory's key from its file.
func readKey(file string) (directory.Key, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return directory.Key{}, fmt.Errorf("the directory's key is missing: there is no file %s; bring it back from where it was made, or name it with --key-file", file)
	}
	if err != nil {
		return directory.Key{}, fmt.Errorf("the directory's key: %w", err)
	}
	key, err := directory.ParseKey(string(text))
	if err != nil {
		return directory.Key{}, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// makeKey reads the key file, or makes it when it is absent. made says which.
func makeKey(file string) (key directory.Key, made bool, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		text, err := directory.NewKey(rand.Reader)
		if err != nil {
			return key, false, err
		}
		if made, err = writeOnce(file, text); err != nil {
			return key, false, fmt.Errorf("the directory's key: %w", err)
		}
	}
	key, err = readKey(file)
	return key, made, err
}

// writeOnce puts text into a new file for its owner only, whole and durable
// from the moment it is there. It reports false when the file is there already.
func writeOnce(file, text string) (made bool, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return false, err
	}
	aside, err := os.CreateTemp(filepath.Dir(file), ".ax-*") // 0600
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.Remove(aside.Name())) }()
	_, err = aside.WriteString(text)
	if err := errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return false, err
	}
	err = os.Link(aside.Name(), file)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}
