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

	text []byte              // as written
	refs map[string][]string // the variables that Expand read, by dotted key
}

// Parse makes a profile of a text that is not stored yet: a file's content,
// or nothing. from says in errors where the text is. Errors are *Error.
func Parse(name, from string, text []byte) (File, error) {
	if len(text) > maxFile {
		return File{}, errUnreadable(from, errTooLarge())
	}
	values, err := decode(from, text)
	return File{Name: name, Path: from, Values: values, text: text}, err
}

// Edit returns the profile with keys changed, and everything else in its text
// as it was. A change that would have no effect, or make a profile that
// another CLI refuses, is an error. Errors are *Error.
func (f File) Edit(edits ...Edit) (File, error) {
	text, err := edit(f.Path, f.text, edits)
	if err != nil {
		return File{}, err
	}
	changed, err := Parse(f.Name, f.Path, text)
	if err != nil {
		return File{}, err
	}
	for _, e := range edits {
		if err := changed.contradiction(e); err != nil {
			return File{}, err
		}
	}
	return changed, nil
}

// contradiction says what else in the profile an edit does not go with.
func (f File) contradiction(e Edit) error {
	switch {
	case e.Value == "":
	case e.Key == "auth.api_key" && f.browser():
		return errKeyBesideBrowser(f)
	case e.Key == "routing.api_host":
		for _, other := range []string{"routing.region", "routing.single_host", "routing.single_port", "routing.base_domain"} {
			if value := f.Value(other); value != "" && value != noPort {
				return errShadowed(e.Key, setting{value, other + " in " + f.Path})
			}
		}
	}
	return nil
}

// browser holds for a profile that has, or had, tokens of a browser sign-in.
func (f File) browser() bool {
	auth, _ := f.Values["auth"].(map[string]any)
	return auth["oauth"] != nil || f.Value("auth.auth_method") == "oauth"
}

// Text is the file as written, with a line break at its end.
func (f File) Text() []byte {
	if len(f.text) == 0 || f.text[len(f.text)-1] == '\n' {
		return f.text
	}
	return slices.Concat(f.text, []byte("\n"))
}

// Value is the text of a dotted key as it is written, "" when it is absent or
// no text.
func (f File) Value(key string) string {
	section, key, _ := strings.Cut(key, ".")
	table, _ := f.Values[section].(map[string]any)
	s, _ := table[key].(string)
	return s
}

// Check says why the profile should not be stored, if so: nothing could use
// it. That a variable is not set now is no reason, nor is a sign-in through
// the browser, which the existing CLI has. Errors are *Error.
func (f File) Check(getenv func(string) string) error {
	x := expansion{getenv: getenv, lenient: true, refs: map[string][]string{}}
	expanded := f
	expanded.Values, _ = x.walk("", f.Values).(map[string]any)
	expanded.refs = x.refs
	if f.browser() || strings.Contains(f.Value("auth.api_key"), "${") {
		expanded.Values["auth"] = map[string]any{"api_key": "some"} // the rest is looked at all the same
	}
	_, err := expanded.resolved(getenv)
	return err
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
	return Parse(name.value, path, data)
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
		return nil, errTooLarge()
	}
	return os.ReadFile(path)
}

func errTooLarge() error { return fmt.Errorf("larger than %d KiB", maxFile>>10) }

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
