package api_test

import (
	"maps"
	"strings"
	"testing"

	"ax/internal/directory"
	"ax/internal/wire"
)

// newKeys is an estate with keys: $LAPTOP and $CIKEY, which acts as $BOT in $SPACE, and whose secret is machine's; keeper
// has a role in $SPACE that is good for making such.
func newKeys(t testing.TB) town {
	t.Helper()
	in := newEstate(t)
	role := in.NewRole(t, "Keeper", directory.SpaceRead, directory.ServiceKeyCreate, directory.ServiceKeyRead)
	keeper := in.Create(t, "keeper@example.com", "Pat", directory.RoleMember)
	org, space := directory.Organization{ID: directory.OrganizationID(in.ids["$ORG"])}, directory.Space{ID: directory.SpaceID(in.ids["$SPACE"])}
	in.Join(t, org, keeper.ID, directory.RoleMember)
	in.JoinSpace(t, space, keeper.ID, role)
	in.keys["keeper"] = in.APIKey(t, keeper.Email)
	mate, err := in.Authenticate(t.Context(), in.keys["mate"])
	if err != nil {
		t.Fatal(err)
	}
	mates, err := in.CreateOwnKey(t.Context(), mate, directory.CreateKey{Name: "laptop"})
	if err != nil {
		t.Fatal(err)
	}
	machines, bot, err := in.CreateServiceKey(t.Context(), in.Admin, directory.CreateServiceKey{
		CreateKey:     directory.CreateKey{Name: "machine"},
		Organizations: []directory.BotOrganization{{ID: org.ID, Spaces: []directory.BotSpace{{ID: space.ID, Role: role}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	in.keys["machine"], in.keys["laptop"] = machines.Secret, mates.Secret
	maps.Copy(in.ids, map[string]string{
		"$LAPTOP": mates.ID, "$CIKEY": machines.ID, "$BOT": string(bot.ID), "$KEEPS": string(role), "$PERSON": string(keeper.ID), "$NOKEY": "QXBpS2V5OjAwMDAwMDAwMDAwMDAwMDAw",
	})
	return in
}

func runOnKeys(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t, newKeys(t))
		})
	}
}

// keyJSON is a key that was made now; between are the fields before created_by_user_id, more those after it.
func keyJSON(id, name, kind, status, between, creator, more string) string {
	return `{"id":"` + id + `","name":"` + name + `","key_type":"` + kind + `","status":"` + status + `","redacted_key":"$KEY","created_at":"2026-03-01T09:00:00Z",` +
		between + `"created_by_user_id":"` + creator + `"` + more + `}`
}

const (
	machineBot = `,"bot_user":{"id":"$BOT","name":"machine","account_role":{"type":"PREDEFINED","name":"MEMBER"},"organizations":[]}`
	secret     = `,"key":"$KEY"`
)

func TestCreateAPIKey(t *testing.T) {
	t.Parallel()
	const post = "POST /v2/api-keys "
	created := []string{"create_api_key $NEW"}
	service := func(more string) string { return post + `{"key_type":"service","name":"ci"` + more + `}` }
	in := func(org, space, role string) string {
		return `,"organizations":[{"org_id":"` + org + `","spaces":[{"space_id":"` + space + `"` + role + `}]}]`
	}
	bot := func(account, space string) string {
		return secret + `,"bot_user":{"id":"$NEW","name":"ci","account_role":{"type":"PREDEFINED","name":"` + account + `"},"organizations":[{"org_id":"$ORG",` +
			`"role":{"type":"PREDEFINED","name":"READ_ONLY"},"spaces":[{"space_id":"$SPACE","role":` + space + `}]}]}`
	}
	const member, custom = `{"type":"PREDEFINED","name":"MEMBER"}`, `,"role":{"type":"CUSTOM","id":"$KEEPS"}`
	runOnKeys(t, []scenario{
		{name: "of one's own", as: "mate", request: post + `{"key_type":"user","name":" ci "}`, status: 201, want: keyJSON("$NEW", "ci", "USER", "ACTIVE", "", "$MATE", secret), entries: created},
		{name: "with an end", as: "mate", request: post + `{"key_type":"USER","name":"ci","expires_at":"2026-03-01T11:00:00+01:00"}`, status: 201,
			want: keyJSON("$NEW", "ci", "USER", "ACTIVE", `"expires_at":"2026-03-01T10:00:00Z",`, "$MATE", secret), entries: created},
		{name: "that has ended", as: "mate", request: post + `{"key_type":"USER","name":"ci","expires_at":"2026-03-01T09:00:00Z"}`, status: 422, want: "expires_at: must be in the future"},
		{name: "without a time", as: "mate", request: post + `{"key_type":"USER","name":"","expires_at":"soon"}`, status: 422, want: "expires_at: must be a time like"},
		{name: "of no kind", request: post + `{"name":"ci"}`, status: 422, want: "key_type: must be one of USER, SERVICE"},
		{name: "a user's with organizations", request: post + `{"key_type":"USER","name":"ci"` + in("$ORG", "$SPACE", "") + `}`, status: 400, want: "only a SERVICE key has them"},
		{name: "K-08, without developer access", as: "nondev", request: post + `{"key_type":"USER","name":"ci"}`, status: 403, want: "Developer access is off"},
		{name: "K-08, by a service key", as: "machine", request: post + `{"key_type":"USER","name":"ci"}`, status: 403, want: "belongs to no person"},
		{name: "Z-05, of another's", as: "mate", request: post + `{"key_type":"USER","name":"ci","created_by_user_id":"$ADMIN"}`, status: 400, want: "there is no such key"},
		{name: "by nobody", as: "nobody", request: post + `{"key_type":"USER","name":"ci"}`, status: 401, want: "Authorization"},

		{name: "service", as: "boss", request: service(in("$ORG", "$SPACE", "")), status: 201, want: keyJSON("$NEW", "ci", "SERVICE", "ACTIVE", "", "$BOSS", bot("MEMBER", member)), entries: created},
		{name: "service, an administrator", request: service(`,"account_role":{"type":"PREDEFINED","name":"admin"}` + in("$ORG", "$SPACE", "")), status: 201,
			want: keyJSON("$NEW", "ci", "SERVICE", "ACTIVE", "", "$ADMIN", bot("ADMIN", member)), entries: created},
		{name: "service, with a custom role", as: "keeper", request: service(in("$ORG", "$SPACE", custom)), status: 201,
			want: keyJSON("$NEW", "ci", "SERVICE", "ACTIVE", "", "$PERSON", bot("MEMBER", `{"type":"CUSTOM","id":"$KEEPS","name":"Keeper"}`)), entries: created},
		{name: "K-08, a role above one's own", as: "keeper", request: service(in("$ORG", "$SPACE", "")), status: 422, want: "organizations[0].spaces[0].role: is above your own"},
		{name: "K-08, an administrator by another", as: "boss", request: service(`,"account_role":{"type":"PREDEFINED","name":"ADMIN"}` + in("$ORG", "$SPACE", "")), status: 422, want: "account_role: is above your own"},
		{name: "by an administrator of one space in another", as: "lead", request: service(in("$ORG", "$PRIVATE", "")), status: 404, want: "Space not found."},
		{name: "by a member", as: "mate", request: service(in("$ORG", "$SPACE", "")), status: 403, want: "create service keys"},
		{name: "Z-03, by the administrator of another organization", as: "rival", request: service(in("$ORG", "$SPACE", "")), status: 404, want: "Organization not found."},
		{name: "a space of another organization", request: service(in("$ORG", "$FAR", "")), status: 422, want: "organizations[0].spaces[0].space_id: is not a space of this organization"},
		{name: "an annotator", request: service(`,"account_role":{"type":"PREDEFINED","name":"ANNOTATOR"}` + in("$ORG", "$SPACE", "")), status: 400, want: "cannot be a ANNOTATOR"},
		{name: "a custom role in the account", request: service(`,"account_role":{"type":"CUSTOM","id":"$KEEPS"}` + in("$ORG", "$SPACE", "")), status: 422, want: "account_role: must be ADMIN or MEMBER"},
		{name: "in no organization", request: service(""), status: 422, want: "organizations: must hold 1 to 100"},
		{name: "by names", request: service(in("Widgets", "Lab", "")), status: 400, want: "organizations[0].org_id: this is not an id"},
	})
}

func TestListAPIKeys(t *testing.T) {
	t.Parallel()
	list := func(keys ...string) string {
		return `{"api_keys":[` + strings.Join(keys, ",") + `],"pagination":{"has_more":false}}`
	}
	used := `"last_used_at":"2026-03-01T09:00:00Z"`
	own := keyJSON("$NEW", "a test's key", "USER", "ACTIVE", "", "$MATE", ","+used)
	laptop := keyJSON("$LAPTOP", "laptop", "USER", "ACTIVE", "", "$MATE", "")
	machine := func(bot, more string) string {
		return keyJSON("$CIKEY", "machine", "SERVICE", "ACTIVE", "", "$ADMIN", more+bot)
	}
	whole := strings.Replace(machineBot, `[]`, `[{"org_id":"$ORG","role":{"type":"PREDEFINED","name":"READ_ONLY"},"spaces":[{"space_id":"$SPACE","role":{"type":"CUSTOM","id":"$KEEPS","name":"Keeper"}}]}]`, 1)
	runOnKeys(t, []scenario{
		{name: "one's own", as: "mate", request: "GET /v2/api-keys", status: 200, want: list(own, laptop)},
		{name: "another's, by the administrator", request: "GET /v2/api-keys?user_id=$MATE&key_type=user", status: 200, want: list(own, laptop)},
		{name: "another's", as: "lead", request: "GET /v2/api-keys?user_id=$MATE", status: 403, want: "see the keys of others"},
		{name: "revoked", as: "mate", request: "GET /v2/api-keys?status=revoked", status: 200, want: list()},
		{name: "services that one made", request: "GET /v2/api-keys?key_type=SERVICE", status: 200, want: list(machine(whole, ""))},
		{name: "a service key's own", as: "machine", request: "GET /v2/api-keys", status: 200, want: list(machine(whole, ","+used))},
		{name: "in a space", as: "keeper", request: "GET /v2/api-keys?space_id=$SPACE", status: 200, want: list(machine(machineBot, ""))},
		{name: "in a space, by another creator", as: "keeper", request: "GET /v2/api-keys?space_id=$SPACE&user_id=$MATE", status: 200, want: list()},
		{name: "in a space, without the right", as: "mate", request: "GET /v2/api-keys?space_id=$SPACE", status: 403, want: "see the service keys"},
		{name: "Z-03, in a space of another organization", as: "rival", request: "GET /v2/api-keys?space_id=$SPACE", status: 404, want: "Space not found."},
		{name: "another status", request: "GET /v2/api-keys?status=EXPIRED", status: 400, want: "status: must be one of ACTIVE, REVOKED"},
		{name: "another kind", request: "GET /v2/api-keys?key_type=BOT", status: 400, want: "key_type: must be one of USER, SERVICE"},
		{name: "a space by its name", request: "GET /v2/api-keys?space_id=Lab", status: 400, want: "space_id: this is not an id"},
		{name: "too many", request: "GET /v2/api-keys?limit=101", status: 400, want: "limit"},
		{name: "without developer access", as: "nondev", request: "GET /v2/api-keys", status: 403, want: "Developer access is off"},
	})
}

func TestRefreshAPIKey(t *testing.T) {
	t.Parallel()
	const mates, machines = "POST /v2/api-keys/$LAPTOP/refresh", "POST /v2/api-keys/$CIKEY/refresh"
	fresh := keyJSON("$NEW", "laptop", "USER", "ACTIVE", "", "$MATE", secret)
	of := func(key string) []string { return []string{"refresh_api_key " + key} }
	runOnKeys(t, []scenario{
		{name: "no body", as: "mate", request: mates, status: 200, want: fresh, entries: of("$LAPTOP")},
		{name: "an empty object", as: "mate", request: mates + " {}", status: 200, want: fresh, entries: of("$LAPTOP")},
		{name: "grace", as: "mate", request: mates + ` {"grace_period_seconds":86400}`, status: 200, want: fresh, entries: of("$LAPTOP")},
		{name: "an end", as: "mate", request: mates + ` {"expires_at":"2026-03-01T10:00:00Z"}`, status: 200,
			want: keyJSON("$NEW", "laptop", "USER", "ACTIVE", `"expires_at":"2026-03-01T10:00:00Z",`, "$MATE", secret), entries: of("$LAPTOP")},
		{name: "service, without bot_user", request: machines, status: 200, want: keyJSON("$NEW", "machine", "SERVICE", "ACTIVE", "", "$ADMIN", secret), entries: of("$CIKEY")},
		{name: "too much grace", as: "mate", request: mates + ` {"grace_period_seconds":86401}`, status: 422, want: "grace_period_seconds: must be from 0 to 86400"},
		{name: "grace beyond all bounds", as: "mate", request: mates + ` {"grace_period_seconds":36028797018963968}`, status: 422, want: "grace_period_seconds: must be from 0 to 86400"},
		{name: "another's", as: "lead", request: mates, status: 404, want: "API key not found."},
		{name: "service, by one who made it not", as: "keeper", request: machines, status: 403, want: "create service keys"},
		{name: "service, by a member", as: "mate", request: machines, status: 404, want: "API key not found."},
		{name: "no key", request: "POST /v2/api-keys/$NOKEY/refresh", status: 404, want: "API key not found."},
		{name: "no id", request: "POST /v2/api-keys/laptop/refresh", status: 400, want: "api_key_id: this is not an id"},
	})
}

func TestRevokeAPIKey(t *testing.T) {
	t.Parallel()
	const mates, machines = "PUT /v2/api-keys/$LAPTOP/revoke", "PUT /v2/api-keys/$CIKEY/revoke"
	of := func(key string) []string { return []string{"revoke_api_key " + key} }
	runOnKeys(t, []scenario{
		{name: "one's own", as: "mate", request: mates, status: 204, entries: of("$LAPTOP")},
		{name: "itself", as: "laptop", request: mates, status: 204, entries: of("$LAPTOP")},
		{name: "by the administrator", request: mates, status: 204, entries: of("$LAPTOP")},
		{name: "another's", as: "boss", request: mates, status: 404, want: "API key not found."},
		{name: "service, by the space's administrator", as: "lead", request: machines, status: 204, entries: of("$CIKEY")},
		{name: "service, by one who sees it", as: "keeper", request: machines, status: 403, want: "revoke service keys"},
		{name: "Z-03, service, by another's administrator", as: "rival", request: machines, status: 404, want: "API key not found."},
		{name: "no key", request: "PUT /v2/api-keys/$NOKEY/revoke", status: 404, want: "API key not found."},
		{name: "no id", request: "PUT /v2/api-keys/laptop/revoke", status: 400, want: "api_key_id: this is not an id"},
	})
}

// K-04: revoked twice is revoked; the key is refused from the next request on, and listed as REVOKED.
func TestRevokedAPIKey(t *testing.T) {
	t.Parallel()
	in := newKeys(t)
	decoded[wire.APIKeyList](t, in.send(t, "laptop", "GET /v2/api-keys"), 200)
	for range 2 {
		if got := in.send(t, "mate", "PUT /v2/api-keys/$LAPTOP/revoke"); got.Code != 204 {
			t.Fatalf("answer %d", got.Code)
		}
	}
	wantProblem(t, in.send(t, "laptop", "GET /v2/api-keys"), 401, "revoked")
	wantProblem(t, in.send(t, "mate", "POST /v2/api-keys/$LAPTOP/refresh"), 422, "revoked or expired")
	got := decoded[wire.APIKeyList](t, in.send(t, "mate", "GET /v2/api-keys?status=REVOKED"), 200)
	if len(got.APIKeys) != 1 || got.APIKeys[0].ID != in.ids["$LAPTOP"] || got.APIKeys[0].Status != wire.KeyStatusRevoked {
		t.Errorf("revoked keys: %+v", got.APIKeys)
	}
}
