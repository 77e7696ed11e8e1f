package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ax/internal/client"
	"ax/internal/wire"
)

// busy is a server that takes five requests in each ten seconds, and says so to the others.
type busy struct {
	mu      sync.Mutex
	begun   time.Time
	taken   map[time.Duration]int // requests that were done, by their window
	refused []time.Duration       // when others were told to wait, since begun
}

const window = 10 * time.Second

// RoundTrip implements http.RoundTripper. An answer takes a second.
func (b *busy) RoundTrip(*http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	since := time.Since(b.begun)
	if in := since / window; b.taken[in] < 5 {
		b.taken[in]++
		return respond(201, someone), nil
	}
	b.refused = append(b.refused, since)
	left := window - since%window
	return respond(429, `{"title":"Too many"}`, "Retry-After: "+fmt.Sprint(int(left/time.Second)+1)), nil
}

// TestOneWaitForAll: a refusal holds every request of the client back, reads and writes alike, until the server takes them again.
func TestOneWaitForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &busy{begun: time.Now(), taken: map[time.Duration]int{}}
		c := over(server)
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				for {
					time.Sleep(100 * time.Millisecond) // what a client does besides
					_, _, err := c.CreateUser(t.Context(), wire.CreateUserRequest{})
					p, refused := errors.AsType[*client.Error](err)
					switch {
					case err == nil:
						return
					case !refused || p.Status != 429:
						t.Errorf("create: %v", err)
						return
					}
				}
			})
		}
		workers.Wait()
		if server.taken[0] != 5 || server.taken[1] != 3 {
			t.Errorf("taken: %v", server.taken)
		}
		// The three that came too early were told once; the gate did the rest.
		slices.Sort(server.refused)
		if len(server.refused) > 3 || server.refused[len(server.refused)-1] > time.Second {
			t.Errorf("refused at %v", server.refused)
		}
	})
}

// TestTooLongAWait is one request's failure and holds nobody back.
func TestTooLongAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := &transport{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return respond(429, `{}`, "Retry-After: 3600"), nil
			}
			return respond(200, someone), nil
		}}
		c, begun := over(asked), time.Now()
		if err := c.ResendInvitation(t.Context(), "x"); err == nil {
			t.Error("the refusal was lost")
		}
		if _, err := c.GetUser(t.Context(), "x"); err != nil || time.Since(begun) > 0 {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}

// TestFinishing: what was sent waits for its answer when the person interrupts; what waits for its turn is given up.
func TestFinishing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := &transport{answer: func(n int, r *http.Request) (*http.Response, error) {
			if n == 2 {
				return respond(503, `{}`, "Retry-After: 30"), nil
			}
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(5 * time.Second):
				return respond(200, someone), nil
			}
		}}
		c := over(asked)
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, interrupt)
		if _, err := c.GetUser(client.Finishing(ctx), "x"); err != nil || ctx.Err() == nil {
			t.Errorf("a request under way: %v, %v", err, ctx.Err())
		}
		ctx, interrupt = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, interrupt)
		begun := time.Now()
		_, err := c.GetUser(client.Finishing(ctx), "x")
		if !errors.Is(err, context.Canceled) || time.Since(begun) != time.Second || len(asked.sent) != 2 {
			t.Errorf("a wait: %v after %s and %d requests", err, time.Since(begun), len(asked.sent))
		}
	})
}

func TestAddressKey(t *testing.T) {
	t.Parallel()
	for _, same := range []string{
		"ann@x.example ANN@X.EXAMPLE", "rené@x.example RENE\u0301@x.example", "a@münchen.example a@xn--mnchen-3ya.example", "ΣΟΦΟΣ@x.example σοφος@x.example",
	} {
		one, other, _ := strings.Cut(same, " ")
		if client.AddressKey(one) != client.AddressKey(other) {
			t.Errorf("%s", same)
		}
	}
	for _, different := range []string{"ann@x.example anne@x.example", "rene@x.example rené@x.example", "a@x.example a@x.example.org"} {
		one, other, _ := strings.Cut(different, " ")
		if client.AddressKey(one) == client.AddressKey(other) {
			t.Errorf("%s", different)
		}
	}
}
