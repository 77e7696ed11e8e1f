package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// TestLinearizable has clients create, read, rename and delete a few people at the same time, on PostgreSQL through two
// servers, and looks for an order of their requests in which each answer is right and nobody is answered before they asked.
// AX_TEST_LONG=1 does so a thousand times on each engine.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	rounds := 8
	if os.Getenv("AX_TEST_LONG") == "1" {
		rounds = 1000
	}
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		addresses := []string{s.server.address}
		if v == postgres {
			addresses = append(addresses, s.launch("--mail-dir", s.mail).address)
		}
		seed := rand.Uint64()
		total, changes := 0, 0
		for round := range rounds {
			h := &history{t: t, key: s.key, round: round, seen: map[string]string{}, begun: time.Now()}
			h.run(addresses, seed)
			if porcupine.CheckOperationsTimeout(onePerson(), h.operations, time.Minute) != porcupine.Ok {
				t.Fatalf("seed %d, round %d: no order of these requests explains their answers:\n%s", seed, round, h)
			}
			total, changes = total+len(h.operations), changes+h.changes()
		}
		if changes < total/8 {
			t.Errorf("of %d requests only %d changed something", total, changes)
		}
		t.Logf("%d requests, %d of them changes", total, changes)
	})
}

// A request is about one person.
type request struct {
	kind            string
	email, id, name string
}

// A reply is what came back: a status, and of a person the id and the name.
type reply struct {
	status   int
	id, name string
}

// A person is who has an address, and keeps it once deleted; nobody has no id.
type person struct {
	id, name string
	deleted  bool
}

// onePerson is what the directory promises of an address.
func onePerson() porcupine.Model {
	return porcupine.Model{
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			by := map[string][]porcupine.Operation{}
			for _, o := range all {
				email := o.Input.(request).email
				by[email] = append(by[email], o)
			}
			var parts [][]porcupine.Operation
			for _, part := range by {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return person{} },
		Step: func(state, input, output any) (bool, any) {
			return state.(person).after(input.(request), output.(reply))
		},
	}
}

// after says whether a person can be answered so, and who has the address then.
func (p person) after(asked request, got reply) (possible bool, next person) {
	there := p.id != "" && !p.deleted
	switch asked.kind + fmt.Sprint(" ", got.status) {
	case "create 201":
		return p.id == "", person{id: got.id, name: asked.name}
	case "create 409":
		return p.id != "", p
	case "find 200":
		return there && got == reply{got.status, p.id, p.name} || !there && got.id == "", p
	case "get 200":
		return there && got.name == p.name, p
	case "rename 200":
		return there && got.name == asked.name, person{id: p.id, name: asked.name}
	case "delete 204":
		return asked.id == p.id, person{id: p.id, name: p.name, deleted: true}
	case "get 404", "rename 404":
		return !there, p
	}
	return false, p
}

// A history is what several clients asked and were answered.
type history struct {
	t          *testing.T
	key        string
	round      int
	begun      time.Time
	mu         sync.Mutex
	seen       map[string]string // the last id that was seen of an address
	operations []porcupine.Operation
}

func (h *history) run(addresses []string, seed uint64) {
	const clients, each = 6, 12
	var running sync.WaitGroup
	for client := range clients {
		running.Go(func() {
			chance := rand.New(rand.NewPCG(seed, uint64(h.round*clients+client)))
			for n := range each {
				email := fmt.Sprintf("p%d-%d@x.example", h.round, chance.IntN(3))
				h.mu.Lock()
				id := h.seen[email]
				h.mu.Unlock()
				asked := request{email: email, id: id, name: fmt.Sprintf("Name %d %d", client, n)}
				asked.kind = []string{"find", "get", "rename", "rename", "rename", "rename", "create", "delete"}[chance.IntN(8)]
				if id == "" {
					asked.kind = "create"
				}
				h.ask(client, addresses[chance.IntN(len(addresses))], asked)
			}
		})
	}
	running.Wait()
}

func (h *history) ask(client int, address string, asked request) {
	begun := time.Since(h.begun)
	got, err := h.answer(address, asked)
	ended := time.Since(h.begun)
	if err != nil {
		h.t.Error(err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if got.id != "" {
		h.seen[asked.email] = got.id
	}
	h.operations = append(h.operations, porcupine.Operation{ClientId: client, Input: asked, Output: got, Call: begun.Nanoseconds(), Return: ended.Nanoseconds()})
}

func (h *history) answer(address string, asked request) (got reply, err error) {
	x := exchange{method: http.MethodGet, path: "/v2/users/" + asked.id}
	switch asked.kind {
	case "create":
		x.method, x.path = http.MethodPost, "/v2/users"
		x.body = strings.Replace(invitation(asked.email, "NONE"), "Jane Doe", asked.name, 1)
	case "find":
		x.path = "/v2/users?email=" + url.QueryEscape(asked.email)
	case "rename":
		x.method, x.body = http.MethodPatch, fmt.Sprintf(`{"name":%q}`, asked.name)
	case "delete":
		x.method = http.MethodDelete
	}
	status, text, err := x.over(h.t.Context(), http.DefaultClient, address, h.key)
	if err != nil || status >= http.StatusMultipleChoices || text == "" {
		return reply{status: status}, err
	}
	var answer struct {
		user
		Users []user `json:"users"`
	}
	err = json.Unmarshal([]byte(text), &answer)
	if len(answer.Users) == 1 {
		answer.user = answer.Users[0]
	}
	return reply{status, answer.ID, answer.Name}, err
}

// changes counts the requests that changed something.
func (h *history) changes() (n int) {
	for _, o := range h.operations {
		if kind := o.Input.(request).kind; kind != "find" && kind != "get" && o.Output.(reply).status < http.StatusMultipleChoices {
			n++
		}
	}
	return n
}

func (h *history) String() string {
	var lines strings.Builder
	for _, o := range h.operations {
		fmt.Fprintf(&lines, "%d–%d µs client %d: %+v → %+v\n", o.Call/1000, o.Return/1000, o.ClientId, o.Input, o.Output)
	}
	return lines.String()
}
