package apitest_test

import (
	"encoding/json"
	"strings"
	"testing"
)

const (
	aMoment      = `"2026-01-02T03:04:05Z"`
	organization = `T3JnYW5pemF0aW9uOmFiY2RlZmdoMTIzNDU2Nzhp`
	space        = `U3BhY2U6YWJjZGVmZ2gxMjM0NTY3OGlq`
	keyID        = `QXBpS2V5OmFiY2RlZmdoMTIzNDU2Nzhp`
	roleID       = `Um9sZTphYmNkZWZnaDEyMzQ1Njc4`
	bindingID    = `Um9sZUJpbmRpbmc6YWJjZGVmZ2gxMjM0NTY3OGlq`
	member       = `{"type":"PREDEFINED","name":"MEMBER"}`
	keyFields    = `"id":"` + keyID + `","name":"ci","status":"ACTIVE","redacted_key":"ak-…wxyz","created_at":` + aMoment + `,"created_by_user_id":"` + id + `"`
	bot          = `"bot_user":{"id":"` + id + `","name":"","account_role":` + member + `,"organizations":[]}`
	secret       = `"key":"ak-0123456789012345678901234567890123456789012345678"`
	inSpaces     = `"organizations":[{"org_id":"T3JnOjE=","spaces":[{"space_id":"U3BhY2U6MQ==","role":{"type":"custom","id":"Um9sZTox"}}]}]`
)

// TestSchemas has what each kind of body may and may not be, where a struct says less than the document.
func TestSchemas(t *testing.T) {
	t.Parallel()
	doc := load(t)
	for schema, bodies := range map[string]struct{ good, bad []string }{
		"ApiKey": {
			good: []string{`{"key_type":"USER",` + keyFields + `}`, `{"key_type":"SERVICE",` + keyFields + `,` + bot + `}`},
			bad: []string{
				`{"key_type":"USER",` + keyFields + `,` + bot + `}`, `{"key_type":"SERVICE",` + keyFields + `}`, `{` + keyFields + `}`,
				`{"key_type":"user",` + keyFields + `}`, `{"key_type":"USER",` + keyFields + `,` + secret + `}`, `{"key_type":"USER",` + keyFields + `,"expires_at":null}`,
			},
		},
		"CreatedApiKey": {
			good: []string{`{"key_type":"USER",` + keyFields + `,` + secret + `}`, `{"key_type":"SERVICE",` + keyFields + `,` + secret + `,` + bot + `}`},
			bad:  []string{`{"key_type":"USER",` + keyFields + `}`, `{"key_type":"SERVICE",` + keyFields + `,` + secret + `}`},
		},
		"RefreshedApiKey": {
			good: []string{`{"key_type":"SERVICE",` + keyFields + `,` + secret + `}`},
			bad:  []string{`{"key_type":"SERVICE",` + keyFields + `,` + secret + `,` + bot + `}`},
		},
		"CreateApiKeyRequest": {
			good: []string{
				`{"key_type":"user","name":"ci"}`, `{"key_type":"USER","name":"ci","description":"","expires_at":"2026-01-02T03:04:05+00:00"}`,
				`{"key_type":"Service","name":"ci",` + inSpaces + `}`, `{"key_type":"SERVICE","name":"ci","account_role":{"type":"predefined","name":"member"},` + inSpaces + `}`,
			},
			bad: []string{
				`{"key_type":"user","name":"ci",` + inSpaces + `}`, `{"key_type":"USER","name":"ci","account_role":` + member + `}`, `{"key_type":"service","name":"ci"}`,
				`{"key_type":"SERVICE","name":"ci","organizations":[]}`, `{"key_type":"SERVICE","name":"ci","organizations":[{"org_id":"T3JnOjE=","spaces":[]}]}`,
				`{"key_type":"BOT","name":"ci"}`, `{"name":"ci"}`, `{"key_type":"USER","name":" "}`, `{"key_type":"USER","name":"ci","expires_at":""}`, `{"key_type":"USER","name":"ci","expires_at":"tomorrow"}`,
			},
		},
		"RefreshApiKeyRequest": {
			good: []string{`{}`, `{"grace_period_seconds":86400,"expires_at":"2026-01-02T03:04:05.123456+0000"}`},
			bad:  []string{`{"grace_period_seconds":86401}`, `{"grace_period_seconds":-1}`, `{"grace_period_seconds":1.5}`, `{"expires_at":null}`},
		},
		"UpdateOrganizationRequest": {
			good: []string{`{"description":null}`, `{"description":""}`, `{"name":" Acme "}`},
			bad:  []string{`{}`, `{"name":null}`, `{"name":" "}`, `{"id":"T3JnOjE="}`, `{"created_at":` + aMoment + `}`},
		},
		"UpdateSpaceRequest": {
			good: []string{
				`{"description":null}`, `{"default_llm_integration":null,"default_agent_runtime":null}`, `{"is_private":false}`, `{"default_agent_runtime":{"integration_id":"SW50ZTox"}}`,
			},
			bad: []string{
				`{}`, `{"description":""}`, `{"is_private":null}`, `{"organization_id":"T3JnOjE="}`, `{"default_llm_integration":{"integration_id":"SW50ZTox"}}`,
				`{"default_agent_runtime":{"integration_id":null}}`, `{"ml_models_enabled":"yes"}`,
			},
		},
		"Space": {
			good: []string{
				`{"id":"` + space + `","name":"Lab","description":"","created_at":` + aMoment + `,"is_private":true,"organization_id":"` + organization + `"}`,
				`{"id":"` + space + `","name":"Lab","description":"","created_at":` + aMoment + `,"is_private":true,"organization_id":"` + organization + `","ml_models_enabled":false,"default_agent_runtime":{"integration_id":"SW50ZTox"}}`,
			},
			bad: []string{
				`{"id":"` + space + `","name":"Lab","description":null,"created_at":` + aMoment + `,"is_private":true,"organization_id":"` + organization + `"}`,
				`{"id":"` + space + `","name":"Lab","description":"","created_at":` + aMoment + `,"is_private":true,"organization_id":"` + space + `"}`,
				`{"id":"` + space + `","name":"Lab","description":"","created_at":` + aMoment + `,"is_private":true,"organization_id":"` + organization + `","default_agent_runtime":null}`,
			},
		},
		"CreateRoleRequest": {
			good: []string{`{"name":"Auditor","permissions":["user_read"]}`, `{"name":" A-_.,()[]'\"/:\\&@#$%!?+= 9 ","permissions":["USER_READ","USER_READ"],"description":""}`},
			bad: []string{
				`{"name":"Auditor","permissions":[]}`, `{"name":"Auditor"}`, `{"name":" ","permissions":["USER_READ"]}`, `{"name":"A*","permissions":["USER_READ"]}`, `{"name":"Prüfer","permissions":["USER_READ"]}`,
				`{"name":"A;","permissions":["USER_READ"]}`, `{"name":"<A>","permissions":["USER_READ"]}`, `{"name":"A~","permissions":["USER_READ"]}`, "{\"name\":\"A`\",\"permissions\":[\"USER_READ\"]}",
				`{"name":"{A|B}","permissions":["USER_READ"]}`, `{"name":"A^","permissions":["USER_READ"]}`, `{"name":"A","permissions":["user read"]}`, `{"name":"A","permissions":["USER_READ"],"is_predefined":true}`,
			},
		},
		"UpdateRoleRequest": {
			good: []string{`{"description":null}`, `{"permissions":["user_read"]}`}, bad: []string{`{}`, `{"permissions":null}`, `{"permissions":[]}`, `{"is_predefined":false}`},
		},
		"Role": {
			good: []string{`{"id":"` + roleID + `","name":"A","permissions":["USER_READ"],"is_predefined":false,"created_at":` + aMoment + `,"updated_at":` + aMoment + `}`},
			bad: []string{
				`{"id":"` + roleID + `","name":"A","permissions":["USER_FLY"],"is_predefined":false,"created_at":` + aMoment + `,"updated_at":` + aMoment + `}`,
				`{"id":"` + roleID + `","name":"A","permissions":["user_read"],"is_predefined":false,"created_at":` + aMoment + `,"updated_at":` + aMoment + `}`,
				`{"id":"` + roleID + `","name":"A","description":"","permissions":[],"is_predefined":false,"created_at":` + aMoment + `,"updated_at":` + aMoment + `}`,
			},
		},
		"AddOrganizationUserRequest": {
			good: []string{`{"user_id":"VXNlcjox","role":{"type":"predefined","name":"read_only"}}`, `{"user_id":"VXNlcjox","role":{"type":"CUSTOM","id":"Um9sZTox","name":"ignored"}}`},
			bad: []string{
				`{"user_id":"VXNlcjox","role":"MEMBER"}`, `{"user_id":"VXNlcjox"}`, `{"user_id":"VXNlcjox","role":{"type":"PREDEFINED","name":"MEMBER_UI_ONLY"}}`,
				`{"user_id":"VXNlcjox","role":{"type":"CUSTOM","name":"Auditor"}}`, `{"user_id":"ann@example.test","role":` + member + `}`,
			},
		},
		"CreateRoleBindingRequest": {
			good: []string{`{"role_id":"Um9sZTox","user_id":"VXNlcjox","resource_type":"project","resource_id":"TW9kZWw6MQ=="}`},
			bad:  []string{`{"role_id":"Um9sZTox","user_id":"VXNlcjox","resource_type":"DASHBOARD","resource_id":"TW9kZWw6MQ=="}`, `{"role_id":"Um9sZTox"}`},
		},
		"RoleBinding": {
			good: []string{`{"id":"` + bindingID + `","role_id":"` + roleID + `","user_id":"` + id + `","resource_type":"PROJECT","resource_id":"TW9kZWw6MQ==","created_at":` + aMoment + `,"updated_at":` + aMoment + `}`},
		},
		"AuditLog": {
			good: []string{
				`{"id":"QXVkaXRMb2c6YWJjZGVmZ2gxMjM0NTY3OGlq","user_id":"` + id + `","ip":"192.0.2.1","operation_type":"MUTATION","operation_name":"create_user","variables":"{}","created_at":` + aMoment + `}`,
				`{"id":"QXVkaXRMb2c6YWJjZGVmZ2gxMjM0NTY3OGlq","user_id":"","ip":"","operation_type":"MUTATION","created_at":` + aMoment + `}`,
			},
			bad: []string{`{"id":"QXVkaXRMb2c6YWJjZGVmZ2gxMjM0NTY3OGlq","user_id":"` + id + `","ip":null,"operation_type":"MUTATION","created_at":` + aMoment + `}`},
		},
		"UserRoleAssignment": {
			good: []string{member, `{"type":"CUSTOM","id":"` + roleID + `"}`, `{"type":"CUSTOM","id":"` + roleID + `","name":"Auditor"}`},
			bad:  []string{`{"type":"CUSTOM","name":"Auditor"}`, `{"type":"PREDEFINED","name":"READ_ONLY"}`, `{"type":"PREDEFINED","name":"MEMBER","id":"` + roleID + `"}`},
		},
		"TimeInput": {
			good: []string{
				`"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.000000+0000"`, `"2026-01-02T03:04:05-07:30"`, `"2026-01-02T03:04:05"`, `"2026-01-02 03:04:05.1"`, `"2026-01-02t03:04:05z"`,
			},
			bad: []string{`"2026-01-02"`, `"yesterday"`, `""`, `"2026-01-02T03:04Z"`, `"2026-01-02T03:04:05 +00:00"`, `"20260102T030405Z"`, `1767322000`},
		},
	} {
		for want, texts := range map[bool][]string{true: bodies.good, false: bodies.bad} {
			for _, text := range texts {
				var value any
				if err := json.NewDecoder(strings.NewReader(text)).Decode(&value); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				if err := doc.Components.Schemas[schema].Value.VisitJSON(value); (err == nil) != want {
					t.Errorf("%s allows %v, want %v: %s\n%v", schema, err == nil, want, text, err)
				}
			}
		}
	}
}
