package e2e_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An exchange is a request over HTTP, below the command line.
type exchange struct {
	method, path, body string
	header             http.Header // added; Host is set by "Host"
}

// send makes the exchange with the administrator's key and returns the answer.
func (s *site) send(x exchange) (status int, answer string) {
	s.t.Helper()
	status, answer, err := x.over(s.t.Context(), http.DefaultClient, s.server.address, s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	return status, answer
}

// over makes the exchange with a server that may give no answer.
func (x exchange) over(ctx context.Context, client *http.Client, address, key string) (status int, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, x.method, "http://"+address+x.path, strings.NewReader(x.body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if x.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, x.header)
	if host := x.header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// invitation is the body that creates a user.
func invitation(email, mode string) string {
	text, err := json.Marshal(map[string]any{
		"name": "Jane Doe", "email": email, "invite_mode": mode,
		"role": map[string]string{"type": "PREDEFINED", "name": "MEMBER"},
	})
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text)
}

// ready waits until a server that may still be starting can serve.
func ready(t testing.TB, d *daemon, within time.Duration) {
	t.Helper()
	timeout := time.After(within)
	select {
	case d.address = <-d.log.ready:
	case <-d.ended:
		t.Fatalf("the server ended:\n%s", d.log)
	case <-timeout:
		t.Fatalf("after %s the server does not listen:\n%s", within, d.log)
	}
	for {
		resp, err := http.Get("http://" + d.address + "/readyz") //nolint:noctx // the loop has its own end
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-timeout:
			t.Fatalf("after %s the server is not ready:\n%s", within, d.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
