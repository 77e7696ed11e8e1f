package api_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/wire"
)

func TestListUsers(t *testing.T) {
	t.Parallel()
	in := newTown(t)
	for _, c := range []struct{ name, as, query, want string }{
		{"all, in the order in which they came", "", "", "ada mel ann dev"},
		{"as a member", "member", "?email=ada@", "ada"},
		{"empty parameters are none", "", "?email=&cursor=", "ada mel ann dev"},
		{"part of an address, in any case", "", "?email=M.EXAM", ""},
		{"part of an address across the @", "", "?email=EL@exam", "mel"},
		{"percent is a percent", "", "?email=%25", ""},
		{"underscore is an underscore", "", "?email=_", ""},
		{"backslash is a backslash", "", "?email=%5C", ""},
		{"a quote is a quote", "", "?email='", ""},
		{"a star is a star", "", "?email=*", ""},
		{"a bracket is a bracket", "", "?email=%5Ba-z", ""},
		{"active", "", "?status=ACTIVE&email=e", "ada mel ann dev active"},
		{"invited, in lower case", "", "?status=invited", "link password"},
		{"expired", "", "?status=EXPIRED", "expired"},
		{"two", "", "?status=EXPIRED&status=Invited", "link password expired"},
		{"the same twice", "", "?status=EXPIRED&status=EXPIRED", "expired"},
		{"both filters", "", "?status=ACTIVE&status=INVITED&email=N", "ann link"},
		{"the last page says so", "", "?limit=100", "ada mel ann dev"},
		{"the first of many", "", "?limit=1", "ada +"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			page := decoded[wire.UserList](t, in.send(t, c.as, "GET /v2/users"+c.query), 200)
			got := names(page)
			// The town's people of every standing are made in no fixed order.
			switch {
			case c.want == "ada mel ann dev":
				if !strings.HasPrefix(got, c.want+" ") || len(page.Users) != 8 {
					t.Errorf("got %s, want %s and four more", got, c.want)
				}
			case sorted(got) != sorted(c.want):
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	wantProblem(t, in.send(t, "annotator", "GET /v2/users"), 403, "does not allow you to see users")
	wantProblem(t, in.send(t, "nobody", "GET /v2/users"), 401, "Authorization")
}

// names are the people of a page, and a plus when there is more.
func names(page wire.UserList) string {
	var all []string
	for _, u := range page.Users {
		name, _, _ := strings.Cut(u.Email, "@")
		all = append(all, name)
	}
	if page.Pagination.HasMore {
		all = append(all, "+")
	}
	return strings.Join(all, " ")
}

func sorted(words string) string {
	return strings.Join(slices.Sorted(slices.Values(strings.Fields(words))), " ")
}

func TestAnEmptyListIsAnArray(t *testing.T) {
	t.Parallel()
	got := newWorld(t).do(t, "GET", "/v2/users?email=nobody-has-this", "")
	if want := `{"users":[],"pagination":{"has_more":false}}` + "\n"; got.Body.String() != want {
		t.Errorf("got %s, want %s", got.Body, want)
	}
}

// A cursor is good for the one list and the filters that it came from, and for nothing else.
func TestCursors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const good = "/v2/users?limit=1&email=EXAMPLE&status=ACTIVE&status=INVITED&cursor="
	page := decoded[wire.UserList](t, w.do(t, "GET", good, ""), 200)
	cursor := page.Pagination.NextCursor
	if strings.Trim(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" || cursor == "" {
		t.Fatalf("the cursor %q is not of A-Za-z0-9_-", cursor)
	}
	for name, same := range map[string]string{
		"unchanged":                        good + cursor,
		"percent-encoded":                  good + "%" + fmt.Sprintf("%X", cursor[0]) + cursor[1:],
		"another limit":                    "/v2/users?limit=2&email=EXAMPLE&status=ACTIVE&status=INVITED&cursor=" + cursor,
		"the same filter in other words":   "/v2/users?email=example&status=invited&status=active&status=Active&cursor=" + cursor,
		"parameters in another order":      "/v2/users?cursor=" + cursor + "&status=INVITED&email=EXAMPLE&status=ACTIVE",
		"an empty cursor is the beginning": good,
	} {
		if got := w.do(t, "GET", same, ""); got.Code != 200 {
			t.Errorf("%s: answer %d %s", name, got.Code, got.Body)
		}
	}
	bad := map[string]string{
		"no filter":          "/v2/users?cursor=" + cursor,
		"another address":    "/v2/users?email=exampl&status=ACTIVE&status=INVITED&cursor=" + cursor,
		"one status less":    "/v2/users?email=EXAMPLE&status=ACTIVE&cursor=" + cursor,
		"one status more":    "/v2/users?email=EXAMPLE&status=ACTIVE&status=INVITED&status=EXPIRED&cursor=" + cursor,
		"the status as text": "/v2/users?email=EXAMPLEACTIVE&status=INVITED&cursor=" + cursor,
		"of another list":    "/v2/users?cursor=" + foreign(t, newWorld(t)),
		"one byte less":      good + cursor[:len(cursor)-1],
		"one byte more":      good + cursor + "A",
		"with padding":       good + cursor + "%3D",
		"doubled":            good + cursor + cursor,
		"with a line break":  good + cursor[:4] + "%0A" + cursor[4:],
		"with a space":       good + "%20" + cursor,
		"a megabyte":         good + strings.Repeat("A", 1<<20),
		"a number":           good + "1",
		"forged JSON":        good + base64.RawURLEncoding.EncodeToString([]byte(`{"seq":1}`)),
		"SQL":                good + url.QueryEscape("1' OR '1'='1"),
		"SQL in base64":      good + base64.RawURLEncoding.EncodeToString([]byte("1); DROP TABLE users; --.")),
		"twenty-five zeros":  good + base64.RawURLEncoding.EncodeToString(make([]byte, 25)),
		"no base64":          good + "!!!!",
		"standard base64":    good + "++++////",
		"another script":     good + url.QueryEscape("курсор"),
	}
	for name, target := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantProblem(t, w.do(t, "GET", target, ""), 400, "cursor: not one that this list gave out with these filters")
		})
	}
	wantProblem(t, w.do(t, "GET", good+cursor+"&cursor="+cursor, ""), 400, "cursor: give it once")
}

// foreign is a cursor for the unfiltered list of another directory.
func foreign(t *testing.T, w *world) string {
	t.Helper()
	return decoded[wire.UserList](t, w.do(t, "GET", "/v2/users?limit=1", ""), 200).Pagination.NextCursor
}

// TestChangedCursors changes each byte of a cursor in several ways: no other cursor is good, and none makes the server fail.
func TestChangedCursors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cursor := foreign(t, w)
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i := range raw {
		for _, bits := range []byte{0x01, 0x80, 0xff} {
			b := slices.Clone(raw)
			b[i] ^= bits
			all = append(all, base64.RawURLEncoding.EncodeToString(b))
		}
	}
	for i := range cursor {
		for _, c := range []string{"A", "Z", "-", "_", "=", "%20", "%00"} {
			if cursor[i:i+1] != c {
				all = append(all, cursor[:i]+c+cursor[i+1:])
			}
		}
		all = append(all, cursor[:i]) // cut off, but for the empty one
	}
	for _, changed := range all {
		if changed == "" {
			continue
		}
		if got := w.do(t, "GET", "/v2/users?cursor="+changed, ""); got.Code != 400 {
			t.Errorf("%s, made of %s: answer %d %.100s", changed, cursor, got.Code, got.Body)
		}
	}
}

// TestStatusIsOfTheMoment lets an invitation run out between two requests.
func TestStatusIsOfTheMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pat := w.Put(t, "pat@example.com", dirtest.InvitedByLink)
	status := func() string {
		one := decoded[wire.User](t, w.do(t, "GET", "/v2/users/"+string(pat.ID), ""), 200)
		listed := decoded[wire.UserList](t, w.do(t, "GET", "/v2/users?email=pat&status="+string(one.Status), ""), 200)
		return fmt.Sprint(one.Status, len(listed.Users))
	}
	if got := status(); got != "INVITED1" {
		t.Errorf("at first: %s", got)
	}
	w.Clock.Advance(directory.DefaultInvitationLife - time.Microsecond)
	if got := status(); got != "INVITED1" {
		t.Errorf("a microsecond before the end: %s", got)
	}
	w.Clock.Advance(time.Microsecond)
	if got := status(); got != "EXPIRED1" {
		t.Errorf("at the end: %s", got)
	}
}
