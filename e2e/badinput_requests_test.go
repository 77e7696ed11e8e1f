package e2e_test

import (
	"bufio"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ax/internal/api"
	"ax/internal/api/apitest"
	"ax/internal/directory"
	"ax/internal/directory/dirtest"
	"ax/internal/pgtest"
	"ax/internal/store"
)

// A badTown is where bad requests go: a directory with people of every standing.
type badTown struct {
	handler http.Handler
	key     string
	known   map[string]string
	db      *sql.DB
	tables  string // the query for their names
}

func newBadTown(t *testing.T, v variant) badTown {
	t.Helper()
	folder, url := t.TempDir(), ""
	open := func() (*store.Store, error) { return store.OpenSQLite(folder) }
	if v == postgres {
		url = pgtest.URL(t)
		open = func() (*store.Store, error) { return store.OpenPostgres(t.Context(), url) }
	}
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := dirtest.New(t, s)
	town := badTown{
		handler: apitest.Handler(t, api.New(w.Directory, slog.New(slog.DiscardHandler), s.Ready)), key: w.APIKey(t, w.Admin.Email),
		known: map[string]string{
			"$name": `"name":"Eve"`, "$email": `"email":"eve@example.com"`, "$role": `"role":{"type":"PREDEFINED","name":"MEMBER"}`, "$mode": `"invite_mode":"EMAIL_LINK"`,
			"$ADMIN": string(w.Admin.UserID), "$UNKNOWN": "VXNlcjowMDAwMDAwMDAwMDAwMDAw",
		},
	}
	for name, standing := range map[string]dirtest.Standing{
		"active": dirtest.Active, "link": dirtest.InvitedByLink, "password": dirtest.InvitedByPassword, "expired": dirtest.Expired, "deleted": dirtest.Deleted,
	} {
		town.known["$"+strings.ToUpper(name)] = string(w.Put(t, name+"@example.com", standing).ID)
	}
	town.settle(t, w)
	if v == postgres {
		town.look(t, "pgx", url)
	} else {
		town.look(t, "sqlite", filepath.Join(folder, store.DatabaseFile))
	}
	return town
}

// settle adds a role that is bound, and resources that live elsewhere.
func (town *badTown) settle(t *testing.T, w *dirtest.World) {
	t.Helper()
	id := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	project, restricted := id("Model:121:aBcD"), id("Prompt:7")
	role, err := w.CreateRole(t.Context(), w.Admin, directory.CreateRole{Name: "Keeper", Permissions: []directory.Permission{directory.RoleRead}})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := w.CreateRoleBinding(t.Context(), w.Admin, directory.CreateBinding{
		Role: role.ID, UserID: directory.UserID(town.known["$ACTIVE"]), Type: directory.ResourceProject, ResourceID: project,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Restrict(t.Context(), w.Admin, restricted); err != nil {
		t.Fatal(err)
	}
	key, err := w.CreateOwnKey(t.Context(), w.Admin, directory.CreateKey{Name: "laptop"})
	if err != nil {
		t.Fatal(err)
	}
	org := w.NewOrganization(t, "Widgets")
	space := w.NewSpace(t, org, "Yard", false)
	w.NewOrganization(t, "Gadgets")
	w.NewSpace(t, org, "Cellar", true)
	w.Join(t, org, directory.UserID(town.known["$ACTIVE"]), directory.RoleMember)
	w.Join(t, org, directory.UserID(town.known["$PASSWORD"]), directory.RoleMember)
	w.JoinSpace(t, space, directory.UserID(town.known["$ACTIVE"]), directory.RoleMember)
	users, err := w.ListUsers(t.Context(), w.Admin, directory.ListUsers{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(town.known, map[string]string{
		"$PROJECT": project, "$RESTRICTED": restricted, "$DASHBOARD": id("Dashboard:456:aBcD"), "$ROLE": string(role.ID), "$BINDING": bound.ID,
		"$PREDEFINED": string(directory.PredefinedRoles()[0].ID), "$UNKNOWNROLE": id("Role:0000000000000000"), "$UNKNOWNSPACE": id("Space:000000000000000"),
		"$USERS": users.Next, "$KEYID": key.ID, "$UNKNOWNORG": id("Organization:00000000"),
		"$ORG": string(org.ID), "$SPACE": string(space.ID), "$ANNOTATOR": string(w.Annotator.UserID),
	})
}

// look opens the database beside the store.
func (town *badTown) look(t *testing.T, driver, source string) {
	t.Helper()
	var err error
	if town.db, err = sql.Open(driver, source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = town.db.Close() })
	town.tables = `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if driver == "pgx" {
		town.tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name`
	}
}

// dump is every row of every table.
func (town *badTown) dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, table := range column(t, town.db, town.tables) {
		rows, err := town.db.QueryContext(t.Context(), `SELECT * FROM `+table) //nolint:unqueryvet // all there is
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			values, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				to[i] = &values[i]
			}
			if err := rows.Scan(to...); err != nil {
				t.Fatal(err)
			}
			if line := fmt.Sprintf("%s %v", table, values); !strings.Contains(line, `[{"field":"denied"`) { // a refusal leaves its entry
				lines = append(lines, line)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return b.String()
}

// TestBadRequests sends each to both engines.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/badinput/requests/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, v := range engines() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			town := newBadTown(t, v)
			town.soundBodyIsSound(t)
			before := town.dump(t)
			sent := 0
			for _, file := range files {
				for _, b := range badInputs(t, filepath.Join("requests", filepath.Base(file))) {
					town.refuses(t, b)
					sent++
				}
			}
			if sent < 150 {
				t.Errorf("only %d requests", sent)
			}
			if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(town.dump(t), "\n")); diff != "" {
				t.Errorf("the directory changed (-before +after):\n%s", diff)
			}
		})
	}
}

// soundBodyIsSound shows that the members which the lines take for right are right: the rest is what is refused.
func (town *badTown) soundBodyIsSound(t *testing.T) {
	t.Helper()
	town.refuses(t, badInput{at: "a sound body", code: 200, input: `POST /v2/users {$name,"email":"link@example.com",$role,$mode}`})
	town.refuses(t, badInput{at: "a sound request", code: 200, input: `GET /v2/users`})
}

func (town *badTown) refuses(t *testing.T, b badInput) {
	t.Helper()
	got := httptest.NewRecorder()
	town.handler.ServeHTTP(got, town.request(t, b))
	var p struct{ Detail string }
	if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil && got.Code >= 400 {
		t.Errorf("%s: answer %d is not JSON: %v", b.at, got.Code, err)
	}
	if got.Code != b.code || !strings.Contains(p.Detail, b.says) {
		t.Errorf("%s: answer %d %.300q, want %d %q", b.at, got.Code, p.Detail, b.code, b.says)
	}
}

// request reads a line's request as a server would: method, target, headers, body.
func (town *badTown) request(t *testing.T, b badInput) *http.Request {
	t.Helper()
	method, rest, _ := strings.Cut(b.input, " ")
	target, rest, _ := strings.Cut(rest, " ")
	header := http.Header{"Authorization": {"Bearer " + town.key}}
	own := regexp.MustCompile(`^\[([A-Za-z-]+):(?: ([^\]]*))?\] ?`)
	given := map[string]bool{}
	for m := own.FindStringSubmatch(rest); m != nil; m = own.FindStringSubmatch(rest) {
		if !given[m[1]] {
			header.Del(m[1])
		}
		if given[m[1]] = true; m[0] != "["+m[1]+":] " && m[0] != "["+m[1]+":]" {
			header.Add(m[1], b.expand(t, m[2], town.known))
		}
		rest = rest[len(m[0]):]
	}
	line := method + " " + b.expand(t, target, town.known) + " HTTP/1.1\r\nHost: ax.example\r\n\r\n"
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(line)))
	if err != nil {
		t.Fatalf("%s: %v", b.at, err)
	}
	body := b.expand(t, rest, town.known)
	if body != "" && !given["Content-Type"] {
		header.Set("Content-Type", "application/json")
	}
	r.Header, r.Body, r.RemoteAddr = header, io.NopCloser(strings.NewReader(body)), "192.0.2.1:1"
	return r
}
