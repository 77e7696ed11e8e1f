package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// A Spread is the least, the middle and the greatest of several figures.
type Spread struct{ Min, Median, Max float64 }

// SpreadOf sorts a copy; of nothing it is NaN.
func SpreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{math.NaN(), math.NaN(), math.NaN()}
	}
	v := slices.Sorted(slices.Values(values))
	middle := v[len(v)/2]
	if len(v)%2 == 0 {
		middle = (v[len(v)/2-1] + middle) / 2
	}
	return Spread{v[0], middle, v[len(v)-1]}
}

// String shows the middle, and the ends when they differ from it.
func (s Spread) String() string {
	low, middle, high := figure(s.Min), figure(s.Median), figure(s.Max)
	if math.IsNaN(s.Median) || low == high {
		return middle
	}
	return fmt.Sprintf("%s (%s–%s)", middle, low, high)
}

// figure shows three digits that count, and all of a whole number.
func figure(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case math.Abs(v) >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case math.Abs(v) >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}

func (r *Row) spread(of func(Cell) float64) Spread {
	if r == nil {
		return SpreadOf(nil)
	}
	var values []float64
	for _, c := range r.Cells {
		if c.Requests > 0 {
			values = append(values, of(c))
		}
	}
	return SpreadOf(values)
}

func rate(c Cell) float64 { return c.Rate }
func p50(c Cell) float64  { return milliseconds(c.P50) }
func p99(c Cell) float64  { return milliseconds(c.P99) }
func cpu(c Cell) float64  { return float64(c.CPU) / float64(time.Microsecond) }
func peak(c Cell) float64 { return float64(c.Peak) / (1 << 20) }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// ratio is a figure of one row as a multiple of the other's, round by round:
// what they were measured beside each other for.
func ratio(a, b *Row, of func(Cell) float64) Spread {
	if a == nil || b == nil {
		return SpreadOf(nil)
	}
	var values []float64
	for i := range min(len(a.Cells), len(b.Cells)) {
		if a.Cells[i].Requests > 0 && b.Cells[i].Requests > 0 && of(b.Cells[i]) > 0 {
			values = append(values, of(a.Cells[i])/of(b.Cells[i]))
		}
	}
	return SpreadOf(values)
}
