//go:build linux

package measure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ax/bench/load"
	"ax/bench/people"
	"ax/bench/report"
	"ax/bench/target"
)

// Local measures a command that writes to a folder whose server has all that
// it can do.
func (b *Bench) Local(ctx context.Context, s *report.Section) error {
	s.Title, s.People = "A command on the folder of a busy server", b.Plan.Few
	a, err := target.NewAx(ctx, b.Nursery, b.Binaries, b.Folder, nil, people.New(s.People), func(string) {})
	if err != nil {
		return err
	}
	return errors.Join(b.besideServer(ctx, s, a), a.Stop())
}

func (b *Bench) besideServer(ctx context.Context, s *report.Section, a *target.Ax) error {
	env := []string{"HOME=" + b.Folder, "AX_DATA_DIR=" + a.Folder}
	create := func(who string) []string {
		return []string{
			b.Binaries.Ax, "--profile", "local", "users", "create", "-o", "json", "--full-name", "Local", "--email", who + "@local.example.org",
			"--role", "MEMBER", "--invite-mode", "NONE",
		}
	}
	if err := b.settle(ctx, env, create("first")); err != nil {
		return err
	}
	var all [][]string
	for i := range b.Plan.Runs {
		all = append(all, create(fmt.Sprintf("idle%d", i)))
	}
	idle, err := b.commands(ctx, 1, env, all...)
	if err != nil {
		return err
	}
	addWrites(s, "idle", idle)
	for i := range all {
		all[i] = create(fmt.Sprintf("busy%d", i))
	}
	const conns = 32
	next := newcomers()
	busy, stop := context.WithCancel(ctx)
	ended := make(chan load.Result)
	go func() {
		r, _ := load.Run(busy, load.Job{ //nolint:errcheck // it ends by being cancelled
			Address: a.Address, Header: a.Header, Conns: conns, Want: a.Ask.Created(),
			Next: func(int) (load.Request, bool) { return a.Ask.Create(next()), true },
		})
		ended <- r
	}()
	time.Sleep(time.Second / 2)
	runs, err := b.commands(ctx, 1, env, all...)
	stop()
	r := <-ended
	s.Add("creates by the server meanwhile", r.Rate(), "requests/s", trouble(r))
	if err != nil {
		return err
	}
	addWrites(s, "write", runs)
	return nil
}

func addWrites(s *report.Section, name string, runs []run) {
	var wall []float64
	failures, why := 0, ""
	for _, r := range runs {
		wall = append(wall, float64(r.Wall)/float64(time.Millisecond))
		if r.Exit != 0 {
			failures, why = failures+1, r.Error
		}
	}
	s.Add(name+" p50", percentile(wall, 0.5), "ms", "the whole command")
	s.Add(name+" p99", percentile(wall, 0.99), "ms", fmt.Sprintf("%d commands", len(runs)))
	s.Add(name+" failures", float64(failures), "", why)
}
