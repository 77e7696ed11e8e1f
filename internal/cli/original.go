package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/command"
)

// original is the program that this one stands in for.
const original = "arize-ax-cli 0.39.0"

// isOriginals knows the first words of the original's commands.
func isOriginals(word string) bool {
	switch word {
	case "ai-integrations", "annotation-configs", "annotation-queues", "api-keys", "auth", "datasets", "evaluators", "experiments",
		"instrument", "integrations", "organizations", "profiles", "projects", "prompts", "resource-restrictions", "role-bindings",
		"roles", "skills", "spaces", "spans", "tasks", "traces", "upgrade", "users", "webhooks":
		return true
	}
	return false
}

// notOurs refuses a command that only the original has.
func notOurs(word string) error {
	return command.Usagef("'%s' is a command of the original ax (%s), which this program does not have. "+
		"With AX_ORIGINAL=/path/to/that/ax it is handed over, as 'ax %s …'.", word, original, word)
}

// handOver gives a command that only the original has to it, if AX_ORIGINAL
// says where that is: arguments, streams, signals and exit code are then its
// own. On Unix it does not return, unless it fails.
func handOver(root *cobra.Command, args []string, getenv func(string) string) (handed bool, code int, err error) {
	if len(args) == 0 || !isOriginals(args[0]) || ours(root, args[0]) {
		return false, 0, nil
	}
	name := getenv("AX_ORIGINAL")
	if name == "" {
		return false, 0, nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return true, 0, fmt.Errorf("AX_ORIGINAL is %s, which cannot be run: %w", name, bare(err))
	}
	if itself(path) {
		return true, 0, fmt.Errorf("AX_ORIGINAL is %s, which is this very program; it has to name the original ax (%s)", name, original)
	}
	// A wrapper may lead back here; without the variable it does so once.
	code, err = become(path, args, without(os.Environ(), "AX_ORIGINAL"))
	if err != nil {
		err = fmt.Errorf("AX_ORIGINAL is %s, which cannot be run: %w", name, bare(err))
	}
	return true, code, err
}

func ours(root *cobra.Command, word string) bool {
	for _, c := range root.Commands() {
		if c.Name() == word {
			return true
		}
	}
	return false
}

func itself(path string) bool {
	own, err := os.Executable()
	if err != nil {
		return false
	}
	a, errA := os.Stat(own)
	b, errB := os.Stat(path)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func without(environ []string, name string) (rest []string) {
	for _, one := range environ {
		if !strings.HasPrefix(one, name+"=") {
			rest = append(rest, one)
		}
	}
	return rest
}

// bare leaves out the path, which is said already.
func bare(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return e.Err
	}
	return err
}
