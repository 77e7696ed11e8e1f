//go:build linux

package measure

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"ax/bench/load"
	"ax/bench/people"
	"ax/bench/report"
	"ax/bench/target"
)

// A row is one kind of request.
type row struct {
	name   string
	search bool
	aside  bool // a variation, looked at once with one connection
	writes bool
	// job asks the server; false when the server has no such thing. made is
	// the ids that creating with as many connections in the same round left.
	job func(t *target.Target, conns int, made *made) (load.Job, bool)
	// sample is a request whose answer all servers must agree on; nil: none.
	sample func(t *target.Target) load.Request
}

// made are ids of people who were created to be deleted.
type made struct {
	mu  sync.Mutex
	ids []string
}

func (m *made) add(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ids = append(m.ids, id)
}

// rows are all of them, those that change the directory at the end.
func rows(crowd people.Crowd) []row {
	all := []row{
		{name: report.Get, job: getJob},
		pageRow(report.List50, "/page", func(d target.Dialect) load.Request { return d.List(50) }),
		pageRow(report.List100, "", func(d target.Dialect) load.Request { return d.List(100) }),
		pageRow(report.Deep, "", func(d target.Dialect) load.Request { return d.Deep(50) }),
		exactRow(crowd),
	}
	for _, term := range people.Terms() {
		for _, status := range append([]string{""}, people.Statuses()...) {
			r := pageRow(report.Search(term.Name, status), "", func(d target.Dialect) load.Request { return d.Find(term.Text, status) })
			r.search, r.aside = true, status != ""
			all = append(all, r)
		}
	}
	return append(all, createRow(), updateRow(), deleteRow())
}

func reading(t *target.Target, next func(int) (load.Request, bool)) load.Job {
	return load.Job{Address: t.Address, Header: t.Header, Want: http.StatusOK, Next: next}
}

func getJob(t *target.Target, conns int, _ *made) (load.Job, bool) {
	if t.Ask == nil {
		return reading(t, always(load.Request{Method: http.MethodGet, Target: "/fixed"})), true
	}
	d := dice(conns)
	return reading(t, func(conn int) (load.Request, bool) { return t.Ask.Get(t.IDs[d[conn].IntN(len(t.IDs))]), true }), true
}

// pageRow always asks for the same page. bare is what the limit is asked for
// beside it, if there is something alike.
func pageRow(name, bare string, page func(target.Dialect) load.Request) row {
	return row{
		name: name,
		job: func(t *target.Target, _ int, _ *made) (load.Job, bool) {
			if t.Ask == nil {
				return reading(t, always(load.Request{Method: http.MethodGet, Target: bare})), bare != ""
			}
			return reading(t, always(page(t.Ask))), true
		},
		sample: func(t *target.Target) load.Request { return page(t.Ask) },
	}
}

func exactRow(crowd people.Crowd) row {
	return row{
		name: report.Exact,
		job: func(t *target.Target, conns int, _ *made) (load.Job, bool) {
			if t.Ask == nil {
				return load.Job{}, false
			}
			d := dice(conns)
			return reading(t, func(conn int) (load.Request, bool) {
				return t.Ask.Exact(crowd.At(d[conn].IntN(crowd.Size())).Email), true
			}), true
		},
		sample: func(t *target.Target) load.Request { return t.Ask.Exact(crowd.At(crowd.Size() / 2).Email) },
	}
}

// newcomers makes addresses that are used once, over all servers and rounds.
func newcomers() func() people.Person {
	var n atomic.Int64
	return func() people.Person {
		return people.Person{
			Email: fmt.Sprintf("newcomer%d@mail%d.example.net", n.Add(1), n.Load()%100), Name: "New Comer", Role: "MEMBER", Status: people.Active,
		}
	}
}

func createRow() row {
	next := newcomers()
	return row{name: report.Create, writes: true, job: func(t *target.Target, _ int, made *made) (load.Job, bool) {
		if t.Ask == nil {
			return load.Job{}, false
		}
		j := reading(t, func(int) (load.Request, bool) { return t.Ask.Create(next()), true })
		j.Want = t.Ask.Created()
		j.Seen = func(_ int, a load.Answer) {
			if id := idIn(string(a.Body)); id != "" {
				made.add(id)
			}
		}
		return j, true
	}}
}

func updateRow() row {
	var n atomic.Int64
	return row{name: report.Update, writes: true, job: func(t *target.Target, conns int, _ *made) (load.Job, bool) {
		if t.Ask == nil {
			return load.Job{}, false
		}
		d := dice(conns)
		return reading(t, func(conn int) (load.Request, bool) {
			return t.Ask.Rename(t.IDs[d[conn].IntN(len(t.IDs))], fmt.Sprintf("Renamed %d", n.Add(1))), true
		}), true
	}}
}

// deleteRow deletes those who were created before, each once.
func deleteRow() row {
	return row{name: report.Delete, writes: true, job: func(t *target.Target, _ int, made *made) (load.Job, bool) {
		if t.Ask == nil {
			return load.Job{}, false
		}
		var at atomic.Int64
		j := reading(t, func(int) (load.Request, bool) {
			i := int(at.Add(1)) - 1
			if i >= len(made.ids) {
				return load.Request{}, false
			}
			return t.Ask.Delete(made.ids[i]), true
		})
		j.Want = http.StatusNoContent
		return j, true
	}}
}

// idIn is the value of "id" in an answer that is one object.
func idIn(body string) string {
	_, rest, _ := strings.Cut(body, `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}
