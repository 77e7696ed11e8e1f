package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// walk follows the cursors of a list to its end.
func walk(t *testing.T, w *dirtest.World, in directory.ListUsers) (emails []string, pages int) {
	t.Helper()
	for {
		page, err := w.ListUsers(t.Context(), w.Member, in)
		must(t, err)
		pages++
		for _, u := range page.Items {
			emails = append(emails, u.Email)
		}
		if page.Next == "" {
			return emails, pages
		}
		if limit := max(in.Limit, 1); in.Limit > 0 && len(page.Items) != limit {
			t.Errorf("a page before the last has %d items, want %d", len(page.Items), limit)
		}
		in.Cursor = page.Next
	}
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := []string{"ada@example.com", "mel@example.com", "ann@example.com"}
	byStatus := map[directory.Status][]string{directory.StatusActive: slices.Clone(all)}
	status := map[dirtest.Standing]directory.Status{
		dirtest.Active: directory.StatusActive, dirtest.Expired: directory.StatusExpired,
		dirtest.InvitedByLink: directory.StatusInvited, dirtest.InvitedByPassword: directory.StatusInvited,
	}
	for n := range 18 {
		standing := dirtest.Standings()[n%6]
		email := fmt.Sprintf("%c%d@example.org", 'z'-n, n)
		w.Put(t, email, standing)
		if s, listed := status[standing]; listed {
			all = append(all, email)
			byStatus[s] = append(byStatus[s], email)
		}
	}
	for limit := range len(all) + 2 {
		got, pages := walk(t, w, directory.ListUsers{Limit: limit})
		same(t, fmt.Sprintf("limit %d", limit), got, all)
		if limit > 0 && pages != (len(all)+limit-1)/limit {
			t.Errorf("limit %d: %d pages", limit, pages)
		}
	}
	for s, want := range byStatus {
		got, _ := walk(t, w, directory.ListUsers{Statuses: []directory.Status{s, s}, Limit: 2})
		same(t, string(s), got, want)
	}
	got, _ := walk(t, w, directory.ListUsers{Statuses: directory.Statuses(), Email: "EXAMPLE.org", Limit: 4})
	same(t, "all statuses and an address", got, all[3:])
	got, _ = walk(t, w, directory.ListUsers{Email: "nobody"})
	same(t, "nobody", got, nil)
}

func TestListLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 105 {
		w.Create(t, fmt.Sprintf("pat%d@example.com", n), "Pat", directory.RoleMember)
	}
	for _, c := range []struct {
		limit, items int
		kind         directory.Kind
	}{
		{0, 50, ok}, {1, 1, ok}, {99, 99, ok}, {100, 100, ok},
		{101, 0, directory.Malformed}, {-1, 0, directory.Malformed}, {1 << 40, 0, directory.Malformed},
	} {
		page, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Limit: c.limit})
		wantKind(t, fmt.Sprint("limit ", c.limit), err, c.kind)
		if len(page.Items) != c.items || (page.Next != "") != (c.kind == ok) {
			t.Errorf("limit %d: %d items, next %q", c.limit, len(page.Items), page.Next)
		}
	}
}

// I-20: no cursor but the very one that was given out is taken.
func TestCursorTampered(t *testing.T) {
	t.Parallel()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \n\x00%"
	w := newWorld(t)
	page, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Limit: 1})
	must(t, err)
	cursor := page.Next
	if strings.ContainsAny(cursor, "=+/") || len(cursor) != 34 {
		t.Errorf("the cursor %q is not 34 characters that stand in a query as they are", cursor)
	}
	try := func(tampered string) {
		t.Helper()
		page, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Limit: 1, Cursor: tampered})
		if kindOf(err) != directory.Malformed || len(page.Items) != 0 {
			t.Errorf("cursor %q for %q: kind %d, %d items", tampered, cursor, kindOf(err), len(page.Items))
		}
	}
	for i := range cursor {
		for _, c := range alphabet {
			if cursor[i] != byte(c) {
				try(cursor[:i] + string(c) + cursor[i+1:])
			}
		}
		try(cursor[:i] + cursor[i+1:])
		try(cursor[:i] + "\n" + cursor[i:])
		if i > 0 {
			try(cursor[:i])
		}
	}
	for _, c := range []string{
		cursor + "A", cursor + "=", cursor + "==", cursor + cursor, " " + cursor, "\n", "0", "null", "é", "\xff",
		"eyJzZXEiOjF9", `{"seq":1}`, "1 OR 1=1", strings.Repeat("A", 34), strings.Repeat("A", 1<<20),
	} {
		try(c)
	}
	if _, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Limit: 1, Cursor: cursor}); err != nil {
		t.Errorf("the cursor itself: %v", err)
	}
}

// I-21: a cursor is good with its filters only, however they are written.
func TestCursorFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const some = "example.com"
	statuses := []directory.Status{directory.StatusActive, directory.StatusInvited}
	page, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Email: some, Statuses: statuses, Limit: 1})
	must(t, err)
	for _, c := range []struct {
		name     string
		email    string
		statuses []directory.Status
		limit    int
		kind     directory.Kind
	}{
		{"the same", some, statuses, 1, ok},
		{"another limit", some, statuses, 100, ok},
		{"the address in another case", "EXAMPLE.Com", statuses, 1, ok},
		{"the statuses in another order, repeated", some, []directory.Status{directory.StatusInvited, directory.StatusActive, directory.StatusInvited}, 1, ok},
		{"no address", "", statuses, 1, directory.Malformed},
		{"a shorter address", "example.co", statuses, 1, directory.Malformed},
		{"a longer address", "@example.com", statuses, 1, directory.Malformed},
		{"the address and a status run together", some + "ACTIVE", statuses[1:], 1, directory.Malformed},
		{"no statuses", some, nil, 1, directory.Malformed},
		{"fewer statuses", some, statuses[:1], 1, directory.Malformed},
		{"more statuses", some, directory.Statuses(), 1, directory.Malformed},
		{"nothing", "", nil, 1, directory.Malformed},
	} {
		_, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Email: c.email, Statuses: c.statuses, Limit: c.limit, Cursor: page.Next})
		wantKind(t, c.name, err, c.kind)
	}
	foreign := *w.Directory
	foreign.Key = dirtest.Unmade(t, w.Store, w.Clock).Key
	_, err = foreign.ListUsers(t.Context(), w.Admin, directory.ListUsers{Email: some, Statuses: statuses, Limit: 1, Cursor: page.Next})
	wantKind(t, "a directory with another key", err, directory.Malformed)
}

// A cursor outlives the user whom it stands behind.
func TestCursorOfDeletedUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Put(t, "pat@example.com", dirtest.Active)
	w.Put(t, "quinn@example.com", dirtest.Active)
	page, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Limit: 4})
	must(t, err)
	must(t, w.DeleteUser(t.Context(), w.Admin, p.ID))
	got, _ := walk(t, w, directory.ListUsers{Limit: 4, Cursor: page.Next})
	same(t, "the rest", got, []string{"quinn@example.com"})
}
