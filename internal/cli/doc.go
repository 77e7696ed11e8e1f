// Package cli is the command line: the tree of commands, and the world that
// they are given. [Main] finds a command and runs it; what it ends with
// becomes an exit code in one place (command.ExitCode).
package cli
