package cli

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
)

// become runs the other program on this one's streams and returns its exit
// code. Ctrl-C reaches both; what it means is the other's to say.
func become(path string, args, environ []string) (int, error) {
	signal.Ignore(os.Interrupt)
	cmd := exec.Command(path, args...) //nolint:gosec,noctx // running what the person names is the purpose, for as long as it takes
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, environ
	err := cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return ended.ExitCode(), nil
	}
	return 0, err
}
