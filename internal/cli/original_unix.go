//go:build unix

package cli

import "syscall"

// become makes this process the other program.
func become(path string, args, environ []string) (int, error) {
	return 0, syscall.Exec(path, append([]string{path}, args...), environ) //nolint:gosec // running what the person names is the purpose
}
