package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/store"
)

// A host is a directory whose database somebody can write to by hand.
type host struct {
	*dirtest.World
	store  *store.Store
	db     *sql.DB
	folder string // of SQLite's files
}

func onEachEngine(t *testing.T, check func(t *testing.T, h host)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		check(t, newHost(t, sqlite(folder), "sqlite", filepath.Join(folder, store.DatabaseFile), folder))
	})
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		url := schema(t)
		check(t, newHost(t, postgres(url), "pgx", url, ""))
	})
}

func newHost(t *testing.T, open opener, driver, source, folder string) host {
	t.Helper()
	s := migrated(t, open)
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return host{dirtest.New(t, s), s, db, folder}
}

func (h host) change(t *testing.T, statement string) {
	t.Helper()
	if _, err := h.db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (h host) seal(t *testing.T) {
	t.Helper()
	for {
		n, err := h.store.Seal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// fault is the place and the words of what is wrong, empty when nothing is.
func (h host) fault(t *testing.T) (place int64, what string) {
	t.Helper()
	_, err := h.VerifyAudit(t.Context(), nil)
	if err == nil {
		return 0, ""
	}
	f, ok := errors.AsType[*directory.AuditError](err)
	if !ok {
		t.Fatal(err)
	}
	return f.Place, f.What
}

// L-05: whatever is done to the log by hand, in the middle, at its start or at its end, is found at its first place.
func TestL05_TamperingIsFound(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, h host) {
		for n := range 10 {
			h.Create(t, fmt.Sprintf("pat%d@example.com", n), "Pat", directory.RoleMember)
		}
		h.seal(t)
		c, err := h.VerifyAudit(t.Context(), nil)
		if err != nil || c.Entries < 12 || c.Place != c.Entries {
			t.Fatalf("untouched: %+v, %v", c, err)
		}
		last := c.Place
		h.change(t, `CREATE TABLE kept AS SELECT * FROM audit`) //nolint:unqueryvet // all there is
		for _, place := range []int64{1, 6, last} {
			at := fmt.Sprintf(` WHERE place = %d`, place)
			for _, c := range []struct {
				name, statement string
				place           int64
				what            string
			}{
				{"who did it", `UPDATE audit SET actor = 'mallory@example.com'` + at, place, "was changed"},
				{"where from", `UPDATE audit SET address = '203.0.113.9'` + at, place, "was changed"},
				{"what was done", `UPDATE audit SET operation = 'update_user'` + at, place, "was changed"},
				{"to whom", `UPDATE audit SET subject = 'x'` + at, place, "was changed"},
				{"when", `UPDATE audit SET at = at + 1` + at, place, "was changed"},
				{"the difference", `UPDATE audit SET changes = '[]'` + at, place, "was changed"},
				{"the difference and its digest", `UPDATE audit SET changes = '[]', digest = salt` + at, place, "was changed"},
				{"the hash", `UPDATE audit SET hash = digest` + at, place, "does not follow"},
				{"feigned erasure with other words", `UPDATE audit SET operation = 'x', actor = '', address = '', actor_digest = digest` + at, place, "was changed"},
				{"the place", `UPDATE audit SET place = NULL` + at, place, ""},
				{"deleted", `DELETE FROM audit` + at, place, "is missing"},
				{"moved up", fmt.Sprintf(`UPDATE audit SET place = %d`, last+1) + at, place, "is missing"},
			} {
				if gone := c.name == "deleted" || c.name == "the place"; gone && place == last { // found only by who noted the end
					continue
				}
				h.change(t, c.statement)
				if got, what := h.fault(t); got != c.place && !(c.name == "moved up" && place == last) || !strings.Contains(what, c.what) && place != last {
					t.Errorf("%s at %d: found at %d, %q", c.name, place, got, what)
				}
				h.change(t, `DELETE FROM audit`)
				h.change(t, insertKept)
			}
		}
		h.swapped(t, 3, 9)
		h.inserted(t, last)
		if place, what := h.fault(t); what != "" {
			t.Errorf("all is as it was, and there is a fault at %d: %s", place, what)
		}
	})
}

const insertKept = `INSERT INTO audit (id, at, operation, actor_id, actor, credential, via, address, request_id, subject, changes, salt, digest, place, hash, actor_digest, changes_digest)
	SELECT id, at, operation, actor_id, actor, credential, via, address, request_id, subject, changes, salt, digest, place, hash, actor_digest, changes_digest FROM kept ORDER BY place`

// swapped exchanges two entries, with and without their hashes.
func (h host) swapped(t *testing.T, one, two int64) {
	t.Helper()
	for _, with := range []string{`place`, `place, hash`} {
		for _, step := range [][2]int64{{one, -1}, {two, one}, {-1, two}} {
			h.change(t, fmt.Sprintf(`UPDATE audit SET place = %d WHERE place = %d`, step[1], step[0]))
		}
		if with != `place` {
			h.change(t, fmt.Sprintf(`UPDATE audit SET hash = (SELECT hash FROM kept WHERE kept.place = audit.place) WHERE place IN (%d, %d)`, one, two))
		}
		if place, what := h.fault(t); place != one || what == "" {
			t.Errorf("swapped with %s: found at %d, %q", with, place, what)
		}
		h.change(t, `DELETE FROM audit`)
		h.change(t, insertKept)
	}
}

// inserted adds an entry in the middle, at the end, and without a place.
func (h host) inserted(t *testing.T, last int64) {
	t.Helper()
	for place, shift := range map[string]bool{"5": true, fmt.Sprint(last + 1): false, "NULL": false} {
		if shift {
			h.change(t, `UPDATE audit SET place = -1 - place WHERE place >= 5`)
			h.change(t, `UPDATE audit SET place = -place WHERE place < 0`)
		}
		h.change(t, `INSERT INTO audit (id, at, operation, actor_id, actor, credential, via, address, request_id, subject, changes, salt, digest, place, hash)
			SELECT 'forged', at - 3600000000, operation, actor_id, actor, credential, via, address, request_id, subject, changes, salt, digest, `+place+`, hash FROM kept WHERE place = 4`)
		if got, what := h.fault(t); what == "" || place != "NULL" && fmt.Sprint(got) != place {
			t.Errorf("inserted at %s: found at %d, %q", place, got, what)
		}
		h.change(t, `DELETE FROM audit`)
		h.change(t, insertKept)
	}
}

// Retention removes what is old and no more; the rest verifies, and a removal by hand is no retention.
func TestRetention(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, h host) {
		h.AuditLife = 48 * time.Hour
		h.Create(t, "old@example.com", "Pat", directory.RoleMember)
		h.Clock.Advance(24 * time.Hour)
		h.Create(t, "young@example.com", "Pat", directory.RoleMember)
		h.seal(t)
		before, err := h.VerifyAudit(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		tidy := func() {
			t.Helper()
			if err := h.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.seal(t)
		}
		if tidy(); len(h.Entries(t)) != int(before.Entries) {
			t.Errorf("%d entries after a retention that removes nothing", len(h.Entries(t)))
		}
		h.Clock.Advance(25 * time.Hour)
		tidy()
		left := h.Entries(t)
		if len(left) != 2 || left[0].Operation != "create_user" || left[1].Operation != "expire_audit_entries" || !strings.HasPrefix(left[1].Changes, fmt.Sprintf(`[{"field":"removed","to":%d},`, before.Entries-1)) {
			t.Fatalf("left are %+v", left)
		}
		var places []int64
		after, err := h.VerifyAudit(t.Context(), func(place int64, _ []byte) { places = append(places, place) })
		if err != nil || after.Place != before.Place+1 || len(places) != 2 {
			t.Errorf("afterwards: %+v at %v, %v", after, places, err)
		}
		h.Clock.Advance(48 * time.Hour)
		tidy() // the entry that told of the first removal goes, another tells of both
		if _, err := h.VerifyAudit(t.Context(), nil); err != nil {
			t.Error(err)
		}
		h.Create(t, "next@example.com", "Pat", directory.RoleMember)
		h.seal(t)
		all := h.Entries(t)
		first := all[0]
		h.change(t, fmt.Sprintf(`UPDATE audit_anchor SET place = %d, hash = (SELECT hash FROM audit WHERE place = %d)`, first.Place, first.Place))
		h.change(t, fmt.Sprintf(`DELETE FROM audit WHERE place = %d`, first.Place))
		if place, what := h.fault(t); what == "" {
			t.Errorf("the anchor was moved by hand: found at %d, %q", place, what)
		}
	})
}

const (
	erasedName  = "Zebulon Quickborn"
	erasedEmail = "zebulon.quickborn@example.com"
)

// everything is each row of each table, as text.
func (h host) everything(t *testing.T) string {
	t.Helper()
	tables := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if h.folder == "" {
		tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	var all strings.Builder
	for _, table := range h.column(t, tables) {
		rows, err := h.db.QueryContext(t.Context(), `SELECT * FROM `+table) //nolint:unqueryvet // all there is
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				to[i] = &values[i]
			}
			if err := rows.Scan(to...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				fmt.Fprintf(&all, "%v ", v)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func (h host) column(t *testing.T, query string) (all []string) {
	t.Helper()
	rows, err := h.db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	return all
}

// traces tells where in SQLite's files and in all tables a text is.
func (h host) traces(t *testing.T, text string) (where []string) {
	t.Helper()
	if strings.Contains(strings.ToLower(h.everything(t)), strings.ToLower(text)) {
		where = append(where, "a table")
	}
	if h.folder == "" {
		return where
	}
	for _, name := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(filepath.Join(h.folder, store.DatabaseFile+name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(text))) {
			where = append(where, store.DatabaseFile+name)
		}
	}
	return where
}

// lived has a person do and undergo whatever leaves a name or an address.
func (h host) lived(t *testing.T) directory.User {
	t.Helper()
	u := h.Create(t, erasedEmail, erasedName, directory.RoleAdmin)
	a := h.As(t, erasedEmail)
	a.Address = "198.51.100.77"
	if _, err := h.CreateUser(t.Context(), a, directory.CreateUser{Name: "Ida", Email: "ida@example.com", Role: directory.RoleMember, Mode: directory.InviteLink}); err != nil {
		t.Fatal(err)
	}
	name := erasedName + " II"
	if _, err := h.UpdateUser(t.Context(), h.Admin, u.ID, directory.UpdateUser{Name: &name}); err != nil {
		t.Fatal(err)
	}
	name = erasedName
	if _, err := h.UpdateUser(t.Context(), a, u.ID, directory.UpdateUser{Name: &name}); err != nil {
		t.Fatal(err)
	}
	if err := h.ResetPassword(t.Context(), h.Admin, u.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.CountGuess(t.Context(), directory.Guess{Email: erasedEmail, Address: "198.51.100.77"}); err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteUser(t.Context(), h.Admin, u.ID); err != nil {
		t.Fatal(err)
	}
	return u
}

// An erased person is nowhere, the log still verifies, and the address stays taken.
func TestErase(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, h host) {
		u := h.lived(t)
		h.seal(t)
		for _, text := range []string{erasedName, erasedEmail, "198.51.100.77"} {
			if len(h.traces(t, text)) == 0 {
				t.Fatalf("%s is nowhere before", text)
			}
		}
		before := len(h.Entries(t))
		for _, spelled := range []string{erasedEmail, " " + strings.ToUpper(erasedEmail)} {
			done, err := h.EraseUser(t.Context(), directory.Host("root"), spelled)
			if err != nil || done.User != u.ID || done.Already != (spelled != erasedEmail) || !done.Already && done.Entries != 5 {
				t.Fatalf("erase %q: %+v, %v", spelled, done, err)
			}
			if err := h.store.Purge(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		h.seal(t)
		for _, text := range []string{erasedName, erasedEmail, "Quickborn", "198.51.100.77"} {
			if where := h.traces(t, text); len(where) > 0 {
				t.Errorf("%s is still in %v", text, where)
			}
		}
		if !strings.Contains(h.everything(t), "ida@example.com") {
			t.Error("another person's address went too")
		}
		c, err := h.VerifyAudit(t.Context(), nil)
		if err != nil || c.Entries != int64(before)+1 || c.Erased != 5 {
			t.Errorf("the chain: %+v, %v", c, err)
		}
		_, err = h.CreateUser(t.Context(), h.Admin, directory.CreateUser{Name: "New", Email: strings.ToUpper(erasedEmail), Role: directory.RoleMember, Mode: directory.InviteNone})
		if directory.KindOf(err) != directory.Conflict || !strings.Contains(err.Error(), "deleted address") {
			t.Errorf("the address again: %v", err)
		}
		if _, err := h.User(t.Context(), h.Admin, u.ID); directory.KindOf(err) != directory.NotFound {
			t.Errorf("the user: %v", err)
		}
		// What is erased stays covered, and an erasure that nobody tells of is found.
		h.change(t, `UPDATE audit SET operation = 'x' WHERE place = (SELECT min(place) FROM audit WHERE actor_digest IS NOT NULL)`)
		if place, what := h.fault(t); what != "was changed" {
			t.Errorf("a changed entry of an erased person: %d, %q", place, what)
		}
	})
}

func TestEraseIsTold(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, h host) {
		u := h.lived(t)
		u.State = directory.StateDeleted
		h.seal(t)
		if err := h.store.Write(t.Context(), func(tx directory.Tx) error { // as EraseUser does, without its entry
			d := *h.Directory
			d.Store = insideOf{tx}
			_, err := d.EraseUser(t.Context(), directory.Host("root"), erasedEmail)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		h.seal(t)
		if place, what := h.fault(t); !strings.Contains(what, "no entry says that the person was erased") {
			t.Errorf("found at %d, %q", place, what)
		}
	})
}

// insideOf is a store whose writes are part of a transaction, and record nothing.
type insideOf struct{ tx directory.Tx }

func (s insideOf) Read(context.Context) directory.Reads { return s.tx }
func (s insideOf) Write(_ context.Context, fn func(directory.Tx) error) error {
	return fn(silent{s.tx})
}

type silent struct{ directory.Tx }

func (silent) Record(directory.Entry) error { return nil }

// Only who was deleted is erased.
func TestEraseRefused(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, h host) {
		h.Put(t, "invited@example.com", dirtest.InvitedByLink)
		before := h.everything(t)
		for email, want := range map[string]directory.Kind{"mel@example.com": directory.Conflict, "invited@example.com": directory.Conflict, "nobody@example.com": directory.NotFound, "": directory.NotFound} {
			if _, err := h.EraseUser(t.Context(), directory.Host("root"), email); directory.KindOf(err) != want {
				t.Errorf("%q: %v", email, err)
			}
		}
		if h.everything(t) != before {
			t.Error("something changed")
		}
	})
}
