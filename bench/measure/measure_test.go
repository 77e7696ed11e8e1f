//go:build linux

package measure

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ax/bench/people"
	"ax/bench/report"
	"ax/bench/target"
)

func TestForm(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		_, _ = io.WriteString(w, `<form method="post"><input type="hidden" name="csrf" value="a&amp;b">
<input id="e" name="email" type="email"
 autocomplete="username"><INPUT TYPE="password" NAME="secret"><input type="submit"></form>`)
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	f, err := readForm(t.Context(), address)
	if err != nil || f.email != "email" || f.password != "secret" || f.hidden.Get("csrf") != "a&b" || f.cookies != "seen=1" {
		t.Fatalf("%+v, %v", f, err)
	}
	j := f.guesses(&target.Ax{Target: &target.Target{Address: address}}, 2)
	r, ok := j.Next(0)
	if want := "csrf=a%26b&email=stranger1%40example.org&secret=correct+horse+battery+staple"; !ok || r.Body != want {
		t.Errorf("sent %q, want %q", r.Body, want)
	}
	if j.From(0).String() == j.From(1).String() || !strings.Contains(j.Header, "Cookie: seen=1\r\n") {
		t.Errorf("from %s and %s, %q", j.From(0), j.From(1), j.Header)
	}
}

func TestNoForm(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	if _, err := readForm(t.Context(), strings.TrimPrefix(server.URL, "http://")); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a page that is not there: %v", err)
	}
	if err := (&form{}).fields(`<input type="password" name="p">`); err == nil {
		t.Error("a form without an address is accepted")
	}
}

func TestIDIn(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"id":"VXNlcjp4","name":"A"}`:                        "VXNlcjp4",
		`{"collectionId":"c","email":"e","id":"x1","n":"id"}`: "x1",
		`{"title":"no"}`:                                      "",
	} {
		if got := idIn(body); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, r := range rows(people.New(100)) {
		if names[r.name] {
			t.Errorf("%s is there twice", r.name)
		}
		names[r.name] = true
	}
	if len(names) != 5+8*4+3 || !names[report.Search("two characters, rare", people.Expired)] {
		t.Errorf("%d rows: %v", len(names), names)
	}
}

// Servers that answer differently are not compared in silence.
func TestAgree(t *testing.T) {
	t.Parallel()
	answers := func(n int) *target.Target {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat(`{"email":"x"}`, n))
		}))
		t.Cleanup(server.Close)
		return &target.Target{Name: "some server", Address: strings.TrimPrefix(server.URL, "http://"), Ask: target.NewDialect()}
	}
	list := rows(people.New(100))[1]
	f := &fleet{sqlite: &target.Ax{Target: answers(3)}, pocketbase: answers(3)}
	if got := agree(t.Context(), list, f); got != "" {
		t.Errorf("servers that agree: %s", got)
	}
	f.pocketbase = answers(2)
	if got := agree(t.Context(), list, f); !strings.Contains(got, "2 people") {
		t.Errorf("servers that do not agree: %q", got)
	}
}
