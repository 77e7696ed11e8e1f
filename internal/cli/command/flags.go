package command

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ax/internal/cli/term"
)

// OutputFlags are the options that say how data is shown; AddOutput gives them
// to a command, Open reads them.
type OutputFlags struct {
	output, jq string
	columns    []string // as given
	quiet, raw bool
}

// AddOutput adds the options to a command that shows a view.
func AddOutput[T any](c *cobra.Command, f *OutputFlags, view func() View[T]) {
	flags := c.Flags()
	flags.StringVarP(&f.output, "output", "o", "", "output format (table, json, jsonl, csv, parquet) or file path")
	flags.StringVar(&f.jq, "jq", "", "print what a jq expression makes of the JSON")
	flags.StringArrayVar(&f.columns, "columns", nil, "only these columns, in this order, separated by commas")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print ids only, one on each line")
	flags.BoolVar(&f.raw, "csv-raw", false, "leave CSV cells as they are, formulas and control characters included")
	// Completion is a convenience: a name that is taken is no reason to fail.
	_ = c.RegisterFlagCompletionFunc("output", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return term.Formats(), cobra.ShellCompDirectiveDefault
	})
	_ = c.RegisterFlagCompletionFunc("columns", func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return continued(begun, view().Names()), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// Given is the first of the options on a command line, "" without one.
func (f OutputFlags) Given(c *cobra.Command) string {
	for _, name := range []string{"output", "jq", "columns", "quiet", "csv-raw"} {
		if c.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

// continued completes the last name of a list, offering none twice.
func continued(begun string, names []string) (offers []string) {
	before := begun[:strings.LastIndexByte(begun, ',')+1]
	taken := strings.Split(before, ",")
	for _, name := range names {
		if !slices.Contains(taken, name) {
			offers = append(offers, before+name)
		}
	}
	return offers
}

// names are the columns asked for, each once.
func (f OutputFlags) names() (names []string, err error) {
	for _, given := range f.columns {
		for name := range strings.SplitSeq(given, ",") {
			name = strings.TrimSpace(name)
			if name == "" {
				return nil, Usagef("Invalid value for '--columns': a name is missing")
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// check refuses options of which one would have no effect.
func (f OutputFlags) check() error {
	switch {
	case f.quiet && (f.output != "" || f.jq != "" || len(f.columns) > 0):
		return Usagef("--quiet prints ids only; it excludes --output, --jq and --columns")
	case f.jq != "" && len(f.columns) > 0:
		return Usagef("--jq and --columns exclude each other; the expression can choose")
	case f.jq != "" && f.output != "" && f.output != string(term.FormatJSON):
		return Usagef("--jq works on JSON and writes to standard output; it excludes other values of --output")
	}
	return nil
}
