// Command ax manages the users of an Arize AX account or of a directory of your own.
package main

import (
	"context"
	"os"

	"ax/internal/cli"
	"ax/internal/cli/term"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], term.Std(os.Getenv), os.Getenv))
}
