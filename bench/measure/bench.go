//go:build linux

// Package measure is the comparisons: what is asked of which server, how
// often and how long, section by section.
package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"ax/bench/load"
	"ax/bench/people"
	"ax/bench/process"
	"ax/bench/report"
	"ax/bench/target"
)

// A Bench is what all sections share.
type Bench struct {
	Binaries target.Binaries
	Nursery  *process.Nursery
	Folder   string // temporary
	Cache    string // kept from one run to the next
	Out      io.Writer
	Plan     Plan
}

// A Plan is how thoroughly to measure.
type Plan struct {
	People  int
	Few     int           // people where their number matters little
	Rounds  int           // of each row
	For     time.Duration // one round of a row
	Short   time.Duration // one round of a search
	Runs    int           // of a command
	Slow    int           // of a command that takes seconds
	List    int           // people in a list
	Quick   bool          // searches with one connection only, nothing is installed
	Soak    time.Duration
	Only    func(row string) bool
	Million int // people of the great directory
}

// Say tells how far it is.
func (b *Bench) Say(format string, arguments ...any) {
	fmt.Fprintf(b.Out, time.Now().Format(time.TimeOnly)+" "+format+"\n", arguments...)
}

// A fleet is the servers that are measured beside each other.
type fleet struct {
	sqlite, postgres *target.Ax
	pocketbase, bare *target.Target
	crowd            people.Crowd
}

// all are those that run.
func (f *fleet) all() (all []*target.Target) {
	if f.sqlite != nil {
		all = append(all, f.sqlite.Target)
	}
	if f.postgres != nil {
		all = append(all, f.postgres.Target)
	}
	for _, t := range []*target.Target{f.pocketbase, f.bare} {
		if t != nil {
			all = append(all, t)
		}
	}
	return all
}

func (f *fleet) stop() error {
	var errs []error
	for _, t := range f.all() {
		errs = append(errs, t.Stop())
	}
	return errors.Join(errs...)
}

// launch starts and fills the servers. One that cannot be started is left
// out, with a note.
func (b *Bench) launch(ctx context.Context, s *report.Section, folder string, people people.Crowd, peers bool) *fleet {
	f := &fleet{crowd: people}
	say := func(line string) { b.Say("%s", line) }
	try := func(name string, start func() error) {
		b.Say("start and fill %s", name)
		if err := start(); err != nil {
			b.Say("%s: %v", name, err)
			s.Note(fmt.Sprintf("%s was not measured: %v", name, err))
		}
	}
	try(report.SQLite, func() (err error) {
		f.sqlite, err = target.NewAx(ctx, b.Nursery, b.Binaries, folder, nil, people, say)
		return err
	})
	try(report.Postgres, func() error {
		cluster, err := target.NewCluster(ctx, b.Nursery, folder)
		if err != nil {
			return err
		}
		if f.postgres, err = target.NewAx(ctx, b.Nursery, b.Binaries, folder, cluster, people, say); err != nil {
			return errors.Join(err, cluster.Stop())
		}
		s.Note(cluster.Version(ctx) + ", with its defaults, over a Unix socket.")
		return nil
	})
	if peers {
		try(report.PocketBase, func() (err error) {
			f.pocketbase, err = target.NewPocketBase(ctx, b.Nursery, b.Binaries.PocketBase, folder, people)
			return err
		})
		try(report.Bare, func() (err error) {
			f.bare, err = target.NewBare(ctx, b.Nursery, b.Binaries.Bare, folder)
			return err
		})
	}
	f.noteSeeds(s)
	return f
}

func (f *fleet) noteSeeds(s *report.Section) {
	for _, t := range f.all() {
		if t.Seed.People == 0 {
			continue
		}
		s.Add("filling "+t.Name, t.Seed.Rate, "users/s", t.Seed.Took.Round(time.Second).String())
		if t.Seed.Peak > 0 {
			s.Add("memory of "+t.Name+" while filling", float64(t.Seed.Peak)/(1<<20), "MiB at most", "")
		}
		s.Add("size of "+t.Name, float64(t.Seed.Disk)/(1<<20), "MiB on disk", fmt.Sprintf("%.0f bytes/user", float64(t.Seed.Disk)/float64(t.Seed.People)))
	}
}

// dice gives each connection a source of numbers of its own.
func dice(conns int) []*rand.Rand {
	out := make([]*rand.Rand, conns)
	for i := range out {
		out[i] = rand.New(rand.NewPCG(rand.Uint64(), uint64(i))) //nolint:gosec // which user to ask for
	}
	return out
}

// always repeats a request.
func always(r load.Request) func(int) (load.Request, bool) {
	return func(int) (load.Request, bool) { return r, true }
}
