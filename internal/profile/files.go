package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxFile is far above any profile; it bounds what a wrong file can cost.
const maxFile = 64 << 10

// File is a profile file.
type File struct {
	Name   string
	Path   string
	Values map[string]any // sections and keys as decoded; unknown ones too

	refs map[string][]string // the variables that Expand read, by dotted key
}

// Dir is the folder that profiles live in, ~/.arize. Errors are *Error.
func Dir(getenv func(string) string) (string, error) {
	home, err := homeDir(getenv)
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".arize"), nil
}

// List returns the names of the profile files, sorted. The built-in local is
// not among them, nor is a file whose name could not be asked for. No folder
// means no profiles. Errors are *Error.
func List(getenv func(string) string) ([]string, error) {
	dir, err := Dir(getenv)
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "profiles")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errUnreadable(dir, err)
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".toml")
		if ok && !e.IsDir() && !isLocal(name) && CheckName(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Active returns the name in ~/.arize/.active_profile, "" when there is none.
// That its file exists is not checked. Errors are *Error.
func Active(getenv func(string) string) (string, error) {
	s, err := active(getenv)
	return s.value, err
}

func active(getenv func(string) string) (setting, error) {
	dir, err := Dir(getenv)
	if err != nil {
		return setting{}, err
	}
	path := filepath.Join(dir, ".active_profile")
	data, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return setting{}, nil
	}
	if err != nil {
		return setting{}, errUnreadable(path, err)
	}
	name := setting{strings.TrimSpace(string(data)), path}
	if name.value == "" {
		return setting{}, nil
	}
	return name, checkName(name)
}

// Load reads ~/.arize/profiles/NAME.toml as written, with its ${VAR}
// references; Expand resolves them. Errors are *Error.
func Load(name string, getenv func(string) string) (File, error) {
	return load(setting{name, ""}, getenv)
}

func load(name setting, getenv func(string) string) (File, error) {
	if err := checkName(name); err != nil {
		return File{}, err
	}
	if isLocal(name.value) {
		return File{}, errLocalHasNoFile()
	}
	dir, err := Dir(getenv)
	if err != nil {
		return File{}, err
	}
	path := filepath.Join(dir, "profiles", name.value+".toml")
	data, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		// The list is a courtesy: failing to make it must not hide the error.
		available, _ := List(getenv)
		return File{}, errNoSuchProfile(name, available)
	}
	if err != nil {
		return File{}, errUnreadable(path, err)
	}
	values, err := decode(path, data)
	return File{Name: name.value, Path: path, Values: values}, err
}

// readRegular reads a file of reasonable size, and nothing that could block.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > maxFile:
		return nil, fmt.Errorf("larger than %d KiB", maxFile>>10)
	}
	return os.ReadFile(path)
}

func decode(path string, data []byte) (map[string]any, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	values := map[string]any{}
	_, err := toml.Decode(string(data), &values)
	if broken, ok := errors.AsType[toml.ParseError](err); ok {
		return nil, errBrokenTOML(path, data, broken)
	}
	if err != nil {
		return nil, errUnreadable(path, err)
	}
	return values, nil
}
