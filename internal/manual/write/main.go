// Command write puts what package manual makes where it belongs: with -root
// into the project, with -man DIR the man pages into a folder.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"ax/internal/cli"
	"ax/internal/manual"
)

func main() {
	root := flag.String("root", "", "folder of the project")
	man := flag.String("man", "", "folder for the man pages")
	flag.Parse()
	if err := run(*root, *man); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root, man string) error {
	if man != "" {
		return all(man, manual.Man(cli.Tree()))
	}
	if root == "" {
		return errors.New("give -root or -man")
	}
	files, err := manual.Project(os.DirFS(root), cli.Tree())
	if err != nil {
		return err
	}
	return all(root, files)
}

func all(folder string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // pages for everybody
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // pages for everybody
			return err
		}
	}
	return nil
}
