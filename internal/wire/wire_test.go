package wire_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"ax/internal/wire"
	"ax/openapi"
)

// The structs are generated, and this is how one notices that it was forgotten: names, order, optional or not.
func TestStructsFollowTheDocument(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	structs := map[string]any{
		"AddOrganizationUserRequest":       wire.AddOrganizationUserRequest{},
		"AddSpaceUserRequest":              wire.AddSpaceUserRequest{},
		"AgentRuntime":                     wire.AgentRuntime{},
		"ApiKey":                           wire.APIKey{},
		"ApiKeyList":                       wire.APIKeyList{},
		"AuditLog":                         wire.AuditLog{},
		"AuditLogList":                     wire.AuditLogList{},
		"BotOrganization":                  wire.BotOrganization{},
		"BotOrganizationInput":             wire.BotOrganizationInput{},
		"BotSpace":                         wire.BotSpace{},
		"BotSpaceInput":                    wire.BotSpaceInput{},
		"BotUser":                          wire.BotUser{},
		"CreateApiKeyRequest":              wire.CreateAPIKeyRequest{},
		"CreateOrganizationRequest":        wire.CreateOrganizationRequest{},
		"CreateResourceRestrictionRequest": wire.CreateResourceRestrictionRequest{},
		"CreateRoleBindingRequest":         wire.CreateRoleBindingRequest{},
		"CreateRoleRequest":                wire.CreateRoleRequest{},
		"CreateSpaceRequest":               wire.CreateSpaceRequest{},
		"CreateUserRequest":                wire.CreateUserRequest{},
		"CreatedApiKey":                    wire.CreatedAPIKey{},
		"CreatedUser":                      wire.CreatedUser{},
		"Decision":                         wire.Decision{},
		"FieldError":                       wire.FieldError{},
		"LLMIntegration":                   wire.LLMIntegration{},
		"Organization":                     wire.Organization{},
		"OrganizationList":                 wire.OrganizationList{},
		"OrganizationMembership":           wire.OrganizationMembership{},
		"Pagination":                       wire.Pagination{},
		"Problem":                          wire.Problem{},
		"RefreshApiKeyRequest":             wire.RefreshAPIKeyRequest{},
		"RefreshedApiKey":                  wire.RefreshedAPIKey{},
		"ResourceRestriction":              wire.ResourceRestriction{},
		"ResourceRestrictionList":          wire.ResourceRestrictionList{},
		"Role":                             wire.Role{},
		"RoleBinding":                      wire.RoleBinding{},
		"RoleBindingList":                  wire.RoleBindingList{},
		"RoleList":                         wire.RoleList{},
		"Space":                            wire.Space{},
		"SpaceList":                        wire.SpaceList{},
		"SpaceMembership":                  wire.SpaceMembership{},
		"UpdateOrganizationRequest":        wire.UpdateOrganizationRequest{},
		"UpdateRoleBindingRequest":         wire.UpdateRoleBindingRequest{},
		"UpdateRoleRequest":                wire.UpdateRoleRequest{},
		"UpdateSpaceRequest":               wire.UpdateSpaceRequest{},
		"UpdateUserRequest":                wire.UpdateUserRequest{},
		"User":                             wire.User{},
		"UserDeletion":                     wire.UserDeletion{},
		"UserList":                         wire.UserList{},
		"WhoAmI":                           wire.WhoAmI{},
		"WhoAmIKey":                        wire.WhoAmIKey{},
		"WhoAmIUser":                       wire.WhoAmIUser{},
	}
	for name, schema := range doc.Components.Schemas {
		if _, known := structs[name]; known != ordered(schema.Value) {
			t.Errorf("%s: in the list here is %v, in the document as a struct %v", name, known, !known)
		}
	}
	for name, value := range structs {
		if diff := cmp.Diff(schemaTags(doc.Components.Schemas[name].Value), structTags(value)); diff != "" {
			t.Errorf("%s: run make generate:\n%s", name, diff)
		}
	}
}

// ordered holds for the schemas that are generated as structs; RoleAssignment stands for the others.
func ordered(s *openapi3.Schema) bool {
	for _, property := range s.Properties {
		if property.Extensions["x-order"] != nil || property.Ref == "" && property.Value.Extensions["x-order"] != nil {
			return true
		}
	}
	return false
}

// schemaTags are the JSON tags that the properties of a schema would have, in x-order.
func schemaTags(s *openapi3.Schema) []string {
	tags := make([]string, len(s.Properties))
	for name, property := range s.Properties {
		order, _ := property.Extensions["x-order"].(float64)
		if property.Ref == "" {
			order, _ = property.Value.Extensions["x-order"].(float64)
		}
		if !slices.Contains(s.Required, name) {
			name += ",omitempty"
		}
		if property.Value.Nullable {
			name += ",omitzero"
		}
		tags[int(order)-1] = name
	}
	return tags
}

func structTags(value any) []string {
	var tags []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(value)) {
		tags = append(tags, field.Tag.Get("json"))
	}
	return tags
}

func TestCreatedUser(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(wire.CreatedUser{
		ID: "VXNlcjox", Name: "Ann", Email: "ann@example.test", CreatedAt: "2026-01-02T03:04:05Z",
		Status: wire.UserStatusInvited, IsDeveloper: true, InviteMode: wire.InviteModeEmailLink,
		Role: wire.RoleAssignment{Type: wire.RoleTypePredefined, Name: string(wire.UserRoleMemberUIOnly)},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"VXNlcjox","name":"Ann","email":"ann@example.test","created_at":"2026-01-02T03:04:05Z","status":"INVITED",` +
		`"role":{"type":"PREDEFINED","name":"MEMBER_UI_ONLY"},"is_developer":true,"invite_mode":"EMAIL_LINK"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRequestsLeaveOutWhatIsNotSet(t *testing.T) {
	t.Parallel()
	no := false
	for want, value := range map[string]any{
		`{}`:                     wire.UpdateUserRequest{},
		`{"is_developer":false}`: wire.UpdateUserRequest{IsDeveloper: &no},
		`{"name":"Ann","email":"a@b","role":{"type":"CUSTOM","id":"Um9sZTox"},"invite_mode":"NONE"}`: wire.CreateUserRequest{
			Name: "Ann", Email: "a@b", InviteMode: wire.InviteModeNone, Role: wire.RoleAssignment{Type: wire.RoleTypeCustom, ID: "Um9sZTox"},
		},
	} {
		got, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// Another server may be newer than this program: what it says reaches the caller as it was said.
func TestUnknownValuesPass(t *testing.T) {
	t.Parallel()
	const sent = `{"id":"usr_1","name":"Ann","email":"not-an-address","created_at":"yesterday","status":"ON_LEAVE",` +
		`"role":{"type":"BORROWED","id":"r1","name":"GUEST"},"is_developer":false}`
	var user wire.User
	if err := json.Unmarshal([]byte(sent), &user); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(user)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != sent {
		t.Errorf("got  %s\nwant %s", got, sent)
	}
}

// A null is as much of a message as a value, and only where the document says so.
func TestNullable(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]any{
		`{}`:                             wire.UpdateSpaceRequest{},
		`{"description":null}`:           wire.UpdateSpaceRequest{Description: wire.Null[string]()},
		`{"description":""}`:             wire.UpdateSpaceRequest{Description: wire.Some("")},
		`{"default_agent_runtime":null}`: wire.UpdateSpaceRequest{DefaultAgentRuntime: wire.Null[wire.AgentRuntime]()},
		`{"default_agent_runtime":{"integration_id":"SW50ZTox"}}`: wire.UpdateSpaceRequest{
			DefaultAgentRuntime: wire.Some(wire.AgentRuntime{IntegrationID: "SW50ZTox"}),
		},
	} {
		got, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		var back wire.UpdateSpaceRequest
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(value, back); diff != "" {
			t.Errorf("%s: %s", want, diff)
		}
	}
}

// TestNullableFieldsAreTheDocuments holds the Go types against the schemas: package api takes null where the type says so.
func TestNullableFieldsAreTheDocuments(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for name, schema := range doc.Components.Schemas {
		for key, property := range schema.Value.Properties {
			if property.Value.Nullable {
				want = append(want, name+"."+key)
			}
		}
	}
	slices.Sort(want)
	var got []string
	for _, value := range []any{wire.UpdateOrganizationRequest{}, wire.UpdateRoleRequest{}, wire.UpdateSpaceRequest{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(value)) {
			if _, nullable := reflect.TypeAssert[interface{ Target() any }](reflect.New(field.Type)); nullable {
				key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
				got = append(got, reflect.TypeOf(value).Name()+"."+key)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	var want []wire.Permission
	for _, value := range doc.Components.Schemas["Permission"].Value.Enum {
		want = append(want, wire.Permission(value.(string)))
	}
	if diff := cmp.Diff(want, wire.Permissions()); diff != "" || len(want) != 151 || !slices.IsSorted(want) {
		t.Errorf("the document has %d permissions: %s", len(want), diff)
	}
}

// The client starts in a millisecond because of what it does not import. It needs encoding/json anyway.
func TestImportsLittle(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			if i.Path.Value != `"encoding/json"` {
				t.Errorf("%s imports %s", name, i.Path.Value)
			}
		}
	}
}
