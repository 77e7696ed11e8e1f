//go:build linux

package measure

import (
	"context"
	"slices"

	"ax/bench/people"
	"ax/bench/report"
)

// Million fills both engines through the API and measures reading.
func (b *Bench) Million(ctx context.Context, s *report.Section) error {
	s.Title, s.People = "A great directory", b.Plan.Million
	few := *b
	few.Plan.Rounds = min(b.Plan.Rounds, 2) // filling takes the time there is
	f := b.launch(ctx, s, b.Folder, people.New(b.Plan.Million), false)
	reading := slices.DeleteFunc(rows(f.crowd), func(r row) bool { return r.writes || r.name == report.List100 })
	few.rows(ctx, s, f, reading)
	noteMemory(s, f)
	return f.stop()
}
