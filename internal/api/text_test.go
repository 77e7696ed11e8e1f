package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/wire"
)

// TestNamesAndAddressesOfTheWorld go in, come back by id and list, and are found by their address in another case.
func TestNamesAndAddressesOfTheWorld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ name, email, find, stored string }{
		{"Jane Doe", "jane@example.com", "JANE@", ""},
		{"Zoë Łukasiewicz-O'Brien", "zoë.łukasiewicz+tag@example.com", "ZOË.ŁUK", ""},
		{"Ελένη Σωκράτης", "ελένησ@example.com", "ΕΛΈΝΗς@", ""}, // any sigma is any other
		{"Жанна Д’Арк", "жанна@example.com", "ЖАННА", ""},
		{"王小明", "小明@example.com", "小明", ""},
		{"ひらがな カタカナ", "かな@例え.テスト", "かな", "かな@xn--r8jz45g.xn--zckzah"},
		{"김민수", "민수@example.com", "민수", ""},
		{"สมชาย ใจดี", "สมชาย@example.com", "สมชาย", ""},
		{"नरेंद्र शर्मा", "नरेंद्र@example.com", "नरेंद्र", ""},
		{"محمد علي", "محمد@example.com", "محمد", ""},
		{"شهره می‌خواهم", "shohreh@example.com", "shohreh", ""}, // with a zero-width non-joiner, as Persian spells it
		{"אבי כהן", "אבי@example.com", "אבי", ""},
		{"Müller", "jan@bücher.example", "jan@xn--bcher", "jan@xn--bcher-kva.example"},
		{"İbrahim Işık", "ibrahim@example.com", "IBRAHIM", ""},
		{"𝒥ane 👩‍👩‍👧‍👦", "emoji@example.com", "emoji", ""},
		{"A", "a@b.example", "a@b.", ""},
		{strings.Repeat("字", 255), "long@example.com", "LONG@", ""},
		{`<b>&amp;"Bobby\ Tables'; DROP TABLE users;--`, "o'brien!#$%&'*+-/=?^_{|}~@example.com", "O'BRIEN!#$%", ""},
		{"${jndi:ldap://x}{{7*7}}%s%n", "template@example.com", "template", ""},
		{"Robert, Jr.; \"Bob\" <bob@example.com>", "bob@example.com", "bob@", ""},
	} {
		body, err := json.Marshal(map[string]any{"name": c.name, "email": c.email, "role": map[string]string{"type": "PREDEFINED", "name": "MEMBER"}, "invite_mode": "EMAIL_LINK"})
		if err != nil {
			t.Fatal(err)
		}
		made := decoded[wire.CreatedUser](t, w.do(t, "POST", "/v2/users", string(body)), 201)
		if c.stored == "" {
			c.stored = c.email
		}
		got := decoded[wire.User](t, w.do(t, "GET", "/v2/users/"+made.ID, ""), 200)
		if got.Name != c.name || got.Email != c.stored || made.Name != c.name || made.Email != c.stored {
			t.Errorf("%s <%s> came back as %s <%s>", c.name, c.stored, got.Name, got.Email)
		}
		list := decoded[wire.UserList](t, w.do(t, "GET", "/v2/users?email="+queryEscape(c.find), ""), 200)
		if !slices.Equal(list.Users, []wire.User{got}) {
			t.Errorf("%q finds %v, want %s alone", c.find, list.Users, c.stored)
		}
		decoded[wire.User](t, w.do(t, "POST", "/v2/users", string(body)), 200) // the same person
	}
}

func queryEscape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// TestNamesAreComposed: two spellings of one name are one.
func TestNamesAreComposed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := decoded[wire.CreatedUser](t, w.do(t, "POST", "/v2/users", strings.Replace(soundBody("zoe@example.com"), "Eve Example", "Zoe\u0308", 1)), 201)
	if got.Name != "Zo\u00eb" {
		t.Errorf("got %+q", got.Name)
	}
	same := strings.Replace(soundBody("zoe\u0301@example.com"), "EMAIL_LINK", "NONE", 1)
	decoded[wire.CreatedUser](t, w.do(t, "POST", "/v2/users", same), 201)
	wantProblem(t, w.do(t, "POST", "/v2/users", strings.Replace(same, "zoe\u0301", "ZO\u00c9", 1)), 409, "already ACTIVE")
}

// TestAnswersAreNotEscaped: JSON needs no escapes for HTML, and readers of logs and terminals none either.
func TestAnswersAreNotEscaped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.do(t, "PATCH", "/v2/users/"+string(w.Member.UserID), `{"name":"Tom & \u003cJerry\u003e \u00e9 \"q\" \\ /"}`).Body.String()
	if want := `"name":"Tom & <Jerry> é \"q\" \\ /"`; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	p := w.do(t, "POST", "/v2/users", `{"<a&b>":1}`).Body.String()
	if !strings.Contains(p, `"detail":"<a&b>: there is no such key`) {
		t.Errorf("a problem escapes: %s", p)
	}
}

// TestTimestamps have six digits of fraction or none, whatever zone the clock is in.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Directory.Now = func() time.Time { return w.Clock.Now().In(time.FixedZone("east", 5*3600)) }
	for n, c := range []struct {
		later time.Duration
		want  string
	}{
		{0, "2026-03-01T09:00:00Z"},
		{120 * time.Millisecond, "2026-03-01T09:00:00.120000Z"},
		{time.Microsecond, "2026-03-01T09:00:00.120001Z"},
		{999 * time.Nanosecond, "2026-03-01T09:00:00.120001Z"},
		{879999*time.Microsecond - 999, "2026-03-01T09:00:01Z"},
		{time.Second - 1, "2026-03-01T09:00:01.999999Z"},
	} {
		w.Clock.Advance(c.later)
		u := decoded[wire.CreatedUser](t, w.do(t, "POST", "/v2/users", soundBody(fmt.Sprintf("time%d@example.com", n))), 201)
		got := decoded[wire.User](t, w.do(t, "GET", "/v2/users/"+u.ID, ""), 200)
		if u.CreatedAt != c.want || got.CreatedAt != c.want {
			t.Errorf("created at %s, read as %s, want %s", u.CreatedAt, got.CreatedAt, c.want)
		}
	}
}

// TestRequestIDs are the client's when they can stand in a header and a log line, and ours otherwise.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := map[string]bool{}
	for _, c := range []struct {
		sent string
		kept bool
	}{
		{"abc-123_x.Y", true}, {"0af7651916cd43dd8448eb211c80319c", true}, {strings.Repeat("a", 128), true}, {"0", true},
		{"", false}, {strings.Repeat("a", 129), false}, {"a b", false}, {"a\tb", false}, {"a\x00b", false}, {"é", false}, {"a\"b", false},
		{"<script>", false}, {"a/b", false}, {"a:b", false}, {"\x1b[31m", false}, {"a\u202eb", false}, {"a,b", false},
	} {
		for _, target := range []string{"/v2/users", "/v2/users/bad", "/nothing", "/livez"} {
			got := w.do(t, "GET", target, "", "X-Request-Id: "+c.sent)
			id := got.Header().Get("X-Request-Id")
			if kept := id == c.sent; kept != c.kept || id == "" {
				t.Errorf("%s with %q: request id %q", target, c.sent, id)
			}
			if !c.kept {
				if seen[id] || strings.Contains(got.Body.String(), c.sent) && c.sent != "" {
					t.Errorf("%s with %q: %q is not new, or the text came back: %s", target, c.sent, id, got.Body)
				}
				seen[id] = true
			}
			if got.Code >= 400 && !strings.Contains(got.Body.String(), `"request_id":"`+id+`"`) {
				t.Errorf("%s: the problem lacks %q: %s", target, id, got.Body)
			}
		}
	}
	// It stands in the audit entry of the change that it caused.
	w.do(t, "DELETE", "/v2/users/"+string(w.Member.UserID), "", "X-Request-Id: the-deletion")
	entries := w.Entries(t)
	if last := entries[len(entries)-1]; last.RequestID != "the-deletion" || last.Address != "192.0.2.7" || last.ActorID != string(w.Admin.UserID) || last.Via != directory.ViaKey {
		t.Errorf("the entry has request %q, address %q, actor %q, way in %q", last.RequestID, last.Address, last.ActorID, last.Via)
	}
}

// TestForwardedHeadersAreNotBelieved: the audit log has the peer, and the API answers whatever they say.
func TestForwardedHeadersAreNotBelieved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	header := []string{"X-Forwarded-For: 6.6.6.6", "X-Real-Ip: 6.6.6.6", "Forwarded: for=6.6.6.6;host=evil.example;proto=http", "X-Forwarded-Host: evil.example", "X-Http-Method-Override: DELETE"}
	decoded[wire.CreatedUser](t, w.do(t, "POST", "/v2/users", soundBody("eve@example.com"), header...), 201)
	entries := w.Entries(t)
	if last := entries[len(entries)-1]; last.Address != "192.0.2.7" || last.Operation != "create_user" {
		t.Errorf("recorded as %s from %s", last.Operation, last.Address)
	}
}

// TestRepeatedReadsAreBytewiseTheSame, so that a client can compare them.
func TestRepeatedReadsAreBytewiseTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.do(t, http.MethodGet, "/v2/users", "").Body.String()
	for range 5 {
		if again := w.do(t, http.MethodGet, "/v2/users", "").Body.String(); again != first {
			t.Fatalf("%s\nand then\n%s", first, again)
		}
	}
}
