//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// things is what is in the directory beside its administrator ann, in the order
// in which it is made: a request each, that may name what was made before.
var things = []struct{ name, request, body string }{
	{"bob", "POST /v2/users", `{"name":"Bob Fixture","email":"bob@example.com","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"NONE"}`},
	{"cem", "POST /v2/users", `{"name":"Cem Öztürk","email":"cem@example.com","role":{"type":"PREDEFINED","name":"ANNOTATOR"},"invite_mode":"EMAIL_LINK"}`},
	{"dai", "POST /v2/users", `{"name":"戴 明 \ud83d\ude00","email":"dai.ming@example.org","role":{"type":"PREDEFINED","name":"MEMBER_UI_ONLY"},"invite_mode":"TEMPORARY_PASSWORD"}`},
	{"eve", "POST /v2/users", `{"name":"Eve, \"the\" <Admin> & Co.","email":"eve@example.org","role":{"type":"PREDEFINED","name":"ADMIN"},"invite_mode":"NONE"}`},
	{"bert", "POST /v2/users", `{"name":"Bert With A Name That Is Longer Than Thirty Cells","email":"xbob@example.com.example.net","role":{"type":"PREDEFINED","name":"MEMBER"},"invite_mode":"EMAIL_LINK"}`},
	{"research", "POST /v2/organizations", `{"name":"Research","description":"What is new, and what \"works\""}`},
	{"archive", "POST /v2/organizations", `{"name":"Archive & Söhne With A Name Longer Than Thirty Cells"}`},
	{"production", "POST /v2/spaces", `{"name":"Production","organization_id":"{research}","description":"=What customers see"}`},
	{"staging", "POST /v2/spaces", `{"name":"Staging","organization_id":"{research}","is_private":true}`},
	{"twin", "POST /v2/spaces", `{"name":"Twin","organization_id":"{research}"}`},
	{"twin2", "POST /v2/spaces", `{"name":"Twin","organization_id":"{archive}"}`},
	{"", "POST /v2/organizations/{research}/users", `{"user_id":"{bob}","role":{"type":"PREDEFINED","name":"MEMBER"}}`},
	{"", "POST /v2/spaces/{production}/users", `{"user_id":"{bob}","role":{"type":"PREDEFINED","name":"READ_ONLY"}}`},
	{"auditor", "POST /v2/roles", `{"name":"Auditor","description":"Reads","permissions":["PROJECT_READ","DATASET_READ"]}`},
	{"idle", "POST /v2/roles", `{"name":"Idle Role","permissions":["PROJECT_READ"]}`},
	{"binding", "POST /v2/role-bindings", `{"role_id":"{auditor}","user_id":"{bob}","resource_type":"SPACE","resource_id":"{production}"}`},
	{"bound", "POST /v2/role-bindings", `{"role_id":"{auditor}","user_id":"{bob}","resource_type":"PROJECT","resource_id":"{project}"}`},
	{"", "POST /v2/resource-restrictions", `{"resource_id":"{project}"}`},
	{"", "POST /v2/resource-restrictions", `{"resource_id":"{prompt}"}`},
	{"laptop", "POST /v2/api-keys", `{"name":"laptop","key_type":"USER","description":"Ann's","expires_at":"2099-12-31T23:59:59Z"}`},
	{"old", "POST /v2/api-keys", `{"name":"old","key_type":"USER"}`},
	{"spare", "POST /v2/api-keys", `{"name":"spare","key_type":"USER"}`},
	{"", "PUT /v2/api-keys/{old}/revoke", ``},
	{"robot", "POST /v2/api-keys", `{"name":"robot","key_type":"SERVICE","organizations":[{"org_id":"{research}","spaces":[{"space_id":"{production}"}]}]}`},
}

// furnishDirectory makes the things, and keeps their ids and the cursors of the
// lists. A project and a prompt are of another program: they are ids only.
func (w *world) furnishDirectory(ctx context.Context, d *directory) error {
	w.ids["project"], w.ids["prompt"], w.ids["dashboard"] = "TW9kZWw6MTIxOmFCY0Q=", "UHJvbXB0OjE6YUJjRA==", "RGFzaGJvYXJkOjE6YUJjRA=="
	for _, t := range things {
		method, path, _ := strings.Cut(w.fillIn(t.request), " ")
		text, err := d.call(ctx, method, path, w.fillIn(t.body))
		if err != nil {
			return err
		}
		var made struct {
			ID string `json:"id"`
		}
		if t.name == "" {
			continue
		}
		if err := json.Unmarshal(text, &made); err != nil || made.ID == "" {
			return fmt.Errorf("%s answers without an id: %s", t.request, text)
		}
		w.ids[t.name] = made.ID
	}
	return w.readLists(ctx, d)
}

// readLists keeps the first user, who was there before, and a cursor of each list.
func (w *world) readLists(ctx context.Context, d *directory) error {
	var first struct {
		Users []struct {
			ID string `json:"id"`
		} `json:"users"`
	}
	text, err := d.call(ctx, http.MethodGet, "/v2/users?limit=1", "")
	if err == nil {
		err = json.Unmarshal(text, &first)
	}
	if err != nil || len(first.Users) == 0 {
		return fmt.Errorf("no user: %s: %w", text, err)
	}
	w.ids["ann"] = first.Users[0].ID
	for name, path := range lists() {
		var page struct {
			Pagination struct {
				Next string `json:"next_cursor"`
			} `json:"pagination"`
		}
		text, err := d.call(ctx, http.MethodGet, path+"limit=1", "")
		if err == nil {
			err = json.Unmarshal(text, &page)
		}
		if err != nil {
			return err
		}
		if page.Pagination.Next != "" {
			w.ids[name+"-cursor"] = page.Pagination.Next
		}
		whole, err := d.call(ctx, http.MethodGet, path+"limit=100", "")
		if err != nil {
			return err
		}
		w.times += string(whole)
	}
	return nil
}

// lists are the paths of the lists, with the beginning of their query.
func lists() map[string]string {
	return map[string]string{
		"users": "/v2/users?", "organizations": "/v2/organizations?", "spaces": "/v2/spaces?", "api-keys": "/v2/api-keys?", "revoked": "/v2/api-keys?status=revoked&",
		"service-keys": "/v2/api-keys?key_type=service&", "roles": "/v2/roles?", "role-bindings": "/v2/role-bindings?resource_type=space&",
		"project-bindings": "/v2/role-bindings?resource_type=project&", "resource-restrictions": "/v2/resource-restrictions?", "audit": "/v2/audit-logs?",
	}
}

// watched are the lists that a command of a group may change. Members are in
// none: of those the log says what became of them.
func watched(group string) []string {
	switch group {
	case "organizations":
		return []string{"organizations", "spaces", "audit"}
	case "spaces":
		return []string{"spaces", "role-bindings", "audit"}
	case "api-keys":
		return []string{"api-keys", "revoked", "service-keys"}
	case "role-bindings":
		return []string{"role-bindings", "project-bindings"}
	case "profiles", "ax":
		return []string{"users"}
	}
	return []string{group}
}

// lists reads some lists, of the log only what was done.
func (d *directory) lists(ctx context.Context, names ...string) (all string, err error) {
	for _, name := range names {
		text, err := d.call(ctx, http.MethodGet, lists()[name]+"limit=100", "")
		if err != nil {
			return "", err
		}
		if name == "audit" {
			text, err = done(text)
		}
		if all += string(text); err != nil {
			return "", err
		}
	}
	return all, nil
}

// done is the operations of the log, with what they changed.
func done(log []byte) ([]byte, error) {
	var page struct {
		Logs []struct {
			Operation string `json:"operation_name"`
			Variables string `json:"variables"`
		} `json:"logs"`
	}
	err := json.Unmarshal(log, &page)
	var text strings.Builder
	for _, l := range page.Logs {
		fmt.Fprintf(&text, "%s %s\n", l.Operation, l.Variables)
	}
	return []byte(text.String()), err
}
