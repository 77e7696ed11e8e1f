package pgtest

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
)

// usualFolders are where packages put the binaries that they keep out of $PATH: Debian, Red Hat, Homebrew twice.
var usualFolders = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
}

// findBinaries returns the first folder of the search path, else the one with the newest version among the patterns, that
// has both programs that we run. A link is followed, since initdb looks for its neighbours.
func findBinaries(path string, patterns []string) (string, error) {
	if runtime.GOOS == "windows" {
		return "", errMissing // the janitor is a shell script
	}
	folders := filepath.SplitList(path)
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.SortFunc(found, func(a, b string) int { return int(version(b) - version(a)) })
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		target, err := filepath.EvalSymlinks(filepath.Join(folder, "pg_ctl"))
		if err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(target), "initdb")); err == nil {
			return filepath.Dir(target), nil
		}
	}
	return "", errMissing
}

// version reads the digits of a path such as /usr/lib/postgresql/15/bin; 9.6 and older read as larger and are all gone.
func version(path string) int64 {
	var digits []byte
	for _, b := range []byte(path) {
		if b >= '0' && b <= '9' {
			digits = append(digits, b)
		}
	}
	n, err := strconv.ParseInt(string(digits), 10, 32)
	if err != nil {
		return 0
	}
	return n
}
