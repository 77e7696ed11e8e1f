package report

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A Goal is what the directory is to reach, as parts that each compare one
// figure.
type Goal struct {
	ID, Text string
	Parts    []Part
}

// A Part is one comparison.
type Part struct {
	What        string
	Ours, Other string // both sides, with their units; Other may be empty
	Got         Spread
	Limit       float64
	AtMost      bool // else at least
}

// The verdicts.
const (
	Reached     = "reached"
	Missed      = "MISSED"
	NotMeasured = "not measured"
)

// Verdict is decided by the middle of the rounds.
func (p Part) Verdict() string {
	switch {
	case math.IsNaN(p.Got.Median):
		return NotMeasured
	case p.AtMost == (p.Got.Median <= p.Limit) || p.Got.Median == p.Limit:
		return Reached
	default:
		return Missed
	}
}

// Verdict is missed when a part is, and reached when all parts are.
func (g Goal) Verdict() string {
	verdict := Reached
	for _, p := range g.Parts {
		switch p.Verdict() {
		case Missed:
			return Missed
		case NotMeasured:
			verdict = NotMeasured
		}
	}
	return verdict
}

// The sections' names.
const (
	Pairs   = "pairs"
	CLI     = "cli"
	Bulk    = "bulk"
	SignIn  = "signin"
	Local   = "local"
	Million = "million"
	Soak    = "soak"
)

// The servers' names.
const (
	SQLite     = "ax on SQLite"
	Postgres   = "ax on Postgres"
	PocketBase = "PocketBase"
	Bare       = "net/http"
)

// The rows' names.
const (
	Get     = "get by id"
	List50  = "list 50"
	List100 = "list 100"
	Deep    = "list 50, behind nine tenths"
	Exact   = "exact address"
	Create  = "create"
	Update  = "update"
	Delete  = "delete"
)

// Search is the name of a search's row.
func Search(term, status string) string {
	if status == "" {
		return "search: " + term
	}
	return "search: " + term + ", " + status
}

// Goals compares the report with what is to be reached.
func Goals(r Report) []Goal {
	pairs, million := r.Section(Pairs), r.Section(Million)
	return []Goal{
		goal1(pairs), goal2(pairs), goal3(pairs), goal4(pairs), goal5(r.Section(Bulk)), goal6(pairs, million), goal7(pairs, million),
		goal8(pairs), goal9(pairs), goal10(r.Section(CLI)), goal11(pairs), goal12(r.Section(SignIn)), goal13(r.Section(Local)),
	}
}

// beside compares a figure of ours on SQLite with another server's.
func beside(s *Section, row string, conns int, other string, of func(Cell) float64, unit string, limit float64, atMost bool) Part {
	return compared(s.Row(row, conns, SQLite), s.Row(row, conns, other), fmt.Sprintf("%s, %d connections", row, conns), of, unit, limit, atMost)
}

func compared(a, b *Row, what string, of func(Cell) float64, unit string, limit float64, atMost bool) Part {
	return Part{
		What: what + ", " + unit, Ours: a.spread(of).String(), Other: b.spread(of).String(),
		Got: ratio(a, b, of), Limit: limit, AtMost: atMost,
	}
}

const perSecond, microseconds, msMiddle = "requests/s", "CPU µs/request", "p50 ms"

func goal1(s *Section) Goal {
	g := Goal{ID: "G1", Text: "get by id: at least 4 × PocketBase, at most 1/4 of its processor time, at 8 and 32 connections"}
	for _, conns := range []int{8, 32} {
		g.Parts = append(g.Parts,
			beside(s, Get, conns, PocketBase, rate, perSecond, 4, false), beside(s, Get, conns, PocketBase, cpu, microseconds, 0.25, true))
	}
	return g
}

func goal2(s *Section) Goal {
	g := Goal{ID: "G2", Text: "list 50: at least 5 × PocketBase, at most 1/5 of its processor time"}
	for _, conns := range []int{8, 32} {
		g.Parts = append(g.Parts,
			beside(s, List50, conns, PocketBase, rate, perSecond, 5, false), beside(s, List50, conns, PocketBase, cpu, microseconds, 0.2, true))
	}
	return g
}

func goal3(s *Section) Goal {
	return Goal{ID: "G3", Text: "get: at least 0.35 × of net/http with 200 fixed bytes; list 50: at least 0.4 × of net/http with encoding/json", Parts: []Part{
		beside(s, Get, 8, Bare, rate, perSecond, 0.35, false), beside(s, Get, 32, Bare, rate, perSecond, 0.35, false),
		beside(s, List50, 8, Bare, rate, perSecond, 0.4, false), beside(s, List50, 32, Bare, rate, perSecond, 0.4, false),
	}}
}

func goal4(s *Section) Goal {
	return Goal{ID: "G4", Text: "durable create beside PocketBase's synchronous=NORMAL: at least 2.5 × at 32 connections, 1.6 × at 8, 0.85 × at 1; at most 1/3 of its processor time at 32", Parts: []Part{
		beside(s, Create, 32, PocketBase, rate, perSecond, 2.5, false), beside(s, Create, 8, PocketBase, rate, perSecond, 1.6, false),
		beside(s, Create, 1, PocketBase, rate, perSecond, 0.85, false), beside(s, Create, 32, PocketBase, cpu, microseconds, 1.0/3, true),
	}}
}

// absolute compares a figure with a number.
func absolute(row *Row, what string, of func(Cell) float64, unit string, limit float64) Part {
	s := row.spread(of)
	return Part{What: what + ", " + unit, Ours: s.String(), Got: s, Limit: limit, AtMost: true}
}

func goal6(pairs, million *Section) Goal {
	g := Goal{ID: "G6", Text: "search among 1,000,000: rare, common and absent at most 2 ms, adversarial at most 60 ms; rare at least 50 × faster than a walk over the table; among 100,000 rare at least 100 × faster than PocketBase"}
	for _, server := range []string{SQLite, Postgres} {
		for _, term := range []string{"rare", "common", "absent"} {
			g.Parts = append(g.Parts, absolute(million.Row(Search(term, ""), 1, server), term+", "+server, p50, msMiddle, 2))
		}
	}
	rare := million.Row(Search("rare", ""), 1, SQLite)
	return Goal{g.ID, g.Text, append(g.Parts,
		absolute(million.Row(Search("adversarial", ""), 1, SQLite), "adversarial, "+SQLite, p50, msMiddle, 60),
		compared(million.Row(Search("two characters, rare", ""), 1, SQLite), rare, "a walk beside rare", p50, msMiddle, 50, false),
		compared(pairs.Row(Search("rare", ""), 1, PocketBase), pairs.Row(Search("rare", ""), 1, SQLite), "PocketBase beside rare", p50, msMiddle, 100, false),
	)}
}

func goal7(pairs, million *Section) Goal {
	g := Goal{ID: "G7", Text: "the page behind nine tenths within 1.3 × of the first; an exact address within 1.2 × of a get"}
	s := million
	if s == nil {
		s = pairs
	}
	for _, server := range []string{SQLite, Postgres} {
		g.Parts = append(g.Parts,
			compared(s.Row(Deep, 1, server), s.Row(List50, 1, server), "deep beside first, "+server, p50, msMiddle, 1.3, true),
			compared(s.Row(Exact, 1, server), s.Row(Get, 1, server), "exact beside get, "+server, p50, msMiddle, 1.2, true))
	}
	return g
}

// kratos is what Ory Kratos on PostgreSQL 15 did with 10,000 identities and 32
// connections on two cores of the same kind, recorded on 2026-11-23.
func kratos(row string) Cell {
	return map[string]Cell{
		Get:    {Rate: 1757, CPU: 517 * time.Microsecond, Requests: 1},
		List50: {Rate: 772, CPU: 1624 * time.Microsecond, Requests: 1},
		Create: {Rate: 348, CPU: 4337 * time.Microsecond, Requests: 1},
	}[row]
}

// recorded compares with Kratos.
func recorded(s *Section, row, server string, of func(Cell) float64, unit string, limit float64, atMost bool) Part {
	ours := s.Row(row, 32, server)
	other := &Row{}
	if ours != nil {
		for range ours.Cells {
			other.Cells = append(other.Cells, kratos(row))
		}
	}
	return compared(ours, other, row+" on "+server+" beside Kratos as recorded, 32 connections", of, unit, limit, atMost)
}

// kratosBatch is what Kratos took for 10,000 identities by batches of 500, one
// after the other, on a machine of the same kind, recorded on 2026-11-23; in ms.
const kratosBatch = 42_700

func goal5(s *Section) Goal {
	beside := fact(s, "list wall", "beside Kratos' batches as recorded", "ms", 1.0/20, true)
	if beside.Ours != "" {
		beside.Other, beside.Got = figure(kratosBatch), Spread{beside.Got.Min / kratosBatch, beside.Got.Median / kratosBatch, beside.Got.Max / kratosBatch}
	}
	return Goal{ID: "G5", Text: "10,000 creations by ax users create --from, 32 in flight: at most 1.5 s, 1/20 of Kratos' batches, 1/3 of a loop of single commands", Parts: []Part{
		fact(s, "list wall", "10,000 users by one command", "ms", 1500, true), beside,
		facts(s, "list wall", "list, one by one", "beside a command for each", "ms", 1.0/3),
	}}
}

func goal8(s *Section) Goal {
	postgres, sqlite := s.Row(List50, 32, Postgres), s.Row(List50, 32, SQLite)
	return Goal{ID: "G8", Text: "list 50 through Postgres: at least 0.5 × of SQLite, at least 3 × Kratos on Postgres", Parts: []Part{
		compared(postgres, sqlite, "Postgres beside SQLite, 32 connections", rate, perSecond, 0.5, false),
		recorded(s, List50, Postgres, rate, perSecond, 3, false),
	}}
}

func goal9(s *Section) Goal {
	return Goal{ID: "G9", Text: "beside Kratos on Postgres as recorded: get at least 6 ×, create at least 12 ×", Parts: []Part{
		recorded(s, Get, SQLite, rate, perSecond, 6, false), recorded(s, Create, SQLite, rate, perSecond, 12, false),
	}}
}

// fact compares a figure with a number.
func fact(s *Section, name, what, unit string, limit float64, atMost bool) Part {
	value, ok := s.Fact(name)
	p := Part{What: strings.TrimSuffix(what+", "+unit, ", "), Got: SpreadOf(nil), Limit: limit, AtMost: atMost}
	if ok {
		p.Got = Spread{value, value, value}
		p.Ours = p.Got.String()
	}
	return p
}

// facts compares two figures.
func facts(s *Section, a, b, what, unit string, limit float64) Part {
	x, ok1 := s.Fact(a)
	y, ok2 := s.Fact(b)
	p := Part{What: what + ", " + unit, Got: SpreadOf(nil), Limit: limit, AtMost: true}
	if ok1 && ok2 && y > 0 {
		p.Ours, p.Other = figure(x), figure(y)
		p.Got = Spread{x / y, x / y, x / y}
	}
	return p
}

func goal10(s *Section) Goal {
	return Goal{ID: "G10", Text: "ax users list: at most 1.3 × curl, 1/200 of the Python CLI, 20 MiB; ax --version: at most 1/400 of the Python CLI, 5 ms, packages ready in 2.5 ms; the local profile: at most 10 ms", Parts: []Part{
		facts(s, "ax users list wall", "curl wall", "users list beside curl", "ms", 1.3),
		facts(s, "ax users list, beside python wall", "python users list wall", "users list beside the Python CLI", "ms", 1.0/200),
		fact(s, "ax users list peak", "users list", "MiB", 20, true),
		facts(s, "ax version, beside python wall", "python version wall", "--version beside the Python CLI", "ms", 1.0/400),
		fact(s, "ax version wall", "--version", "ms", 5, true),
		fact(s, "ax packages", "packages ready", "ms", 2.5, true),
		fact(s, "ax local list wall", "local profile, users list", "ms", 10, true),
	}}
}

func goal11(s *Section) Goal {
	var ours, theirs float64
	if s != nil {
		for _, r := range s.Rows {
			switch r.Server {
			case SQLite:
				ours = max(ours, r.spread(peak).Max)
			case PocketBase:
				theirs = max(theirs, r.spread(peak).Max)
			}
		}
	}
	p := Part{What: "peak of all rows, MiB", Got: SpreadOf(nil), Limit: 100, AtMost: true}
	if ours > 0 {
		p.Got, p.Ours, p.Other = Spread{ours, ours, ours}, figure(ours), figure(theirs)
	}
	return Goal{ID: "G11", Text: "memory with 100,000 users after the whole load: at most 100 MiB", Parts: []Part{p}}
}

func goal12(s *Section) Goal {
	return Goal{ID: "G12", Text: "64 sign-ins at a time: at least 90 % of what the processor can hash in max(1, cores − 1) slots, at most 60 MiB more memory, gets' p99 at most 6 × of the idle one", Parts: []Part{
		fact(s, "share of ceiling", "hashes beside the ceiling", "", 0.9, false),
		fact(s, "memory more", "memory more than before", "MiB", 60, true),
		facts(s, "get p99 storm", "get p99 idle", "get p99", "ms", 6),
	}}
}

func goal13(s *Section) Goal {
	return Goal{ID: "G13", Text: "a CLI that writes to the local folder beside a saturated server: p99 at most 50 ms, never BUSY", Parts: []Part{
		fact(s, "write p99", "users create", "p99 ms", 50, true), fact(s, "write failures", "failures", "", 0, true),
	}}
}
