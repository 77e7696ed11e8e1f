//go:build linux

package measure

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"ax/bench/load"
	"ax/bench/people"
	"ax/bench/proc"
	"ax/bench/report"
	"ax/bench/target"
)

// Soak reads and writes for minutes and looks for what grows.
func (b *Bench) Soak(ctx context.Context, s *report.Section) error {
	s.Title, s.People = fmt.Sprintf("Reading and writing for %s with 64 connections", b.Plan.Soak), b.Plan.Few
	s.Note("60 % get, 15 % list, 12 % search, 5 % update, 4 % create, 4 % delete. A figure is of the first quarter and of the last. " +
		"Both engines are under load at the same time, so the rates are no measure of either.")
	f := b.launch(ctx, s, b.Folder, people.New(s.People), false)
	for _, a := range []*target.Ax{f.sqlite, f.postgres} {
		if a == nil {
			continue
		}
		if err := a.Count(ctx); err != nil {
			return errors.Join(err, f.stop())
		}
	}
	b.Say("%d servers for %s", len(f.all()), b.Plan.Soak)
	sections, errs := make([]report.Section, len(f.all())), make([]error, len(f.all()))
	var all sync.WaitGroup
	for i, t := range f.all() {
		all.Go(func() { errs[i] = b.soak(ctx, &sections[i], t) })
	}
	all.Wait()
	for _, part := range sections {
		s.Facts, s.Notes = append(s.Facts, part.Facts...), append(s.Notes, part.Notes...)
	}
	return errors.Join(append(errs, f.stop())...)
}

func (b *Bench) soak(ctx context.Context, s *report.Section, t *target.Target) error {
	const conns, looks = 64, 40
	mixed := mixture(t, conns)
	mixed.For = b.Plan.Soak
	ended := make(chan struct{})
	var watched []look
	go func() {
		defer close(ended)
		for range looks - 1 { // none at the end, when connections are closing
			time.Sleep(b.Plan.Soak / looks)
			if l, err := lookAt(t); err == nil {
				watched = append(watched, l)
			}
			_ = t.Rested() // at worst the log grows
		}
	}()
	r, err := load.Run(ctx, mixed)
	<-ended
	if err != nil {
		return err
	}
	quarter := b.Plan.Soak / 4
	first, last := r.Between(0, quarter), r.Between(3*quarter, b.Plan.Soak)
	for _, part := range []struct {
		when    string
		r       load.Result
		watched []look
	}{{"first", first, watched[:len(watched)/4]}, {"last", last, watched[len(watched)*3/4:]}} {
		name := t.Name + ", " + part.when + " quarter: "
		p := part.r.Percentiles(0.5, 0.99, 0.999)
		s.Add(name+"requests", part.r.Rate(), "requests/s", "")
		s.Add(name+"p50", ms(p[0]), "ms", "")
		s.Add(name+"p99", ms(p[1]), "ms", "")
		s.Add(name+"p99.9", ms(p[2]), "ms", "")
		s.AddSpread(name+"memory", column(part.watched, func(l look) float64 { return float64(l.memory) / (1 << 20) }), "MiB")
		s.AddSpread(name+"goroutines", column(part.watched, func(l look) float64 { return float64(l.goroutines) }), "")
		s.AddSpread(name+"threads", column(part.watched, func(l look) float64 { return float64(l.threads) }), "")
		s.AddSpread(name+"open files", column(part.watched, func(l look) float64 { return float64(l.files) }), "")
	}
	if what := trouble(r); what != "" {
		s.Note(t.Name + ": " + what)
	}
	return nil
}

// A look is what a process holds at a moment.
type look struct {
	memory                     int64
	goroutines, threads, files int
}

func lookAt(t *target.Target) (l look, err error) {
	m, err1 := proc.MemoryOf(t.ID())
	goroutines, err2 := t.Goroutines()
	threads, err3 := proc.Threads(t.ID())
	files, err4 := proc.Files(t.ID())
	return look{m.Now, goroutines, threads, files}, errors.Join(err1, err2, err3, err4)
}

func column(looks []look, of func(look) float64) (values []float64) {
	for _, l := range looks {
		values = append(values, of(l))
	}
	return values
}

// mixture asks for a bit of everything. Who is created may be deleted later,
// by the same connection.
func mixture(t *target.Target, conns int) load.Job {
	d, next := dice(conns), newcomers()
	made := make([][]string, conns)
	j := reading(t, nil)
	j.Conns = conns
	j.Next = func(conn int) (load.Request, bool) {
		r := mixed(t, d[conn], next, &made[conn])
		return r, true
	}
	j.Seen = func(conn int, a load.Answer) {
		if a.Status == t.Ask.Created() {
			made[conn] = append(made[conn], idIn(string(a.Body)))
		}
	}
	return j
}

func mixed(t *target.Target, d *rand.Rand, next func() people.Person, made *[]string) load.Request {
	id := t.IDs[d.IntN(len(t.IDs))]
	switch n := d.IntN(100); {
	case n < 60:
		return t.Ask.Get(id)
	case n < 70:
		return t.Ask.List(50)
	case n < 75:
		return t.Ask.Deep(50)
	case n < 87:
		terms := people.Terms()
		return t.Ask.Find(terms[d.IntN(3)].Text, "") // the adversary is not an everyday guest
	case n < 92:
		return t.Ask.Rename(id, fmt.Sprintf("Renamed %d", d.Int64()))
	case n >= 96 && len(*made) > 0: // as many as are created, so that the directory keeps its size
		r := t.Ask.Delete((*made)[0])
		*made, r.Want = (*made)[1:], http.StatusNoContent
		return r
	default:
		r := t.Ask.Create(next())
		r.Want = t.Ask.Created()
		return r
	}
}
