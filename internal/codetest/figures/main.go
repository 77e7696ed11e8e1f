// Command figures prints a Markdown table of how long the module's functions and files are, beside the sizes that
// docs/architecture.md aims at. With -write it renews the table in a document, between two comments:
//
//	<!-- figures -->
//	<!-- /figures -->
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"

	"ax/internal/codetest"
)

const (
	begin = "<!-- figures -->"
	end   = "<!-- /figures -->"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("figures", flag.ContinueOnError)
	root := flags.String("root", ".", "the module's `folder`")
	document := flags.String("write", "", "renew the table in this `file` instead of printing it")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	files, err := codetest.Load(os.DirFS(*root))
	if err != nil {
		return err
	}
	table := render(measure(files))
	if *document == "" {
		_, err := io.WriteString(out, table)
		return err
	}
	old, err := os.ReadFile(*document)
	if err != nil {
		return err
	}
	renewed, err := splice(old, table)
	if err != nil {
		return fmt.Errorf("%s: %w", *document, err)
	}
	return os.WriteFile(*document, renewed, 0o644)
}

// splice puts the table between the two comments of a document.
func splice(document []byte, table string) ([]byte, error) {
	before, rest, found := bytes.Cut(document, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return nil, fmt.Errorf("it has no %s followed by %s", begin, end)
	}
	return fmt.Appendf(nil, "%s%s\n\n%s\n%s%s", before, begin, table, end, after), nil
}
