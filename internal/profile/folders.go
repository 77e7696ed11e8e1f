package profile

import (
	"path/filepath"
	"runtime"
)

// DataDir is the folder of the built-in directory: AX_DATA_DIR if set, else
// ax in XDG_DATA_HOME (if that is absolute, as its specification demands) or
// in ~/.local/share; on Windows %LOCALAPPDATA%\ax. Errors are *Error.
func DataDir(getenv func(string) string) (string, error) {
	return dataDir(runtime.GOOS, getenv)
}

func dataDir(goos string, getenv func(string) string) (string, error) {
	if dir := variable(getenv, "AX_DATA_DIR").value; dir != "" {
		return dir, nil
	}
	shared, below := "XDG_DATA_HOME", []string{".local", "share"}
	if goos == "windows" {
		shared, below = "LOCALAPPDATA", []string{"AppData", "Local"}
	}
	if dir := variable(getenv, shared).value; dir != "" && (goos == "windows" || filepath.IsAbs(dir)) {
		return filepath.Join(dir, "ax"), nil
	}
	home, err := homeFor(goos, getenv)
	if err != nil {
		return "", err
	}
	return filepath.Join(home, filepath.Join(below...), "ax"), nil
}

func homeDir(getenv func(string) string) (string, error) { return homeFor(runtime.GOOS, getenv) }

func homeFor(goos string, getenv func(string) string) (string, error) {
	name := "HOME"
	if goos == "windows" {
		name = "USERPROFILE"
	}
	home := variable(getenv, name).value
	if home == "" {
		return "", errNoHome(name)
	}
	return home, nil
}
