package api_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ax/internal/directory"
	"ax/internal/directory/dirtest"
)

// A scenario is one request to a town, and everything that follows from it. $LINK and the like are ids of its people.
type scenario struct {
	name    string
	as      string // whose key: admin's when empty
	request string // method, target and body
	status  int
	want    string   // the whole answer, or of a problem what its detail says
	mails   []string // kind and address of the letters that were queued
	entries []string // operations that were recorded, and on whom
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	body := func(name, email, role, mode, more string) string {
		return `POST /v2/users {"name":"` + name + `","email":"` + email + `","role":{"type":"PREDEFINED","name":"` + role + `"},"invite_mode":"` + mode + `"` + more + `}`
	}
	user := func(id, name, email, status, role, developer, more string) string {
		return `{"id":"` + id + `","name":"` + name + `","email":"` + email + `","created_at":"2026-03-01T09:00:00Z","status":"` + status +
			`","role":{"type":"PREDEFINED","name":"` + role + `"},"is_developer":` + developer + more + `}`
	}
	runScenarios(t, []scenario{
		{name: "nobody, NONE", request: body("Eve", "eve@example.com", "MEMBER", "NONE", ""), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "ACTIVE", "MEMBER", "true", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $NEW"}},
		{name: "nobody, EMAIL_LINK", request: body("Eve", "eve@example.com", "ADMIN", "EMAIL_LINK", ""), status: 201,
			want:  user("$NEW", "Eve", "eve@example.com", "INVITED", "ADMIN", "true", `,"invite_mode":"EMAIL_LINK"`),
			mails: []string{"INVITATION eve@example.com"}, entries: []string{"create_user $NEW"}},
		{name: "nobody, TEMPORARY_PASSWORD", request: body("Eve", "eve@example.com", "ANNOTATOR", "TEMPORARY_PASSWORD", ""), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "INVITED", "ANNOTATOR", "false", `,"invite_mode":"TEMPORARY_PASSWORD","temporary_password":"$SECRET"`),
			entries: []string{"create_user $NEW"}},
		{name: "a UI-only member", request: body("Eve", "eve@example.com", "MEMBER_UI_ONLY", "NONE", ""), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "ACTIVE", "MEMBER_UI_ONLY", "false", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $NEW"}},
		{name: "a member who is no developer", request: body("Eve", "eve@example.com", "MEMBER", "NONE", `,"is_developer":false`), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "ACTIVE", "MEMBER", "false", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $NEW"}},
		{name: "an annotator who is a developer", request: body("Eve", "eve@example.com", "ANNOTATOR", "NONE", `,"is_developer":true`), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "ACTIVE", "ANNOTATOR", "true", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $NEW"}},
		{name: "enumerations in any case", status: 201,
			request: `POST /v2/users {"name":"Eve","email":"eve@example.com","role":{"type":"predefined","name":"Member_Ui_Only"},"invite_mode":"temporary_Password"}`,
			want:    user("$NEW", "Eve", "eve@example.com", "INVITED", "MEMBER_UI_ONLY", "false", `,"invite_mode":"TEMPORARY_PASSWORD","temporary_password":"$SECRET"`),
			entries: []string{"create_user $NEW"}},
		{name: "a name with space around it", request: body(` \t Eve\n `, "eve@example.com", "MEMBER", "NONE", ""), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "ACTIVE", "MEMBER", "true", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $NEW"}},

		{name: "invited by link, EMAIL_LINK: the 200 has no invite_mode", request: body("Other", "LINK@example.com", "ADMIN", "EMAIL_LINK", ""), status: 200,
			want: user("$LINK", "Pat", "link@example.com", "INVITED", "MEMBER", "true", "")},
		{name: "invited by link, TEMPORARY_PASSWORD: no password either", request: body("Other", "link@example.com", "ADMIN", "TEMPORARY_PASSWORD", ""), status: 200,
			want: user("$LINK", "Pat", "link@example.com", "INVITED", "MEMBER", "true", "")},
		{name: "invited by password, EMAIL_LINK", request: body("Other", "password@example.com", "ADMIN", "EMAIL_LINK", ""), status: 200,
			want: user("$PASSWORD", "Pat", "password@example.com", "INVITED", "MEMBER", "true", "")},
		{name: "invited by password, TEMPORARY_PASSWORD", request: body("Other", "password@example.com", "ADMIN", "TEMPORARY_PASSWORD", ""), status: 200,
			want: user("$PASSWORD", "Pat", "password@example.com", "INVITED", "MEMBER", "true", "")},
		{name: "invited by link, NONE", request: body("Other", "link@example.com", "ANNOTATOR", "NONE", ""), status: 201,
			want:    user("$LINK", "Other", "link@example.com", "ACTIVE", "ANNOTATOR", "false", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $LINK"}},
		{name: "invited by password, NONE", request: body("Other", "password@example.com", "MEMBER", "NONE", ""), status: 201,
			want:    user("$PASSWORD", "Other", "password@example.com", "ACTIVE", "MEMBER", "true", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $PASSWORD"}},
		{name: "expired, NONE", request: body("Other", "expired@example.com", "MEMBER", "NONE", ""), status: 201,
			want:    user("$EXPIRED", "Other", "expired@example.com", "ACTIVE", "MEMBER", "true", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $EXPIRED"}},
		{name: "expired, EMAIL_LINK", request: body("Other", "expired@example.com", "ADMIN", "EMAIL_LINK", ""), status: 201,
			want:  user("$EXPIRED", "Other", "expired@example.com", "INVITED", "ADMIN", "true", `,"invite_mode":"EMAIL_LINK"`),
			mails: []string{"INVITATION expired@example.com"}, entries: []string{"create_user $EXPIRED"}},
		{name: "expired, TEMPORARY_PASSWORD", request: body("Other", "expired@example.com", "MEMBER", "TEMPORARY_PASSWORD", ""), status: 201,
			want:    user("$EXPIRED", "Other", "expired@example.com", "INVITED", "MEMBER", "true", `,"invite_mode":"TEMPORARY_PASSWORD","temporary_password":"$SECRET"`),
			entries: []string{"create_user $EXPIRED"}},
		{name: "active, NONE", request: body("Other", "Active@Example.Com", "MEMBER", "NONE", ""), status: 409, want: "already ACTIVE"},
		{name: "active, EMAIL_LINK", request: body("Other", "active@example.com", "MEMBER", "EMAIL_LINK", ""), status: 409, want: "already ACTIVE"},
		{name: "active, TEMPORARY_PASSWORD", request: body("Other", "active@example.com", "MEMBER", "TEMPORARY_PASSWORD", ""), status: 409, want: "already ACTIVE"},
		{name: "deleted, NONE", request: body("Other", "deleted@example.com", "MEMBER", "NONE", ""), status: 409, want: "deleted address"},
		{name: "deleted, EMAIL_LINK", request: body("Other", "DELETED@example.com", "MEMBER", "EMAIL_LINK", ""), status: 409, want: "deleted address"},
		{name: "deleted, TEMPORARY_PASSWORD", request: body("Other", "deleted@example.com", "MEMBER", "TEMPORARY_PASSWORD", ""), status: 409, want: "deleted address"},

		{name: "every fault at once", status: 422,
			request: `POST /v2/users {"name":" ","email":"eve","role":{"type":"PREDEFINED","name":"OWNER"},"invite_mode":"FAX"}`,
			want:    "name: must not be empty; email: must be a single e-mail address like jane@example.com; role.name: must be one of ADMIN, MEMBER, MEMBER_UI_ONLY, ANNOTATOR; invite_mode: must be one of NONE, EMAIL_LINK, TEMPORARY_PASSWORD"},
		{name: "a custom role that is not there", status: 422, want: "role.id: is not the id of a role that there is",
			request: `POST /v2/users {"name":"Eve","email":"eve@example.com","role":{"type":"CUSTOM","id":"Um9sZTox"},"invite_mode":"NONE"}`},

		{name: "a member invites a member", as: "member", request: body("Eve", "eve@example.com", "MEMBER", "NONE", ""), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "ACTIVE", "MEMBER", "true", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $NEW"}},
		{name: "a member invites an annotator", as: "member", request: body("Eve", "eve@example.com", "ANNOTATOR", "NONE", ""), status: 201,
			want:    user("$NEW", "Eve", "eve@example.com", "ACTIVE", "ANNOTATOR", "false", `,"invite_mode":"NONE"`),
			entries: []string{"create_user $NEW"}},
		{name: "a member invites an administrator", as: "member", request: body("Eve", "eve@example.com", "ADMIN", "NONE", ""), status: 403, want: "not a ADMIN"},
		{name: "a member invites a UI-only member", as: "member", request: body("Eve", "eve@example.com", "MEMBER_UI_ONLY", "NONE", ""), status: 403, want: "MEMBER_UI_ONLY"},
		{name: "an annotator invites", as: "annotator", request: body("Eve", "eve@example.com", "MEMBER", "NONE", ""), status: 403, want: "does not allow you to create users"},
		{name: "nobody invites", as: "nobody", request: body("Eve", "eve@example.com", "MEMBER", "NONE", ""), status: 401, want: "Authorization"},
	})
}

func TestGetUser(t *testing.T) {
	t.Parallel()
	pat := func(id, email, status string) string {
		return `{"id":"` + id + `","name":"Pat","email":"` + email + `","created_at":"2026-03-01T09:00:00Z","status":"` + status +
			`","role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":true}`
	}
	runScenarios(t, []scenario{
		{name: "active", request: "GET /v2/users/$ACTIVE", status: 200, want: pat("$ACTIVE", "active@example.com", "ACTIVE")},
		{name: "invited", request: "GET /v2/users/$LINK", status: 200, want: pat("$LINK", "link@example.com", "INVITED")},
		{name: "invited by password", request: "GET /v2/users/$PASSWORD", status: 200, want: pat("$PASSWORD", "password@example.com", "INVITED")},
		{name: "expired", request: "GET /v2/users/$EXPIRED", status: 200, want: pat("$EXPIRED", "expired@example.com", "EXPIRED")},
		{name: "as a member", as: "member", request: "GET /v2/users/$ACTIVE", status: 200, want: pat("$ACTIVE", "active@example.com", "ACTIVE")},
		{name: "deleted", request: "GET /v2/users/$DELETED", status: 404, want: "User not found."},
		{name: "unknown", request: "GET /v2/users/$UNKNOWN", status: 404, want: "User not found."},
		{name: "as an annotator", as: "annotator", request: "GET /v2/users/$ACTIVE", status: 404, want: "User not found."},
		{name: "an annotator learns nothing from a bad id", as: "annotator", request: "GET /v2/users/bad", status: 404, want: "User not found."},
		{name: "without key", as: "nobody", request: "GET /v2/users/$ACTIVE", status: 401, want: "Authorization"},
		{name: "no id", request: "GET /v2/users/bad", status: 400, want: "user_id:"},
	})
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	active := func(name, developer string) string {
		return `{"id":"$ACTIVE","name":"` + name + `","email":"active@example.com","created_at":"2026-03-01T09:00:00Z","status":"ACTIVE",` +
			`"role":{"type":"PREDEFINED","name":"MEMBER"},"is_developer":` + developer + `}`
	}
	changed := []string{"update_user $ACTIVE"}
	runScenarios(t, []scenario{
		{name: "name", request: `PATCH /v2/users/$ACTIVE {"name":" Ann B. Other "}`, status: 200, want: active("Ann B. Other", "true"), entries: changed},
		{name: "developer", request: `PATCH /v2/users/$ACTIVE {"is_developer":false}`, status: 200, want: active("Pat", "false"), entries: changed},
		{name: "both", request: `PATCH /v2/users/$ACTIVE {"is_developer":false,"name":"Ann"}`, status: 200, want: active("Ann", "false"), entries: changed},
		{name: "what it is already", request: `PATCH /v2/users/$ACTIVE {"name":"Pat","is_developer":true}`, status: 200, want: active("Pat", "true")},
		{name: "nothing", request: `PATCH /v2/users/$ACTIVE {}`, status: 400, want: "Nothing to update"},
		{name: "a blank name", request: `PATCH /v2/users/$ACTIVE {"name":" \t\n"}`, status: 400, want: "name: must not be blank"},
		{name: "too long a name", request: `PATCH /v2/users/$ACTIVE {"name":"` + strings.Repeat("é", 256) + `"}`, status: 422, want: "name: must be at most 255 characters"},
		{name: "the role", request: `PATCH /v2/users/$ACTIVE {"role":{"type":"PREDEFINED","name":"ADMIN"}}`, status: 400, want: "role: there is no such key"},
		{name: "the address", request: `PATCH /v2/users/$ACTIVE {"name":"Ann","email":"eve@example.com"}`, status: 400, want: "email: there is no such key"},
		{name: "the status", request: `PATCH /v2/users/$LINK {"status":"ACTIVE"}`, status: 400, want: "status: there is no such key"},
		{name: "deleted", request: `PATCH /v2/users/$DELETED {"name":"Ann"}`, status: 404, want: "User not found."},
		{name: "unknown", request: `PATCH /v2/users/$UNKNOWN {"name":"Ann"}`, status: 404, want: "User not found."},
		{name: "the last administrator loses developer access", request: `PATCH /v2/users/$ADMIN {"is_developer":false}`, status: 403, want: "last active administrator"},
		{name: "a member changes a name", as: "member", request: `PATCH /v2/users/$ACTIVE {"name":"Ann"}`, status: 403, want: "change users"},
		{name: "a member sends is_developer", as: "member", request: `PATCH /v2/users/$ACTIVE {"is_developer":true}`, status: 403, want: "change users"},
		{name: "a member names nobody", as: "member", request: `PATCH /v2/users/$UNKNOWN {"name":"Ann"}`, status: 404, want: "User not found."},
		{name: "an annotator", as: "annotator", request: `PATCH /v2/users/$ACTIVE {"name":"Ann"}`, status: 404, want: "User not found."},
		{name: "without key", as: "nobody", request: `PATCH /v2/users/$ACTIVE {"name":"Ann"}`, status: 401, want: "Authorization"},
	})
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	runScenarios(t, []scenario{
		{name: "active", request: "DELETE /v2/users/$ACTIVE", status: 204, entries: []string{"delete_user $ACTIVE"}},
		{name: "invited", request: "DELETE /v2/users/$LINK", status: 204, entries: []string{"delete_user $LINK"}},
		{name: "expired", request: "DELETE /v2/users/$EXPIRED", status: 204, entries: []string{"delete_user $EXPIRED"}},
		{name: "a second time", request: "DELETE /v2/users/$DELETED", status: 204},
		{name: "oneself", request: "DELETE /v2/users/$ADMIN", status: 403, want: "delete yourself"},
		{name: "unknown", request: "DELETE /v2/users/$UNKNOWN", status: 404, want: "User not found."},
		{name: "something else", request: "DELETE /v2/users/Um9sZUJpbmRpbmc6OTk5OTk5OTk5OTk=", status: 404, want: "User not found."},
		{name: "as a member", as: "member", request: "DELETE /v2/users/$ACTIVE", status: 403, want: "delete users"},
		{name: "as a member, nobody", as: "member", request: "DELETE /v2/users/$UNKNOWN", status: 404, want: "User not found."},
		{name: "as an annotator", as: "annotator", request: "DELETE /v2/users/$ACTIVE", status: 404, want: "User not found."},
		{name: "without key", as: "nobody", request: "DELETE /v2/users/$ACTIVE", status: 401, want: "Authorization"},
	})
}

func TestResendInvitation(t *testing.T) {
	t.Parallel()
	runScenarios(t, []scenario{
		{name: "invited by link", request: "POST /v2/users/$LINK/resend-invitation", status: 204,
			mails: []string{"INVITATION link@example.com"}, entries: []string{"resend_user_invitation $LINK"}},
		{name: "invited by password", request: "POST /v2/users/$PASSWORD/resend-invitation", status: 204,
			mails: []string{"INVITATION password@example.com"}, entries: []string{"resend_user_invitation $PASSWORD"}},
		{name: "expired", request: "POST /v2/users/$EXPIRED/resend-invitation", status: 400, want: "create the user again"},
		{name: "active", request: "POST /v2/users/$ACTIVE/resend-invitation", status: 400, want: "already accepted"},
		{name: "deleted", request: "POST /v2/users/$DELETED/resend-invitation", status: 404, want: "User not found."},
		{name: "unknown", request: "POST /v2/users/$UNKNOWN/resend-invitation", status: 404, want: "User not found."},
		{name: "as a member", as: "member", request: "POST /v2/users/$LINK/resend-invitation", status: 403, want: "resend invitations"},
		{name: "as an annotator", as: "annotator", request: "POST /v2/users/$LINK/resend-invitation", status: 404, want: "User not found."},
		{name: "without key", as: "nobody", request: "POST /v2/users/$LINK/resend-invitation", status: 401, want: "Authorization"},
	})
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	runScenarios(t, []scenario{
		{name: "active", request: "POST /v2/users/$ACTIVE/reset-password", status: 204,
			mails: []string{"RESET active@example.com"}, entries: []string{"reset_user_password $ACTIVE"}},
		{name: "oneself", request: "POST /v2/users/$ADMIN/reset-password", status: 204,
			mails: []string{"RESET ada@example.com"}, entries: []string{"reset_user_password $ADMIN"}},
		{name: "invited", request: "POST /v2/users/$LINK/reset-password", status: 400, want: "resend the invitation"},
		{name: "invited by password", request: "POST /v2/users/$PASSWORD/reset-password", status: 400, want: "resend the invitation"},
		{name: "expired", request: "POST /v2/users/$EXPIRED/reset-password", status: 400, want: "create the user again"},
		{name: "deleted", request: "POST /v2/users/$DELETED/reset-password", status: 404, want: "User not found."},
		{name: "unknown", request: "POST /v2/users/$UNKNOWN/reset-password", status: 404, want: "User not found."},
		{name: "as a member", as: "member", request: "POST /v2/users/$ACTIVE/reset-password", status: 403, want: "reset passwords"},
		{name: "as an annotator", as: "annotator", request: "POST /v2/users/$ACTIVE/reset-password", status: 404, want: "User not found."},
		{name: "without key", as: "nobody", request: "POST /v2/users/$ACTIVE/reset-password", status: 401, want: "Authorization"},
	})
}

// A town is a world with a person of every standing. ids has the placeholders of its people.
type town struct {
	*world
	ids  map[string]string
	keys map[string]string
}

func newTown(t testing.TB) town {
	t.Helper()
	w := newWorld(t)
	annotator := w.Create(t, "dev@example.com", "Dev Annotator", directory.RoleAnnotator)
	yes := true
	if _, err := w.UpdateUser(t.Context(), w.Admin, annotator.ID, directory.UpdateUser{Developer: &yes}); err != nil {
		t.Fatal(err)
	}
	in := town{world: w, ids: map[string]string{
		"$ADMIN": string(w.Admin.UserID), "$MEMBER": string(w.Member.UserID), "$UNKNOWN": "VXNlcjowMDAwMDAwMDAwMDAwMDAw",
	}}
	for placeholder, standing := range map[string]dirtest.Standing{
		"$LINK": dirtest.InvitedByLink, "$PASSWORD": dirtest.InvitedByPassword, "$EXPIRED": dirtest.Expired,
		"$ACTIVE": dirtest.Active, "$DELETED": dirtest.Deleted,
	} {
		email := strings.ToLower(strings.Trim(placeholder, "$")) + "@example.com"
		in.ids[placeholder] = string(w.Put(t, email, standing).ID)
	}
	in.keys = map[string]string{
		"": w.key, "member": w.APIKey(t, w.Member.Email), "annotator": w.APIKey(t, annotator.Email),
	}
	return in
}

// send sends what a scenario's request says.
func (in town) send(t testing.TB, as, request string) *httptest.ResponseRecorder {
	t.Helper()
	method, rest, _ := strings.Cut(in.named(request), " ")
	target, body, _ := strings.Cut(rest, " ")
	authorization := "Authorization:"
	if key := in.keys[as]; key != "" {
		authorization += " Bearer " + key
	}
	return in.do(t, method, target, body, authorization)
}

// named puts ids in the place of placeholders.
func (in town) named(text string) string {
	for placeholder, id := range in.ids {
		text = strings.ReplaceAll(text, placeholder, id)
	}
	return text
}

// unnamed puts placeholders in the place of what differs from one run to the next.
func (in town) unnamed(text string) string {
	for placeholder, id := range in.ids {
		text = strings.ReplaceAll(text, id, placeholder)
	}
	text = regexp.MustCompile(`(VXNlcj[op]\w{21}|(T3JnYW5pemF0aW9u|U3BhY2|QXBpS2V5)\w{20,})`).ReplaceAllString(text, "$$NEW")
	text = regexp.MustCompile(`"ak-[^"]*"`).ReplaceAllString(text, `"$$KEY"`)
	return regexp.MustCompile(`[a-z0-9]{4}(-[a-z0-9]{4}){5}`).ReplaceAllString(text, "$$SECRET")
}

func runScenarios(t *testing.T, scenarios []scenario) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t, newTown(t))
		})
	}
}

func (s scenario) run(t *testing.T, in town) {
	letters, entries := len(in.Letters(t)), len(in.Entries(t))
	got := in.send(t, s.as, s.request)
	switch {
	case s.status >= 400:
		wantProblem(t, got, s.status, s.want)
	case s.want == "":
		if got.Code != s.status || got.Body.Len() > 0 {
			t.Errorf("answer %d %q, want %d without a body", got.Code, got.Body, s.status)
		}
	default:
		if text := in.unnamed(got.Body.String()); got.Code != s.status || text != s.want+"\n" {
			t.Errorf("answer %d, want %d (-want +got):\n%s", got.Code, s.status, cmp.Diff(s.want+"\n", text))
		}
	}
	var mails, recorded, denied []string
	for _, l := range in.Letters(t)[letters:] {
		mails = append(mails, string(l.Kind)+" "+l.To)
	}
	for _, e := range in.Entries(t)[entries:] {
		if strings.HasPrefix(e.Changes, `[{"field":"denied"`) {
			denied = append(denied, e.Operation)
			continue
		}
		recorded = append(recorded, e.Operation+" "+in.unnamed(e.Subject))
	}
	// Whoever is no administrator is refused what is not there as well as what is hidden.
	refusal := (s.status == 403 || s.status == 404 && s.as != "") && !strings.HasPrefix(s.request, "GET ")
	if len(denied) > 1 || refusal != (len(denied) == 1) {
		t.Errorf("refusals that were recorded: %v", denied)
	}
	if diff := cmp.Diff(s.mails, mails, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(s.entries, recorded, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("audit entries (-want +got):\n%s", diff)
	}
}
