package e2e_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ax/internal/pgtest"
)

// kept is all that somebody finds who gets hold of the directory, in lower case: SQLite's files and a backup of them, or what pg_dump
// writes about PostgreSQL.
func (s *site) kept() []byte {
	s.t.Helper()
	if s.variant == postgres {
		return bytes.ToLower(pgtest.Dump(s.t, s.getenv("AX_DATABASE_URL")))
	}
	file := filepath.Join(s.t.TempDir(), "backup.db")
	s.must("server", "backup", file)
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	return bytes.ToLower(append(text, s.dump()...))
}

// keeps tells whether a text is in what was kept, as it is or as the hexadecimal digits of a dump.
func keeps(kept []byte, text string) bool {
	text = strings.ToLower(text)
	return bytes.Contains(kept, []byte(text)) || bytes.Contains(kept, []byte(hex.EncodeToString([]byte(text))))
}

const (
	gonePerson  = "Zebulon Quickborn"
	goneAddress = "zeb.quickborn@gone.example"
)

// A person who was erased is in no copy of the directory: neither the name nor the address, wherever they had got to.
func TestErasedFromEveryCopy(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		id := s.lives()
		traces := []string{gonePerson, "Zebulon", "Quickborn", goneAddress, "zeb.quickborn", "gone.example"}
		before := s.kept()
		for _, text := range traces {
			if !keeps(before, text) {
				t.Fatalf("%s is nowhere before", text)
			}
		}
		s.must("users", "delete", "--id", id, "--force")
		s.must("server", "erase", "--email", goneAddress, "--force")
		after := s.kept()
		for _, text := range traces {
			if keeps(after, text) {
				at := bytes.Index(after, []byte(strings.ToLower(text)))
				t.Errorf("%s is still there: %q", text, after[max(0, at-100):min(len(after), max(0, at)+100)])
			}
		}
		if !keeps(after, "guest@x.example") || !keeps(after, id) {
			t.Error("others, or what the person did, went too")
		}
		s.must("server", "audit", "verify")
	})
}

// lives has somebody do, and undergo, whatever leaves a name or an address, and returns their id.
func (s *site) lives() string {
	s.t.Helper()
	s.accepted(exchange{method: http.MethodPost, path: "/v2/users", body: strings.NewReplacer("Jane Doe", gonePerson, "MEMBER", "ADMIN").Replace(invitation(goneAddress, "EMAIL_LINK"))})
	token := lastPart(linkIn(s.t, s.letter(goneAddress, 1)))
	s.submit("/invitations/"+token, url.Values{"link": {token}, "password": {"teapot lantern gravel 42"}}, nil)
	id := s.user(goneAddress).ID
	key := strings.TrimSpace(s.must("server", "key", "create", "--email", goneAddress))
	own := http.Header{"Authorization": {"Bearer " + key}}
	for _, x := range []exchange{
		{http.MethodPost, "/v2/users", invitation("guest@x.example", "EMAIL_LINK"), own},
		{http.MethodPatch, "/v2/users/" + id, `{"name":"Z. Quickborn"}`, own},
		{http.MethodPost, "/v2/users", invitation("guest2@x.example", "EMAIL_LINK"), own}, // under a name that is not the last
		{http.MethodPatch, "/v2/users/" + id, `{"name":"` + gonePerson + `"}`, nil},
		{http.MethodPost, "/v2/api-keys", `{"key_type":"USER","name":"of Zebulon","description":"Quickborn's own"}`, own},
		{http.MethodPost, "/v2/organizations", `{"name":"One"}`, own},
		{http.MethodPost, "/v2/users/" + id + "/reset-password", "", nil},
	} {
		s.accepted(x)
	}
	if status, _ := s.send(exchange{http.MethodDelete, "/v2/users/" + id, "", own}); status != http.StatusForbidden {
		s.t.Errorf("oneself deleted: %d", status)
	}
	organization := s.only(`SELECT id FROM organizations`)
	s.accepted(exchange{http.MethodPost, "/v2/organizations/" + organization + "/users", `{"user_id":"` + id + `","role":{"type":"PREDEFINED","name":"MEMBER"}}`, nil})
	s.submit("/forgot-password", url.Values{"email": {strings.ToUpper(goneAddress)}}, nil)
	s.letter(goneAddress, 2)
	s.letter("guest@x.example", 1)
	return id
}

// only is the one row of a query.
func (s *site) only(query string) string {
	s.t.Helper()
	rows := column(s.t, s.database(), query)
	if len(rows) != 1 {
		s.t.Fatal(fmt.Sprint(query, ": ", rows))
	}
	return rows[0]
}
