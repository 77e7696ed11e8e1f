//go:build linux

package measure

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ax/bench/load"
	"ax/bench/proc"
	"ax/bench/report"
	"ax/bench/target"
)

// cell measures a job once.
func cell(ctx context.Context, t *target.Target, j load.Job, warm time.Duration) (c report.Cell) {
	if warm > 0 {
		w := j
		w.For = warm
		if _, err := load.Run(ctx, w); err != nil {
			return report.Cell{Trouble: err.Error()}
		}
	}
	if err := proc.ForgetPeak(t.ID()); err != nil {
		return report.Cell{Trouble: err.Error()}
	}
	before, err := t.CPU()
	if err != nil {
		return report.Cell{Trouble: err.Error()}
	}
	r, err := load.Run(ctx, j)
	after, err1 := t.CPU()
	memory, err2 := proc.MemoryOf(t.ID())
	if err := errors.Join(err, err1, err2, t.Rested()); err != nil {
		return report.Cell{Trouble: err.Error()}
	}
	return cellOf(r, after-before, memory.Peak)
}

func cellOf(r load.Result, cpu time.Duration, peak int64) report.Cell {
	p := r.Percentiles(0.5, 0.99)
	c := report.Cell{Rate: r.Rate(), P50: p[0], P99: p[1], Peak: peak, Requests: len(r.Samples), Trouble: trouble(r)}
	if n := len(r.Samples) + r.Failures(); n > 0 {
		c.CPU = cpu / time.Duration(n)
	}
	return c
}

func trouble(r load.Result) string {
	var all []string
	for _, what := range slices.Sorted(maps.Keys(r.Failed)) {
		all = append(all, fmt.Sprintf("%s ×%d", what, r.Failed[what]))
	}
	return strings.Join(all, ", ")
}
