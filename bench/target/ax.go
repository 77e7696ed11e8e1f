//go:build linux

package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"ax/bench/load"
	"ax/bench/people"
	"ax/bench/proc"
	"ax/bench/process"
	"ax/bench/report"
)

// An Ax is a directory of ours and its server.
type Ax struct {
	*Target
	Folder string // of its data
	Key    string

	nursery *process.Nursery
	bin     Binaries
	cluster *Cluster // nil: SQLite
}

// NewAx makes a directory, fills it through its API and serves it. Without a
// cluster it is on SQLite.
func NewAx(ctx context.Context, n *process.Nursery, bin Binaries, folder string, cluster *Cluster, crowd people.Crowd, say func(string)) (*Ax, error) {
	a := &Ax{Target: &Target{Name: report.SQLite}, Folder: filepath.Join(folder, "sqlite"), nursery: n, bin: bin, cluster: cluster}
	if cluster != nil {
		a.Name, a.Folder = report.Postgres, filepath.Join(folder, "ax-postgres")
		a.others, a.cleanup = cluster.Processes, append(a.cleanup, cluster.Stop)
	}
	a.log = a.Folder + ".log"
	if err := a.init(ctx); err != nil {
		return nil, err
	}
	if err := a.fill(ctx, crowd, say); err != nil {
		return nil, fmt.Errorf("fill %s: %w", a.Name, err)
	}
	if err := a.start(ctx, bin.Ax); err != nil {
		return nil, err
	}
	if err := a.learn(ctx, crowd.Size()); err != nil {
		return nil, errors.Join(err, a.server.Stop())
	}
	return a, nil
}

// where says which directory a command is about.
func (a *Ax) where() []string {
	where := []string{"--data-dir", a.Folder}
	if a.cluster != nil {
		where = append(where, "--database-url", a.cluster.URL())
	}
	return where
}

func (a *Ax) init(ctx context.Context) error {
	arguments := append([]string{"server", "init", "--admin-email", "admin@ax.example.com"}, a.where()...)
	cmd := exec.CommandContext(ctx, a.bin.Ax, arguments...) //nolint:gosec // what we have built
	cmd.Env = process.Environment()
	out, err := cmd.Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			return fmt.Errorf("ax server init: %w: %s", err, e.Stderr)
		}
		return err
	}
	a.Key = strings.TrimSpace(string(out))
	a.Header = "Authorization: Bearer " + a.Key + "\r\n"
	return nil
}

func (a *Ax) start(ctx context.Context, binary string, env ...string) (err error) {
	if a.Address, err = FreeAddress(ctx); err != nil {
		return err
	}
	program := process.Program{Path: binary, Args: append([]string{"server", "start", "--listen", a.Address}, a.where()...), Env: env, Log: a.log}
	a.server, err = serve(ctx, a.nursery, program, a.Address, "/readyz")
	return err
}

// Count starts the server anew as a build that counts its goroutines.
func (a *Ax) Count(ctx context.Context) error {
	a.counted = a.Folder + ".goroutines"
	return errors.Join(a.server.Stop(), a.start(ctx, a.bin.Clock, "AX_GOROUTINES_FILE="+a.counted))
}

// past is how far back the clock stands for invitations that are to be
// expired: temporary passwords are good for a day.
const past = -48 * time.Hour

// fill puts everybody in. Those whose invitations are to be expired come in
// while the clock of another build is moved, in turns with the others, so that
// they lie all over the directory. Only the product's own work is timed.
func (a *Ax) fill(ctx context.Context, crowd people.Crowd, say func(string)) error {
	a.Ask = ours{}
	clock := filepath.Join(filepath.Dir(a.Folder), "clock")
	if err := os.WriteFile(clock, []byte(past.String()), 0o600); err != nil {
		return err
	}
	const turns = 8
	var took time.Duration
	var timed int
	var peak int64
	for turn := range turns {
		from, to := crowd.Size()*turn/turns, crowd.Size()*(turn+1)/turns
		if err := a.start(ctx, a.bin.Clock, "AX_CLOCK_FILE="+clock); err != nil {
			return err
		}
		_, err := a.put(ctx, crowd, from, to, true)
		if err := errors.Join(err, a.server.Stop()); err != nil {
			return err
		}
		if err := a.start(ctx, a.bin.Ax); err != nil {
			return err
		}
		r, err := a.put(ctx, crowd, from, to, false)
		memory, err1 := proc.MemoryOf(a.ID())
		if err := errors.Join(err, err1, a.server.Stop(), a.Rested()); err != nil {
			return err
		}
		took, timed, peak = took+r.Elapsed, timed+len(r.Samples), max(peak, memory.Peak)
		say(fmt.Sprintf("%s: %d of %d people, %.0f/s", a.Name, to, crowd.Size(), float64(timed)/took.Seconds()))
	}
	a.Seed = Seed{People: crowd.Size(), Took: took, Rate: float64(timed) / took.Seconds(), Peak: peak}
	return a.weigh(ctx)
}

// put creates the people from one place to another, through 32 connections.
func (a *Ax) put(ctx context.Context, crowd people.Crowd, from, to int, expired bool) (load.Result, error) {
	const conns = 32
	var next atomic.Int64
	next.Store(int64(from))
	r, err := load.Run(ctx, load.Job{
		Address: a.Address, Header: a.Header, Conns: conns, Want: a.Ask.Created(),
		Next: func(int) (load.Request, bool) {
			for {
				i := int(next.Add(1)) - 1
				if i >= to {
					return load.Request{}, false
				}
				if p := crowd.At(i); (p.Status == people.Expired) == expired {
					return a.Ask.Create(p), true
				}
			}
		},
	})
	if err == nil && r.Failures() > 0 {
		err = fmt.Errorf("create: %v", r.Failed)
	}
	return r, err
}

// weigh lets Postgres settle and notes what the directory takes on the disk.
func (a *Ax) weigh(ctx context.Context) (err error) {
	if a.cluster == nil {
		a.Seed.Disk, err = size(a.Folder)
		return err
	}
	if err := a.cluster.Settle(ctx); err != nil {
		return err
	}
	a.Seed.Disk, err = a.cluster.Size()
	return err
}

// learn walks over the directory: it notes ids and the cursor behind nine tenths.
func (a *Ax) learn(ctx context.Context, people int) error {
	const limit = 100
	every, seen, cursor := max(1, people/sampled), 0, ""
	for {
		status, body, err := fetch(ctx, fmt.Sprintf("http://%s/v2/users?limit=%d&cursor=%s", a.Address, limit, url.QueryEscape(cursor)),
			map[string]string{"Authorization": "Bearer " + a.Key})
		if err != nil {
			return err
		}
		var page struct {
			Users      []struct{ ID string }
			Pagination struct {
				Next string `json:"next_cursor"`
			}
		}
		if err := json.Unmarshal(body, &page); err != nil || status != 200 {
			return fmt.Errorf("list: status %d: %w", status, err)
		}
		for _, u := range page.Users {
			if seen++; seen > 1 && seen%every == 0 { // the first is the administrator
				a.IDs = append(a.IDs, u.ID)
			}
		}
		if cursor = page.Pagination.Next; cursor == "" {
			break
		}
		if seen <= people*9/10+limit {
			a.Ask = ours{deep: cursor}
		}
	}
	if seen != people+1 {
		return fmt.Errorf("%d people went in, and %d users are listed", people, seen-1)
	}
	return nil
}
