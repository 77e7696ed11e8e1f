//go:build linux

package measure

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ax/bench/people"
	"ax/bench/report"
	"ax/bench/target"
)

// Bulk measures a list of people whom one command creates, each time in
// another directory, and then commands that create one each.
func (b *Bench) Bulk(ctx context.Context, s *report.Section) error {
	s.Title, s.People = "A list, created by one command", b.Plan.List
	var all []run
	var server []float64
	for n := range b.Plan.Slow {
		r, cpu, err := b.list(ctx, s, filepath.Join(b.Folder, fmt.Sprint("list", n)), n == b.Plan.Slow-1)
		if err != nil {
			return err
		}
		all, server = append(all, r), append(server, cpu.Seconds())
	}
	addRuns(s, "list", 0, all)
	s.AddSpread("server's CPU for a list", server, "s")
	return nil
}

// list creates one list. last goes on with commands of one user each.
func (b *Bench) list(ctx context.Context, s *report.Section, folder string, last bool) (r run, cpu time.Duration, err error) {
	const there = 5 // people before the list; among more there are those whom searches look for, and the list has them too
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return r, 0, err
	}
	file := filepath.Join(folder, "people.csv")
	if err := writeList(file, people.New(there+b.Plan.List), there); err != nil {
		return r, 0, err
	}
	a, err := target.NewAx(ctx, b.Nursery, b.Binaries, folder, nil, people.New(there), func(string) {})
	if err != nil {
		return r, 0, err
	}
	defer func() { err = errors.Join(err, a.Stop()) }()
	home, err := b.home(a.Address, a.Key)
	if err != nil {
		return r, 0, err
	}
	env := []string{"HOME=" + home}
	create := []string{b.Binaries.Ax, "users", "create", "--role", "member", "--invite-mode", "none", "-o", "json"}
	b.Say("ax users create --from, %d people", b.Plan.List)
	before, err := a.CPU()
	if err != nil {
		return r, 0, err
	}
	runs, err := b.commands(ctx, 1, env, append(create, "--from", file))
	after, err1 := a.CPU()
	if err := errors.Join(err, err1); err != nil {
		return r, 0, err
	}
	if last {
		var single [][]string
		for n := range b.Plan.Runs {
			single = append(single, append(create[:len(create):len(create)], "--full-name", "One", "--email", fmt.Sprintf("one%d@single.example.org", n)))
		}
		ones, err := b.commands(ctx, 1, env, single...)
		if err != nil {
			return r, 0, err
		}
		addLoop(s, ones, b.Plan.List)
	}
	return runs[0], after - before, nil
}

// addLoop adds what a list would take as commands of one user each.
func addLoop(s *report.Section, ones []run, list int) {
	var wall time.Duration
	for _, r := range ones {
		if r.Exit != 0 {
			s.Note(fmt.Sprintf("A command of one user ended with %d: %s", r.Exit, r.Error))
			return
		}
		wall += r.Wall
	}
	s.Add("list, one by one", wall.Seconds()/float64(len(ones))*float64(list)*1000, "ms", fmt.Sprintf("by %d commands", len(ones)))
}

func writeList(file string, crowd people.Crowd, from int) (err error) {
	f, err := os.Create(file) //nolint:gosec // in our folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	rows := [][]string{{"full_name", "email"}}
	for i := from; i < crowd.Size(); i++ {
		p := crowd.At(i)
		rows = append(rows, []string{p.Name, p.Email})
	}
	return w.WriteAll(rows)
}
