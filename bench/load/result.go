package load

import (
	"math"
	"slices"
	"time"
)

// Rate is how many requests succeeded in a second.
func (r Result) Rate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(len(r.Samples)) / r.Elapsed.Seconds()
}

// Percentiles are the times that the given shares of the requests did not
// exceed, by nearest rank; zeros without a request.
func (r Result) Percentiles(shares ...float64) []time.Duration {
	took := make([]time.Duration, len(r.Samples))
	for i, s := range r.Samples {
		took[i] = s.Took
	}
	slices.Sort(took)
	out := make([]time.Duration, len(shares))
	for i, share := range shares {
		if len(took) > 0 {
			rank := int(math.Ceil(share * float64(len(took))))
			out[i] = took[max(rank, 1)-1]
		}
	}
	return out
}

// Between is the part of the result whose requests ended in a span of time.
func (r Result) Between(from, to time.Duration) Result {
	part := Result{Elapsed: to - from}
	for _, s := range r.Samples {
		if from <= s.At && s.At < to {
			part.Samples = append(part.Samples, s)
		}
	}
	return part
}

// Failures is how many requests did not succeed.
func (r Result) Failures() (n int) {
	for _, times := range r.Failed {
		n += times
	}
	return n
}
