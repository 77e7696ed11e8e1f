package e2e_test

import (
	"encoding/base64"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestKeyCreateReplacesALostKey(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := serving(t, v)
		s.create("invited@x.example")
		r := s.ax("server", "key", "create", "--email", strings.ToUpper(s.admin))
		if r.code != 0 || r.stderr != "" || !regexp.MustCompile(`^ak-[A-Za-z0-9]+\n$`).MatchString(r.stdout) {
			t.Fatalf("key create: %v", r)
		}
		for _, key := range []string{s.key, strings.TrimSpace(r.stdout)} {
			s.setenv("ARIZE_API_KEY", key)
			if n := len(s.users()); n != 2 {
				t.Errorf("%d users with the key", n)
			}
		}
		s.refused(1, []string{"nobody@x.example"}, "server", "key", "create", "--email", "nobody@x.example")
		s.refused(1, []string{"INVITED"}, "server", "key", "create", "--email", "invited@x.example")
		s.refused(2, []string{"--email"}, "server", "key", "create")
		all := sealed(t, s.database())
		intact(t, all)
		if diff := cmp.Diff(map[string]int{"create_user": 2, "create_api_key": 2}, operations(all)); diff != "" {
			t.Errorf("audit log (-want +got):\n%s", diff)
		}
		last := all[len(all)-1]
		if last.Via != "HOST" || last.ActorID != "" || last.Actor == "" {
			t.Errorf("the entry of a key made on the host: %+v", last)
		}
	})
}

// Without a way out letters wait; the operator sees them, and their links, until they have left.
func TestMailCommands(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, v variant) {
		s := initialized(t, v)
		const origin = "https://ax.example"
		s.server = s.launch("--public-url", origin)
		s.setenv("ARIZE_API_HOST", s.server.address)
		if !strings.Contains(s.server.log.String(), "--mail-dir") {
			t.Errorf("start does not say that letters wait:\n%s", s.server.log)
		}
		s.create("jane@x.example")
		id := s.letterID("jane@x.example", "WAITING")
		s.setenv("AX_PUBLIC_URL", origin)
		link := regexp.MustCompile(`link: (\S+)`).FindStringSubmatch(s.must("server", "mail", "show", id))
		if link == nil || !strings.HasPrefix(link[1], origin+"/invitations/") {
			t.Fatalf("the link that mail show tells: %v", link)
		}
		s.must("server", "mail", "retry", id)
		if code := s.server.terminate(); code != 0 {
			t.Errorf("the server ended with %d", code)
		}
		s.start("--public-url", origin)
		if sent := linkIn(t, s.letter("jane@x.example", 1)); sent != link[1] {
			t.Errorf("the letter's link is %s, mail show said %s", sent, link[1])
		}
		eventually(t, "sent letter", func() bool { return strings.Contains(s.must("server", "mail", "list"), "SENT") })
		if shown := s.must("server", "mail", "show", id); strings.Contains(shown, "/invitations/") {
			t.Errorf("the link of a letter that has left is still kept:\n%s", shown)
		}
		s.refused(1, []string{"sent"}, "server", "mail", "retry", id)
		unknown := base64.StdEncoding.EncodeToString([]byte("Letter:nobodyhasthisid0"))
		s.refused(1, []string{"not found"}, "server", "mail", "show", unknown)
		s.refused(1, []string{"not found"}, "server", "mail", "retry", unknown)
		s.refused(2, nil, "server", "mail", "show")
		all := sealed(t, s.database())
		intact(t, all)
		want := map[string]int{"create_user": 2, "create_api_key": 1, "list_letters": 2, "show_letter": 1, "retry_letter": 1}
		if diff := cmp.Diff(want, operations(all)); diff != "" {
			t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

// letterID finds a letter in the list by its address and state.
func (s *site) letterID(to, state string) string {
	s.t.Helper()
	list := s.must("server", "mail", "list")
	for line := range strings.SplitSeq(list, "\n") {
		if strings.Contains(line, to) && strings.Contains(line, state) {
			return regexp.MustCompile(`TGV0dGVy[A-Za-z0-9+/=]+`).FindString(line)
		}
	}
	s.t.Fatalf("no letter to %s is %s:\n%s", to, state, list)
	return ""
}

// A letter that could not be sent is given up in the end, stays visible, and can be sent by hand.
func TestGivenUpLetterIsSentByHand(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	blocked := errors.Join(os.RemoveAll(s.mail), os.WriteFile(s.mail, nil, 0o600)) // a file where the folder should be
	if blocked != nil {
		t.Fatal(blocked)
	}
	s.create("jane@x.example")
	eventually(t, "attempt", func() bool { return strings.Contains(s.must("server", "mail", "list"), "not a directory") })
	s.move(7*24*time.Hour - 40*time.Second) // no later attempt would be of use
	eventually(t, "given up letter", func() bool { return strings.Contains(s.must("server", "mail", "list"), "DEAD") })
	id := s.letterID("jane@x.example", "DEAD")
	if code := s.server.terminate(); code != 0 {
		t.Errorf("the server ended with %d", code)
	}
	if err := os.Remove(s.mail); err != nil {
		t.Fatal(err)
	}
	s.start()
	s.must("server", "mail", "retry", id)
	s.letter("jane@x.example", 1)
}
