//go:build linux

// Command compare runs the command lines of the existing ax beside ours, on the
// same directory and in one run, and writes what came out of both into
// docs/compatibility.md:
//
//	compare                      run everything and write the table
//	compare -only 'list.*json'   run some, and print how the two differ
//	compare -whole               start a Python process for each command line
//	compare -start-up            measure time and memory instead
//
// A difference has to be explained by a rule in rules.go, which turns what the
// original did into what ours should do. The first that no rule explains makes
// the program fail. The cases of a group of commands are in a file of its own.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
)

// options are the flags.
type options struct {
	root, original, only, page string
	whole, verbose, again      bool
	startUp                    bool
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", ".", "folder of the module of ax")
	flag.StringVar(&o.original, "original", "", "folder of the original's virtual environment (default .cache/original)")
	flag.StringVar(&o.only, "only", "", "only command lines that match this regular expression; the page stays")
	flag.StringVar(&o.page, "o", "", "page to write the table into (default docs/compatibility.md)")
	flag.BoolVar(&o.whole, "whole", false, "start Python anew for each command line")
	flag.BoolVar(&o.again, "again", false, "run nothing: apply the rules to the results of the last run")
	flag.BoolVar(&o.startUp, "start-up", false, "measure time and memory of whole processes instead, beside curl and the original")
	flag.BoolVar(&o.verbose, "show", false, "print both results of each command line")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.root, err = filepath.Abs(o.root); err != nil {
		return err
	}
	if o.original == "" {
		o.original = filepath.Join(o.root, ".cache", "original")
	}
	if o.page == "" {
		o.page = filepath.Join(o.root, "docs", "compatibility.md")
	}
	wanted, err := regexp.Compile(o.only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if o.startUp {
		return inFolder(func(folder string) error { return startUp(ctx, o, folder) })
	}
	outcomes, err := recall(o, wanted)
	if !o.again {
		outcomes, err = compareAll(ctx, o, wanted)
	}
	if err != nil {
		return err
	}
	return report(o, outcomes)
}

// compareAll runs the command lines that are wanted.
func compareAll(ctx context.Context, o options, wanted *regexp.Regexp) (outcomes []Outcome, err error) {
	var cases []Case
	for _, group := range groups() {
		for _, c := range group.Cases {
			if c.Group = group.Name; wanted.MatchString(c.Title()) {
				cases = append(cases, c)
			}
		}
	}
	err = inFolder(func(folder string) error {
		w, err := newWorld(ctx, o, folder)
		if err != nil {
			return err
		}
		defer w.close()
		outcomes, err = w.all(ctx, cases)
		return err
	})
	if err != nil {
		return nil, err
	}
	return outcomes, remember(o, outcomes)
}

// inFolder lends a folder that goes afterwards.
func inFolder(use func(folder string) error) error {
	folder, err := os.MkdirTemp("", "axc")
	if err != nil {
		return err
	}
	return errors.Join(use(folder), os.RemoveAll(folder))
}

// results is where the last run's results are kept.
func (o options) results() string { return filepath.Join(o.root, ".cache", "compare.json") }

func remember(o options, outcomes []Outcome) error {
	if o.only != "" {
		return nil
	}
	text, err := json.Marshal(outcomes) //nolint:musttag // read by this program only
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(o.results()), 0o750), os.WriteFile(o.results(), text, 0o600))
}

func recall(o options, wanted *regexp.Regexp) (outcomes []Outcome, err error) {
	if !o.again {
		return nil, nil
	}
	text, err := os.ReadFile(o.results())
	if err = errors.Join(err, json.Unmarshal(text, &outcomes)); err != nil { //nolint:musttag // as above
		return nil, fmt.Errorf("-again: %w", err)
	}
	outcomes = slices.DeleteFunc(outcomes, func(c Outcome) bool { return !wanted.MatchString(c.Title()) })
	for i, c := range outcomes {
		outcomes[i] = compare(c.Case, c.Theirs, c.Ours)
	}
	return outcomes, nil
}

// report prints what no rule explains, and writes the page when everything ran.
func report(o options, outcomes []Outcome) error {
	unexplained := 0
	for _, c := range outcomes {
		if c.Difference != "" || o.verbose {
			fmt.Print(c.Text(o.verbose)) //nolint:forbidigo // what the program is for
		}
		if c.Difference != "" {
			unexplained++
		}
	}
	fmt.Println(count(outcomes)) //nolint:forbidigo // as above
	if unexplained > 0 {
		return fmt.Errorf("%d of %d command lines differ and no rule says why", unexplained, len(outcomes))
	}
	if o.only != "" {
		return nil
	}
	return writePage(o.page, outcomes)
}
