package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/wire"
)

// A custom role in the account: given, shown with its name, taken from nobody by deleting it, cleared of its description by null.
func TestCustomAccountRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := decoded[wire.Role](t, w.do(t, "POST", "/v2/roles", `{"name":"Clerk","description":"words","permissions":["user_read","USER_READ"]}`), 201)
	if len(role.Permissions) != 1 || role.IsPredefined || role.Description != "words" {
		t.Errorf("made %+v", role)
	}
	body := strings.Replace(soundBody("clerk@example.com"), `{"type":"PREDEFINED","name":"MEMBER"}`, `{"type":"CUSTOM","id":"`+role.ID+`"}`, 1)
	want := wire.RoleAssignment{Type: "CUSTOM", ID: role.ID, Name: "Clerk"}
	made := decoded[wire.CreatedUser](t, w.do(t, "POST", "/v2/users", body), 201)
	got := decoded[wire.User](t, w.do(t, "GET", "/v2/users/"+made.ID, ""), 200)
	list := decoded[wire.UserList](t, w.do(t, "GET", "/v2/users?email=clerk", ""), 200)
	if made.Role != want || got.Role != want || list.Users[0].Role != want {
		t.Errorf("roles %+v, %+v, %+v", made.Role, got.Role, list.Users[0].Role)
	}
	wantProblem(t, w.do(t, "DELETE", "/v2/roles/"+role.ID, ""), 409, "The role is held by somebody")
	cleared := w.do(t, "PATCH", "/v2/roles/"+role.ID, `{"description":null}`)
	if decoded[wire.Role](t, cleared, 200); strings.Contains(cleared.Body.String(), "description") {
		t.Errorf("null leaves %s", cleared.Body)
	}
	wantProblem(t, w.do(t, "PATCH", "/v2/roles/"+role.ID, `{"name":null}`), 400, "name: must not be null")
	wantProblem(t, w.do(t, "PATCH", "/v2/roles/"+string(directory.PredefinedRoles()[0].ID), `{"name":"X"}`), 403, "predefined")
	wantProblem(t, w.do(t, "POST", "/v2/roles", `{"name":"clerk","permissions":["USER_READ"]}`), 409, "A role with this name")
}

// L-01: a change that was refused leaves one entry, a read none, and what nobody was is not in it.
func TestRefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := "Authorization: Bearer " + w.APIKey(t, "mel@example.com")
	for _, c := range []struct {
		method, path, body string
		status             int
		operation, subject string
	}{
		{"DELETE", "/v2/users/" + string(w.Admin.UserID), "", 403, "delete_user", string(w.Admin.UserID)},
		{"POST", "/v2/roles", `{"name":"X","permissions":["USER_READ"]}`, 403, "create_role", ""},
		{"POST", "/v2/resource-restrictions", `{"resource_id":"UHJvamVjdDox"}`, 403, "create_resource_restriction", ""},
		{"DELETE", "/v2/resource-restrictions/UHJvamVjdDox", "", 403, "delete_resource_restriction", "UHJvamVjdDox"},
		{"GET", "/v2/audit-logs", "", 403, "", ""},
		{"PATCH", "/v2/users/" + string(w.Admin.UserID), `{}`, 403, "update_user", string(w.Admin.UserID)},
		{"DELETE", "/v2/users/x", "", 400, "", ""},
		{"DELETE", "/v2/role-bindings/Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk=", "", 404, "delete_role_binding", "Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk="},
		{"GET", "/v2/role-bindings/Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk=", "", 404, "", ""},
	} {
		before := len(w.Entries(t))
		got := w.do(t, c.method, c.path, c.body, key, "X-Request-Id: find-me")
		if got.Code != c.status {
			t.Errorf("%s %s: answer %d, want %d: %s", c.method, c.path, got.Code, c.status, got.Body)
		}
		entries := w.Entries(t)[before:]
		if c.operation == "" {
			if len(entries) != 0 {
				t.Errorf("%s %s left %+v", c.method, c.path, entries)
			}
			continue
		}
		if len(entries) != 1 {
			t.Fatalf("%s %s: %d entries", c.method, c.path, len(entries))
		}
		e := entries[0]
		if e.Operation != c.operation || e.Subject != c.subject || e.ActorID != string(w.Member.UserID) || e.Address != "192.0.2.7" || e.RequestID != "find-me" ||
			e.Via != directory.ViaKey || !strings.HasPrefix(e.Changes, `[{"field":"denied","to":"`) {
			t.Errorf("%s %s: %+v", c.method, c.path, e)
		}
	}
	before := len(w.Entries(t))
	wantProblem(t, w.do(t, "DELETE", "/v2/users/"+string(w.Member.UserID), "", "Authorization:"), 401, "")
	if n := len(w.Entries(t)) - before; n != 0 {
		t.Errorf("a request without a key left %d entries", n)
	}
}

// L-01: a refusal that looks like a missing thing is recorded too.
func TestHiddenRefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := false
	u := w.Create(t, "idle@example.com", "Idle Admin", directory.RoleAdmin)
	if _, err := w.UpdateUser(t.Context(), w.Admin, u.ID, directory.UpdateUser{Developer: &no}); err != nil {
		t.Fatal(err)
	}
	b, err := w.CreateRoleBinding(t.Context(), w.Admin, directory.CreateBinding{
		Role: w.NewRole(t, "Reader", directory.SpaceRead), UserID: w.Member.UserID, Type: directory.ResourceProject, ResourceID: "UHJvamVjdDox",
	})
	if err != nil {
		t.Fatal(err)
	}
	before := len(w.Entries(t))
	got := w.do(t, "DELETE", "/v2/role-bindings/"+b.ID, "", "Authorization: Bearer "+w.APIKey(t, u.Email))
	wantProblem(t, got, 404, "Developer access is off")
	entries := w.Entries(t)[before:]
	if last := entries[len(entries)-1]; last.Operation != "delete_role_binding" || last.Subject != b.ID || !strings.HasPrefix(last.Changes, `[{"field":"denied"`) {
		t.Errorf("the last entry is %+v", last)
	}
}

// The log is for administrators, the newest first, with times in each form that clients send.
func TestListAuditLogs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := decoded[wire.CreatedUser](t, w.do(t, "POST", "/v2/users", soundBody("eve@example.com")), 201)
	decoded[wire.User](t, w.do(t, "PATCH", "/v2/users/"+made.ID, `{"name":"Eva"}`), 200)
	names := func(query string) (all []string) {
		t.Helper()
		for _, l := range decoded[wire.AuditLogList](t, w.do(t, "GET", "/v2/audit-logs"+query, ""), 200).Logs {
			all = append(all, l.OperationName)
		}
		return all
	}
	first := decoded[wire.AuditLogList](t, w.do(t, "GET", "/v2/audit-logs?limit=1", ""), 200)
	l := first.Logs[0]
	var variables struct{ Subject, Actor, Via string }
	if err := json.Unmarshal([]byte(l.Variables), &variables); err != nil || variables.Subject != made.ID || variables.Actor != "ada@example.com" || variables.Via != "API_KEY" ||
		l.OperationName != "update_user" || l.UserID != string(w.Admin.UserID) || l.IP != "192.0.2.7" || l.OperationType != "MUTATION" {
		t.Errorf("the newest is %+v, %v", l, err)
	}
	if next := names("?limit=1&cursor=" + first.Pagination.NextCursor); len(next) != 1 || next[0] != "create_user" {
		t.Errorf("behind it: %v", next)
	}
	at := "2026-03-01T09:00:00"
	all := len(names(""))
	for query, want := range map[string]int{
		"?start_time=" + at + "Z&end_time=" + at + "Z":                       all,
		"?start_time=" + at + ".000000%2B0000":                               all,
		"?start_time=" + at:                                                  all,
		"?start_time=2026-03-01T10:00:00%2B01:00":                            all,
		"?start_time=2026-03-01T09:00:00.000001Z":                            0,
		"?end_time=2026-03-01T08:59:59.999999Z":                              0,
		"?operation_type=query":                                              0,
		"?operation_type=MUTATION":                                           all,
		"?operation_name=update_user&operation_name=whatever":                1,
		"?operation_name=Update_User":                                        0,
		"?user_id=" + string(w.Member.UserID):                                0,
		"?user_id=" + string(w.Admin.UserID) + "&operation_name=update_user": 1,
	} {
		if got := len(names(query)); got != want {
			t.Errorf("%s: %d entries, want %d", query, got, want)
		}
	}
	wantProblem(t, w.do(t, "GET", "/v2/audit-logs", "", "Authorization: Bearer "+w.APIKey(t, "mel@example.com")), 403, "read the audit log")
}

func TestAccessQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := decoded[wire.WhoAmI](t, w.do(t, "GET", "/ax/v1/whoami", ""), 200)
	if who.User.ID != string(w.Admin.UserID) || len(who.User.Permissions) != 151 || who.Key.KeyType != "USER" || who.User.Role.Name != "ADMIN" {
		t.Errorf("%+v", who)
	}
	yes := decoded[wire.Decision](t, w.do(t, "GET", "/ax/v1/can-i?action=Delete_User&resource="+string(w.Member.UserID), ""), 200)
	if !yes.Allowed || yes.Action != "delete_user" || yes.Resource != string(w.Member.UserID) || yes.Rule == "" {
		t.Errorf("%+v", yes)
	}
	if no := decoded[wire.Decision](t, w.do(t, "GET", "/ax/v1/can-i?action=USER_READ&resource=VXNlcjoxMjM0NQ==", ""), 200); no.Allowed {
		t.Errorf("%+v", no)
	}
	got := decoded[wire.UserDeletion](t, w.do(t, "GET", "/ax/v1/users/"+string(w.Admin.UserID)+"/deletion", ""), 200)
	if got.APIKeys != 2 || got.UserID != string(w.Admin.UserID) { // the first, and this one
		t.Errorf("%+v", got)
	}
}
