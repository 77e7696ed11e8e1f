//go:build linux

package measure

import (
	"ax/bench/proc"
	"ax/bench/report"
)

// noteMemory adds what the servers hold when all is done.
func noteMemory(s *report.Section, f *fleet) {
	const mib = 1 << 20
	for _, t := range f.all() {
		if m, err := proc.MemoryOf(t.ID()); err == nil {
			s.Add("memory of "+t.Name+" at the end", float64(m.Now)/mib, "MiB", "")
		}
		if others := t.Others(); len(others) > 0 {
			if shared, err := proc.Shared(others); err == nil {
				s.Add("memory of PostgreSQL at the end", float64(shared)/mib, "MiB", "all its processes, shared pages once")
			}
		}
	}
}
