package profile

import "strings"

// maxName leaves room for ".toml" in the 255 bytes of a file name.
const maxName = 250

// CheckName refuses names that could not, or should not, name a file: a
// profile's name is letters, digits, hyphens and underscores of ASCII.
// Errors are *Error.
func CheckName(name string) error { return checkName(setting{name, ""}) }

// checkName goes before every use of the file system, wherever the name came
// from: the path is made of it.
func checkName(name setting) error {
	if name.value == "" || len(name.value) > maxName || strings.ContainsFunc(name.value, notInNames) {
		return errBadName(name)
	}
	return nil
}

func notInNames(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		return false
	}
	return true
}
