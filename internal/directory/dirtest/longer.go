package dirtest

import (
	"slices"
	"time"
)

// Longer is the chance that one of a took longer than one of b, the area under
// the curve of whoever tells them apart by their time: a half when nobody can.
func Longer(a, b []time.Duration) float64 {
	b = slices.Sorted(slices.Values(b))
	wins := 0.0
	for _, x := range a {
		n, found := slices.BinarySearch(b, x)
		wins += float64(n)
		if found {
			wins += 0.5
		}
	}
	return wins / float64(len(a)*len(b))
}
