//go:build linux

// Command bench measures the directory beside what one would use instead and
// beside what the machine can do at most, and writes docs/performance.md. It
// builds, fills, starts and ends all servers itself.
//
//	bench                          everything but the two below, some ten minutes
//	bench -quick                   a look in three minutes, into .cache/bench/quick.md
//	bench -million -soak 5m        besides: 1,000,000 users, five minutes of load; 25 minutes in all
//	bench -sections cli,signin     some of it; the other figures stay
//
// It needs Linux, PostgreSQL's binaries and curl. What it starts ends with it,
// however it ends. The module has next to no dependencies: PocketBase is in a
// module of its own below, and so are benchmarks inside our server's process.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"ax/bench/measure"
	"ax/bench/process"
	"ax/bench/report"
	"ax/bench/target"
)

// options are the flags.
type options struct {
	root, out, work, sections, rows string
	people, rounds                  int
	long                            time.Duration
	quick, million                  bool
	soak                            time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", "..", "folder of the module of ax")
	flag.StringVar(&o.out, "o", "", "file to write (default docs/performance.md; with -quick .cache/bench/quick.md)")
	flag.StringVar(&o.work, "work", "", "folder for the servers' data (default: the temporary one)")
	flag.StringVar(&o.sections, "sections", "pairs,cli,bulk,signin,local", "what to measure")
	flag.StringVar(&o.rows, "rows", "", "only requests that match this regular expression")
	flag.IntVar(&o.people, "n", 0, "users (default 100000; with -quick 10000)")
	flag.IntVar(&o.rounds, "rounds", 0, "rounds of each row (default 3; with -quick 2)")
	flag.DurationVar(&o.long, "for", 0, "length of a round (default 800ms; with -quick 150ms)")
	flag.BoolVar(&o.quick, "quick", false, "a quick look, too short for figures to trust")
	flag.BoolVar(&o.million, "million", false, "measure 1,000,000 users too")
	flag.DurationVar(&o.soak, "soak", 0, "also read and write for so long, on each engine")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

func (o *options) plan() (p measure.Plan, err error) {
	p = measure.Plan{People: 100_000, Few: 10_000, Rounds: 3, For: 800 * time.Millisecond, Runs: 200, Slow: 5, List: 10_000, Million: 1_000_000, Soak: o.soak}
	if o.quick {
		p = measure.Plan{People: 10_000, Few: 2000, Rounds: 2, For: 150 * time.Millisecond, Runs: 30, Slow: 2, List: 2000, Million: 20_000, Soak: o.soak, Quick: true}
	}
	if o.people > 0 {
		p.People = o.people
	}
	if o.rounds > 0 {
		p.Rounds = o.rounds
	}
	if o.long > 0 {
		p.For = o.long
	}
	p.Short = p.For * 2 / 3
	if o.rows != "" {
		rows, err := regexp.Compile(o.rows)
		if err != nil {
			return p, fmt.Errorf("-rows: %w", err)
		}
		p.Only = rows.MatchString
	}
	return p, nil
}

// A part is a section and what measures it.
type part struct {
	name    string
	measure func(context.Context, *report.Section) error
}

func (o *options) parts(b *measure.Bench) ([]part, error) {
	all := []part{
		{report.Pairs, b.Pairs}, {report.CLI, b.CLI}, {report.Bulk, b.Bulk}, {report.SignIn, b.SignIn}, {report.Local, b.Local},
		{report.Million, b.Million}, {report.Soak, b.Soak},
	}
	asked := strings.FieldsFunc(o.sections, func(r rune) bool { return r == ',' })
	if o.million {
		asked = append(asked, report.Million)
	}
	if o.soak > 0 {
		asked = append(asked, report.Soak)
	}
	var chosen []part
	for _, p := range all {
		if slices.Contains(asked, p.name) {
			chosen = append(chosen, p)
			asked = slices.DeleteFunc(asked, func(name string) bool { return name == p.name })
		}
	}
	if len(asked) > 0 {
		return nil, fmt.Errorf("-sections: there is no %s", strings.Join(asked, ", "))
	}
	return chosen, nil
}

// places says where the page goes, if not said otherwise, and returns where the
// figures are kept from which it is written.
func (o *options) places(cache string) (kept string) {
	switch {
	case o.out != "":
		return o.out + ".json"
	case o.quick:
		o.out = filepath.Join(cache, "quick.md")
		return filepath.Join(cache, "quick.json")
	default:
		o.out = filepath.Join(o.root, "docs", "performance.md")
		return filepath.Join(cache, "results.json")
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.root, err = filepath.Abs(o.root); err != nil {
		return err
	}
	cache := filepath.Join(o.root, ".cache", "bench")
	b := &measure.Bench{Nursery: process.NewNursery(), Out: os.Stderr}
	if b.Plan, err = o.plan(); err != nil {
		return err
	}
	parts, err := o.parts(b)
	if err != nil {
		return err
	}
	kept := o.places(cache)
	user, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	b.Cache = filepath.Join(user, "ax-bench")
	b.Say("build")
	if b.Binaries, err = target.Build(ctx, o.root, filepath.Join(cache, "bin")); err != nil {
		return err
	}
	return measured(ctx, o, b, parts, kept)
}

// measured runs the parts and writes down what there is after each.
func measured(ctx context.Context, o options, b *measure.Bench, parts []part, kept string) error {
	r, err := report.Load(kept)
	if err != nil {
		return fmt.Errorf("%s: %w; remove it to begin anew", kept, err)
	}
	r.Machine = machine(ctx, o.root)
	if o.quick {
		r.Machine = append(r.Machine, "a quick look: its rounds are too short for figures to trust")
	}
	for _, p := range parts {
		s, err := one(ctx, o, b, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			b.Say("%s: %v", p.name, err)
			s.Note(fmt.Sprintf("This section ended early: %v", err))
		}
		r.Put(s)
		if err := r.Save(kept); err != nil {
			return err
		}
		if err := os.WriteFile(o.out, []byte(r.Markdown("make bench")), 0o644); err != nil { //nolint:gosec // a page to read
			return err
		}
	}
	fmt.Print(r.Markdown("make bench")) //nolint:forbidigo // what the program is for
	b.Say("written to %s", o.out)
	return nil
}

// one measures a section in a folder of its own.
func one(ctx context.Context, o options, b *measure.Bench, p part) (s report.Section, err error) {
	s = report.Section{Name: p.name, Title: p.name, Date: time.Now(), Commit: commit(ctx, o.root)}
	folder, err := process.NewFolder(ctx, o.work)
	if err != nil {
		return s, err
	}
	b.Folder = folder.Path
	b.Say("section %s", p.name)
	err = p.measure(ctx, &s)
	s.Took = time.Since(s.Date)
	if err1 := folder.Remove(); err == nil {
		err = err1
	}
	return s, err
}
