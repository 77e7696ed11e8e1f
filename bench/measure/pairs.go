//go:build linux

package measure

import (
	"context"
	"fmt"
	"time"

	"ax/bench/people"
	"ax/bench/report"
	"ax/bench/target"
)

// Pairs measures every row on every server, in turns.
func (b *Bench) Pairs(ctx context.Context, s *report.Section) error {
	s.Title, s.People = "Requests, side by side", b.Plan.People
	f := b.launch(ctx, s, b.Folder, people.New(b.Plan.People), true)
	b.rows(ctx, s, f, rows(f.crowd))
	noteMemory(s, f)
	return f.stop()
}

// rows measures rows one by one; one that fails says so in its cells.
func (b *Bench) rows(ctx context.Context, s *report.Section, f *fleet, all []row) {
	ids := map[string]*made{} // by server, connections and round
	for _, r := range all {
		if ctx.Err() != nil || b.Plan.Only != nil && !b.Plan.Only(r.name) {
			continue
		}
		b.Say("%s", r.name)
		disagreement := agree(ctx, r, f)
		if disagreement != "" {
			s.Note(disagreement)
		}
		for _, conns := range b.conns(r) {
			for round := range b.roundsOf(r) {
				for _, t := range f.all() {
					key := fmt.Sprint(t.Name, conns, round)
					if ids[key] == nil {
						ids[key] = &made{}
					}
					b.one(ctx, s, r, t, conns, ids[key])
				}
			}
		}
	}
}

func (b *Bench) conns(r row) []int {
	if r.aside || r.search && b.Plan.Quick {
		return []int{1}
	}
	return []int{1, 8, 32}
}

func (b *Bench) roundsOf(r row) int {
	if r.aside || r.search && b.Plan.Quick {
		return 1
	}
	return b.Plan.Rounds
}

func (b *Bench) one(ctx context.Context, s *report.Section, r row, t *target.Target, conns int, made *made) {
	j, ok := r.job(t, conns, made)
	if !ok {
		return
	}
	j.Conns, j.For = conns, b.Plan.For
	if r.search {
		j.For = b.Plan.Short
	}
	var warm time.Duration
	if !r.writes {
		warm = j.For / 5
	}
	c := cell(ctx, t, j, warm)
	s.Keep(r.name, conns, t.Name, c)
	if c.Trouble != "" {
		b.Say("%s, %d connections, %s: %s", r.name, conns, t.Name, c.Trouble)
	}
}

// agree asks every server once and says so when their answers do not hold
// equally many people: then they do not do the same work.
func agree(ctx context.Context, r row, f *fleet) string {
	if r.sample == nil {
		return ""
	}
	first := -1
	for _, t := range f.all() {
		if t.Ask == nil {
			continue
		}
		n, _, err := t.Try(ctx, r.sample(t), 200)
		if err != nil {
			return fmt.Sprintf("%s: %s: %v", r.name, t.Name, err)
		}
		if first < 0 {
			first = n
		}
		if n != first {
			return fmt.Sprintf("%s: %s answers with %d people and the first server with %d, so the row is no comparison", r.name, t.Name, n, first)
		}
	}
	return ""
}
