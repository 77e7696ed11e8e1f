package users

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ax/internal/cli/command"
	"ax/internal/client"
)

// from has the options with which a command takes its users from a list.
type from struct {
	path    string
	columns []string // --map
	dryRun  bool
	results string
	resume  string
	command *cobra.Command
	alone   string // of the options, the one that has a meaning without --from too
}

func (f *from) flags(c *cobra.Command) {
	f.command = c
	set := c.Flags()
	set.StringVar(&f.path, "from", "", "take the users from a list: CSV, JSON, JSON lines or Parquet; - for standard input")
	set.StringArrayVar(&f.columns, "map", nil, "with --from: where a field is, like email='Work Email',full_name='{First} {Last}'")
	set.BoolVar(&f.dryRun, "dry-run", false, "with --from: read the server and say what would be done to each row")
	set.StringVar(&f.results, "results", "", "with --from: the CSV file for what became of each row (default: beside the list)")
	set.StringVar(&f.resume, "resume", "", "with --from: go on where the run with this file of results ended")
}

// given says whether a list was named, and refuses what makes sense with one
// only, or without one only.
func (f *from) given(without ...string) (bool, error) {
	changed := f.command.Flags().Changed
	if !changed("from") {
		for _, name := range []string{"map", "dry-run", "results", "resume", "max-delete"} {
			if changed(name) && name != f.alone {
				return false, command.Usagef("--%s needs --from", name)
			}
		}
		return false, nil
	}
	for _, name := range without {
		if changed(name) {
			return true, command.Usagef("--%s and --from exclude each other: the list has one for each user", name)
		}
	}
	if f.path == "" {
		return true, command.Usagef("Invalid value for '--from': must name a file, or - for standard input")
	}
	return true, f.checkResults()
}

// or runs the command on the list, unless its options were refused.
func (f *from) or(refused error, run func() error) error {
	if refused != nil {
		return refused
	}
	return run()
}

func (f *from) checkResults() error {
	switch {
	case f.dryRun && (f.results != "" || f.resume != ""):
		return command.Usagef("--dry-run does nothing that could have results; leave --results and --resume out")
	case f.results != "" && f.resume != "":
		return command.Usagef("--results and --resume exclude each other: results are added to the file that --resume names")
	}
	for flag, path := range map[string]string{"results": f.results, "resume": f.resume} {
		// An empty one is a variable that is not set: not a run from the start.
		if f.command.Flags().Changed(flag) && !strings.EqualFold(filepath.Ext(path), ".csv") {
			return command.Usagef("Invalid value for '--%s': results are CSV, so the file's name has to end in .csv", flag)
		}
	}
	return nil
}

// resultsPath is where the results go: beside the list, named after it and
// what is done. Those of a pipe go to this folder.
func (f *from) resultsPath(v *verb) string {
	base := "users"
	if info, err := os.Stat(f.path); err == nil && info.Mode().IsRegular() {
		base = strings.TrimSuffix(f.path, filepath.Ext(f.path))
	}
	return cmp.Or(f.resume, f.results, base+"."+v.name+"-results.csv")
}

// again is the command line that goes on with the results in path.
func (f *from) again(path string) string {
	words := []string{f.command.CommandPath()}
	f.command.Flags().Visit(func(flag *pflag.Flag) {
		switch {
		case flag.Name == "results" || flag.Name == "resume":
		case flag.Value.Type() == "bool":
			words = append(words, "--"+flag.Name+strings.TrimSuffix("="+flag.Value.String(), "=true"))
		case flag.Name == "map":
			for _, one := range f.columns {
				words = append(words, "--map", quoted(one))
			}
		default:
			words = append(words, "--"+flag.Name, quoted(flag.Value.String()))
		}
	})
	return strings.Join(append(words, "--resume", quoted(path)), " ")
}

// quoted is a word for a shell.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_./,:=@+%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// run does to every user of the list what v says.
func (f *from) run(ctx context.Context, e *command.Env, v *verb, flags command.OutputFlags) error {
	out, err := command.Open(ctx, e, flags, rowsView(v.done))
	if err != nil {
		return err
	}
	items, err := f.read(e, v)
	if err != nil {
		return err
	}
	if v.ready != nil {
		if err := v.ready(items); err != nil {
			return err
		}
	}
	b := &batch{from: f, env: e, verb: v, items: items}
	if f.dryRun {
		return b.dryRun(ctx, out)
	}
	if b.journal, err = f.openJournal(v, items); err != nil {
		return err
	}
	defer b.journal.close()
	c, err := e.Client(ctx)
	if err != nil {
		return b.journal.unused(err)
	}
	if v.before != nil {
		if err := v.before(ctx, b, c); err != nil {
			return b.journal.unused(err)
		}
	}
	b.all(ctx, c)
	return b.report(ctx, out)
}

// dryRun reads the server and changes nothing.
func (b *batch) dryRun(ctx context.Context, out *command.Output[rowResult]) error {
	c, err := b.env.Client(ctx)
	if err != nil {
		return err
	}
	b.each(ctx, "Reading the server", b.items, func(ctx context.Context, i *item) { b.verb.look(ctx, c, i) })
	return b.report(ctx, out)
}

// A verb is what a command does to each user of a list.
type verb struct {
	name   string // of the command
	doing  string // "Creating users"
	fields []field
	// ready, unless nil, looks at the list as a whole before any request.
	ready func([]*item) error
	// check says what an item lacks; the fields were read.
	check func(*item) []flaw
	// look finds out what do would do.
	look func(context.Context, *client.Client, *item)
	// settled, unless nil, closes an item of an earlier run whose answer is
	// not known; else do settles it.
	settled func(*item)
	// before, unless nil, has the last word before the first do.
	before func(context.Context, *batch, *client.Client) error
	do     func(context.Context, *client.Client, *item)

	done    []string // statuses of rows as they should be
	closed  []string // statuses that are no success, but must not be tried again
	planned []string // what look says of rows that do would do
	ahead   int      // rows that are noted as begun at once; more is quicker, fewer is exact
}

// A flaw is what is wrong with one field of an item.
type flaw struct {
	field, text string
	missing     bool // the item has no value for it
}

func flawf(field, format string, args ...any) []flaw {
	return []flaw{{field: field, text: fmt.Sprintf(format, args...)}}
}
